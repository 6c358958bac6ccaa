"""`earshot stories` and `earshot alerts`."""

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import zip_longest
from typing import Annotated, NamedTuple

import typer
from rich.console import Console
from sqlalchemy import Connection

from earshot import causes
from earshot.cli.options import AsJson, ConfigPath, DataDir, existing_store
from earshot.cli.tables import Column, day_and_time, day_or_time, length, one_line, table
from earshot.clock import SystemClock, from_us
from earshot.errors import Refused
from earshot.gravity import gravest_first
from earshot.model import Forecast, Level, Story
from earshot.quoting import Because, because
from earshot.store import alerts as alert_rows
from earshot.store import brands, mentions, outages, surges
from earshot.store import stories as story_rows

_OUT = Console(highlight=False)
_LOOKED_AT = 2_000
_LONGEST = 200
_QUOTED = 60
"""Characters of what called: what is left of a line shows them around its words."""
_STORIES: list[Column] = [
    ("risk", "right"),
    ("level", "left"),
    ("brand", "short"),
    ("mentions", "right"),
    ("authors", "right"),
    ("last\nheard", "left"),
    ("first words", "rest"),
    ("story", "right"),
]
_ALERTS: list[Column] = [
    ("level,\nlasted", "left"),
    ("risk", "right"),
    ("brand", "short"),
    ("why", "left"),
    ("about", "rest"),
    ("opened,\nlast raised", "left"),
    ("story/episode", "left"),
]
_WORDLESS = "(no text)"
_OF_NO_STORY = ("surge", "quiet")
"""Reasons of alerts that have no risk."""
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=1_000, help="How many.")]


class _About(NamedTuple):
    """What an alert is about."""

    begun: str
    """What its story began with."""
    called: Because | None
    """Whose words it called for."""

    def headline(self, longest: int) -> str:
        return one_line(self.called.quote(longest)) or _WORDLESS if self.called else self.begun

    def lines(self) -> list[str]:
        """As they stand on a terminal."""
        since = "(edited since) " if self.edited_at else ""
        return [f"{since}{self.headline(_QUOTED)}", ", ".join(f"“{word}”" for word in self.seen_by)]

    @property
    def seen_by(self) -> tuple[str, ...]:
        return self.called.seen_by if self.called else ()

    @property
    def edited_at(self) -> datetime | None:
        return self.called.edited_at if self.called else None


def stories(brand: str, limit: int, config: ConfigPath, data_dir: DataDir, as_json: bool) -> None:
    """What `earshot stories` prints, see `earshot.cli.regroup`."""
    with existing_store(config, data_dir) as store, store.read() as connection:
        found = sorted(_newest(connection, brand), key=lambda s: (s.risk, s.mentions, s.id), reverse=True)
        heads = _headlines(connection, [story.id for story in found[:limit]])
    shown = [(story, heads.get(story.id, "")) for story in found[:limit]]
    if as_json:
        _OUT.print_json(data=[_plain_story(*each) for each in shown])
    elif not shown:
        _OUT.print("No stories yet. Feed it: earshot run, or earshot replay FILE.", markup=False)
    else:
        _OUT.print(table(_OUT, _STORIES, [_story_row(*each) for each in shown]))


