"""What people joined and split, in the order in which they did."""

from typing import NamedTuple

from sqlalchemy import Connection


class Regrouped(NamedTuple):
    id: int
    brand: int
    """Its number."""
    kind: str
    """`join` or `split`."""
    story: int
    other: int
    at: int
    """µs."""


def add(connection: Connection, done: Regrouped) -> None:
    """It gets a number of its own."""
    connection.exec_driver_sql(
        "insert into regrouped (brand, kind, story, other, at) values (?, ?, ?, ?, ?)", done[1:]
    )


def of_brand(connection: Connection, brand: int) -> list[Regrouped]:
    found = connection.exec_driver_sql(
        "select id, brand, kind, story, other, at from regrouped where brand = ? order by id", (brand,)
    )
    return [Regrouped(*row) for row in found]


def newest(connection: Connection, brand: int) -> int:
    """The number of the last of them; 0 where there is none."""
    found: int = connection.exec_driver_sql(
        "select coalesce(max(id), 0) from regrouped where brand = ?", (brand,)
    ).scalar_one()
    return found
