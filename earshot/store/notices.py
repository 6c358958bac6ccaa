"""Notices: what each receiver is to be told. due -> sending -> sent | failed, each change a transaction."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import msgspec
from sqlalchemy import Connection

from earshot.model import Moment
from earshot.seams import Notice
from earshot.store.binding import Listed

State = Literal["due", "sending", "sent", "failed"]

_COLUMNS = "id, identity, alert, receiver, state, decided_at, due_at, sent_at, attempts, possible_repeat, error, notice"
# SQLite takes the partial index only where the query repeats its condition word for word.
_WAITING = "state in ('due', 'sending')"


class Kept(Notice, frozen=True, kw_only=True):
    """A notice as it is stored."""

    heard_at: Moment
    """When the mention that did it arrived: a notice that leaves much later says so."""


class Row(NamedTuple):
    id: int
    identity: str
    alert: int
    receiver: str
    state: State
    decided_at: int
    due_at: int
    sent_at: int | None
    attempts: int
    possible_repeat: bool
    error: str
    """Why the last try failed; empty where none did."""
    notice: str


class New(NamedTuple):
    """A notice that has just been decided."""

    identity: str
    alert: int
    receiver: str
    decided_at: int
    notice: str


_DECODER = msgspec.json.Decoder(Kept)
_ENCODER = msgspec.json.Encoder()


def encode(notice: Kept) -> str:
    return _ENCODER.encode(notice).decode()


def read(row: Row) -> Kept:
    return msgspec.structs.replace(_DECODER.decode(row.notice), possible_repeat=bool(row.possible_repeat))


def add(connection: Connection, notices: Sequence[New]) -> None:
    """Due at once. One that is known already stays as it is, sent or not."""
    connection.exec_driver_sql(
        "insert into notices (identity, alert, receiver, state, decided_at, due_at, attempts, possible_repeat, error,"
        " notice) values (?, ?, ?, 'due', ?, ?, 0, false, '', ?) on conflict (identity) do nothing",
        [(n.identity, n.alert, n.receiver, n.decided_at, n.decided_at, n.notice) for n in notices],
    )


def known(connection: Connection, identities: Iterable[str]) -> set[str]:
    """Which of them were decided before."""
    found = connection.exec_driver_sql(
        "select identity from notices where identity in (select value from json_each(?))",
        (Listed(identities),),
    )
    return {row[0] for row in found}


def due(connection: Connection, receiver: str, now: int, limit: int) -> list[Row]:
    """What is to be sent now: what is tried for the first time, then what failed before, each the longest due first."""
    found = connection.exec_driver_sql(
        f"select {_COLUMNS} from notices where {_WAITING} and state = 'due' and receiver = ? and due_at <= ?"
        " order by attempts > 0, due_at, id limit ?",
        (receiver, now, limit),
    )
    return [Row(*row) for row in found]


def next_due(connection: Connection, receiver: str) -> int | None:
    """When the next of them is to be sent, µs."""
    first: int | None = connection.exec_driver_sql(
        f"select min(due_at) from notices where {_WAITING} and state = 'due' and receiver = ?", (receiver,)
    ).scalar()
    return first


def mark_sending(connection: Connection, notice: int) -> bool:
    """Before the call: should we be killed in it, the row tells. False where it is no longer due."""
    done = connection.exec_driver_sql(
        "update notices set state = 'sending', attempts = attempts + 1 where id = ? and state = 'due'",
        (notice,),
    )
    return done.rowcount == 1


def mark_sent(connection: Connection, notice: int, at: int) -> None:
    connection.exec_driver_sql(
        "update notices set state = 'sent', sent_at = ?, error = '' where id = ?", (at, notice)
    )


def mark_failed(connection: Connection, notice: int, error: str) -> None:
    connection.exec_driver_sql("update notices set state = 'failed', error = ? where id = ?", (error, notice))


def reschedule(connection: Connection, notice: int, due_at: int, error: str) -> None:
    connection.exec_driver_sql(
        "update notices set state = 'due', due_at = ?, error = ? where id = ?", (due_at, error, notice)
    )


def hasten(connection: Connection, receiver: str, now: int, besides: Iterable[int] = ()) -> None:
    """What has failed before is due now, whatever it was to wait for yet; but for some."""
    connection.exec_driver_sql(
        f"update notices set due_at = ? where {_WAITING} and state = 'due' and receiver = ? and attempts > 0"
        " and due_at > ? and not (id in (select value from json_each(?)))",
        (now, receiver, now, Listed(besides)),
    )


def recover(connection: Connection, receiver: str) -> int:
    """Make due again what a killed process was sending: it may have arrived. The number of them."""
    done = connection.exec_driver_sql(
        f"update notices set state = 'due', possible_repeat = true where {_WAITING} and state = 'sending'"
        " and receiver = ?",
        (receiver,),
    )
    return done.rowcount


def waiting(connection: Connection, receiver: str) -> int:
    """How many are due, now or later, or being sent."""
    total: int = connection.exec_driver_sql(
        f"select count(*) from notices where {_WAITING} and receiver = ?", (receiver,)
    ).scalar_one()
    return total


def waiting_receivers(connection: Connection) -> dict[str, int]:
    """All that anything waits for, in the configuration or not."""
    found = connection.exec_driver_sql(
        f"select receiver, count(*) from notices where {_WAITING} group by receiver order by receiver"
    )
    return {row[0]: row[1] for row in found}


def of_alert(connection: Connection, alert: int) -> list[Row]:
    """In the order in which they were decided."""
    found = connection.exec_driver_sql(
        f"select {_COLUMNS} from notices where alert = ? order by id", (alert,)
    )
    return [Row(*row) for row in found]


def count(connection: Connection) -> int:
    total: int = connection.exec_driver_sql("select count(*) from notices").scalar_one()
    return total
