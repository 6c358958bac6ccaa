"""A brand at its owner: the one process that writes its stories, and what it keeps in memory to do so."""

from bisect import bisect_left
from collections.abc import Iterable

import numpy as np
from sqlalchemy import Connection

from earshot.clock import to_us
from earshot.config import AlertSettings
from earshot.model import Story
from earshot.recent import Recent
from earshot.store import authors, brands, ledger, stories
from processors import episodes
from processors.index import HashIndex

_HOUR = 3_600_000_000
_WINDOW = 7 * 24  # hours after which words and addresses no longer link, ids always do
_DAY = 24
_NONE_YET = 2**62


class Owner:
    """Rebuilt from the store when a brand is taken over; thrown away when another writer was faster."""

    def __init__(self, row: brands.Brand, cache: Recent[int, Story]) -> None:
        """`cache`: the stories used last, of all brands of this process."""
        self.row = row
        self.ids = HashIndex()
        self.keys = HashIndex()
        self.seats = HashIndex()
        self.due: dict[int, int] = {}
        """Story -> when the clock alone will change it, µs."""
        self._stories = cache
        self._hours: list[int] = []
        self._firsts: list[int] = []

    def story(self, story: int) -> Story | None:
        """From the cache; never change it in place."""
        return self._stories.get(story)

    def keep(self, changed: Iterable[Story]) -> None:
        for story in changed:
            self._stories.put(story.id, story)

    def mark(self, n: int, clock: int) -> None:
        """Mention `n` was registered when the brand's clock stood at `clock` µs; clocks never go back."""
        hour = clock // _HOUR
        if not self._hours or hour > self._hours[-1]:
            self._hours.append(hour)
            self._firsts.append(n)

    def horizon(self, clock: int) -> int:
        """The oldest mention whose words and addresses still link at `clock`."""
        return self._first_since(clock // _HOUR - _WINDOW)

    def yesterday(self, clock: int) -> int:
        """Older registrations are renewed, so that a story which lives long keeps being found."""
        return self._first_since(clock // _HOUR - _DAY)

    def _first_since(self, hour: int) -> int:
        at = bisect_left(self._hours, hour)
        return self._firsts[at] if at < len(self._firsts) else _NONE_YET


def take_over(
    connection: Connection, row: brands.Brand, cache: Recent[int, Story], settings: AlertSettings
) -> Owner:
    """Read a brand's indexes back (about three seconds for 300,000 mentions)."""
    owner, span = Owner(row, cache), brands.numbers(row.no)
    for chunk in ledger.scan(connection, *span):
        numbers, hashes, in_story, heard, keys = zip(*chunk, strict=True)
        for n, clock in zip(numbers, heard, strict=True):
            owner.mark(n, clock)
        owner.ids.extend(np.array(hashes, np.int64), np.array((numbers, in_story), np.int64).T)
        _extend_keys(owner.keys, numbers, in_story, keys)
    for seats in authors.scan(connection, *span):
        numbers, hashes = zip(*seats, strict=True)
        owner.seats.extend(np.array(hashes, np.int64), np.array((numbers, (0,) * len(numbers)), np.int64).T)
    renew(connection, owner, row, settings)
    return owner


def renew(connection: Connection, owner: Owner, row: brands.Brand, settings: AlertSettings) -> None:
    """Go on from what another writer left, where it added no mention: the indexes are what they were."""
    opened = stories.open_of_brand(connection, row.name)
    owner.row = row
    owner.keep(opened)
    owner.due = {s.id: to_us(due) for s in opened if (due := episodes.due(s, settings.resolve_after))}


def _extend_keys(
    index: HashIndex, numbers: Iterable[int], in_story: Iterable[int], keys: Iterable[bytes]
) -> None:
    flat = np.frombuffer(b"".join(keys), "<i8")
    counts = np.fromiter((len(each) // 8 for each in keys), np.int64)
    places = np.stack((np.repeat(list(numbers), counts), np.repeat(list(in_story), counts)), axis=1)
    index.extend(flat.astype(np.int64), places.astype(np.int64))
