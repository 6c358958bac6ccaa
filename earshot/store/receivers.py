"""Since when each receiver is there: what was decided before is not told to it."""

from collections.abc import Iterable

from sqlalchemy import Connection


def since(connection: Connection, names: Iterable[str], now: int) -> dict[str, int]:
    """µs, by name; those that are new are there from `now` on."""
    for name in names:
        connection.exec_driver_sql(
            "insert into receivers (name, since) values (?, ?) on conflict (name) do nothing", (name, now)
        )
    found = connection.exec_driver_sql("select name, since from receivers")
    return {row[0]: row[1] for row in found}
