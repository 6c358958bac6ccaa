"""Mentions as they are kept: what was said, how it was scored, and the numbers that a story is folded from."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from earshot.model import Mention, Score
from earshot.store.binding import IN_CHUNKS, Listed
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
    """The domain of who published it, or whose own account wrote it; it has a class only where it published it."""
    outlet_class: str | None
    vote: int | None
    withdrawn: bool
    link: str
    mention: str
    score: str
    evidence: str = ""
    """The words that it shares with its story, where those tied it, the most telling first."""
    fits: int = 0
    """1: its author is of the brand's audience, as the profile was when it was heard or read."""


class Kept(NamedTuple):
    """A mention read back. `mention` has neither text nor title once it is withdrawn."""

    n: int
    mention: Mention
    score: Score
    link: str
    withdrawn: bool
    evidence: str = ""


_CHUNK = 1_000
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
        ("followers", "vote", "withdrawn", "mention", "score", "evidence", "fits"),
        ("n",),
        [(r.followers, r.vote, r.withdrawn, r.mention, r.score, r.evidence, r.fits, r.n) for r in rows],
    )


def move(connection: Connection, joined: int, kept: int) -> None:
    """All mentions of one story into another."""
    connection.exec_driver_sql("update mentions set story = ? where story = ?", (kept, joined))


def place(connection: Connection, numbers: Iterable[int], story: int) -> None:
    """These mentions into a story."""
    change(connection, MENTIONS, ("story",), ("n",), [(story, n) for n in numbers])


def get(connection: Connection, numbers: Iterable[int]) -> dict[int, Row]:
    found = connection.exec_driver_sql(
        "select * from mentions where n in (select value from json_each(?))", (Listed(numbers),)
    )
    return {row[0]: _row(row) for row in found}


def read(row: Row) -> Kept:
    return Kept(
        row.n,
        _MENTION.decode(row.mention),
        _SCORE.decode(row.score),
        row.link,
        bool(row.withdrawn),
        row.evidence,
    )


def _row(columns: Sequence[Any]) -> Row:
    """SQLite has no truth, only 0 and 1."""
    return Row(*columns)._replace(withdrawn=bool(columns[9]))


def score_of(row: Row) -> Score:
    return _SCORE.decode(row.score)


def of_story(connection: Connection, story: int) -> list[Row]:
    """All mentions of a story in log order."""
    found = connection.exec_driver_sql("select * from mentions where story = ? order by n", (story,))
    return [_row(row) for row in found]


def newest_of_story(connection: Connection, story: int, limit: int) -> list[Kept]:
    found = connection.exec_driver_sql(
        "select * from mentions where story = ? order by n desc limit ?", (story, limit)
    )
    return [read(_row(row)) for row in found]


def newest_of_stories(connection: Connection, stories: Sequence[int]) -> list[Row]:
    """The newest mention of each."""
    found = connection.exec_driver_sql(
        "select * from mentions where n in (select max(n) from mentions"
        " where story in (select value from json_each(?)) group by story)",
        (Listed(stories),),
    )
    return [_row(row) for row in found]


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


class Scored(NamedTuple):
    """What a mention was scored, without what it says."""

    n: int
    story: int
    withdrawn: bool
    score: Score


def scored_after(connection: Connection, n: int, last: int, limit: int) -> list[Scored]:
    """The next ones after `n` and up to `last`, in log order."""
    found = connection.exec_driver_sql(
        "select n, story, withdrawn, score from mentions where n > ? and n <= ? order by n limit ?",
        (n, last, limit),
    )
    return [Scored(row[0], row[1], bool(row[2]), _SCORE.decode(row[3])) for row in found]


def of_stories(connection: Connection, stories: Iterable[int]) -> Iterator[Row]:
    """All mentions of some stories, story by story, each in log order; never more than a chunk in memory."""
    found = connection.exec_driver_sql(
        "select * from mentions where story in (select value from json_each(?)) order by story, n",
        (Listed(stories),),
        execution_options=IN_CHUNKS,
    )
    while chunk := found.fetchmany(_CHUNK):
        yield from (_row(row) for row in chunk)


class _Words(msgspec.Struct):
    title: str = ""
    text: str = ""


_WORDS = msgspec.json.Decoder(_Words)


def texts(
    connection: Connection, first: int, last: int, but: Sequence[str]
) -> Iterator[Sequence[tuple[int, int, str, int]]]:
    """(n, story, text, heard_at) by number, in chunks, of those that are not linked by one of `but`.

    Story and time are the ledger's: as it was decided when they were heard. A withdrawn one has no text.
    """
    found = connection.exec_driver_sql(
        "select m.n, h.story, m.mention, h.heard_at, m.link from mentions m join heard h on h.n = m.n"
        " where m.n between ? and ? order by m.n",
        (first, last),
        execution_options=IN_CHUNKS,
    )
    while chunk := found.fetchmany(50 * _CHUNK):
        yield [(row[0], row[1], _text(row[2]), row[3]) for row in chunk if row[4] not in but]


def _text(mention: str) -> str:
    said = _WORDS.decode(mention)
    return f"{said.title} {said.text}"


def votes(connection: Connection, first: int, last: int) -> Iterator[Sequence[tuple[int, int, int | None]]]:
    """(n, story, vote) of all with numbers from `first` to `last`, in log order, in chunks."""
    found = connection.exec_driver_sql(
        "select n, story, vote from mentions where n between ? and ? order by n",
        (first, last),
        execution_options=IN_CHUNKS,
    )
    while chunk := found.fetchmany(50 * _CHUNK):
        yield [tuple(row) for row in chunk]


def rescore(connection: Connection, scored: Iterable[tuple[int, Score, int]]) -> None:
    """Another score for mentions by number, whose words stay as they are, and whether their author fits by it."""
    change(
        connection,
        MENTIONS,
        ("vote", "score", "fits"),
        ("n",),
        [(score.vote, encode(score), fits, n) for n, score, fits in scored],
    )
