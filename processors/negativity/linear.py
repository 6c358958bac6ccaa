"""Naive Bayes support vector machines (Wang and Manning, ACL 2012): which words speak for what."""

import numpy as np
from numpy.typing import NDArray

from processors.negativity.features import Features
from processors.negativity.sums import TokenSums

Floats = NDArray[np.float64]


PLANES = (3, 4)
"""Of public posts; of customers, with the one that tells who speaks. Either group has a length of its own."""


class Linear:
    """Per plane: the sum of the features' weights, divided by the length of the text's vector.

    Weights are whole numbers of 8 bits, so sums are exact in any order: a text scores the same in any batch.
    """

    def __init__(self, table: NDArray[np.int8], scale: Floats, bias: Floats) -> None:
        """`table` (2^n, 7 + 2): weights for the planes, then two squared lengths; `scale` (9,), `bias` (7,)."""
        self._sums, self._scale, self._bias = TokenSums(table), scale, bias

    def scores(self, features: Features) -> Floats:
        """(texts, 7) signed distances from the planes."""
        by_token = self._sums.of(features)
        tokens = features.tokens
        sums = np.zeros((tokens.texts, by_token.shape[1]), np.int64)
        if len(tokens.text):
            first = np.flatnonzero(np.diff(tokens.text, prepend=-1))
            sums[tokens.text[first]] = np.add.reduceat(by_token, first, axis=0, dtype=np.int64)
        return sums[:, :7] * self._scale[:7] / self._length(sums) + self._bias

    def contributions(self, features: Features) -> Floats:
        """(tokens, 7) of one text: what each token adds to its scores, exactly."""
        by_token = self._sums.of(features)
        return by_token[:, :7] * self._scale[:7] / self._length(by_token.sum(axis=0, keepdims=True))

    def _length(self, sums: NDArray[np.signedinteger]) -> Floats:
        lengths = np.sqrt(np.maximum(sums[:, 7:], 1) * self._scale[7:])
        of_planes: Floats = np.repeat(lengths, PLANES, axis=1)
        return of_planes
