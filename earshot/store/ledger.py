"""What was ever heard, whatever became of it: decides what is new, and remembers what was taken back."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from earshot.store import brands
from earshot.store.binding import IN_CHUNKS, Listed
from earshot.store.brands import Brand
from earshot.store.bulk import append, change
from earshot.store.schema import HEARD

_CHUNK = 50_000


class Entry(NamedTuple):
    n: int
    hash: int
    """Of the mention's id."""
    story: int
    """0 for an id that was withdrawn before it was ever said."""
    heard_at: int
    withdrawn: bool
    edited: bool
    revised_at: int
    content: int
    """Hash of what was said; with `edited` and `revised_at` it orders revisions."""
    keys: bytes
    """Little-endian int64s: what later mentions can be linked by."""

    @property
    def revision(self) -> tuple[bool, int, int]:
        """Greater is newer; the same whatever order the revisions arrive in."""
        return self.edited, self.revised_at, self.content


def add(connection: Connection, entries: Sequence[Entry]) -> None:
    append(connection, HEARD, entries)


def replace(connection: Connection, entries: Sequence[Entry]) -> None:
    change(
        connection,
        HEARD,
        ("withdrawn", "edited", "revised_at", "content"),
        ("n",),
        [(e.withdrawn, e.edited, e.revised_at, e.content, e.n) for e in entries],
    )


def place(connection: Connection, numbers: Iterable[int], story: int) -> None:
    """These belong to a story, whatever they were said to belong to."""
    change(connection, HEARD, ("story",), ("n",), [(story, n) for n in numbers])


def get(connection: Connection, numbers: Iterable[int]) -> dict[int, Entry]:
    found = connection.exec_driver_sql(
        "select * from heard where n in (select value from json_each(?))", (Listed(numbers),)
    )
    return {row[0]: Entry(*row) for row in found}


def first_since(connection: Connection, brand: Brand, moment: int) -> int:
    """The first number that was heard at a time or later: the numbers of a brand are in order of its clock."""
    low, high = 1, brand.seq + 1
    while low < high:
        middle = (low + high) // 2
        heard = connection.exec_driver_sql(
            "select heard_at from heard where n between ? and ? order by n limit 1",
            (brands.number(brand.no, middle), brands.number(brand.no, high - 1)),
        ).scalar()
        low, high = (low, middle) if heard is None or heard >= moment else (middle + 1, high)
    return brands.number(brand.no, low)


def scan(
    connection: Connection, first: int, last: int
) -> Iterator[Sequence[tuple[int, int, int, int, bytes]]]:
    """(n, hash, story, heard_at, keys) of all entries from number `first` to `last`, in order, in chunks."""
    found = connection.exec_driver_sql(
        "select n, hash, story, heard_at, keys from heard where n between ? and ? order by n",
        (first, last),
        execution_options=IN_CHUNKS,
    )
    while chunk := found.fetchmany(_CHUNK):
        yield [tuple(row) for row in chunk]
