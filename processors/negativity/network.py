"""A small convolutional network over tokens, in whole numbers.

A token is the sum of the embeddings of its features, normalised (Ba et al., 2016). A convolution looks at it and
its two neighbours; largest and mean answers, and the mean embedding, go to the heads. Everything but the
normalisation is whole numbers that floats hold exactly, so the order of the sums, and with it the neighbours in
a batch, makes no difference, not in the last bit.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from processors.negativity.features import Features
from processors.negativity.sums import TokenSums
from processors.negativity.tokens import Ints

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

LONGEST = 64  # tokens that are looked at
_FINENESS = 16.0  # steps of a pooled unit between two whole numbers
_COARSENESS = 1 / 16  # of a hidden unit, so that 64 of them add up exactly in 24 bits


class Weights(NamedTuple):
    """d embedding, h hidden, k outputs (three for each head). Whole numbers, whatever type holds them, but for gain, shift and scales."""

    table: NDArray[np.int8]
    """(2^n, d + 3): the embedding of each feature, then its direct vote for each class."""
    gain: Singles
    """(d,) of the normalised embedding, in steps of the activations."""
    shift: Singles
    """(d,)"""
    smallest: float
    """Added to the variance, in units of the table."""
    convolution: NDArray[np.int8]
    """(3 d, h): the token before, the token, the token after."""
    bias: NDArray[np.int32]
    """(h,)"""
    heads: NDArray[np.int16]
    """(2 h + d, k)"""
    heads_scale: Floats
    """(k,)"""
    heads_bias: Floats
    """(k,)"""
    direct_scale: float


class Network:
    def __init__(self, weights: Weights) -> None:
        self._w, self._sums = weights, TokenSums(weights.table)
        self._width = len(weights.gain)
        self._convolution = weights.convolution.astype(np.float32)
        self._bias = weights.bias.astype(np.float32)
        self._heads = weights.heads.astype(np.float64)

    def outputs(self, features: Features) -> Floats:
        """(texts, k): before any softmax."""
        w, texts = self._w, features.tokens.texts
        units = np.zeros((texts, len(self._heads)))
        direct = np.zeros((texts, 3))
        sums, text = self._embedded(features)
        if len(text):
            first = np.flatnonzero(np.diff(text, prepend=-1))
            tokens = np.diff(np.append(first, len(text))).astype(np.float64)[:, None]
            embedded = self._normalised(sums[:, : self._width])
            units[text[first]] = _pooled(self._hidden(embedded, text), embedded, first, tokens)
            votes = np.add.reduceat(sums[:, self._width :], first, axis=0, dtype=np.int64)
            direct[text[first]] = votes * w.direct_scale / np.sqrt(tokens)
        outputs = units @ self._heads * (w.heads_scale / _FINENESS) + w.heads_bias
        return outputs + np.tile(direct, outputs.shape[1] // 3)

    def _embedded(self, features: Features) -> tuple[NDArray[np.int32], Ints]:
        """(tokens, d + 3) the sums of the first tokens of each text, and the text of each."""
        tokens, sums = features.tokens, self._sums.of(features)
        kept = np.arange(len(tokens.text)) - np.searchsorted(tokens.text, tokens.text) < LONGEST
        return (sums, tokens.text) if kept.all() else (sums[kept], tokens.text[kept])

    def _normalised(self, sums: NDArray[np.int32]) -> Singles:
        """Mean 0 and variance 1 over each token, scaled, in whole steps of at most 127."""
        away = sums * float(self._width)  # whole numbers, so squares add up exactly
        away -= sums.sum(axis=1, dtype=np.int32)[:, None]
        variance = np.einsum("td,td->t", away, away) / self._width + self._w.smallest
        away *= (1 / np.sqrt(variance)).astype(np.float32)[:, None]
        away *= self._w.gain
        away += self._w.shift
        np.clip(away, -127, 127, out=away)
        whole: Singles = np.rint(away, out=away).astype(np.float32)
        return whole

    def _hidden(self, embedded: Singles, text: Ints) -> Singles:
        """(tokens, h) the convolution's answer at each token; across the edge of a text there is nothing."""
        d = self._width
        around = np.zeros((len(embedded), 3 * d), np.float32)
        around[1:, :d] = embedded[:-1]
        around[:, d : 2 * d] = embedded
        around[:-1, 2 * d :] = embedded[1:]
        first = np.flatnonzero(np.diff(text, prepend=-1))
        around[first, :d] = 0
        around[first[1:] - 1, 2 * d :] = 0
        answers: Singles = around @ self._convolution
        answers += self._bias
        np.maximum(answers, 0, out=answers)
        answers *= np.float32(_COARSENESS)
        return np.rint(answers, out=answers)


def _pooled(hidden: Singles, embedded: Singles, first: Ints, tokens: Floats) -> Floats:
    """(texts with tokens, 2 h + d) in steps of 1/`_FINENESS`."""
    largest = np.maximum.reduceat(hidden, first, axis=0)
    mean = np.add.reduceat(hidden, first, axis=0) / tokens
    average = np.add.reduceat(embedded, first, axis=0) / tokens
    return np.rint(np.concatenate([largest, mean, average], axis=1) * _FINENESS)
