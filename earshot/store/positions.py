"""How far a group's effects in this store go, and how far a source has been heard."""

from collections.abc import Mapping

from sqlalchemy import Connection


def load(connection: Connection, topic: str, group: str) -> dict[int, int]:
    found = connection.exec_driver_sql(
        'select partition, "offset" from positions where topic = ? and "group" = ?', (topic, group)
    )
    return {row[0]: row[1] for row in found}


def save(connection: Connection, topic: str, group: str, after: Mapping[int, int]) -> None:
    connection.exec_driver_sql(
        'insert into positions values (?, ?, ?, ?) on conflict (topic, "group", partition)'
        ' do update set "offset" = excluded."offset"',
        [(topic, group, partition, offset) for partition, offset in after.items()],
    )


def cursor(connection: Connection, collector: str) -> str | None:
    found: str | None = connection.exec_driver_sql(
        "select cursor from cursors where collector = ?", (collector,)
    ).scalar()
    return found


def save_cursor(connection: Connection, collector: str, cursor: str) -> None:
    connection.exec_driver_sql(
        "insert into cursors values (?, ?) on conflict (collector) do update set cursor = excluded.cursor",
        (collector, cursor),
    )
