"""What staff's corrections teach the model: a temperature and a bias, by brand and source, shrunk to the shipped model.

The logarithms of an opinion are multiplied by one slope (1 / temperature), each class is given a bias, and a softmax
makes probabilities of them again: vector scaling with one temperature (Guo et al. 2017, "On Calibration of Modern
Neural Networks"). All corrections are fitted at once, by penalised maximum likelihood (Gaussian priors): a brand's
calibration in a source is near the source's, a source's near that of all, and that of all near the model as it is.
The loss is convex in slope and bias, so there is one best fit; a tree of Newton's equations is solved from its leaves.
"""

from collections.abc import Mapping, Sequence
from math import exp, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from processors.negativity.opinion import Opinion

Array = NDArray[np.float64]

_PRIORS = tuple(np.diag([200.0, bias, bias, bias]) for bias in (40.0, 30.0, 20.0))
"""Precision of the priors of slope and biases: of what holds everywhere, of a source beside it, of a brand in that.
An undecided text's correction tells a bias 0.2. A brand alone has the freedom of all three together, for a bias a
precision of 9: four corrections move it by less than a tenth of the way, 200 by four fifths. The slope is held
tighter (67), since what people correct first are the model's surest errors: four of those would flatten everything.
"""
_IDENTITY = np.array([1.0, 0.0, 0.0, 0.0])
_LEAST = 1e-4  # of a probability, before its logarithm
_FLATTEST = 0.1  # slope: whatever the corrections say, the order of two texts stays
_STEPS, _CLOSE = 60, 1e-8
_FOLDS = 10


class Taught(NamedTuple):
    """One correction, as far as it teaches."""

    brand: str
    source: str
    opinion: Opinion
    """What the model alone makes of the words."""
    said: int
    """The class that staff named: 0 negative, 1 neutral, 2 positive."""


class Calibration(NamedTuple):
    """The three `weights` are the exponentials of the biases."""

    slope: float = 1.0
    weights: tuple[float, float, float] = (1.0, 1.0, 1.0)

    @property
    def temperature(self) -> float:
        return 1 / self.slope

    @property
    def bias(self) -> tuple[float, float, float]:
        negative, neutral, positive = map(log, self.weights)
        return negative, neutral, positive

    def apply(self, opinion: Opinion) -> Opinion:
        """About a microsecond. The identity changes no bit."""
        slope, (w0, w1, w2) = self.slope, self.weights
        if slope == w0 == w1 == w2 == 1.0:
            return opinion
        negative, neutral, positive = opinion
        q0 = w0 * max(negative, _LEAST) ** slope
        q1 = w1 * max(neutral, _LEAST) ** slope
        q2 = w2 * max(positive, _LEAST) ** slope
        total = q0 + q1 + q2
        return Opinion(q0 / total, q1 / total, q2 / total)


IDENTITY = Calibration()


class Calibrations(NamedTuple):
    """The narrowest one that somebody taught counts."""

    everywhere: Calibration = IDENTITY
    sources: Mapping[str, Calibration] = {}
    pairs: Mapping[tuple[str, str], Calibration] = {}
    newest: int = 0
    """The number of the newest correction that they learnt from; 0: none."""

    def of(self, brand: str, source: str) -> Calibration:
        return self.pairs.get((brand, source)) or self.sources.get(source) or self.everywhere


NONE = Calibrations()


def fit(taught: Sequence[Taught], newest: int = 0) -> Calibrations:
    """The same whatever the order of the corrections; the identity where there are none."""
    if not taught:
        return NONE
    pairs = sorted({(each.source, each.brand) for each in taught})
    sources = sorted({source for source, _ in pairs})
    tree = _Tree(np.array([sources.index(source) for source, _ in pairs]), np.zeros(len(sources), np.int64))
    place = {pair: at for at, pair in enumerate(pairs)}
    rows = sorted((place[each.source, each.brand], each.said, each.opinion) for each in taught)
    leaf, said, opinions = (np.array(column) for column in zip(*rows, strict=True))
    top, middle, leaves = _fitted(_Rows(_design(opinions), leaf, np.eye(3)[said]), tree)
    return Calibrations(
        _made(top[0]),
        {source: _made(theta) for source, theta in zip(sources, middle, strict=True)},
        {(brand, source): _made(theta) for (source, brand), theta in zip(pairs, leaves, strict=True)},
        newest,
    )


def cross_fitted(taught: Sequence[Taught]) -> list[Opinion]:
    """Each as it would be calibrated by the others: a tenth of them at a time is left out."""
    found: dict[int, Opinion] = {}
    for fold in range(min(_FOLDS, len(taught))):
        rest = [each for at, each in enumerate(taught) if at % _FOLDS != fold]
        known = fit(rest)
        for at in range(fold, len(taught), _FOLDS):
            each = taught[at]
            found[at] = known.of(each.brand, each.source).apply(each.opinion)
    return [found[at] for at in range(len(taught))]


# --- the fit --------------------------------------------------------------------------------------------


class _Rows(NamedTuple):
    design: Array
    """(n, 3, 4): class by parameter, the slope first."""
    leaf: NDArray[np.int64]
    """(n,) which pair of source and brand."""
    said: Array
    """(n, 3) one-hot."""


