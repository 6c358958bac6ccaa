"""One row a brand: its count of mentions, its clock, its base rate, and the fence that keeps one writer."""

from typing import NamedTuple

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


def numbers(no: int) -> tuple[int, int]:
    """The first and last number that a mention of the brand can have."""
    return no << _SHIFT, ((no + 1) << _SHIFT) - 1


def number(no: int, seq: int) -> int:
    return (no << _SHIFT) | seq


def brand_no(n: int) -> int:
    """Which brand a mention or story number belongs to."""
    return n >> _SHIFT


def load(connection: Connection, name: str) -> Brand | None:
    row = connection.exec_driver_sql(
        "select no, name, version, seq, clock, votes, voters from brands where name = ?", (name,)
    ).first()
    return Brand(*row) if row else None


def create(connection: Connection, name: str) -> Brand:
    """A new brand gets the next number for good. Raises `Stale` where another process was faster."""
    no = connection.exec_driver_sql("select coalesce(max(no), 0) + 1 from brands").scalar_one()
    brand = Brand(no, name, 0, 0, 0, 0, 0)
    done = connection.exec_driver_sql(
        "insert into brands values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing", brand
    )
    if done.rowcount != 1:
        raise Stale(f"brand {name}: another process began it, or another one, at the same time")
    return brand


def save(connection: Connection, brand: Brand) -> Brand:
    """Write what was read as `brand.version`. Raises `Stale` where another writer was faster."""
    done = connection.exec_driver_sql(
        "update brands set version = version + 1, seq = ?, clock = ?, votes = ?, voters = ?"
        " where no = ? and version = ?",
        (brand.seq, brand.clock, brand.votes, brand.voters, brand.no, brand.version),
    )
    if done.rowcount != 1:
        raise Stale(f"brand {brand.name}: another process writes it")
    return brand._replace(version=brand.version + 1)


def every(connection: Connection) -> list[Brand]:
    """All brands that were ever heard of, in the order in which they were."""
    found = connection.exec_driver_sql(
        "select no, name, version, seq, clock, votes, voters from brands order by no"
    )
    return [Brand(*row) for row in found]
