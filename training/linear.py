"""Naive Bayes weighted support vector machines (Wang and Manning, ACL 2012), one of each class against the others.

Three planes for public posts, three for texts of customers, and one that tells these from those. Ours would blur the
log-count ratios of public posts, so those have their own, and with them their own length of a text; its square is a sum
over features, so what each token contributes is exact.
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse
from sklearn.svm import LinearSVC

from processors.negativity.linear import PLANES

BITS = 18
_C = 0.3


class Shares(NamedTuple):
    """What each text counts, (texts,)."""

    public: np.ndarray
    """In the log-count ratios and the planes of public posts."""
    ratios: np.ndarray
    """In the log-count ratios of the customers' planes."""
    customers: np.ndarray
    gate: np.ndarray


class Linear(NamedTuple):
    weights: np.ndarray
    """(2^BITS, 7): three planes of public posts, three of customers, the gate."""
    squares: np.ndarray
    """(2^BITS, 2) mean squared log-count ratio of the classes: in public posts, and with customers."""
    bias: np.ndarray
    """(7,)"""


def fit(x: sparse.csr_matrix, labels: np.ndarray, is_own: np.ndarray, shares: Shares, seed: int) -> Linear:
    classes = [labels == label for label in range(3)]
    ratios = [[_ratio(x, is_it, share) for is_it in classes] for share in (shares.public, shares.ratios)]
    squares = np.stack([np.mean(np.square(group), axis=0) for group in ratios], axis=1)
    by_group = [sparse.diags_array(1 / length) @ x for length in _lengths(x, squares).T]
    planes = [
        _plane(scaled, is_it, ratio, share, seed)
        for scaled, group, share in zip(by_group, ratios, (shares.public, shares.customers), strict=True)
        for is_it, ratio in zip(classes, group, strict=True)
    ]
    planes.append(_plane(by_group[1], is_own, _ratio(x, is_own, shares.gate), shares.gate, seed))
    weights, bias = zip(*planes, strict=True)
    return Linear(np.stack(weights, axis=1), squares, np.array(bias))


def predict(model: Linear, x: sparse.csr_matrix) -> np.ndarray:
    """(texts, 7) distances from the planes."""
    return x @ model.weights / np.repeat(_lengths(x, model.squares), PLANES, axis=1) + model.bias


def _lengths(x: sparse.csr_matrix, squares: np.ndarray) -> np.ndarray:
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
