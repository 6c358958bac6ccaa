"""Boosted tables: an additive model of pairs (GA2M; Lou et al., KDD 2013).

f = bias + sum over pairs (i, j) of T_ij[bin of x_i, bin of x_j]. Each step adds a small tree to one table: a cut of
x_i, and on either side a cut of x_j. Where x_j is the growth asked for, the higher value stands on the left, so
that P falls with it by construction.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bins = NDArray[np.uint8]


class Boosted(NamedTuple):
    bias: float
    tables: Floats
    """(pairs, bins, bins), in log-odds."""


def boost(
    x: Bins,
    y: NDArray[np.bool_],
    pairs: Sequence[tuple[int, int]],
    bins: int,
    rounds: int,
    rate: float,
    ridge: float,
) -> Boosted:
    """`x` (features + 1, rows), the growth last; `y` (rows,) whether it was reached; Newton steps of log loss."""
    bias = float(np.log(y.mean() / (1 - y.mean())))
    tables = np.zeros((len(pairs), bins, bins))
    cells = [x[i].astype(np.int32) * bins + x[j] for i, j in pairs]
    p = np.full(len(y), y.mean())
    f = np.full(len(y), bias)
    for _ in range(rounds):
        for number, ((_, j), cell) in enumerate(zip(pairs, cells, strict=True)):
            g = np.bincount(cell, y - p, bins * bins).reshape(bins, bins)
            h = np.bincount(cell, p * (1 - p), bins * bins).reshape(bins, bins)
            step = rate * _tree(g, h, ridge, falling=j == len(x) - 1)
            tables[number] += step
            f += step.ravel()[cell]
            p = 1 / (1 + np.exp(-f))
    return Boosted(bias, tables)


def _tree(g: Floats, h: Floats, ridge: float, *, falling: bool) -> Floats:
    """The best values for two parts of x_i, each cut once along x_j."""
    g, h = np.cumsum(g, 0), np.cumsum(h, 0)
    below = _cut(g[:-1], h[:-1], ridge, falling=falling)
    above = _cut(g[-1] - g[:-1], h[-1] - h[:-1], ridge, falling=falling)
    at = int(np.argmax(below.gain + above.gain))
    out = np.empty((len(g), g.shape[1]))
    out[: at + 1], out[at + 1 :] = below.row(at), above.row(at)
    return out


class _Cuts(NamedTuple):
    gain: Floats
    at: NDArray[np.int64]
    left: Floats
    right: Floats
    bins: int

    def row(self, which: int) -> Floats:
        return np.where(np.arange(self.bins) <= self.at[which], self.left[which], self.right[which])


def _cut(g: Floats, h: Floats, ridge: float, *, falling: bool) -> _Cuts:
    """For each row of `g`, `h` (gradients and curvatures by bins of x_j) the best cut."""
    g, h = np.cumsum(g, 1), np.cumsum(h, 1)
    whole, mass = g[:, -1:], h[:, -1:]
    left, right = g / (h + ridge), (whole - g) / (mass - h + ridge)
    gain = g * left + (whole - g) * right
    if falling:
        gain = np.where(left >= right, gain, -np.inf)
    left[:, -1] = right[:, -1] = whole[:, 0] / (mass[:, 0] + ridge)  # no cut at all
    gain[:, -1] = whole[:, 0] * left[:, -1]
    at = gain.argmax(1)[:, None]
    gain, left, right = (np.take_along_axis(each, at, 1)[:, 0] for each in (gain, left, right))
    return _Cuts(gain, at[:, 0], left, right, g.shape[1])
