"""How a source is doing, in words: what is certain from its report, and no more."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from console import words
from console.tongue import N_, Tongue
from earshot.model import SourceReport

State = Literal["works", "silent", "failing", "stopped", "ended", "never"]

SILENT: Final = timedelta(hours=24)
"""Nothing new for so long is worth a look, even where the source answers."""
LATE: Final = timedelta(minutes=1)
"""A source reports every five seconds; one that has not for so long does not run."""

_STATES: dict[State, str] = {
    "works": N_("works"),
    "silent": N_("silent"),
    "failing": N_("failing"),
    "stopped": N_("stopped"),
    "ended": N_("at its end"),
    "never": N_("not started"),
}
_KINDS = {
    "feeds": N_("feeds of news and sites"),
    "replay": N_("replayed file"),
    "sample": N_("made-up sample"),
    "webhook": N_("webhook: your systems send"),
    "x": "X",
}
_NOTES = {
    r"the sample: days 1 to 12 are taken in as history": N_(
        "Days 1 to 12 of the sample are taken in as history."
    ),
    r"the sample: day 13 begins when its page is opened, or in five minutes": N_(
        "Day 13 of the sample begins when its page is opened, or in five minutes."
    ),
    r"the sample: days 13 and 14, (?P<speed>[\d.e+]+) times as fast": N_(
        "Days 13 and 14 of the sample, %(speed)s times as fast."
    ),
    r"the sample is over: connect your own sources, in earshot\.toml": N_(
        "The sample is over: connect your own sources, in earshot.toml."
    ),
}
"""What sources say of themselves, and how it is said here."""


def state_of(report: SourceReport | None, now: datetime, *, live: bool = True) -> State:
    """Where the time is not ours (`live` is False) the age of a report says nothing."""
    if report is None:
        return "never"
    if not report.working:
        return "ended"
    if live and now - report.at > LATE:
        return "stopped"
    if report.error:
        return "failing"
    return "silent" if now - (report.last_heard or report.started_at) > SILENT else "works"


def is_trouble(state: State) -> bool:
    return state in {"failing", "stopped", "never"}


def state(say: Tongue, value: State) -> str:
    return say.gettext(_STATES[value])


def kind(say: Tongue, key: str) -> str:
    return say.gettext(_KINDS[key]) if key in _KINDS else key


def note(say: Tongue, told: str) -> tuple[str, bool]:
    """What a source says of itself, and whether that is in the reader's language."""
    for pattern, message in _NOTES.items():
        if found := re.fullmatch(pattern, told):
            values = {name: say.number(float(value)) for name, value in found.groupdict().items()}
            return say.gettext(message, **values), True
    return told, say.language == "en"


def heading(say: Tongue, states: Sequence[State]) -> str:
    """The state of all of them in one sentence."""
    count, trouble = len(states), sum(map(is_trouble, states))
    if not count:
        return say.gettext("No source is connected yet")
    if trouble:
        number, of = words.small(say, trouble), words.small(say, count)
        said = say.ngettext(
            "%(number)s source of %(of)s needs you",
            "%(number)s sources of %(of)s need you",
            trouble,
            number=number,
            of=of,
        )
        return said[0].upper() + said[1:]
    ended = states.count("ended")
    if ended == count:
        return say.ngettext(
            "The source has ended: nothing is listened to any more",
            "All %(number)s sources have ended: nothing is listened to any more",
            count,
            number=words.small(say, count),
        )
    if ended:
        return _working(say, count - ended, ended)
    return say.ngettext(
        "The source works", "All %(number)s sources work", count, number=words.small(say, count)
    )


def _working(say: Tongue, working: int, ended: int) -> str:
    number = words.small(say, working)
    works = say.ngettext("%(number)s source works", "%(number)s sources work", working, number=number)
    over = say.ngettext(
        "%(number)s has ended", "%(number)s have ended", ended, number=words.small(say, ended)
    )
    return f"{works[0].upper()}{works[1:]}; {over}"


def sentence(say: Tongue, value: State, report: SourceReport | None, now: datetime) -> str:
    """What it means, and what to do where something is to be done."""
    if value == "never" or report is None:
        return say.gettext("It is configured and has never run: is earshot run collectors running?")
    if value == "ended":
        return say.gettext("It has brought everything that it had.")
    if value == "stopped":
        return say.gettext(
            "Its process has not reported since %(moment)s: is earshot run collectors running?",
            moment=say.near(report.at, now),
        )
    if value == "failing":
        return _failing(say, report, now)
    if value == "silent":
        last = report.last_heard or report.started_at
        return say.gettext(
            "It answers, and has brought nothing since %(moment)s: is that usual for it?",
            moment=say.near(last, now),
        )
    return (
        say.gettext("It answers as it should.")
        if report.last_success
        else say.gettext("It runs and waits for what comes.")
    )


def _failing(say: Tongue, report: SourceReport, now: datetime) -> str:
    if report.last_success is None:
        return say.gettext(
            "It has not answered as it should yet; it is tried again by itself. The last error:"
        )
    since = say.near(report.last_success, now)
    return say.gettext(
        "It has not answered as it should since %(moment)s; it is tried again by itself. The last error:",
        moment=since,
    )


def refusal(say: Tongue, report: SourceReport, now: datetime) -> tuple[str, str] | None:
    """What its senders did wrong is no fault of the source."""
    if report.refused_at is None:
        return None
    moment = say.near(report.refused_at, now)
    said = say.gettext("Its senders sent what had to be refused; the last (%(moment)s):", moment=moment)
    return said, report.refusal


def errors(say: Tongue, kinds: Mapping[str, int]) -> str:
    """By kind, the most frequent first: timeout × 12, http_429 × 3."""
    ordered = sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{name} × {say.number(count)}" for name, count in ordered)


def dollars(say: Tongue, amount: float) -> str:
    return say.gettext("$%(amount)s", amount=say.decimal(amount))


def waiting(say: Tongue, lag: int | None, as_of: str) -> str:
    """How far the pages are behind what was heard."""
    if lag is None:
        return say.gettext("The log cannot be reached now, so nobody can say how much waits to be processed.")
    if not lag:
        return say.gettext("Everything that was heard has been processed: the pages are up to date.")
    said = say.ngettext(
        "%(count)s mention was heard and waits to be processed",
        "%(count)s mentions were heard and wait to be processed",
        lag,
    )
    if not as_of:
        return say.gettext("%(said)s: no story shows them yet.", said=said)
    return say.gettext("%(said)s: the stories are as of %(moment)s.", said=said, moment=as_of)


def dead(say: Tongue, count: int) -> str:
    return say.ngettext(
        "%(count)s message could not be read or stored",
        "%(count)s messages could not be read or stored",
        count,
    )
