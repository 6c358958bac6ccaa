"""One row a brand: its count of mentions, its clock, its base rate, and the fence that keeps one writer."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from earshot.errors import Stale

_SHIFT = 40  # a million million mentions a brand; eight thousand brands keep numbers under 2^53


class Brand(NamedTuple):
    no: int
    name: str
    version: int
    seq: int
    clock: int
    """Heard time of the newest thing processed, µs."""
    votes: int
    """Sum of p(negative) over all mentions that could be read, in ten-thousandths."""
    voters: int
    sizes: tuple[int, ...] = ()
    """How many of its stories there are of each size (`processors.sizes`), those included that were deleted."""
    counted: str = "[]"
    """How far its series go (`processors.surging`), as JSON."""


_COLUMNS = ", ".join(Brand._fields)


def numbers(no: int) -> tuple[int, int]:
    """The first and last number that a mention of the brand can have."""
    return no << _SHIFT, ((no + 1) << _SHIFT) - 1


def number(no: int, seq: int) -> int:
    return (no << _SHIFT) | seq


def brand_no(n: int) -> int:
    """Which brand a mention or story number belongs to."""
    return n >> _SHIFT


def load(connection: Connection, name: str) -> Brand | None:
    row = connection.exec_driver_sql(f"select {_COLUMNS} from brands where name = ?", (name,)).first()
    return _brand(row) if row else None


def purged(connection: Connection, no: int) -> int:
    """How often retention has taken stories of it."""
    found: int | None = connection.exec_driver_sql("select purged from brands where no = ?", (no,)).scalar()
    return found or 0  # a brand may be younger than what this connection sees


def create(connection: Connection, name: str) -> Brand:
    """A new brand gets the next number for good. Raises `Stale` where another process was faster."""
    no = connection.exec_driver_sql("select coalesce(max(no), 0) + 1 from brands").scalar_one()
    brand = Brand(no, name, 0, 0, 0, 0, 0)
    done = connection.exec_driver_sql(
        f"insert into brands ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
        (*brand[:7], json.dumps(brand.sizes), brand.counted),
    )
    if done.rowcount != 1:
        raise Stale(f"brand {name}: another process began it, or another one, at the same time")
    return brand


def save(connection: Connection, brand: Brand) -> Brand:
    """Write what was read as `brand.version`. Raises `Stale` where another writer was faster."""
    done = connection.exec_driver_sql(
        "update brands set version = version + 1, seq = ?, clock = ?, votes = ?, voters = ?, sizes = ?,"
        " counted = ? where no = ? and version = ?",
        (*brand[3:7], json.dumps(brand.sizes), brand.counted, brand.no, brand.version),
    )
    if done.rowcount != 1:
        raise Stale(f"brand {brand.name}: another process writes it")
    return brand._replace(version=brand.version + 1)


def every(connection: Connection) -> list[Brand]:
    """All brands that were ever heard of, in the order in which they were."""
    return [_brand(row) for row in connection.exec_driver_sql(f"select {_COLUMNS} from brands order by no")]


def _brand(row: Sequence[Any]) -> Brand:
    no, name, version, seq, clock, votes, voters, sizes, counted = row
    return Brand(no, name, version, seq, clock, votes, voters, tuple(json.loads(sizes)), counted)
