"""Naive Bayes support vector machines (Wang and Manning, ACL 2012): which words speak for what."""

import numpy as np
from numpy.typing import NDArray

from processors.negativity.features import Features, summed

Floats = NDArray[np.float64]


class Linear:
    """Per plane: the sum of the features' weights, divided by the length of the text's vector.

    Weights are whole numbers of 8 bits, so sums are exact in any order: a text scores the same in any batch.
    """

    def __init__(self, table: NDArray[np.int8], scale: Floats, bias: Floats) -> None:
        """`table` (2^n, k + 1): the weights for k planes, then the squared length; `scale` (k + 1,), `bias` (k,)."""
        self._table, self._scale, self._bias = table, scale, bias

    def scores(self, features: Features) -> Floats:
        """(texts, k) signed distances from the planes."""
        by_token = self._by_token(features)
        tokens = features.tokens
        sums = np.zeros((tokens.texts, by_token.shape[1]), np.int64)
        if len(tokens.text):
            first = np.flatnonzero(np.diff(tokens.text, prepend=-1))
            sums[tokens.text[first]] = np.add.reduceat(by_token, first, axis=0, dtype=np.int64)
        return sums[:, :-1] * self._scale[:-1] / self._length(sums) + self._bias

    def contributions(self, features: Features) -> Floats:
        """(tokens, k) of one text: what each token adds to its scores, exactly."""
        by_token = self._by_token(features)
        return by_token[:, :-1] * self._scale[:-1] / self._length(by_token.sum(axis=0, keepdims=True))

    def _by_token(self, features: Features) -> NDArray[np.int32]:
        which = features.tokens.which
        sums = summed(self._table, features.inside, len(features.tokens.hashes))[which]
        return sums + summed(self._table, features.around, len(which))

    def _length(self, sums: NDArray[np.signedinteger]) -> Floats:
        length: Floats = np.sqrt(np.maximum(sums[:, -1:], 1) * self._scale[-1])
        return length
