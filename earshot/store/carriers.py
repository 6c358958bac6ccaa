"""Who carried a story: the accounts with the most followers in it, and the outlets. Reads no mention's words."""

from typing import NamedTuple

from sqlalchemy import Connection


class Account(NamedTuple):
    """One account in a story, however often it speaks there."""

    n: int
    """The mention that brought it into the story."""
    followers: int
    """The most that any of its mentions told of, as they count for the reach."""


class Outlet(NamedTuple):
    """One outlet in a story, by the first of its articles, or of what its accounts say where it published none."""

    n: int
    outlet: str


def largest(connection: Connection, story: int, limit: int) -> list[Account]:
    """The accounts with the most followers, of equal ones the first; none without any.

    It looks at numbers alone: of a story of a hundred thousand mentions it takes some tens of milliseconds.
    """
    found = connection.exec_driver_sql(
        "select seat.n, seat.followers from mentions join story_authors as seat on seat.n = mentions.n"
        " where mentions.story = ? and seat.followers > 0 order by seat.followers desc, seat.n limit ?",
        (story, limit),
    )
    return [Account(*row) for row in found]


def outlets(connection: Connection, story: int) -> list[Outlet]:
    """Each outlet once, in the order in which they were heard. It reads every mention's row: only where there are some."""
    found = connection.exec_driver_sql(
        "select coalesce(min(case when outlet_class is not null then n end), min(n)) as first, outlet from mentions"
        " where story = ? and outlet is not null group by outlet order by first",
        (story,),
    )
    return [Outlet(*row) for row in found]
