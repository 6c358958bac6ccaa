"""Dead letters: what could not be read or stored, with the reason, until a person has looked at it."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

KEEP_BYTES = 65_536
"""Of a longer one the beginning is kept, beside its true size."""


class Letter(NamedTuple):
    id: int
    at: int
    origin: str
    """`topic:mentions:partition:offset` for what came over the bus, else where it was read: `file.jsonl:17`."""
    reason: str
    raw: bytes
    size: int
    retried_at: int | None


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
