"""Naive Bayes weighted support vector machines (Wang and Manning, ACL 2012), one of each class against the others.

Three planes for public posts, three for texts of customers, and one that tells these from those. All divide by the
same length of the text, whose square is a sum over features, so what each token contributes is exact.
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse
from sklearn.svm import LinearSVC

BITS = 18
_C = 0.3


class Shares(NamedTuple):
    """What each text counts, (texts,)."""

    ratios: np.ndarray
    """In the log-count ratios, which all planes of a class share."""
    public: np.ndarray
    customers: np.ndarray
    gate: np.ndarray


class Linear(NamedTuple):
    weights: np.ndarray
    """(2^BITS, 7): three planes of public posts, three of customers, the gate."""
    squares: np.ndarray
    """(2^BITS, 1) mean squared log-count ratio of the classes."""
    bias: np.ndarray
    """(7,)"""


def fit(x: sparse.csr_matrix, labels: np.ndarray, is_own: np.ndarray, shares: Shares, seed: int) -> Linear:
    classes = [labels == label for label in range(3)]
    ratios = [_ratio(x, is_it, shares.ratios) for is_it in classes]
    squares = np.mean(np.square(ratios), axis=0)[:, None]
    scaled = sparse.diags_array(1 / _length(x, squares)[:, 0]) @ x
    planes = [
        _plane(scaled, is_it, ratio, share, seed)
        for share in (shares.public, shares.customers)
        for is_it, ratio in zip(classes, ratios, strict=True)
    ]
    planes.append(_plane(scaled, is_own, _ratio(x, is_own, shares.gate), shares.gate, seed))
    weights, bias = zip(*planes, strict=True)
    return Linear(np.stack(weights, axis=1), squares, np.array(bias))


def predict(model: Linear, x: sparse.csr_matrix) -> np.ndarray:
    """(texts, 7) distances from the planes."""
    return x @ model.weights / _length(x, model.squares) + model.bias


def _length(x: sparse.csr_matrix, squares: np.ndarray) -> np.ndarray:
    return np.sqrt(np.maximum(x @ squares, 1e-6))


def _ratio(x: sparse.csr_matrix, is_it: np.ndarray, share: np.ndarray) -> np.ndarray:
    inside, outside = x.T @ (share * is_it) + 1, x.T @ (share * ~is_it) + 1
    return np.log(inside / inside.sum() / (outside / outside.sum())).astype(np.float32)


def _plane(
    scaled: sparse.csr_matrix, is_it: np.ndarray, ratio: np.ndarray, share: np.ndarray, seed: int
) -> tuple[np.ndarray, float]:
    used = share > 0
    machine = LinearSVC(C=_C, tol=1e-2, max_iter=200, random_state=seed)
    machine.fit((scaled[used] @ sparse.diags_array(ratio)).tocsr(), is_it[used], sample_weight=share[used])
    return machine.coef_[0] * ratio, float(machine.intercept_[0])
