"""What the pages of surges need, each in one consistent look at the store. Blocking: never on the event loop."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from earshot.clock import to_us
from earshot.config import Topic
from earshot.model import Story
from earshot.store import alerts, brands, ledger, listing, mentions, outages, stories, surges
from earshot.store.brands import Brand
from earshot.store.listing import Told
from earshot.store.outages import Outage
from earshot.store.surges import Kept
from earshot.subjects import EVERYTHING, Subjects
from earshot.surge import Surge

PAGE = 25
BUCKET = 300_000_000
"""µs; as in `processors.surge.series`, which the console does not import."""
HOUR = 12
"""Buckets."""
_BEFORE = timedelta(hours=18)  # shown of a chart
_AFTER = timedelta(hours=18)
_STORIES = 5


class _Words(msgspec.Struct):
    title: str = ""
    text: str = ""


_WORDS = msgspec.json.Decoder(_Words)


class SurgesFound(NamedTuple):
    surges: list[Kept]
    """The last opened first."""
    open: int
    next: int
    """When the last of them was opened, µs, where there are more; else 0."""
    heard_at: int


class SurgeDetail(NamedTuple):
    kept: Kept
    said: list[mentions.Kept]
    """Those that made it, the most telling first."""
    hours: list[tuple[int, int]]
    """(moment, negative authors in the hour up to it), every five minutes, µs."""
    outages: list[Outage]
    told: list[Told]
    stories: list[Story]
    """Those of its topic that began in it and have more than one mention, the riskiest first."""
    firsts: dict[int, mentions.Kept]
    heard_at: int


def surges_page(connection: Connection, names: Sequence[str], before: int = 2**62) -> SurgesFound:
    found = surges.newest(connection, names, PAGE + 1, before)
    known = [row for name in names if (row := brands.load(connection, name))]
    going = surges.newest(connection, names, 200)
    return SurgesFound(
        found[:PAGE],
        sum(kept.surge.over_at is None for kept in going),
        to_us(found[PAGE - 1].surge.opened_at) if len(found) > PAGE else 0,
        max((row.clock for row in known), default=0),
    )


def detail(connection: Connection, number: int, topics: Sequence[Topic]) -> SurgeDetail | None:
    kept = surges.get(connection, [number]).get(number)
    brand = brands.load(connection, kept.surge.brand) if kept else None
    if kept is None or brand is None:
        return None
    surge = kept.surge
    begin, end = _window(surge, brand.clock)
    rows = mentions.get(connection, surge.mentions)
    within = _within(connection, surge, brand, topics)
    firsts = mentions.get(connection, [story.id for story in within])
    return SurgeDetail(
        kept,
        [mentions.read(rows[n]) for n in surge.mentions if n in rows],
        _hours(connection, surge, brand, begin, end, topics),
        outages.during(connection, begin, end),
        _told(connection, surge),
        within,
        {n: mentions.read(row) for n, row in firsts.items()},
        brand.clock,
    )


def _window(surge: Surge, clock: int) -> tuple[int, int]:
    """Whole buckets around the surge, up to what was heard."""
    end = min(clock, to_us((surge.over_at or surge.opened_at + _AFTER) + timedelta(hours=1)))
    begin = to_us(surge.opened_at - _BEFORE)
    return begin // BUCKET * BUCKET, max(end, to_us(surge.opened_at)) // BUCKET * BUCKET


def _hours(
    connection: Connection, surge: Surge, brand: Brand, begin: int, end: int, topics: Sequence[Topic]
) -> list[tuple[int, int]]:
    """Counted again from what is stored, as what is late has come by now."""
    since = begin - HOUR * BUCKET
    numbers = ledger.first_since(connection, brand, since), brands.number(brand.no, brand.seq)
    if surge.topic == EVERYTHING:
        counts = surges.authors_by_bucket(connection, numbers, (since, end), BUCKET)
    else:
        counts = _of_topic(connection, surge, numbers, (since, end), topics)
    first, last = begin // BUCKET, end // BUCKET
    return [
        (each * BUCKET, sum(counts.get(each - back, 0) for back in range(1, HOUR + 1)))
        for each in range(first, last + 1)
    ]


def _of_topic(
    connection: Connection, surge: Surge, n: tuple[int, int], at: tuple[int, int], topics: Sequence[Topic]
) -> dict[int, int]:
    subjects, found = Subjects(topics, surge.brand), dict[int, set[int]]()
    for each in surges.complaining(connection, n, at):
        if surge.topic in subjects.of(_text(each.mention)):
            found.setdefault(each.said_at // BUCKET, set()).add(each.author)
    return {bucket: len(authors) for bucket, authors in found.items()}


def _text(mention: str) -> str:
    words = _WORDS.decode(mention)
    return f"{words.title}\n{words.text}"


def _within(connection: Connection, surge: Surge, brand: Brand, topics: Sequence[Topic]) -> list[Story]:
    first = ledger.first_since(connection, brand, to_us(surge.since))
    last = (
        ledger.first_since(connection, brand, to_us(surge.over_at)) - 1
        if surge.over_at
        else brands.numbers(brand.no)[1]
    )
    found = [story for story in stories.newest(connection, (first, last), 1_000) if story.mentions > 1]
    if surge.topic != EVERYTHING:
        found = _about(connection, found, surge, topics)
    return sorted(found, key=lambda story: (-story.risk, -story.mentions, story.id))[:_STORIES]


def _about(
    connection: Connection, found: Sequence[Story], surge: Surge, topics: Sequence[Topic]
) -> list[Story]:
    """Those of its topic, by the mentions that began them: as in earshot/inhibit.py."""
    subjects, firsts = Subjects(topics, surge.brand), mentions.get(connection, [story.id for story in found])
    return [
        story
        for story in found
        if story.id in firsts and surge.topic in subjects.of(_text(firsts[story.id].mention))
    ]


def _told(connection: Connection, surge: Surge) -> list[Told]:
    row = alerts.of_stories(connection, [surge.id]).get((surge.id, 1))
    return listing.told(connection, [row.id]).get(row.id, []) if row else []
