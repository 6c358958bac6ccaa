"""The chance that one story comes to one size, read from a platform's tables (see `tables`).

It is asked with every mention of a story that grows, so it goes without arrays.
"""

from bisect import bisect_right
from math import exp, log

from processors.spread.features import PAIRS, features
from processors.spread.state import State

_NOTHING = -700.0  # log-odds below which a chance is no number any more

Row = list[float]


class Odds:
    """One platform's; never changes."""

    def __init__(
        self, edges: list[Row], knots: Row, base: Row, rows: list[list[Row]], pairs: list[list[Row]]
    ) -> None:
        """`rows` by feature, bin and knot, `pairs` in the order of `PAIRS`."""
        self._edges, self._knots, self._base, self._rows = edges, knots, base, rows
        self._pairs = [(first, second, table) for (first, second), table in zip(PAIRS, pairs, strict=True)]

    def probability(self, state: State, size: float) -> float:
        """P(final >= size) as of `state.t`."""
        if size <= state.n:
            return 1.0
        r = log((size + 1) / (state.n + 1))
        at = min(bisect_right(self._knots, r) - 1, len(self._knots) - 2)
        left = self._knots[at]
        part = min((r - left) / (self._knots[at + 1] - left), 1.0)
        bins = self.bins(state)
        total = self._base[at] + part * (self._base[at + 1] - self._base[at])
        for feature, rows in enumerate(self._rows):
            row = rows[bins[feature]]
            total += row[at] + part * (row[at + 1] - row[at])
        for first, second, table in self._pairs:
            total += table[bins[first]][bins[second]]
        return 1 / (1 + exp(-total)) if total > _NOTHING else 0.0

    def bins(self, state: State) -> list[int]:
        """Which row of each feature is meant."""
        values = features(state)
        return [_right(edges, values[feature]) for feature, edges in enumerate(self._edges)]


def _right(edges: Row, value: float) -> int:
    """As `bisect.bisect_right`, which compiled code calls in three times the time."""
    low, high = 0, len(edges)
    while low < high:
        middle = (low + high) // 2
        if value < edges[middle]:
            high = middle
        else:
            low = middle + 1
    return low
