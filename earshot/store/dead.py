"""Dead letters: what could not be read or stored, with the reason, until a person has looked at it."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from earshot.border import LONGEST
from earshot.store.binding import Listed

KEEP_BYTES = LONGEST
"""All of the longest record that is read; of what is longer the beginning, beside its true size."""


class Letter(NamedTuple):
    id: int
    at: int
    origin: str
    """`topic:mentions:partition:offset` for what came over the bus, else where it was read: `file.jsonl:17`."""
    reason: str
    raw: bytes
    size: int
    retried_at: int | None


class Head(NamedTuple):
    """A letter without what it says."""

    id: int
    at: int
    origin: str
    reason: str
    size: int


def park(connection: Connection, at: int, letters: Sequence[tuple[str, str, bytes]]) -> None:
    """Keep (origin, reason, raw) as of `at` µs; what is kept already is not kept twice."""
    connection.exec_driver_sql(
        "insert into dead_letters (at, origin, reason, raw, size) select ?, ?, ?, ?, ?"
        " where not exists (select 1 from dead_letters where origin = ? and raw = ?)",
        [_row(at, *letter) for letter in letters],
    )


def _row(at: int, origin: str, reason: str, raw: bytes) -> tuple[int, str, str, bytes, int, str, bytes]:
    kept = raw[:KEEP_BYTES]
    origin = _storable(origin)
    return at, origin, _storable(reason[:2_000]), kept, len(raw), origin, kept


def _storable(text: str) -> str:
    """A reason may quote what no database takes as text."""
    return text.replace("\0", "\\0").encode(errors="backslashreplace").decode()


def page(connection: Connection, *, retried: bool = False, limit: int = 100) -> list[Letter]:
    """The newest first."""
    found = connection.exec_driver_sql(
        f"select id, at, origin, reason, raw, size, retried_at from dead_letters"
        f" where retried_at is {'not ' if retried else ''}null order by id desc limit ?",
        (limit,),
    )
    return [Letter(*row) for row in found]


def heads(connection: Connection, limit: int) -> list[Head]:
    """Of those that wait, the newest first; a letter may be long, and a list does not show it."""
    found = connection.exec_driver_sql(
        "select id, at, origin, reason, size from dead_letters where retried_at is null order by id desc limit ?",
        (limit,),
    )
    return [Head(*row) for row in found]


def get(connection: Connection, letter: int) -> Letter | None:
    row = connection.exec_driver_sql(
        "select id, at, origin, reason, raw, size, retried_at from dead_letters where id = ?", (letter,)
    ).first()
    return Letter(*row) if row else None


def mark_retried(connection: Connection, letter: int, at: int) -> None:
    connection.exec_driver_sql("update dead_letters set retried_at = ? where id = ?", (at, letter))


def count(connection: Connection) -> int:
    """How many wait for somebody to look."""
    total: int = connection.exec_driver_sql(
        "select count(*) from dead_letters where retried_at is null"
    ).scalar_one()
    return total


def newest(connection: Connection) -> int:
    """The highest number; 0 where there is none."""
    found: int = connection.exec_driver_sql("select coalesce(max(id), 0) from dead_letters").scalar_one()
    return found


def drop(connection: Connection, letters: Sequence[int]) -> list[int]:
    """Delete these for good; those that were there."""
    gone = connection.exec_driver_sql(
        "delete from dead_letters where id in (select value from json_each(?)) returning id",
        (Listed(letters),),
    )
    return list(gone.scalars())


def drop_up_to(connection: Connection, last: int) -> int:
    """Delete all up to a number, retried or not; how many."""
    return connection.exec_driver_sql("delete from dead_letters where id <= ?", (last,)).rowcount


def purge(connection: Connection, before: int, most: int) -> int:
    """Delete at most so many that were parked before a time, µs, whether somebody has looked or not; how many."""
    return connection.exec_driver_sql(
        "delete from dead_letters where id in (select id from dead_letters where at < ? order by id limit ?)",
        (before, most),
    ).rowcount
