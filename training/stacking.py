"""The stack: logistic regressions that weigh the parts for each reader, calibrate them, and tell customers."""

import numpy as np
from corpus import OWN, Text
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from processors.negativity.model import Readers, evidence, mixed

_C = 0.03
_FOLDS = 5

Outputs = tuple[np.ndarray, np.ndarray]
"""Of the linear part (n, 7) and of the network (n, 6)."""


def fit(outputs: Outputs, texts: list[Text]) -> Readers:
    """On texts that the parts have not seen: public ones, and those of customers."""
    labels, is_own = (
        np.array([text.label for text in texts]),
        np.array([text.source == OWN for text in texts]),
    )
    public, customers = evidence(*outputs)
    gate = LogisticRegression(C=10, class_weight="balanced").fit(outputs[0][:, 6:], is_own)
    return Readers(
        public=_weights(public[~is_own], labels[~is_own]),
        customers=_weights(customers[is_own], labels[is_own]),
        gate=np.append(gate.intercept_, gate.coef_),
    )


def cross_fitted(outputs: Outputs, texts: list[Text], seed: int) -> np.ndarray:
    """Probabilities (n, 3) of each text by a stack that has not seen it."""
    found = np.zeros((len(texts), 3))
    strata = [f"{text.source} {text.label}" for text in texts]
    for train, test in StratifiedKFold(_FOLDS, shuffle=True, random_state=seed).split(strata, strata):
        readers = fit(_of(outputs, train), [texts[at] for at in train])
        found[test] = mixed(readers, *_of(outputs, test))
    return found


def _weights(inputs: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(inputs, classes) for `inputs` as they are, of which the first is 1; fitted on a common scale."""
    mean, spread = inputs[:, 1:].mean(0), inputs[:, 1:].std(0)
    machine = LogisticRegression(C=_C, max_iter=2_000).fit((inputs[:, 1:] - mean) / spread, labels)
    weights = (machine.coef_ / spread).T
    return np.concatenate([(machine.intercept_ - mean @ weights)[None], weights])


def _of(outputs: Outputs, which: np.ndarray) -> Outputs:
    return outputs[0][which], outputs[1][which]
