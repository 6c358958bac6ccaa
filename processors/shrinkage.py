"""What is learnt of each brand in each source, shrunk to the source, to all, and to the shipped model.

Penalised maximum likelihood (Gaussian priors) of multinomial logits: a brand's parameters in a source are near the
source's, a source's near those of all, and those of all near a start, which is the model as it is. All examples are
fitted at once. The loss is convex, so there is one best fit; a tree of Newton's equations is solved from its leaves.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Places = NDArray[np.int64]

_STEPS, _CLOSE = 60, 1e-8
_FOLDS = 10

T = TypeVar("T")
S = TypeVar("S")


class Shrunk(NamedTuple, Generic[T]):
    """The narrowest one that somebody taught counts."""

    everywhere: T
    sources: Mapping[str, T]
    pairs: Mapping[tuple[str, str], T]
    """By brand and source."""

    def of(self, brand: str, source: str) -> T:
        return self.pairs.get((brand, source)) or self.sources.get(source) or self.everywhere

    def map(self, made: Callable[[T], S]) -> "Shrunk[S]":
        return Shrunk(
            made(self.everywhere),
            {source: made(each) for source, each in self.sources.items()},
            {pair: made(each) for pair, each in self.pairs.items()},
        )


class Rows(NamedTuple):
    """Examples; the logit of a class is its offset and the sum of its design times the parameters."""

    design: Array
    """(n, classes, parameters)"""
    leaf: Places
    """(n,) which pair of source and brand."""
    said: Array
    """(n, classes) one-hot."""
    offset: Array | float = 0.0
    """(n, classes)"""


class Prior(NamedTuple):
    start: Array
    """(parameters,) of the model as it is."""
    precisions: tuple[Array, Array, Array]
    """(parameters, parameters) each: of what holds everywhere, of a source beside it, of a brand in that."""


class Tree:
    def __init__(self, places: Iterable[tuple[str, str]]) -> None:
        """`places`: of source and brand."""
        self.pairs = sorted(set(places))
        self.sources = sorted({source for source, _ in self.pairs})
        self.leaf = {pair: at for at, pair in enumerate(self.pairs)}
        self.of_leaves: Places = np.array([self.sources.index(source) for source, _ in self.pairs], np.int64)
        """The source of each pair."""
        self.of_middle: Places = np.zeros(len(self.sources), np.int64)
        """Zeros: one root."""

    def named(self, thetas: "Thetas") -> Shrunk[Array]:
        top, middle, leaves = thetas
        return Shrunk(
            top[0],
            dict(zip(self.sources, middle, strict=True)),
            {(brand, source): theta for (source, brand), theta in zip(self.pairs, leaves, strict=True)},
        )


Thetas = tuple[Array, Array, Array]
"""Parameters of all, (1, p), of the sources, (s, p), and of the pairs, (l, p)."""


def fitted(rows: Rows, tree: Tree, prior: Prior) -> Thetas:
    """Newton's method, each step halved until it helps."""
    top, middle, leaves = (
        np.tile(prior.start, (count, 1)) for count in (1, len(tree.sources), len(tree.pairs))
    )
    thetas: Thetas = top, middle, leaves
    loss = _loss(rows, tree, prior, thetas)
    for _ in range(_STEPS):
        step, size = _step(rows, tree, prior, thetas), 1.0
        while (
            found := _loss(rows, tree, prior, moved := _moved(thetas, step, size))
        ) > loss and size > _CLOSE:
            size /= 2
        if found > loss:
            break
        thetas, loss = moved, found
        if max(np.abs(each).max() for each in step) < _CLOSE:
            break
    return thetas


def folds(count: int) -> Iterator[tuple[list[int], range]]:
    """Places of what teaches, and of what is left out: a tenth at a time."""
    for fold in range(min(_FOLDS, count)):
        yield [at for at in range(count) if at % _FOLDS != fold], range(fold, count, _FOLDS)


# --- Newton's step --------------------------------------------------------------------------------------


def _moved(thetas: Thetas, step: Thetas, size: float) -> Thetas:
    top, middle, leaves = (theta + size * each for theta, each in zip(thetas, step, strict=True))
    return top, middle, leaves


def _loss(rows: Rows, tree: Tree, prior: Prior, thetas: Thetas) -> float:
    logits = _logits(rows, thetas[2])
    top = logits.max(axis=1)
    told = top + np.log(np.exp(logits - top[:, None]).sum(axis=1)) - (logits * rows.said).sum(axis=1)
    both = zip(_away(tree, prior, thetas), prior.precisions, strict=True)
    apart = (away @ precision * away for away, precision in both)
    return float(told.sum() + sum(each.sum() for each in apart) / 2)


def _logits(rows: Rows, leaves: Array) -> Array:
    logits: Array = np.einsum("nkp,np->nk", rows.design, leaves[rows.leaf]) + rows.offset
    return logits


def _away(tree: Tree, prior: Prior, thetas: Thetas) -> Thetas:
    """Each from what it is shrunk to."""
    top, middle, leaves = thetas
    return top - prior.start, middle - top[tree.of_middle], leaves - middle[tree.of_leaves]


def _step(rows: Rows, tree: Tree, prior: Prior, thetas: Thetas) -> Thetas:
    """Newton's: parents have no rows of their own, so leaves are solved for theirs, those for the root, and back."""
    slope, curve = _of_leaves(rows, thetas[2])
    held = prior.precisions
    away = [each @ precision for each, precision in zip(_away(tree, prior, thetas), held, strict=True)]
    right = [  # less the slope of the loss
        _summed(away[1], tree.of_middle, 1) - away[0],
        _summed(away[2], tree.of_leaves, len(thetas[1])) - away[1],
        -slope - away[2],
    ]
    left = [np.tile(precision, (len(theta), 1, 1)) for theta, precision in zip(thetas, held, strict=True)]
    left[2] = left[2] + curve
    for level, parent in ((2, tree.of_leaves), (1, tree.of_middle)):
        precision, count = held[level], len(thetas[level - 1])
        given = np.linalg.solve(left[level], np.tile(precision, (len(parent), 1, 1)))
        alone = _solved(left[level], right[level])
        left[level - 1] = left[level - 1] + _summed(precision - precision @ given, parent, count)
        right[level - 1] = right[level - 1] + _summed(alone @ precision, parent, count)
    top = _solved(left[0], right[0])
    middle = _solved(left[1], right[1] + top[tree.of_middle] @ held[1])
    return top, middle, _solved(left[2], right[2] + middle[tree.of_leaves] @ held[2])


def _solved(left: Array, right: Array) -> Array:
    return np.asarray(np.linalg.solve(left, right[:, :, None])[:, :, 0])


def _of_leaves(rows: Rows, leaves: Array) -> tuple[Array, Array]:
    """First and second derivatives of what the rows say, (l, p) and (l, p, p)."""
    logits = _logits(rows, leaves)
    odds = np.exp(logits - logits.max(axis=1)[:, None])
    p = odds / odds.sum(axis=1)[:, None]
    slope = np.einsum("nkp,nk->np", rows.design, p - rows.said)
    mean = np.einsum("nkp,nk->np", rows.design, p)
    square = np.einsum("nkp,nk,nkq->npq", rows.design, p, rows.design)
    curve = square - mean[:, :, None] * mean[:, None, :]
    return _summed(slope, rows.leaf, len(leaves)), _summed(curve, rows.leaf, len(leaves))


def _summed(values: Array, parent: Places, count: int) -> Array:
    total = np.zeros((count, *values.shape[1:]))
    np.add.at(total, parent, values)
    return total
