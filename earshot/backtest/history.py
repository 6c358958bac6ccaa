"""What a run left in its store, read back once it is over: each story, its mentions, its calls."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from earshot.backtest.outcomes import Call, Heard, Past
from earshot.clock import to_us
from earshot.model import Story
from earshot.store import brands, ledger, mentions, stories
from earshot.store.mentions import Row
from earshot.store.stories import Redirect

_HALF = 5_000  # of a vote: p(negative) in ten-thousandths
_ALL = 2**62
_NAMED = 140  # characters by which a story is known again


class History(NamedTuple):
    pasts: tuple[Past, ...]
    models: tuple[str, ...]
    """The versions of all models that read its mentions; empty names left out."""


class _Said(msgspec.Struct):
    id: str
    backfill: bool = False


class _Told(msgspec.Struct):
    title: str = ""
    text: str = ""


class _Read(msgspec.Struct):
    model: str = ""


_SAID = msgspec.json.Decoder(_Said)
_TOLD = msgspec.json.Decoder(_Told)
_READ = msgspec.json.Decoder(_Read)


def history(connection: Connection, labels: Mapping[str, bool]) -> History:
    """`labels`: by mention, whether a person calls it negative."""
    models: set[str] = set()
    pasts = [
        past
        for brand in brands.every(connection)
        for past in _of_brand(connection, brands.numbers(brand.no), labels, models)
    ]
    return History(tuple(pasts), tuple(sorted(models - {""})))


def _of_brand(
    connection: Connection, numbers: tuple[int, int], labels: Mapping[str, bool], models: set[str]
) -> Iterator[Past]:
    standing = {story.id: story for story in stories.newest(connection, numbers, _ALL)}
    joins = stories.redirects(connection, *numbers)
    became = {each.id: each.part_of for each in joins}
    calls, parts = _calls(connection, standing, became), defaultdict[int, list[Redirect]](list)
    for each in joins:
        parts[_end(each.id, became)].append(each)
    places = {n: (story, at) for chunk in ledger.scan(connection, *numbers) for n, _, story, at, _ in chunk}
    for number, group in groupby(mentions.of_stories(connection, standing), key=lambda row: row.story):
        rows = list(group)
        models.update(_READ.decode(row.score).model for row in rows)
        told = [(row, said) for row in rows if (said := _counted(row))]
        heard = tuple(_heard(row, labels.get(said.id)) for row, said in told)
        sizes = tuple(grown([row.n for row, _ in told], parts[number], places))
        story = standing[number]
        words = next((_words(row) for row in rows if row.n == number), "")
        yield Past(number, story.brand, story.first, story.reach, heard, sizes, tuple(calls[number]), words)


def _counted(row: Row) -> _Said | None:
    """None for what was withdrawn or imported."""
    said = _SAID.decode(row.mention)
    return None if row.withdrawn or said.backfill else said


def _words(row: Row) -> str:
    told = _TOLD.decode(row.mention)
    said = "" if row.withdrawn else " ".join((told.title or told.text).split())
    return said if len(said) <= _NAMED else said[: _NAMED - 1] + "…"


def _heard(row: Row, label: bool | None) -> Heard:
    return Heard(row.heard_at, row.followers, row.vote is not None and row.vote >= _HALF, label)


def grown(
    numbers: Sequence[int], joins: Sequence[Redirect], places: Mapping[int, tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """(mentions, when) each time that the largest part had more than any before.

    `numbers`: of the mentions; `places`: by number, the story that a mention was put into when heard, and when.
    """
    sizes, became = defaultdict[int, int](int), dict[int, int]()
    most = 0
    events: list[tuple[int, Redirect | None]] = [(n, None) for n in numbers]
    events += [(each.joined_n, each) for each in joins]
    for n, join in sorted(events, key=_order):
        story, at = places[n]
        if join:
            became[join.id] = join.part_of
        part = _end(join.id if join else story, became)
        sizes[part] += sizes.pop(join.id, 0) if join else 1
        if sizes[part] > most:
            most = sizes[part]
            yield most, at


def _order(event: tuple[int, Redirect | None]) -> tuple[int, int]:
    """A mention proves a join after it was put in its place."""
    return event[0], event[1] is not None


def _calls(
    connection: Connection, standing: Mapping[int, Story], became: Mapping[int, int]
) -> dict[int, list[Call]]:
    """By story that stands; what a story told before it was joined counts for the one that it is part of now."""
    calls = defaultdict[int, list[Call]](list)
    for story in [*standing.values(), *stories.load(connection, became).values()]:
        steps = (step for episode in story.episodes for step in episode.steps)
        calls[_end(story.id, became)].extend(Call(step.level, to_us(step.at), step.reason) for step in steps)
    return calls


def _end(story: int, became: Mapping[int, int]) -> int:
    while story in became:
        story = became[story]
    return story
