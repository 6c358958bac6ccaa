"""One row for each person in each story, so that nobody is counted twice."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from earshot.store.binding import IN_CHUNKS, Listed
from earshot.store.bulk import append, change
from earshot.store.schema import STORY_AUTHORS

_CHUNK = 50_000


class Seat(NamedTuple):
    """A person's part in a story. `n` is the mention that brought them into it."""

    n: int
    hash: int
    """Of story and author."""
    votes: int
    voted: int
    followers: int
    fits: int = 0
    """How many of their mentions say that they are of the brand's audience."""

    @property
    def vote(self) -> int:
        """Their mean p(negative) in ten-thousandths, rounded the same way however it came about."""
        return (2 * self.votes + self.voted) // (2 * self.voted) if self.voted else 0


def add(connection: Connection, seats: Sequence[Seat]) -> None:
    append(connection, STORY_AUTHORS, seats)


def replace(connection: Connection, seats: Sequence[Seat]) -> None:
    """Their numbers, and the story that they sit in now."""
    change(
        connection,
        STORY_AUTHORS,
        ("hash", "votes", "voted", "followers", "fits"),
        ("n",),
        [(s.hash, s.votes, s.voted, s.followers, s.fits, s.n) for s in seats],
    )


def remove(connection: Connection, numbers: Iterable[int]) -> None:
    connection.exec_driver_sql(
        "delete from story_authors where n in (select value from json_each(?))", (Listed(numbers),)
    )


def get(connection: Connection, numbers: Iterable[int]) -> dict[int, Seat]:
    found = connection.exec_driver_sql(
        "select * from story_authors where n in (select value from json_each(?))", (Listed(numbers),)
    )
    return {row[0]: Seat(*row) for row in found}


def scan(connection: Connection, first: int, last: int) -> Iterator[Sequence[tuple[int, int]]]:
    """(n, hash) of all with numbers from `first` to `last`, in order, in chunks."""
    found = connection.exec_driver_sql(
        "select n, hash from story_authors where n between ? and ? order by n",
        (first, last),
        execution_options=IN_CHUNKS,
    )
    while chunk := found.fetchmany(_CHUNK):
        yield [tuple(row) for row in chunk]
