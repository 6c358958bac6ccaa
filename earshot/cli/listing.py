"""`earshot stories` and `earshot alerts`."""

from datetime import datetime
from itertools import zip_longest
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import Connection

from earshot.cli.options import AsJson, ConfigPath, DataDir, existing_store
from earshot.cli.tables import Column, day_and_time, day_or_time, length, one_line, table
from earshot.clock import SystemClock, from_us
from earshot.errors import Refused
from earshot.model import Forecast, Level, Story
from earshot.store import alerts as alert_rows
from earshot.store import brands, mentions
from earshot.store import stories as story_rows

_OUT = Console(highlight=False)
_LOOKED_AT = 2_000
_LONGEST = 200
_STORIES: list[Column] = [
    ("risk", "right"),
    ("level", "left"),
    ("brand", "short"),
    ("mentions", "right"),
    ("authors", "right"),
    ("last\nheard", "left"),
    ("latest words", "rest"),
    ("story", "right"),
]
_ALERTS: list[Column] = [
    ("level", "left"),
    ("risk", "right"),
    ("brand", "rest"),
    ("why", "left"),
    ("opened,\nlast raised", "left"),
    ("lasted", "left"),
    ("story/episode", "left"),
]
_GRAVEST = (
    "self_harm",
    "safety",
    "legal",
    "discrimination",
    "press_interest",
    "pick_up",
    "voice",
    "loud_author",
    "risk",
)
"""Reasons in the order in which a reader should see them; one that is not known comes last."""
_OF_NO_STORY = ("surge", "quiet")
"""Reasons of alerts that have no risk."""
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=1_000, help="How many.")]


def stories(brand: str, limit: int, config: ConfigPath, data_dir: DataDir, as_json: bool) -> None:
    """What `earshot stories` prints, see `earshot.cli.regroup`."""
    with existing_store(config, data_dir) as store, store.read() as connection:
        found = sorted(_newest(connection, brand), key=lambda s: (s.risk, s.mentions, s.id), reverse=True)
        heads = [_headline(mentions.newest_of_story(connection, s.id, 1)) for s in found[:limit]]
    shown = list(zip(found, heads, strict=False))
    if as_json:
        _OUT.print_json(data=[_plain_story(*each) for each in shown])
    elif not shown:
        _OUT.print("No stories yet. Feed it: earshot run, or earshot replay FILE.", markup=False)
    else:
        _OUT.print(table(_OUT, _STORIES, [_story_row(*each) for each in shown]))


def alerts(
    limit: Limit = 20, config: ConfigPath = None, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """List the alerts raised last: level, brand, every reason, since when, how long, the story. Times are UTC.

    The gravest reason comes first. Below the time at which an alert opened is the one at which it was last raised,
    if that was later.

    Example: earshot alerts --limit 5 --json

    Next: earshot stories lists what they are about.
    """
    with existing_store(config, data_dir) as store, store.read() as connection:
        found = alert_rows.page(connection, limit)
        about = story_rows.load(connection, {alert.story for alert in found})
    if as_json:
        _OUT.print_json(data=[_plain_alert(alert, about.get(alert.story)) for alert in found])
    elif not found:
        _OUT.print("No alerts: no story has reached a level worth telling.")
    else:
        _OUT.print(
            table(
                _OUT, _ALERTS, [row for alert in found for row in _alert_rows(alert, about.get(alert.story))]
            )
        )


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


def _alert_rows(alert: alert_rows.Alert, story: Story | None) -> list[list[str]]:
    """One for each of its reasons, so that none is cut off; what is not of a reason stands in the first ones."""
    columns = (
        [Level(alert.level).name],
        ["–" if alert.reason in _OF_NO_STORY else f"{alert.risk:.0f}"],
        [alert.brand],
        [reason.replace("_", " ") for reason in sorted(_reasons(alert, story), key=_gravity)],
        _moments(alert, SystemClock().now()),
        [length(from_us(alert.resolved_at) - from_us(alert.opened_at)) if alert.resolved_at else "open"],
        [f"{alert.story}/{alert.episode}"],
    )
    return [list(row) for row in zip_longest(*columns, fillvalue="")]


def _gravity(reason: str) -> int:
    return _GRAVEST.index(reason) if reason in _GRAVEST else len(_GRAVEST)


def _moments(alert: alert_rows.Alert, now: datetime) -> list[str]:
    """When it opened; and when it was last raised, where a reader would see another time."""
    moments = (day_and_time(from_us(at), now) for at in (alert.opened_at, alert.raised_at))
    return list(dict.fromkeys(moments))


def _headline(newest: list[mentions.Kept]) -> str:
    return one_line(newest[0].mention.title or newest[0].mention.text)[:_LONGEST] if newest else ""


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


def _plain_alert(alert: alert_rows.Alert, story: Story | None) -> dict[str, object]:
    """`reason` is the first, `reasons` are those of all its steps, in order, each once."""
    return alert._asdict() | {
        "reasons": _reasons(alert, story),
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
