"""The shipped model: two readers, one of public posts and one of customers, and how much of each a text needs.

Texts of customers read differently from other posts: they state facts, where others use words of feeling. The
linear part and the network each have an answer for both; a small stack makes of them the opinion of each reader,
and the two are mixed by the chance that a customer speaks.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from processors.negativity.features import Features, extract
from processors.negativity.linear import Linear
from processors.negativity.network import Network, Weights
from processors.negativity.opinion import Opinion

MODEL_FILE = Path(__file__).parents[1] / "models" / "negativity-1.npz"
_CHUNK = 40_000  # characters that are read at once: what they need stays in the processor's cache
_GRID = 65_536.0  # inputs and weights of the stack are whole multiples of 1/_GRID

Floats = NDArray[np.float64]


class Readers(NamedTuple):
    """The stack. Inputs are those of `evidence`."""

    public: Floats
    """(7, 3)"""
    customers: Floats
    """(13, 3)"""
    gate: Floats
    """(2,): log-odds of a customer are the gate's distance times the second, plus the first."""


class Negativity:
    """Reads a text of any language; what it makes of one that it never learnt is not worth much."""

    def __init__(self, file: Path = MODEL_FILE) -> None:
        with np.load(file) as stored:
            self.version = str(stored["version"])
            self.languages = tuple(str(stored["languages"]).split())
            self._linear = Linear(*(stored[f"linear_{name}"] for name in ("table", "scale", "bias")))
            weights: dict[str, Any] = {name: stored[f"network_{name}"] for name in Weights._fields}
            self._network = Network(Weights(**weights))
            self._readers = Readers(*(stored[f"reader_{name}"] for name in Readers._fields))

    def opinions(self, texts: Sequence[str]) -> list[Opinion]:
        """One for each, in order; the same in any company, to the last bit. Raises nothing, whatever the text."""
        return [Opinion(*row) for row in self.probabilities(texts).tolist()]

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """(texts, 3): negative, neutral, positive; each row sums to one."""
        parts = [self._probabilities(extract(part)) for part in _chunks(texts)]
        return np.concatenate(parts) if parts else np.zeros((0, 3))

    def linear_probabilities(self, texts: Sequence[str]) -> Floats:
        """What the planes of public posts alone would say: for comparison."""
        parts = [self._linear.scores(extract(part))[:, :3] for part in _chunks(texts)]
        return softmax(2 * np.concatenate(parts)) if parts else np.zeros((0, 3))

    def linear_contributions(self, features: Features) -> Floats:
        """(tokens,) of one text: what each adds to the distance to "negative", mixed as the readers are."""
        chance = customer(self._readers, self._linear.scores(features))[0]
        planes = self._linear.contributions(features)
        parts: Floats = (1 - chance) * planes[:, 0] + chance * planes[:, 3]
        return parts

    def _probabilities(self, features: Features) -> Floats:
        return mixed(self._readers, self._linear.scores(features), self._network.outputs(features))


def mixed(readers: Readers, linear: Floats, network: Floats) -> Floats:
    """(texts, 3) from the distances (texts, 7) to the planes, and the outputs (texts, 6) of the two heads."""
    of_public, of_customers = evidence(linear, network)
    public: Floats = softmax(_exact(of_public, readers.public))
    both: Floats = public + customer(readers, linear) * (
        softmax(_exact(of_customers, readers.customers)) - public
    )
    return both


def customer(readers: Readers, linear: Floats) -> Floats:
    """(texts, 1) the chance that it is a customer who speaks."""
    odds = readers.gate[0] + readers.gate[1] * linear[:, 6:]
    chance: Floats = 1 / (1 + np.exp(-np.clip(odds, -50, 50)))
    return chance


def evidence(linear: Floats, network: Floats) -> tuple[Floats, Floats]:
    """What the reader of public posts sees (texts, 7), and that of customers (texts, 13)."""
    ones = np.ones((len(linear), 1))
    public = np.concatenate([ones, linear[:, :3], network[:, :3]], axis=1)
    return public, np.concatenate([public, linear[:, 3:6], network[:, 3:6]], axis=1)


def _exact(inputs: Floats, weights: Floats) -> Floats:
    """Their product, rounded before and not after: its sums are the same in any order."""
    scores: Floats = np.rint(inputs * _GRID) @ np.rint(weights * _GRID) / _GRID**2
    return scores


def softmax(scores: Floats) -> Floats:
    powers: Floats = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _chunks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start, size = 0, 0
    for at, text in enumerate(texts):
        if size and size + len(text) > _CHUNK:
            yield texts[start:at]
            start, size = at, 0
        size += len(text)
    if start < len(texts):
        yield texts[start:]
