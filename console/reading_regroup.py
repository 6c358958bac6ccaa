"""What the pages need on which a person joins and splits stories. Blocking: never on the event loop."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from earshot.model import Story
from earshot.store import brands, mentions, regrouped, stories
from earshot.store.mentions import Kept, Row
from earshot.store.regrouped import Regrouped

RECENT = 8
_LOOKED_AT = 60  # of a brand's newest stories


class Told(NamedTuple):
    """A story with what began it."""

    story: Story
    first: Kept | None


class Going(NamedTuple):
    """A mention that may leave its story, with what is around it there."""

    home: Told
    """The story that it is in now."""
    kept: Kept
    known: set[int]
    """The numbers of all mentions of that story."""
    hanging: set[int]
    """Those that answer, quote or repost it, at once or by way of one another."""
    parts: set[int]
    """Stories that have become part of that one."""


class Pair(NamedTuple):
    """A story, and the one that it may be part of."""

    one: Told
    other: Told | None
    """None: there is no such story, or none was named."""
    recent: list[Told]
    """Others of its brand, the last heard first."""


class _Ties(msgspec.Struct):
    """Of a mention only what it was said about, and its name."""

    id: str
    root: str | None = None
    parent: str | None = None
    quoted: str | None = None
    reposted: str | None = None


_TIES = msgspec.json.Decoder(_Ties)


def going(connection: Connection, n: int) -> Going | None:
    """None where there is no mention of that number."""
    row = mentions.get(connection, [n]).get(n)
    home = stories.standing(connection, row.story) if row else None
    if row is None or home is None:
        return None
    answers, ids = _tied(mentions.of_stories(connection, (home.id,)))
    parts = {part.id for part in stories.parts(connection, home.id)}
    return Going(
        _told(connection, [home])[0], mentions.read(row), set(ids), _hanging(n, answers, ids) - {n}, parts
    )


def pair(connection: Connection, one: int, other: int | None) -> Pair | None:
    """None where the first does not stand for itself: it never was, or is part of another one."""
    story = stories.get(connection, one)
    if story is None or story.part_of:
        return None
    with_it = stories.standing(connection, other) if other else None
    recent = _recent(connection, story)
    told = _told(connection, [story, *recent, *([with_it] if with_it else [])])
    return Pair(told[0], told[-1] if with_it else None, told[1 : len(recent) + 1])


def by_hand(connection: Connection, story: int) -> list[Regrouped]:
    """What people did with this story, the newest first."""
    done = regrouped.of_brand(connection, brands.brand_no(story))
    return [each for each in reversed(done) if story in (each.story, each.other)]


def _tied(rows: Iterable[Row]) -> tuple[Mapping[str, set[int]], Mapping[int, str]]:
    """Who was said about whom: numbers by the id that they name, and each number's own id."""
    answers, ids = defaultdict[str, set[int]](set), dict[int, str]()
    for row in rows:
        ties = _TIES.decode(row.mention)
        ids[row.n] = ties.id
        for named in filter(None, (ties.root, ties.parent, ties.quoted, ties.reposted)):
            answers[named].add(row.n)
    return answers, ids


def _hanging(n: int, answers: Mapping[str, set[int]], ids: Mapping[int, str]) -> set[int]:
    found, wanted = {n}, [n]
    while wanted:
        new = answers.get(ids.get(wanted.pop(), ""), set()) - found
        found |= new
        wanted += new
    return found


def _recent(connection: Connection, story: Story) -> list[Story]:
    """Those that call are among them, however old they are."""
    newest = stories.newest(connection, brands.numbers(brands.brand_no(story.id)), _LOOKED_AT)
    found = {each.id: each for each in (*newest, *stories.open_of_brand(connection, story.brand))}
    found.pop(story.id, None)
    ranked = sorted(found.values(), key=lambda s: (s.episode is not None, s.last_at, s.id), reverse=True)
    return [each for each in ranked if not each.part_of][:RECENT]


def _told(connection: Connection, them: list[Story]) -> list[Told]:
    firsts = mentions.get(connection, [story.id for story in them])
    return [Told(story, mentions.read(firsts[story.id]) if story.id in firsts else None) for story in them]
