"""How good probabilities are: the measures that `quality_scoring.py` and the training print. numpy alone."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

_BINS = 15
_FEW = 20  # texts: of fewer, an average precision of 100 is luck


class Quality(NamedTuple):
    """Shares of one; the classes are negative, neutral, positive. NaN where it cannot be said."""

    texts: int
    macro_f1: float
    accuracy: float
    precision: float
    """Of those called negative."""
    recall: float
    """Of the negative ones."""
    ap: float
    """Average precision of p(negative)."""
    auroc: float
    ece: float
    """Mean distance of p(negative) from the share of negatives, in 15 equal bins."""


def measure(probabilities: np.ndarray, labels: np.ndarray) -> Quality:
    """`probabilities` (n, 3), `labels` (n,) 0, 1, 2."""
    called, negative = probabilities.argmax(1), labels == 0
    called_negative = called == 0
    return Quality(
        texts=len(labels),
        macro_f1=float(np.mean([_f1(called == c, labels == c) for c in range(3)])),
        accuracy=float((called == labels).mean()),
        precision=_share(negative, called_negative),
        recall=_share(called_negative, negative),
        ap=average_precision(probabilities[:, 0], negative),
        auroc=auroc(probabilities[:, 0], negative),
        ece=calibration_error(probabilities[:, 0], negative),
    )


class Groups(NamedTuple):
    large: dict[str, Quality]
    """In order of name."""
    small: dict[str, Quality]
    """Those of fewer than 20 texts, together, under a name that says so."""


def by_group(probabilities: np.ndarray, labels: np.ndarray, groups: Sequence[str]) -> Groups:
    counts = Counter(groups)
    small = sorted(name for name, count in counts.items() if count < _FEW)
    pooled = f"fewer than {_FEW} texts each: {', '.join(small)}"
    named = np.array([pooled if group in small else group for group in groups])
    found = {
        name: measure(probabilities[named == name], labels[named == name]) for name in sorted(set(named))
    }
    return Groups(
        {name: q for name, q in found.items() if name != pooled},
        {name: q for name, q in found.items() if name == pooled},
    )


def mean(found: Iterable[Quality]) -> Quality:
    """Of each figure, over those of whom it can be said."""
    texts, *figures = zip(*found, strict=True)
    return Quality(sum(texts), *map(_mean, figures))


def figure(share: float) -> str:
    """In per cent, or a dash."""
    return "-" if np.isnan(share) else f"{100 * share:.1f}"


def average_precision(scores: np.ndarray, positive: np.ndarray) -> float:
    """The sum of precisions, each times the recall that it adds; ties count together."""
    if not positive.any():
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    found = np.cumsum(positive[order])[last]
    return float((np.diff(found, prepend=0) * found / (last + 1)).sum() / positive.sum())


def auroc(scores: np.ndarray, positive: np.ndarray) -> float:
    """The chance that a positive one scores above another (Mann and Whitney); a tie is half a win."""
    wins, pairs = positive.sum(), positive.sum() * (~positive).sum()
    if not pairs:
        return float("nan")
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[positive].sum() - wins * (wins + 1) / 2) / pairs)


def calibration_error(p: np.ndarray, positive: np.ndarray) -> float:
    bins = np.minimum((p * _BINS).astype(int), _BINS - 1)
    return float(
        sum(abs(p[bins == b].sum() - positive[bins == b].sum()) for b in range(_BINS)) / max(len(p), 1)
    )


def _f1(called: np.ndarray, true: np.ndarray) -> float:
    return float(2 * (called & true).sum() / max(called.sum() + true.sum(), 1))


def _mean(figures: Sequence[float]) -> float:
    known = [each for each in figures if not np.isnan(each)]
    return sum(known) / len(known) if known else float("nan")


def _share(hit: np.ndarray, among: np.ndarray) -> float:
    return float(hit[among].mean()) if among.any() else float("nan")
