"""What staff's corrections teach the model: a temperature and a bias, by brand and source, shrunk to the shipped model.

The logarithms of an opinion are multiplied by one slope (1 / temperature), each class is given a bias, and a softmax
makes probabilities of them again: vector scaling with one temperature (Guo et al. 2017, "On Calibration of Modern
Neural Networks"), fitted by `processors.shrinkage`. What intents are taught is in `processors.leaning`.
"""

from collections.abc import Mapping, Sequence
from math import exp, log
from typing import NamedTuple

import numpy as np

from processors import leaning
from processors.leaning import Leaning
from processors.negativity.opinion import Opinion
from processors.shrinkage import Array, Prior, Rows, Shrunk, Tree, fitted, folds

_EVERYWHERE, _SOURCE, _PAIR = (np.diag([200.0, bias, bias, bias]) for bias in (40.0, 30.0, 20.0))
_PRIOR = Prior(np.array([1.0, 0.0, 0.0, 0.0]), (_EVERYWHERE, _SOURCE, _PAIR))
"""Precision of the priors of slope and biases: of what holds everywhere, of a source beside it, of a brand in that.
An undecided text's correction tells a bias 0.2. A brand alone has the freedom of all three together, for a bias a
precision of 9: four corrections move it by less than a tenth of the way, 200 by four fifths. The slope is held
tighter (67), since what people correct first are the model's surest errors: four of those would flatten everything.
"""
_LEAST = 1e-4  # of a probability, before its logarithm
_FLATTEST = 0.1  # slope: whatever the corrections say, the order of two texts stays


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
    leanings: Shrunk[Leaning] = leaning.NONE
    """What was taught of intents."""

    def of(self, brand: str, source: str) -> Calibration:
        return self.pairs.get((brand, source)) or self.sources.get(source) or self.everywhere


NONE = Calibrations()


def fit(taught: Sequence[Taught], newest: int = 0, leanings: Shrunk[Leaning] = leaning.NONE) -> Calibrations:
    """The same whatever the order of the corrections; the identity where there are none. `newest`: of intents, too."""
    if not taught:
        return NONE._replace(newest=newest, leanings=leanings) if newest else NONE
    tree = Tree((each.source, each.brand) for each in taught)
    rows = sorted((tree.leaf[each.source, each.brand], each.said, each.opinion) for each in taught)
    leaf, said, opinions = (np.array(column) for column in zip(*rows, strict=True))
    thetas = fitted(Rows(_design(opinions), leaf, np.eye(3)[said]), tree, _PRIOR)
    return Calibrations(*tree.named(thetas).map(_made), newest, leanings)


def cross_fitted(taught: Sequence[Taught]) -> list[Opinion]:
    """Each as it would be calibrated by the others: a tenth of them at a time is left out."""
    found: dict[int, Opinion] = {}
    for rest, out in folds(len(taught)):
        known = fit([taught[at] for at in rest])
        for each, at in ((taught[at], at) for at in out):
            found[at] = known.of(each.brand, each.source).apply(each.opinion)
    return [found[at] for at in range(len(taught))]


def _design(opinions: Array) -> Array:
    logs = np.log(np.maximum(opinions, _LEAST))
    return np.concatenate((logs[:, :, None], np.broadcast_to(np.eye(3), (len(logs), 3, 3))), axis=2)


def _made(theta: Array) -> Calibration:
    slope, *bias = theta.tolist()
    negative, neutral, positive = map(exp, bias)
    return Calibration(max(slope, _FLATTEST), (negative, neutral, positive))
