"""How each source says that it is doing."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from earshot.clock import to_us
from earshot.model import SourceReport

_DECODER = msgspec.json.Decoder(SourceReport)


def save(connection: Connection, reports: Sequence[SourceReport]) -> None:
    connection.exec_driver_sql(
        "insert into sources values (?, ?, ?) on conflict (name)"
        " do update set at = excluded.at, report = excluded.report",
        [(each.name, to_us(each.at), msgspec.json.encode(each).decode()) for each in reports],
    )


def every(connection: Connection) -> list[SourceReport]:
    """By name; also of sources that are configured no more."""
    found = connection.exec_driver_sql("select report from sources order by name")
    return [_DECODER.decode(row[0]) for row in found]