class _Tree(NamedTuple):
    of_leaves: NDArray[np.int64]
    """The source of each pair."""
    of_middle: NDArray[np.int64]
    """Zeros: one root."""


_Thetas = tuple[Array, Array, Array]
"""Parameters of all, (1, 4), of the sources, (s, 4), and of the pairs, (p, 4)."""


def _design(opinions: Array) -> Array:
    logs = np.log(np.maximum(opinions, _LEAST))
    return np.concatenate((logs[:, :, None], np.broadcast_to(np.eye(3), (len(logs), 3, 3))), axis=2)


def _fitted(rows: _Rows, tree: _Tree) -> _Thetas:
    """Newton's method, each step halved until it helps."""
    top, middle, leaves = (
        np.tile(_IDENTITY, (count, 1)) for count in (1, len(tree.of_middle), len(tree.of_leaves))
    )
    thetas: _Thetas = top, middle, leaves
    loss = _loss(rows, tree, thetas)
    for _ in range(_STEPS):
        step, size = _step(rows, tree, thetas), 1.0
        while (found := _loss(rows, tree, moved := _moved(thetas, step, size))) > loss and size > _CLOSE:
            size /= 2
        if found > loss:
            break
        thetas, loss = moved, found
        if max(np.abs(each).max() for each in step) < _CLOSE:
            break
    return thetas


def _moved(thetas: _Thetas, step: _Thetas, size: float) -> _Thetas:
    top, middle, leaves = (theta + size * each for theta, each in zip(thetas, step, strict=True))
    return top, middle, leaves


def _loss(rows: _Rows, tree: _Tree, thetas: _Thetas) -> float:
    logits = np.einsum("nkp,np->nk", rows.design, thetas[2][rows.leaf])
    top = logits.max(axis=1)
    told = top + np.log(np.exp(logits - top[:, None]).sum(axis=1)) - (logits * rows.said).sum(axis=1)
    apart = (away @ prior * away for away, prior in zip(_away(tree, thetas), _PRIORS, strict=True))
    return float(told.sum() + sum(each.sum() for each in apart) / 2)


def _away(tree: _Tree, thetas: _Thetas) -> _Thetas:
    """Each from what it is shrunk to."""
    top, middle, leaves = thetas
    return top - _IDENTITY, middle - top[tree.of_middle], leaves - middle[tree.of_leaves]


def _step(rows: _Rows, tree: _Tree, thetas: _Thetas) -> _Thetas:
    """Newton's: parents have no rows of their own, so leaves are solved for theirs, those for the root, and back."""
    slope, curve = _of_leaves(rows, thetas[2])
    away = [each @ prior for each, prior in zip(_away(tree, thetas), _PRIORS, strict=True)]
    right = [  # less the slope of the loss
        _summed(away[1], tree.of_middle, 1) - away[0],
        _summed(away[2], tree.of_leaves, len(thetas[1])) - away[1],
        -slope - away[2],
    ]
    left = [np.tile(prior, (len(theta), 1, 1)) for theta, prior in zip(thetas, _PRIORS, strict=True)]
    left[2] = left[2] + curve
    for level, parent in ((2, tree.of_leaves), (1, tree.of_middle)):
        prior, count = _PRIORS[level], len(thetas[level - 1])
        given = np.linalg.solve(left[level], np.tile(prior, (len(parent), 1, 1)))
        alone = _solved(left[level], right[level])
        left[level - 1] = left[level - 1] + _summed(prior - prior @ given, parent, count)
        right[level - 1] = right[level - 1] + _summed(alone @ prior, parent, count)
    top = _solved(left[0], right[0])
    middle = _solved(left[1], right[1] + top[tree.of_middle] @ _PRIORS[1])
    return top, middle, _solved(left[2], right[2] + middle[tree.of_leaves] @ _PRIORS[2])


def _solved(left: Array, right: Array) -> Array:
    return np.asarray(np.linalg.solve(left, right[:, :, None])[:, :, 0])


def _of_leaves(rows: _Rows, leaves: Array) -> tuple[Array, Array]:
    """First and second derivatives of what the rows say, (p, 4) and (p, 4, 4)."""
    logits = np.einsum("nkp,np->nk", rows.design, leaves[rows.leaf])
    odds = np.exp(logits - logits.max(axis=1)[:, None])
    p = odds / odds.sum(axis=1)[:, None]
    slope = np.einsum("nkp,nk->np", rows.design, p - rows.said)
    mean = np.einsum("nkp,nk->np", rows.design, p)
    square = np.einsum("nkp,nk,nkq->npq", rows.design, p, rows.design)
    curve = square - mean[:, :, None] * mean[:, None, :]
    return _summed(slope, rows.leaf, len(leaves)), _summed(curve, rows.leaf, len(leaves))


def _summed(values: Array, parent: NDArray[np.int64], count: int) -> Array:
    total = np.zeros((count, *values.shape[1:]))
    np.add.at(total, parent, values)
    return total


def _made(theta: Array) -> Calibration:
    slope, *bias = theta.tolist()
    negative, neutral, positive = map(exp, bias)
    return Calibration(max(slope, _FLATTEST), (negative, neutral, positive))
