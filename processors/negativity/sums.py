"""What the features of each token of a batch add up to in a table of weights.

Most tokens were met before, and what is inside a token is always the same: it is added up once and remembered.
Sums are whole numbers, so it makes no difference to any bit of a score.
"""

from threading import Lock

import numpy as np
from numpy.typing import NDArray

from processors.negativity.features import Features, summed

_REMEMBERED = 2**15
"""Tokens, each in the one place that its hash names; the newer one of two stays."""


class TokenSums:
    """Of one table, whose length is a power of two. Threads may share it."""

    def __init__(self, table: NDArray[np.int8]) -> None:
        self._table = table
        self._hashes = np.zeros(_REMEMBERED, np.uint64)
        self._sums = np.zeros((_REMEMBERED, table.shape[1]), np.int32)
        self._lock = Lock()

    def of(self, features: Features) -> NDArray[np.int32]:
        """(tokens, columns), in the order of the tokens."""
        tokens = features.tokens
        with self._lock:
            inside = self._inside(features)
        sums = inside.take(tokens.which, axis=0)
        sums += summed(self._table, features.around, len(tokens.which))
        return sums

    def _inside(self, features: Features) -> NDArray[np.int32]:
        """(distinct tokens, columns)"""
        hashes = features.tokens.hashes
        places = (hashes & np.uint64(_REMEMBERED - 1)).astype(np.intp)
        sums = self._sums.take(places, axis=0)
        new = np.flatnonzero(self._hashes[places] != hashes)
        if len(new):
            fresh = summed(self._table, features.inside_of(new), len(new))
            sums[new] = self._sums[places[new]] = fresh
            self._hashes[places[new]] = hashes[new]
        return sums
