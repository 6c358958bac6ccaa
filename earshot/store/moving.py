"""Everything of one store into another one, empty so far: whole or not at all."""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Boolean, Connection, Row, Table
from sqlalchemy.exc import DataError, IntegrityError

from earshot.errors import Refused
from earshot.store.bulk import append
from earshot.store.engine import Store
from earshot.store.schema import ACCESS, METADATA, POSITIONS, SOURCES

_CHUNK = 5_000
_ITS_OWN = (ACCESS, SOURCES)  # what processes that have begun there made for themselves
TABLES = tuple(table for table in METADATA.sorted_tables if table not in (*_ITS_OWN, POSITIONS))
"""What moves, in the order that references want. Positions are offsets of a log that stays behind."""


class Moved(NamedTuple):
    """A table, as it was counted where it arrived."""

    table: str
    rows: int
    newest: int | None
    """The greatest number in it, where it has numbers."""


def move(source: Store, target: Store, progress: Callable[[str, int, int], None]) -> list[Moved]:
    """Copy all but the positions, holding back every writer of both. Calls `progress(table, done, of)`.

    Raises:
        Refused: the target holds something already, or what arrived is not what left.
    """
    with source.begin() as reading, target.begin() as writing:
        if writing.dialect.name == "postgresql":  # it waits while SQLite counts, however long that takes
            writing.exec_driver_sql("set local idle_in_transaction_session_timeout = 0")
        _must_be_empty(writing, target.name)
        moved = [_move_table(reading, writing, table, progress) for table in TABLES]
        for table in TABLES:
            _go_on_counting(writing, table)
    return moved


def _must_be_empty(connection: Connection, name: str) -> None:
    for table in (*TABLES, POSITIONS):
        if connection.exec_driver_sql(f"select 1 from {table.name} limit 1").first():
            raise Refused(
                f"{name}: holds rows already ({table.name}); nothing was copied: name an empty database,"
                " such as createdb makes"
            )


def _move_table(
    reading: Connection, writing: Connection, table: Table, progress: Callable[[str, int, int], None]
) -> Moved:
    total, done = _look(reading, table).rows, 0
    progress(table.name, 0, total)
    rows = reading.exec_driver_sql(f"select * from {table.name} order by 1")
    while chunk := rows.fetchmany(_CHUNK):
        try:
            append(writing, table, [_as_stored(table, row) for row in chunk])
        except (DataError, IntegrityError) as error:
            raise Refused(f"{table.name}: {error.orig}; nothing was copied") from error
        done += len(chunk)
        progress(table.name, done, total)
    left, arrived = _look(reading, table), _look(writing, table)
    if left != arrived:
        raise Refused(f"{table.name}: {left.rows:,} rows left, {arrived.rows:,} arrived; nothing was copied")
    return arrived


def _as_stored(table: Table, row: Row[tuple[object, ...]]) -> list[object]:
    """SQLite's truth is a number."""
    return [
        bool(value) if isinstance(column.type, Boolean) else value
        for column, value in zip(table.columns, row, strict=True)
    ]


def _look(connection: Connection, table: Table) -> Moved:
    key = next(iter(table.primary_key))
    newest = f"max({key.name})" if key.type.python_type is int else "null"
    count, top = connection.exec_driver_sql(f"select count(*), {newest} from {table.name}").one()
    return Moved(table.name, count, top)


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Where PostgreSQL itself numbers the rows, the next one follows the greatest that was copied."""
    key = next(iter(table.primary_key))
    if table.autoincrement_column is not None and connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            f"select setval(pg_get_serial_sequence('{table.name}', '{key.name}'), coalesce(max({key.name}), 1),"
            f" count(*) > 0) from {table.name}"
        )
