"""Alerts: one row for each time that a story called (its episode). A row only grows, whatever arrives again."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from earshot.model import Id, Level
from earshot.store.binding import Listed
from earshot.store.mentions import Kept, Row, read

_ENCODER = msgspec.json.Encoder()
_COLUMNS = "id, brand, story, episode, level, reason, opened_at, raised_at, resolved_at, risk"


class Alert(NamedTuple):
    id: int
    brand: str
    story: int
    episode: int
    level: int
    """The highest of its steps."""
    reason: str
    """Of the first step."""
    opened_at: int
    raised_at: int
    """When the last step raised it or added a reason."""
    resolved_at: int | None
    risk: float
    """At the newest step."""

    @property
    def loudness(self) -> Level:
        return Level(self.level)

    def grown(self, seen: "Alert") -> "Alert":
        """With what another snapshot knows: the same in any order, so an older one does no harm."""
        return self._replace(
            level=max(self.level, seen.level),
            raised_at=max(self.raised_at, seen.raised_at),
            resolved_at=seen.resolved_at if self.resolved_at is None else self.resolved_at,
            risk=max((self.raised_at, self.risk), (seen.raised_at, seen.risk))[1],
        )


def of_stories(connection: Connection, stories: Iterable[int]) -> dict[tuple[int, int], Alert]:
    """By story and episode."""
    found = connection.exec_driver_sql(
        f"select {_COLUMNS} from alerts where story in (select value from json_each(?))",
        (Listed(stories),),
    )
    return {(alert.story, alert.episode): alert for alert in (Alert(*row) for row in found)}


def add(connection: Connection, alert: Alert) -> Alert:
    """The same with the number that it got."""
    number: int = connection.exec_driver_sql(
        "insert into alerts (brand, story, episode, level, reason, opened_at, raised_at, resolved_at, risk)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?) returning id",
        alert[1:],
    ).scalar_one()
    return alert._replace(id=number)


def replace(connection: Connection, alerts: Sequence[Alert]) -> None:
    connection.exec_driver_sql(
        "update alerts set level = ?, raised_at = ?, resolved_at = ?, risk = ? where id = ?",
        [(a.level, a.raised_at, a.resolved_at, a.risk, a.id) for a in alerts],
    )


def get(connection: Connection, alert: int) -> Alert | None:
    row = connection.exec_driver_sql(f"select {_COLUMNS} from alerts where id = ?", (alert,)).first()
    return Alert(*row) if row else None


def page(connection: Connection, limit: int = 50, *, open_only: bool = False) -> list[Alert]:
    """The last raised first."""
    found = connection.exec_driver_sql(
        f"select {_COLUMNS} from alerts {'where resolved_at is null ' if open_only else ''}"
        "order by raised_at desc, id desc limit ?",
        (limit,),
    )
    return [Alert(*row) for row in found]


def over_since(connection: Connection, brands: Iterable[str], since: int, limit: int) -> list[Alert]:
    """Those that were resolved then or later, the last one first."""
    found = connection.exec_driver_sql(
        f"select {_COLUMNS} from alerts where resolved_at >= ?"
        " and brand in (select value from json_each(?)) order by resolved_at desc, id desc limit ?",
        (since, Listed(brands), limit),
    )
    return [Alert(*row) for row in found]


def count(connection: Connection, *, open_only: bool = False) -> int:
    where = " where resolved_at is null" if open_only else ""
    total: int = connection.exec_driver_sql(f"select count(*) from alerts{where}").scalar_one()
    return total


def mention_behind(connection: Connection, story: int, mention: Id) -> Kept | None:
    """The mention that made a step. Looked for from the newest back: it has mostly just arrived."""
    beginning = f'{{"id":{_ENCODER.encode(mention).decode()},'  # how every mention is encoded
    row = connection.exec_driver_sql(
        "select * from mentions where story = ? and substr(mention, 1, ?) = ? order by n desc limit 1",
        (story, len(beginning), beginning),
    ).first()
    return read(Row(*row)) if row else None
