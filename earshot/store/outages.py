"""When a source told nothing that could be believed: written where sources are heard, read where they are counted."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from earshot.store.binding import Listed

LAST = 1 << 39
"""An alert's subject below this number is an outage: those of brands begin above (`earshot.store.brands`)."""
_COLUMNS = "id, source, kind, began_at, noticed_at, ended_at, usual"


class Outage(NamedTuple):
    id: int
    source: str
    """Its name in the configuration."""
    kind: str
    """quiet: it answers and brings nothing; failing: it does not answer; stopped: we did not listen."""
    began_at: int
    """When it last did what it should, µs."""
    noticed_at: int
    ended_at: int | None
    usual: float | None
    """A silence, s, that it hardly ever keeps, where that is known."""


def begin(connection: Connection, outage: Outage) -> None:
    """Its number is not looked at. One that is known already stays as it is."""
    connection.exec_driver_sql(
        "insert into outages (source, kind, began_at, noticed_at, ended_at, usual) values (?, ?, ?, ?, ?, ?)"
        " on conflict (source, began_at) do nothing",
        outage[1:],
    )


def end(connection: Connection, source: str, at: int) -> None:
    connection.exec_driver_sql(
        "update outages set ended_at = ? where source = ? and ended_at is null", (at, source)
    )


def during(connection: Connection, first: int, last: int) -> list[Outage]:
    """Those that went on at some time from `first` to before `last` µs, the oldest first."""
    found = connection.exec_driver_sql(
        f"select {_COLUMNS} from outages where began_at < ? and (ended_at is null or ended_at > ?)"
        " order by began_at, id",
        (last, first),
    )
    return [Outage(*row) for row in found]


def get(connection: Connection, ids: Iterable[int]) -> dict[int, Outage]:
    found = connection.exec_driver_sql(
        f"select {_COLUMNS} from outages where id in (select value from json_each(?))", (Listed(ids),)
    )
    return {row[0]: Outage(*row) for row in found}


def newest(connection: Connection, limit: int) -> list[Outage]:
    """The last noticed first."""
    found = connection.exec_driver_sql(
        f"select {_COLUMNS} from outages order by noticed_at desc, id desc limit ?", (limit,)
    )
    return [Outage(*row) for row in found]


def purge(connection: Connection, before: int) -> None:
    """Those that ended before a time, µs; with their alerts and notices."""
    gone = "select id from outages where ended_at < ?"
    told = f"select id from alerts where story in ({gone})"
    connection.exec_driver_sql(f"delete from notices where alert in ({told})", (before,))
    connection.exec_driver_sql(f"delete from alerts where story in ({gone})", (before,))
    connection.exec_driver_sql("delete from outages where ended_at < ?", (before,))


def open_ones(connection: Connection) -> dict[str, Outage]:
    """By source."""
    found: Sequence[Sequence[object]] = connection.exec_driver_sql(
        f"select {_COLUMNS} from outages where ended_at is null order by began_at"
    ).all()
    return {each.source: each for each in (Outage(*row) for row in found)}  # type: ignore[arg-type]  # a row's
