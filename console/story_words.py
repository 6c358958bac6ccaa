"""Words of the page of a story."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from console import words
from console.count_rule import Call, CountRule
from console.fan import Fan
from console.pace import Pace, Turn
from console.tongue import N_, Tongue
from earshot.clock import from_us
from earshot.explain import ASSUMED_BELOW, People, people
from earshot.model import SEEN, Level, Story

_LEARNT = 110  # mentions, as in processors/outlook.py; a test compares
_HARDLY = 0.005  # what would be told as 0%
_ELSE = 1.5  # times as many, which cannot be called the same
_UNCLEAR = N_("Too few mentions to tell whether it is faster or slower.")
_TURNS: dict[Turn, str] = {
    "faster": N_("It is speeding up."),
    "slower": N_("It is slowing down."),
    "steady": N_("About as fast as before."),
}


def unheard(say: Tongue, count: int) -> str:
    """Beside the number of mentions."""
    return say.ngettext(
        "the platforms count at least %(count)s more that was not heard",
        "the platforms count at least %(count)s more that were not heard",
        count,
    )


def shared(say: Tongue, count: int, first: datetime, last: datetime) -> str:
    """+ 24 shares, 26 Nov, 09:12–11:40"""
    when = words.between(say, first, last, one_day=False)
    return say.ngettext("+ %(count)s share, %(when)s", "+ %(count)s shares, %(when)s", count, when=when)


def followers(say: Tongue, count: int | None) -> str:
    """Empty where the source does not say."""
    return "" if count is None else say.ngettext("%(count)s follower", "%(count)s followers", count)


# --- what is to come ----------------------------------------------------------------------------------------


def about(say: Tongue, fan: Fan) -> str:
    """Beside the middle of the fan: the size in the end, or, where the curve is not all of it, how much more."""
    if fan.unheard:
        more = fan.expected.size / (fan.so_far + fan.unheard) - 1
        if more < _HARDLY:
            return say.gettext("hardly any more")
        return say.gettext("about %(share)s more", share=say.percent(more))
    return say.gettext("about %(size)s", size=say.number(fan.size))


def in_the_end(say: Tongue) -> str:
    """Below the fan, where the clock ends."""
    return say.gettext("in the end")


def forecast(say: Tongue, fan: Fan) -> str:
    told = {name: say.number(getattr(fan.expected, name)) for name in ("size", "low", "high")}
    if not fan.unheard:
        return say.gettext(
            "About %(size)s mentions in the end; between %(low)s and %(high)s in 4 of 5 cases.", **told
        )
    return say.gettext(
        "About %(size)s mentions in the end, heard or only counted by the platforms (at least %(whole)s so"
        " far); between"
        " %(low)s and %(high)s in 4 of 5 cases.",
        whole=say.number(fan.so_far + fan.unheard),
        **told,
    )


def expected_reach(say: Tongue, fan: Fan, now: People, low: People, size: People, high: People) -> str:
    """As closely as what was reached so far is told, so that it is never told as less."""
    in_all = " ".join(size)
    if high == now:
        return say.gettext("About %(size)s in the end: hardly more than so far.", size=in_all)
    if low == high:
        return say.gettext("About %(size)s in the end.", size=in_all)
    return say.gettext(
        "About %(size)s in the end; between %(low)s and %(high)s if %(fewest)s to %(most)s mentions are heard (4 of 5"
        " cases) and each further one adds as many people as so far.",
        size=in_all,
        low=low.figure,
        high=high.figure,
        fewest=say.number(fan.low),
        most=say.number(fan.high),
    )


def rests_on(say: Tongue, fan: Fan) -> str:
    """What the forecast, or its picture, cannot be taken for."""
    notes = [_assumed(say, fan)]
    if fan.unheard:
        notes.append(say.gettext("On the curve: if as large a share of them is heard in the end as so far."))
    return " ".join(filter(None, notes))


def chances(say: Tongue, story: Story, fan: Fan) -> tuple[str, str]:
    """Above the table, and below it."""
    notes = []
    if story.large in dict(fan.expected.chances):
        notes.append(
            say.gettext(
                "%(size)s: as large as one story in twenty. Its risk counts this chance, but no more than the story is"
                " awake.",
                size=say.number(story.large),
            )
        )
    if fan.so_far + fan.unheard < _LEARNT:
        notes.append(
            say.gettext(
                "Below %(count)s mentions chances rest on an assumption that is fitted to no platform.",
                count=say.number(_LEARNT),
            )
        )
    return say.gettext("That it comes to so many mentions:"), " ".join(notes)


def _assumed(say: Tongue, fan: Fan) -> str:
    known = fan.so_far + fan.unheard
    if known < ASSUMED_BELOW:
        return say.gettext(
            "Below %(count)s mentions it rests on an assumption about how stories go on, and never says more than"
            " stories that grew came to: how often it is right for those that stay small nobody has measured.",
            count=say.number(ASSUMED_BELOW),
        )
    if known < _LEARNT:
        return say.gettext(
            "Below %(count)s mentions it rests in part on an assumption, not on stories that went on.",
            count=say.number(_LEARNT),
        )
    return ""


# --- pace ---------------------------------------------------------------------------------------------------


def weighed(say: Tongue, when: str) -> str:
    """Below a risk that is not of about now."""
    return say.gettext("As of %(when)s, when it was last weighed.", when=when)


def calm(say: Tongue, when: str) -> str:
    """Likewise, where silence has stopped counting."""
    return say.gettext(
        "As of %(when)s: below a risk of %(seen)s silence alone does not weigh it again, only what is said next.",
        when=when,
        seen=say.number(SEEN),
    )


def stopped(say: Tongue, when: str, since: timedelta) -> str:
    return say.gettext(
        "%(when)s, up to when Earshot has counted, %(span)s ago: nothing that was said since is in these numbers.",
        when=when,
        span=say.length(since),
    )


def pace(say: Tongue, lately: Pace, until: str, silence: timedelta, *, stopped: bool = False) -> str:
    """Both counts, so that they can be checked, and what they come to an hour; `stopped`: not until now."""
    if lately.turn == "silent":
        return _silent(say, until, silence, stopped=stopped)
    counts = say.gettext(
        "%(recent)s in %(span)s until %(until)s, %(before)s in the same time before: %(rate)s an hour"
        " against %(earlier)s.",
        recent=words.mentions(say, lately.recent),
        span=say.span(lately.span),
        until=until,
        before=say.number(lately.before),
        rate=_rate(say, lately.rate),
        earlier=_rate(say, lately.rate_before),
    )
    still = [] if lately.recent else [_silent(say, until, silence, stopped=stopped)]
    return " ".join((counts, say.gettext(_turn(lately)), *still))


def _turn(lately: Pace) -> str:
    few, many = sorted((lately.recent, lately.before))
    return _UNCLEAR if lately.turn == "steady" and many >= _ELSE * few else _TURNS[lately.turn]


def _silent(say: Tongue, until: str, silence: timedelta, *, stopped: bool) -> str:
    span = say.length(silence)
    if stopped:
        return say.gettext("By %(until)s nobody had said more for %(span)s.", until=until, span=span)
    return say.gettext("Nobody has said more for %(span)s.", span=span)


def cut_short(say: Tongue) -> str:
    return say.gettext("The curve shows only the beginning of the silence since.")


def _rate(say: Tongue, value: float) -> str:
    return say.number(round(value, 1) if value < 10 else round(value))


# --- the count rule -----------------------------------------------------------------------------------------


def count_mark(say: Tongue, size: int, when: str) -> str:
    return say.gettext("counting to %(size)s: %(when)s", size=say.number(size), when=when)


def count_rule(say: Tongue, rule: CountRule, near: Callable[[int], str]) -> str:
    """What a rule that counts would have done, and when beside us. `near` tells a moment, µs."""
    size = say.number(rule.size)
    if rule.at is None:
        return _not_yet(say, size, rule.called, near)
    when = near(rule.at)
    if not rule.called:
        return say.gettext(
            "A rule that counts to %(size)s heard mentions would have called (%(when)s); Earshot has not, as the risk"
            " stayed low.",
            size=size,
            when=when,
        )
    rule_said = say.gettext(
        "A rule that counts to %(size)s heard mentions would have called (%(when)s).", size=size, when=when
    )
    told = ", ".join(
        _beside(say, call, near(call.at), from_us(rule.at) - from_us(call.at)) for call in rule.called
    )
    return " ".join(
        (rule_said, say.gettext("Earshot called %(calls)s.", calls=told), *_no_warning(say, rule))
    )


def _not_yet(say: Tongue, size: str, called: Sequence[Call], near: Callable[[int], str]) -> str:
    if called:
        calls = ", ".join(f"{words.level(say, call.level)} {near(call.at)}" for call in called)
        return say.gettext(
            "Earshot has called (%(calls)s); a rule that counts to %(size)s heard mentions has not called yet.",
            size=size,
            calls=calls,
        )
    return say.gettext(
        "Earshot has not called; nor has a rule that counts to %(size)s heard mentions.", size=size
    )


def _no_warning(say: Tongue, rule: CountRule) -> list[str]:
    """A rule that counts has one alarm: where ours was only a watch, that is said."""
    loudest = max(call.level for call in rule.called)
    return [] if loudest >= Level.warning else [say.gettext("It has raised no warning.")]


def _beside(say: Tongue, call: Call, when: str, earlier: timedelta) -> str:
    told = {"level": words.level(say, call.level), "when": when, "span": say.length(abs(earlier))}
    if earlier >= timedelta(seconds=1):
        return say.gettext("%(span)s earlier with “%(level)s” (%(when)s)", **told)
    if earlier <= -timedelta(seconds=1):
        return say.gettext("%(span)s later with “%(level)s” (%(when)s)", **told)
    return say.gettext("at the same moment with “%(level)s”", level=told["level"])


# --- who carried it -----------------------------------------------------------------------------------------


def press_mark(say: Tongue, when: str) -> str:
    return say.gettext("first outlet: %(when)s", when=when)


def others(say: Tongue, count: int, share: float) -> str:
    """The rest of the reach."""
    return say.gettext(
        "All others together: %(people)s, %(share)s.",
        people=" ".join(people(count, say.language)),
        share=say.percent(share),
    )


def first_outlet(say: Tongue, name: str, later: timedelta, level: str) -> str:
    """How long after we called first, or before; and how loudly that was."""
    told = {"outlet": name, "span": say.length(abs(later)), "level": level}
    if later >= timedelta():
        return say.gettext(
            "The first one, %(outlet)s, came %(span)s after Earshot first called, with “%(level)s”.", **told
        )
    return say.gettext(
        "The first one, %(outlet)s, came %(span)s before Earshot first called, with “%(level)s”.", **told
    )
