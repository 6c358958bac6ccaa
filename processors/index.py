"""An exact index in memory from 64-bit hashes to where they were last registered: 24 bytes an entry."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

_FRESH = 8_192

Place = tuple[int, int]
"""The number of the mention that registered it, and its story."""


class HashIndex:
    """Sorted runs that are merged as they grow, behind a small dictionary of what is fresh.

    The newest registration of a hash wins. Nothing is ever looked up on disk, so a hash that was never heard,
    which is nearly every one, costs the same however many there are.
    """

    def __init__(self) -> None:
        self._fresh: dict[int, Place] = {}
        self._runs: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []

    def find(self, hashes: Iterable[int]) -> dict[int, Place]:
        """Those that are known."""
        wanted = set(hashes)
        found = {value: place for value in wanted if (place := self._fresh.get(value))}
        wanted.difference_update(found)
        keys = np.fromiter(wanted, np.int64, len(wanted))
        keys.sort()  # neighbours are looked for in the same part of memory
        for run, places in reversed(self._runs):
            if not len(keys):
                break
            at = np.minimum(np.searchsorted(run, keys, side="right") - 1, len(run) - 1)
            hit = run[at] == keys
            for key, place in zip(keys[hit].tolist(), places[at[hit]].tolist(), strict=True):
                found[key] = (place[0], place[1])
            keys = keys[~hit]
        return found

    def add(self, entries: Mapping[int, Place]) -> None:
        """Register newer entries."""
        for key in entries.keys() & self._fresh.keys():
            del self._fresh[key]
        self._fresh.update(entries)
        if len(self._fresh) >= _FRESH:
            keys = np.fromiter(self._fresh, np.int64, len(self._fresh))
            places = np.array(list(self._fresh.values()), np.int64)
            self._fresh = {}
            self.extend(keys, places)

    def extend(self, keys: NDArray[np.int64], places: NDArray[np.int64]) -> None:
        """Register many at once, oldest first: `keys` (n,), `places` (n, 2)."""
        if not len(keys):
            return
        order = np.argsort(keys, kind="stable")
        self._runs.append((keys[order], places[order]))
        while len(self._runs) > 1 and len(self._runs[-1][0]) * 2 >= len(self._runs[-2][0]):
            (newer, newer_places), (older, older_places) = self._runs.pop(), self._runs.pop()
            merged = np.concatenate((older, newer))
            order = np.argsort(merged, kind="stable")
            self._runs.append((merged[order], np.concatenate((older_places, newer_places))[order]))

    def unplace(self, there: NDArray[np.int64]) -> None:
        """What was registered for another story than these, in order, is known and in no story (0) from now on."""
        kept = set(there.tolist())
        self._fresh = {key: (n, story if story in kept else 0) for key, (n, story) in self._fresh.items()}
        for _, places in self._runs:
            places[~np.isin(places[:, 1], there), 1] = 0

    def changes(self, root: Callable[[int, int], int]) -> Counter[int]:
        """How often each hash was registered for another story than before.

        `root`: what a story had become by the time of a mention. Within what was added by one `extend`.
        """
        found = Counter[int]()
        for keys, places in self._runs:
            again = np.flatnonzero(keys[1:] == keys[:-1])
            for at in again[places[again, 1] != places[again + 1, 1]].tolist():
                before, (n, story) = int(places[at, 1]), places[at + 1].tolist()
                found[int(keys[at])] += root(before, n) != root(story, n)
        return found

    def __len__(self) -> int:
        return len(self._fresh) + sum(len(run) for run, _ in self._runs)
