"""Mentions as they are kept: what was said, how it was scored, and the numbers that a story is folded from."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from earshot.model import Mention, Score
from earshot.store.binding import Listed
from earshot.store.bulk import append, change
from earshot.store.schema import MENTIONS


class Row(NamedTuple):
    n: int
    story: int
    heard_at: int
    said_at: int
    author: int
    """Hash of the author's id within its source."""
    followers: int
    outlet: str | None
    outlet_class: str | None
    vote: int | None
    withdrawn: bool
    link: str
    mention: str
    score: str


class Kept(NamedTuple):
    """A mention read back. `mention` has neither text nor title once it is withdrawn."""

    n: int
    mention: Mention
    score: Score
    link: str
    withdrawn: bool


_MENTION = msgspec.json.Decoder(Mention)
_SCORE = msgspec.json.Decoder(Score)
_ENCODER = msgspec.json.Encoder()


def encode(value: Mention | Score) -> str:
    return _ENCODER.encode(value).decode()


def add(connection: Connection, rows: Sequence[Row]) -> None:
    append(connection, MENTIONS, rows)


def replace(connection: Connection, rows: Sequence[Row]) -> None:
    """A newer revision, newer metrics or a withdrawal: the same number, story and time."""
    change(
        connection,
        MENTIONS,
        ("followers", "vote", "withdrawn", "mention", "score"),
        ("n",),
        [(r.followers, r.vote, r.withdrawn, r.mention, r.score, r.n) for r in rows],
    )


def get(connection: Connection, numbers: Iterable[int]) -> dict[int, Row]:
    found = connection.exec_driver_sql(
        "select * from mentions where n in (select value from json_each(?))", (Listed(numbers),)
    )
    return {row[0]: Row(*row) for row in found}


def read(row: Row) -> Kept:
    return Kept(row.n, _MENTION.decode(row.mention), _SCORE.decode(row.score), row.link, bool(row.withdrawn))


def of_story(connection: Connection, story: int) -> list[Row]:
    """All mentions of a story in log order."""
    found = connection.exec_driver_sql("select * from mentions where story = ? order by n", (story,))
    return [Row(*row) for row in found]


def newest_of_story(connection: Connection, story: int, limit: int) -> list[Kept]:
    found = connection.exec_driver_sql(
        "select * from mentions where story = ? order by n desc limit ?", (story, limit)
    )
    return [read(Row(*row)) for row in found]


def count(connection: Connection) -> int:
    total: int = connection.exec_driver_sql("select count(*) from mentions").scalar_one()
    return total


class Heard(NamedTuple):
    """Where a mention stands in log order and in the two times, µs."""

    n: int
    heard_at: int
    said_at: int


def heard_of_story(connection: Connection, story: int) -> list[Heard]:
    """All of a story's mentions in log order, without what they say."""
    found = connection.exec_driver_sql(
        "select n, heard_at, said_at from mentions where story = ? order by n", (story,)
    )
    return [Heard(*row) for row in found]
