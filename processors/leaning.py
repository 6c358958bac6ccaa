"""What staff's corrections of intents teach: a bias for each intent, by brand and source, shrunk to the shipped model.

Who names intents names all that hold, so a correction says of every intent whether it holds. Of each a bias on the
log-odds is fitted as polarity's are (`processors.calibration`, `processors.shrinkage`). A bias and no slope: then one
more "it holds" can lower no text's probability anywhere, as all that it moves goes the same way.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import exp, log
from typing import NamedTuple

import numpy as np

from earshot.model import Intent
from processors.shrinkage import Array, Prior, Rows, Shrunk, Tree, fitted, folds
from processors.signs.model import INTENTS

DANGERS: frozenset[Intent] = frozenset({"safety", "legal"})
"""They call at any hour: corrections make the model louder about them, never quieter."""

_PRIOR = Prior(np.zeros(1), (np.array([[40.0]]), np.array([[30.0]]), np.array([[20.0]])))
"""As of polarity's biases: together a precision of 9, so four corrections move next to nothing, 200 nearly all."""
_LEAST = 1e-3  # of a share and of the rest: shares are kept to a thousandth
_KEPT = 0.05  # the least that is kept, as in `processors.signs.reading`


class Named(NamedTuple):
    """One correction that names intents."""

    brand: str
    source: str
    shares: tuple[float, ...]
    """What the model alone gives each, in the order of `INTENTS`."""
    holds: tuple[bool, ...]
    """Whether staff named it."""


class Leaning(NamedTuple):
    weights: tuple[float, ...] = (1.0,) * len(INTENTS)
    """Exponentials of the biases: by these the odds are multiplied."""

    @property
    def bias(self) -> tuple[float, ...]:
        return tuple(map(log, self.weights))

    def share(self, intent: Intent, p: float) -> float:
        """A weight of one changes no bit."""
        weight = self.weights[_PLACE[intent]]
        if weight == 1.0:
            return p
        odds = weight * (p := min(p, 1 - _LEAST) if weight < 1 else p)
        return odds / (odds + (1 - p))

    def apply(self, intents: Mapping[Intent, float]) -> dict[Intent, float]:
        """About a microsecond an intent; what falls below a twentieth is left out."""
        leant = ((intent, round(self.share(intent, p), 3)) for intent, p in intents.items())
        return {intent: p for intent, p in leant if p >= _KEPT}


_PLACE = {intent: at for at, intent in enumerate(INTENTS)}
PLAIN = Leaning()
NONE: Shrunk[Leaning] = Shrunk(PLAIN, {}, {})


def fit(named: Sequence[Named]) -> Shrunk[Leaning]:
    """The same whatever the order of the corrections; the shipped model where there are none."""
    if not named:
        return NONE
    tree = Tree((each.source, each.brand) for each in named)
    by_intent = [fitted(_rows(named, tree, at), tree, _PRIOR) for at in range(len(INTENTS))]
    top, middle, leaves = (np.hstack(thetas) for thetas in zip(*by_intent, strict=True))
    return tree.named((top, middle, leaves)).map(_made)


def cross_fitted(named: Sequence[Named]) -> list[tuple[float, ...]]:
    """The shares of each as the others would have them: a tenth of them at a time is left out."""
    found: dict[int, tuple[float, ...]] = {}
    for rest, out in folds(len(named)):
        known = fit([named[at] for at in rest])
        for at in out:
            each = named[at]
            share = known.of(each.brand, each.source).share
            found[at] = tuple(map(share, INTENTS, each.shares))
    return [found[at] for at in range(len(named))]


def _rows(named: Iterable[Named], tree: Tree, at: int) -> Rows:
    """Of two classes, "does not hold" and "holds"; the model's log-odds are given, the bias is looked for."""
    told = sorted((tree.leaf[each.source, each.brand], each.holds[at], each.shares[at]) for each in named)
    leaf, holds, shares = zip(*told, strict=True)
    p = np.clip(np.array(shares, np.float64), _LEAST, 1 - _LEAST)
    return Rows(
        np.tile(np.array([[[0.0], [1.0]]]), (len(p), 1, 1)),
        np.array(leaf, np.int64),
        np.eye(2)[np.array(holds, np.int64)],
        np.column_stack((np.zeros(len(p)), np.log(p / (1 - p)))),
    )


def _made(biases: Array) -> Leaning:
    return Leaning(tuple(map(_weight, INTENTS, biases.tolist())))


def _weight(intent: Intent, bias: float) -> float:
    return exp(max(bias, 0.0) if intent in DANGERS else bias)
