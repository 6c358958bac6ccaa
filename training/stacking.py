"""The stack: a logistic regression that weighs what the parts say, and calibrates it."""

from collections.abc import Sequence

import numpy as np
from corpus import OWN, Text
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from processors.negativity.model import evidence, stacked

_C = 0.01
_FOLDS = 5

Outputs = tuple[np.ndarray, np.ndarray]
"""Of the linear part (n, 7) and of the network (n, 6)."""


def fit(outputs: Outputs, texts: Sequence[Text]) -> np.ndarray:
    """(26, 3) on texts that the parts have not seen; public ones and our own count as much in sum."""
    is_own = np.array([text.source == OWN for text in texts])
    share = np.where(is_own, (~is_own).sum() / is_own.sum(), 1.0)
    inputs = evidence(*outputs)[:, 1:]
    mean, spread = inputs.mean(0), inputs.std(0)
    machine = LogisticRegression(C=_C, max_iter=2_000)
    machine.fit((inputs - mean) / spread, [text.label for text in texts], sample_weight=share)
    weights = (machine.coef_ / spread).T
    return np.concatenate([(machine.intercept_ - mean @ weights)[None], weights])


def cross_fitted(outputs: Outputs, texts: Sequence[Text], seed: int) -> np.ndarray:
    """Probabilities (n, 3) of each text by a stack that has not seen it."""
    found = np.zeros((len(texts), 3))
    strata = [f"{text.source} {text.label}" for text in texts]
    for train, test in StratifiedKFold(_FOLDS, shuffle=True, random_state=seed).split(strata, strata):
        stack = fit(_of(outputs, train), [texts[at] for at in train])
        found[test] = stacked(stack, *_of(outputs, test))
    return found


def _of(outputs: Outputs, which: np.ndarray) -> Outputs:
    return outputs[0][which], outputs[1][which]
