"""The shipped model: what public posts taught and what customers taught, weighed by who seems to speak.

Texts of customers read differently from other posts: they state facts, where others use words of feeling. The
linear part and the network each have an answer for both; a small stack weighs the four, and how much it makes of
each depends on how much the text sounds like a customer. It sees the clues of the term lists too.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from processors.fingerprint import fingerprint
from processors.negativity.clues import Clues
from processors.negativity.features import Features, extract
from processors.negativity.linear import Linear
from processors.negativity.network import Network, Weights
from processors.negativity.opinion import Opinion

MODEL_FILE = Path(__file__).parents[1] / "models" / "negativity-1.npz"
_CHUNK = 16_000  # characters that are read at once: what they need stays in the processor's cache
GRID = 65_536.0
"""Inputs and weights of a stack are whole multiples of 1/`GRID`."""

Floats = NDArray[np.float64]


class Negativity:
    """Reads a text of any language; what it makes of one that it never learnt is not worth much."""

    def __init__(self, file: Path = MODEL_FILE) -> None:
        with np.load(file) as stored:
            self.version = f"{stored['version']}@{fingerprint()}"
            self.languages = tuple(str(stored["languages"]).split())
            self._linear = Linear(*(stored[f"linear_{name}"] for name in ("table", "scale", "bias")))
            weights: dict[str, Any] = {name: stored[f"network_{name}"] for name in Weights._fields}
            self._network = Network(Weights(**weights))
            self._clues = Clues(str(stored["concepts"]).split())
            self._stack: Floats = stored["stack"]
            """(26 + concepts, 3), for `evidence`."""

    def opinions(self, texts: Sequence[str]) -> list[Opinion]:
        """One for each, in order; the same in any company, to the last bit. Raises nothing, whatever the text."""
        return [Opinion(*row) for row in self.probabilities(texts).tolist()]

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """(texts, 3): negative, neutral, positive; each row sums to one."""
        parts = [self._probabilities(part) for part in chunks(texts)]
        return np.concatenate(parts) if parts else np.zeros((0, 3))

    def linear_probabilities(self, texts: Sequence[str]) -> Floats:
        """What the planes of public posts alone would say: for comparison."""
        parts = [self._linear.scores(extract(part))[:, :3] for part in chunks(texts)]
        return softmax(2 * np.concatenate(parts)) if parts else np.zeros((0, 3))

    def linear_contributions(self, features: Features) -> Floats:
        """(tokens,) of one text: what each adds, by the linear part, to the log-odds of "negative" in the stack."""
        towards = self._stack[:, 0] - self._stack[:, 1:].mean(axis=1)
        planes, with_speaker = towards[_OF_PLANES], np.append(towards[_WITH_SPEAKER][:6], 0)
        weights = planes + speaker(self._linear.scores(features))[0] * with_speaker
        parts: Floats = self._linear.contributions(features) @ weights
        return parts

    def _probabilities(self, texts: Sequence[str]) -> Floats:
        features = extract(texts)
        linear, network = self._linear.scores(features), self._network.outputs(features)
        return stacked(self._stack, linear, network, self._clues.density(texts, features))


@cache  # never changed, so a process has one
def shipped() -> Negativity:
    return Negativity()


def stacked(stack: Floats, linear: Floats, network: Floats, clues: Floats) -> Floats:
    """(texts, 3) from the distances (texts, 7) to the planes, the outputs (texts, 6) of the two heads, and the clues
    (texts, concepts).
    """
    return softmax(exact(evidence(linear, network, clues), stack))


_OF_PLANES, _WITH_SPEAKER = slice(1, 8), slice(14, 26)


def evidence(linear: Floats, network: Floats, clues: Floats) -> Floats:
    """(texts, 26 + concepts) what the stack sees: one, the planes, the heads, planes and heads times who speaks, and the
    clues of a customer: in a public post the words of the lists mean less.
    """
    answers = np.concatenate([linear[:, :6], network], axis=1)
    ones, who = np.ones((len(linear), 1)), speaker(linear)
    return np.concatenate([ones, linear, network, who * answers, (1 + who) / 2 * clues], axis=1)


def speaker(linear: Floats) -> Floats:
    """(texts, 1) from -1, a public post, to 1, a customer."""
    distance = linear[:, 6:]
    sign: Floats = distance / (1 + np.abs(distance))
    return sign


def exact(inputs: Floats, weights: Floats) -> Floats:
    """Their product, rounded before and not after: its sums are the same in any order."""
    scores: Floats = np.rint(inputs * GRID) @ np.rint(weights * GRID) / GRID**2
    return scores


def softmax(scores: Floats) -> Floats:
    powers: Floats = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def chunks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Texts that are read at once: few enough characters that all they need stays in the cache."""
    start, size = 0, 0
    for at, text in enumerate(texts):
        if size and size + len(text) > _CHUNK:
            yield texts[start:at]
            start, size = at, 0
        size += len(text)
    if start < len(texts):
        yield texts[start:]
