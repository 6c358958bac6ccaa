"""The stack: a logistic regression that weighs what the parts and the term lists say, and calibrates it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from corpus import OWN, Text
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from processors.negativity.clues import Clues
from processors.negativity.features import extract
from processors.negativity.model import chunks, evidence, stacked
from processors.terms import shipped

CONCEPTS = tuple(name for name in shipped().concepts if not name.startswith(("way_", "address_")))
"""Those of moods and facts; by which way somebody has written, and how they speak, says nothing of what they think."""
_C = 0.01
_OF_OWN = 2.0  # what our own texts count in sum, where public ones count 1
_FOLDS = 5


class Outputs(NamedTuple):
    linear: np.ndarray
    """(n, 7)"""
    network: np.ndarray
    """(n, 6)"""
    clues: np.ndarray
    """(n, concepts)"""

    def take(self, which: np.ndarray) -> "Outputs":
        return Outputs(*(each[which] for each in self))


def clues(words: Sequence[str]) -> np.ndarray:
    seen = Clues(CONCEPTS)
    return np.concatenate([seen.density(part, extract(part)) for part in chunks(words)])


def fit(outputs: Outputs, texts: Sequence[Text]) -> np.ndarray:
    """(26 + 2 concepts, 3) on texts that the parts have not seen."""
    is_own = np.array([text.source == OWN for text in texts])
    share = np.where(is_own, _OF_OWN * (~is_own).sum() / is_own.sum(), 1.0)
    inputs = evidence(*outputs)[:, 1:]
    mean, spread = inputs.mean(0), np.maximum(inputs.std(0), 1e-6)
    machine = LogisticRegression(C=_C, max_iter=2_000)
    machine.fit((inputs - mean) / spread, [text.label for text in texts], sample_weight=share)
    weights = (machine.coef_ / spread).T
    return np.concatenate([(machine.intercept_ - mean @ weights)[None], weights])


def cross_fitted(outputs: Outputs, texts: Sequence[Text], seed: int) -> np.ndarray:
    """Probabilities (n, 3) of each text by a stack that has not seen it."""
    found = np.zeros((len(texts), 3))
    strata = [f"{text.source} {text.label}" for text in texts]
    for train, test in StratifiedKFold(_FOLDS, shuffle=True, random_state=seed).split(strata, strata):
        stack = fit(outputs.take(train), [texts[at] for at in train])
        found[test] = stacked(stack, *outputs.take(test))
    return found
