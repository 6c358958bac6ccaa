"""Many rows at once: PostgreSQL takes them as one stream, SQLite as one statement done again and again."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table


def append(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows, each in the order of the table's columns."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        from earshot.store import postgres  # noqa: PLC0415 - it is loaded: the connection came from it

        postgres.copy(connection, table, rows)
    else:
        connection.exec_driver_sql(_insert(table), rows)


def change(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    by: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> int:
    """Set `columns` where the columns in `by` are as given; a row holds the values of both, in that order.

    Returns how many rows there were to change. No two may ask for the same one.
    """
    if not rows:
        return 0
    if connection.dialect.name == "postgresql":
        from earshot.store import postgres  # noqa: PLC0415 - see append

        return postgres.change(connection, table, columns, by, rows)
    return connection.exec_driver_sql(_update(table, tuple(columns), tuple(by)), rows).rowcount


@lru_cache
def _insert(table: Table) -> str:
    return f"insert into {table.name} values ({', '.join('?' for _ in table.columns)})"


@lru_cache
def _update(table: Table, columns: tuple[str, ...], by: tuple[str, ...]) -> str:
    values, keys = ", ".join(f"{c} = ?" for c in columns), " and ".join(f"{c} = ?" for c in by)
    return f"update {table.name} set {values} where {keys}"