def alerts(
    limit: Limit = 20, config: ConfigPath = None, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """List the alerts raised last: level, brand, every reason, what it is about, since when. Times are UTC.

    The gravest reason comes first. Where the words of a mention are that reason, the alert is named by them, as they
    stand now, with those that gave it away below; else by the first words of its story, a surge by its topic and what
    is new in it. Below the level stands how long the alert lasted; below the time at which it opened the one at which
    it was last raised, if that was later.

    Example: earshot alerts --limit 5 --json

    Next: earshot stories lists what they are about.
    """
    with existing_store(config, data_dir) as store, store.read() as connection:
        found = alert_rows.page(connection, limit)
        behind = story_rows.load(connection, {alert.story for alert in found})
        about = _about(connection, found, behind)
    shown = [(alert, behind.get(alert.story), about[alert.id]) for alert in found]
    if as_json:
        _OUT.print_json(data=[_plain_alert(*each) for each in shown])
    elif not found:
        _OUT.print("No alerts: no story has reached a level worth telling.")
    else:
        _OUT.print(table(_OUT, _ALERTS, [row for each in shown for row in _alert_rows(*each)]))


def _newest(connection: Connection, brand: str) -> list[Story]:
    rows = brands.every(connection)
    if brand and brand not in [row.name for row in rows]:
        raise Refused(
            f"--brand {brand!r}: nothing was heard about it; known: {', '.join(r.name for r in rows) or 'none'}"
        )
    return [
        story
        for row in rows
        if not brand or row.name == brand
        for story in story_rows.newest(connection, brands.numbers(row.no), _LOOKED_AT)
    ]


def _level(story: Story) -> str:
    """Of the open episode, as the console shows it: a rule may call whatever the risk."""
    return (story.episode.level if story.episode else story.level).name


def _story_row(story: Story, headline: str) -> list[str]:
    return [
        f"{story.risk:.0f}",
        _level(story),
        story.brand,
        f"{story.mentions:,}",
        f"{story.authors:,}",
        day_or_time(story.last_at, SystemClock().now()),
        headline,
        str(story.id),
    ]


def _alert_rows(alert: alert_rows.Alert, story: Story | None, about: _About) -> list[list[str]]:
    """One for each of its reasons, so that none is cut off; what is not of a reason stands in the first ones."""
    lasted = length(from_us(alert.resolved_at) - from_us(alert.opened_at)) if alert.resolved_at else "open"
    columns = (
        [Level(alert.level).name, lasted],
        ["–" if alert.reason in _OF_NO_STORY else f"{alert.risk:.0f}"],
        [alert.brand],
        [reason.replace("_", " ") for reason in gravest_first(_reasons(alert, story))],
        about.lines(),
        _moments(alert, SystemClock().now()),
        [f"{alert.story}/{alert.episode}"],
    )
    return [list(row) for row in zip_longest(*columns, fillvalue="")]


def _moments(alert: alert_rows.Alert, now: datetime) -> list[str]:
    """When it opened; and when it was last raised, where a reader would see another time."""
    moments = (day_and_time(from_us(at), now) for at in (alert.opened_at, alert.raised_at))
    return list(dict.fromkeys(moments))


def _about(
    connection: Connection, found: Collection[alert_rows.Alert], behind: Mapping[int, Story]
) -> dict[int, _About]:
    """What each alert is about."""
    numbers = {alert.story for alert in found}
    firsts = _firsts(connection, numbers)
    known = causes.find(connection, found, behind, firsts)
    called = {n: because(cause.kept, [cause.step]) for n, cause in known.items()}
    begun = {n: _headline(first) for n, first in firsts.items()}
    quiet = {n: each.source for n, each in outages.get(connection, numbers).items()}
    named = begun | quiet | {n: _of_surge(kept) for n, kept in surges.get(connection, numbers).items()}
    return {alert.id: _About(named.get(alert.story, ""), called.get(alert.id)) for alert in found}


def _headlines(connection: Connection, stories: Collection[int]) -> dict[int, str]:
    """The words that began each story."""
    return {n: _headline(first) for n, first in _firsts(connection, stories).items()}


def _firsts(connection: Connection, stories: Collection[int]) -> dict[int, mentions.Kept]:
    """What began each story: it has the number of its first mention."""
    return {n: mentions.read(row) for n, row in mentions.get(connection, stories).items()}


def _headline(first: mentions.Kept) -> str:
    if first.withdrawn:
        return "(withdrawn)"
    return one_line(first.mention.title or first.mention.text)[:_LONGEST] or _WORDLESS


def _of_surge(kept: surges.Kept) -> str:
    """Its topic, and what is new in it."""
    fresh = ", ".join(one_line(each.term) for each in kept.fresh)
    return ": ".join(part for part in (one_line(kept.surge.topic), fresh) if part)[:_LONGEST]


def _plain_story(story: Story, headline: str) -> dict[str, object]:
    return {
        "id": story.id,
        "brand": story.brand,
        "risk": round(story.risk, 2),
        "level": _level(story),
        "mentions": story.mentions,
        "authors": story.authors,
        "negative_authors": story.negative_authors,
        "reach": story.reach,
        "forecast": _plain_forecast(story.forecast),
        "opened_at": story.opened_at.isoformat(),
        "last_at": story.last_at.isoformat(),
        "headline": headline,
    }


def _plain_forecast(found: Forecast | None) -> dict[str, object] | None:
    """`chances`: how likely it comes to each size."""
    if found is None:
        return None
    sizes = {"size": found.size, "low": found.low, "high": found.high}
    return sizes | {"chances": {str(size): chance for size, chance in found.chances}}


def _plain_alert(alert: alert_rows.Alert, story: Story | None, about: _About) -> dict[str, object]:
    """`reason` is the first, `reasons` are those of all its steps, in order, each once.

    `seen_by`: the words of the headline that gave the gravest one away, folded; none where they may be others now, as
    they are since `edited_at`.
    """
    return alert._asdict() | {
        "reasons": _reasons(alert, story),
        "headline": about.headline(_LONGEST),
        "seen_by": list(about.seen_by),
        "edited_at": about.edited_at.isoformat() if about.edited_at else None,
        "level": Level(alert.level).name,
        "opened_at": from_us(alert.opened_at).isoformat(),
        "raised_at": from_us(alert.raised_at).isoformat(),
        "resolved_at": from_us(alert.resolved_at).isoformat() if alert.resolved_at else None,
    }


def _reasons(alert: alert_rows.Alert, story: Story | None) -> list[str]:
    """A surge's and a silence's is the only one."""
    episodes = story.episodes if story else ()
    steps = [step for each in episodes if each.number == alert.episode for step in each.steps]
    return list(dict.fromkeys(step.reason for step in steps)) or [alert.reason]
