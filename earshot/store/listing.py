"""Alerts as lists show them: the last raised first, from a place on, never by counting past rows."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from earshot.model import Id, Level
from earshot.store.alerts import Alert
from earshot.store.binding import Listed
from earshot.store.notices import State

_ENCODER = msgspec.json.Encoder()
_ALERT = ", ".join(Alert._fields)
_TOLD = "id, alert, receiver, state, decided_at, due_at, sent_at, attempts, possible_repeat, error"
_OPEN = {None: "", True: " and resolved_at is null", False: " and resolved_at is not null"}
_NEWEST_EPISODE = (
    " and not exists (select 1 from alerts as later where later.story = alerts.story"
    " and later.episode > alerts.episode)"
)
_EVER = " and exists (select 1 from alerts as each where each.story = alerts.story and each.level >= ?)"


class Place(NamedTuple):
    """Where a page of alerts ends: the next one goes on after it."""

    raised_at: int
    id: int


FIRST = Place(2**62, 0)
"""Before every alert."""


class Told(NamedTuple):
    """A notice without its words: to whom, and what became of it. Times are µs."""

    id: int
    alert: int
    receiver: str
    state: State
    decided_at: int
    due_at: int
    sent_at: int | None
    attempts: int
    possible_repeat: bool
    error: str


def alerts_after(
    connection: Connection,
    place: Place,
    limit: int,
    *,
    brands: Iterable[str],
    level: Level = Level.watch,
    is_open: bool | None = None,
    once_a_story: bool = False,
) -> list[Alert]:
    """Those of `brands` that reached `level`: open ones, resolved ones or both.

    With `once_a_story` only the newest episode of each story, where any episode of it reached `level`.
    """
    which = _NEWEST_EPISODE + _EVER if once_a_story else " and level >= ?"
    found = connection.exec_driver_sql(
        f"select {_ALERT} from alerts where (raised_at, id) < (?, ?)"
        f" and brand in (select value from json_each(?)){_OPEN[is_open]}{which}"
        " order by raised_at desc, id desc limit ?",
        (*place, Listed(brands), int(level), limit),
    )
    return [Alert(*row) for row in found]


def open_levels(connection: Connection, brands: Iterable[str]) -> dict[Level, int]:
    """How many alerts are open, by level."""
    found = connection.exec_driver_sql(
        "select level, count(*) from alerts where resolved_at is null"
        " and brand in (select value from json_each(?)) group by level",
        (Listed(brands),),
    )
    return {Level(level): count for level, count in found}


def places_of(connection: Connection, mentions: Iterable[Id]) -> dict[Id, tuple[int, int]]:
    """(story, number) of mentions, by their ids, where they are there. It reads every mention: for few of them."""
    found = {}
    for mention in mentions:
        beginning = f'{{"id":{_ENCODER.encode(mention).decode()},'  # how every mention is encoded
        row = connection.exec_driver_sql(
            "select story, n from mentions where substr(mention, 1, ?) = ? order by n limit 1",
            (len(beginning), beginning),
        ).first()
        if row:
            found[mention] = (row[0], row[1])
    return found


def told(connection: Connection, alerts: Iterable[int]) -> dict[int, list[Told]]:
    """The notices of some alerts, by alert, in the order in which they were decided."""
    found = connection.exec_driver_sql(
        f"select {_TOLD} from notices where alert in (select value from json_each(?)) order by id",
        (Listed(alerts),),
    )
    notices: dict[int, list[Told]] = {}
    for row in found:
        notice = Told(*row)
        notices.setdefault(notice.alert, []).append(notice)
    return notices
