"""Surges as they are kept: one row each, written by the brand's owner; and the mentions that they are counted from."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from earshot.clock import to_us
from earshot.store import brands
from earshot.store.binding import Listed
from earshot.surge import NUMBERED, Fresh, Surge

_SURGE = msgspec.json.Decoder(Surge)
_FRESH = msgspec.json.Decoder(tuple[Fresh, ...])
_ENCODER = msgspec.json.Encoder()
_COMPLAINS = (
    "vote >= 5000 and not withdrawn and mention not like '%\"backfill\":true%'"
    ' and mention not like \'%"kind":"repost"%\' and mention not like \'%"reposted":"%\''
)  # in a text its quotes would be escaped


class Kept(NamedTuple):
    surge: Surge
    fresh: tuple[Fresh, ...]
    """What is new in it, the newest first."""


class Counted(NamedTuple):
    """What a mention counts as."""

    n: int
    said_at: int
    author: int
    vote: int | None
    mention: str


def numbers(brand: int) -> tuple[int, int]:
    """The first and last number that a surge of the brand can have."""
    first, last = brands.numbers(brand)
    return first | NUMBERED, last


def next_number(connection: Connection, brand: int) -> int:
    first, last = numbers(brand)
    known: int | None = connection.exec_driver_sql(
        "select max(id) from surges where id between ? and ?", (first, last)
    ).scalar()
    return first + 1 if known is None else known + 1


def save(connection: Connection, kept: Sequence[Kept]) -> None:
    """Add or replace. The brand's version is the fence."""
    if kept:
        connection.exec_driver_sql(
            "insert into surges values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set"
            " version = excluded.version, over_at = excluded.over_at, surge = excluded.surge,"
            " fresh = excluded.fresh",
            [_row(each) for each in kept],
        )


def _row(kept: Kept) -> tuple[object, ...]:
    surge, over = kept.surge, kept.surge.over_at
    return (
        surge.id, surge.brand, surge.topic, surge.version, to_us(surge.opened_at), over and to_us(over),
        _ENCODER.encode(surge).decode(), _ENCODER.encode(kept.fresh).decode(),
    )  # fmt: skip


def get(connection: Connection, ids: Iterable[int]) -> dict[int, Kept]:
    found = connection.exec_driver_sql(
        "select surge, fresh from surges where id in (select value from json_each(?))", (Listed(ids),)
    )
    return {kept.surge.id: kept for kept in (_kept(row) for row in found)}


def of_brand(connection: Connection, brand: int, since: int) -> list[Kept]:
    """Those that go on or were opened at `since` µs or later, the oldest first."""
    found = connection.exec_driver_sql(
        "select surge, fresh from surges where id between ? and ? and (over_at is null or opened_at >= ?)"
        " order by id",
        (*numbers(brand), since),
    )
    return [_kept(row) for row in found]


def during(connection: Connection, brand: str, first: int, last: int) -> list[Surge]:
    """Those of a brand that were opened and not over yet at some time from `first` to `last` µs."""
    found = connection.exec_driver_sql(
        "select surge from surges where brand = ? and opened_at <= ? and (over_at is null or over_at > ?)"
        " order by id",
        (brand, last, first),
    )
    return [_SURGE.decode(row[0]) for row in found]


def newest(connection: Connection, names: Sequence[str], limit: int, before: int = 2**62) -> list[Kept]:
    """Those of some brands that were opened before a time, µs, the last opened first."""
    found = connection.exec_driver_sql(
        "select surge, fresh from surges where opened_at < ? and brand in (select value from json_each(?))"
        " order by opened_at desc, id desc limit ?",
        (before, Listed(names), limit),
    )
    return [_kept(row) for row in found]


def said(connection: Connection, n: tuple[int, int], at: tuple[int, int]) -> list[Counted]:
    """Of the mentions numbered from n[0] to n[1] those that were said from at[0] to before at[1], µs."""
    found = connection.exec_driver_sql(
        "select n, said_at, author, vote, mention from mentions where n between ? and ? and said_at >= ?"
        " and said_at < ? and not withdrawn",
        (*n, *at),
    )
    return list(map(Counted._make, found))


def latest(connection: Connection, n: tuple[int, int], limit: int) -> list[Counted]:
    """The newest of the mentions numbered from n[0] to n[1], newest first."""
    found = connection.exec_driver_sql(
        "select n, said_at, author, vote, mention from mentions where n between ? and ? and not withdrawn"
        " order by n desc limit ?",
        (*n, limit),
    )
    return list(map(Counted._make, found))


def purge(connection: Connection, before: int) -> None:
    """Those that are over and were opened before a time, µs, with their alerts and notices."""
    old = Listed(
        connection.exec_driver_sql(
            "select id from surges where opened_at < ? and over_at is not null", (before,)
        ).scalars()
    )
    if not old:
        return
    listed = "in (select value from json_each(?))"
    of_alerts = Listed(
        connection.exec_driver_sql(f"select id from alerts where story {listed}", (old,)).scalars()
    )
    connection.exec_driver_sql(f"delete from notices where alert {listed}", (of_alerts,))
    connection.exec_driver_sql(f"delete from alerts where id {listed}", (of_alerts,))
    connection.exec_driver_sql(f"delete from surges where id {listed}", (old,))


def complaining(connection: Connection, n: tuple[int, int], at: tuple[int, int]) -> list[Counted]:
    """Those of `said` that are negative, live, and no reposts: what a surge counts the authors of."""
    found = connection.exec_driver_sql(
        "select n, said_at, author, vote, mention from mentions where n between ? and ? and said_at >= ?"
        f" and said_at < ? and {_COMPLAINS}",
        (*n, *at),
    )
    return list(map(Counted._make, found))


def authors_by_bucket(
    connection: Connection, n: tuple[int, int], at: tuple[int, int], width: int
) -> dict[int, int]:
    """Distinct authors of what is `complaining` in each `width` µs in which there was one."""
    found = connection.exec_driver_sql(
        "select said_at / ?, count(distinct author) from mentions where n between ? and ? and said_at >= ?"
        f" and said_at < ? and {_COMPLAINS} group by 1",
        (width, *n, *at),
    )
    return {row[0]: row[1] for row in found}


def _kept(row: Sequence[str]) -> Kept:
    return Kept(_SURGE.decode(row[0]), _FRESH.decode(row[1]))
