"""How negative a text is towards one of the companies that it names, from how its parts read and stand."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from processors.negativity.model import exact, softmax
from processors.negativity.opinion import Opinion
from processors.target.views import BINS, Views

MODEL_FILE = Path(__file__).parents[1] / "models" / "target-1.npz"
_LEAST = 1e-4

Floats = NDArray[np.float64]


class Read(NamedTuple):
    """What the negativity model makes of a text and of its two views."""

    whole: Opinion
    own: Opinion
    others: Opinion


class Target(NamedTuple):
    """A multinomial logistic regression."""

    weights: Floats
    """(inputs, 3): of `inputs`, then of the bins of the words around the name."""
    bias: Floats
    """(3,)"""

    @classmethod
    def load(cls, file: Path = MODEL_FILE) -> "Target":
        with np.load(file) as stored:
            return cls(stored["weights"], stored["bias"])

    def towards(self, views: Sequence[Views], read: Sequence[Read]) -> list[Opinion]:
        """For each its opinion of the brand whose `own` view it is."""
        if not views:
            return []
        seen = np.stack(
            [np.append(inputs(one, what), around(one)) for one, what in zip(views, read, strict=True)]
        )
        return [Opinion(*row) for row in softmax(exact(seen, self.weights) + self.bias).tolist()]


def inputs(views: Views, read: Read) -> Floats:
    """(32,) the logarithms of the three opinions, alone, where the brand is first, where names share a clause."""
    logs = np.log(np.maximum(np.concatenate(read), _LEAST))
    first, shared = float(views.first), float(views.shared)
    place = (first, shared, float(views.own_handle), float(views.other_handle), first * shared)
    return np.concatenate([logs, place, first * logs, shared * logs])


def around(views: Views) -> Floats:
    """(BINS,) which words stand around its name."""
    found = np.zeros(BINS)
    found[list(views.context)] = 1.0
    return found
