"""What was said in the sample's two weeks, as events at their time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import structs

from earshot.border import build_mention
from earshot.topics import Event, Said, Withdrawn

HOME = ZoneInfo("Europe/Rome")
OPENS = 12 * 86_400 + 7 * 3_600
"""Day 13, 07:00: what was said before is history."""

_FRIDAY = 4
_LAST_DAY = timedelta(days=13)
_TIMES = ("created_at", "edited_at")


def first_day(now: datetime) -> date:
    """Day 1, such that day 14 is the last Friday that is wholly over at `now` in Italy. Day 13 is a Thursday."""
    yesterday = now.astimezone(HOME).date() - timedelta(days=1)
    return yesterday - timedelta(days=(yesterday.weekday() - _FRIDAY) % 7) - _LAST_DAY


def moment(first: date, at: int) -> datetime:
    """UTC, of an offset. Hours are those on the wall: a change of the clocks does not shift them."""
    wall = datetime.combine(first, time()) + timedelta(seconds=at)
    return wall.replace(tzinfo=HOME).astimezone(UTC)


def offset(first: date, at: datetime) -> int:
    """The offset of a moment, in whole seconds."""
    wall = at.astimezone(HOME).replace(tzinfo=None)
    return int((wall - datetime.combine(first, time())).total_seconds())


def events(first: date) -> list[Event]:
    """All of them, in the order heard; those of the history are marked as backfill: they never alert."""
    return [_event(first, row) for row in rows("mentions.jsonl")]


def rows(name: str) -> Iterator[dict[str, Any]]:
    """Of one of the bundled files with one object a line."""
    for line in (files(__package__) / name).read_bytes().splitlines():
        yield msgspec.json.decode(line)


def heard(event: Event) -> datetime:
    return event.mention.collected_at if isinstance(event, Said) else event.collected_at


def _event(first: date, row: dict[str, Any]) -> Event:
    created = row.pop("offset")
    at = row.get("edited_at", created)
    if row.get("type") == "withdrawn":
        return Withdrawn(
            id=row["id"], brand=row["brand"], collected_at=moment(first, at), reason=row["reason"]
        )
    row["created_at"] = created
    row |= {key: moment(first, row[key]) for key in _TIMES if key in row}
    if "metrics" in row:
        row["metrics"]["at"] = moment(first, at)
    mention = build_mention(row, moment(first, at), source="")
    return Said(mention=structs.replace(mention, backfill=at < OPENS))
