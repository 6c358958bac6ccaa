"""How well mentions are read, against what staff said of them. Pure.

A class is 0 negative, 1 neutral, 2 positive. An empty set has no figures: they are None.
"""

from collections.abc import Iterable, Sequence
from math import sqrt
from typing import NamedTuple

from earshot.seams import Shares

_BINS = 10
_Z = 1.96  # 95 %


class Pair(NamedTuple):
    read: Shares
    said: int
    """The class that staff named."""

    @property
    def seen(self) -> int:
        return max(range(3), key=lambda each: self.read[each])

    @property
    def confidence(self) -> float:
        return self.read[self.seen]


class Interval(NamedTuple):
    value: float
    low: float
    high: float


def confusion(pairs: Iterable[Pair]) -> list[list[int]]:
    """Rows: what staff said; columns: how it was read."""
    counts = [[0] * 3 for _ in range(3)]
    for pair in pairs:
        counts[pair.said][pair.seen] += 1
    return counts


def accuracy(counts: Sequence[Sequence[int]]) -> Interval | None:
    total = sum(map(sum, counts))
    return wilson(sum(counts[each][each] for each in range(3)), total) if total else None


def macro_f1(counts: Sequence[Sequence[int]]) -> float | None:
    """The mean over the classes that anybody named or read."""
    found = []
    for each in range(3):
        both = sum(counts[each]) + sum(row[each] for row in counts)
        if both:
            found.append(2 * counts[each][each] / both)
    return sum(found) / len(found) if found else None


def wilson(hits: int, total: int) -> Interval:
    """Wilson's score interval of 95 % (Wilson 1927)."""
    share, z2 = hits / total, _Z**2 / total
    middle = (share + z2 / 2) / (1 + z2)
    half = _Z * sqrt(share * (1 - share) / total + z2 / total / 4) / (1 + z2)
    return Interval(share, min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half)))


def calibration_error(pairs: Sequence[Pair]) -> float | None:
    """By how much the confidence in what was read misses how often that is right: the mean over ten equal bins."""
    return _error([(pair.confidence, pair.seen == pair.said) for pair in pairs])


def negative_error(pairs: Sequence[Pair]) -> float | None:
    """The same of p(negative), which is what stories are made of."""
    return _error([(pair.read.negative, pair.said == 0) for pair in pairs])


def _error(told: Sequence[tuple[float, bool]]) -> float | None:
    if not told:
        return None
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for each in told:
        bins[min(_BINS - 1, int(_BINS * each[0]))].append(each)
    gaps = (abs(sum(p for p, _ in each) - sum(hit for _, hit in each)) for each in bins)
    return sum(gaps) / len(told)


class Month(NamedTuple):
    """Thirty days of mentions that could be read."""

    mentions: int
    negative: int
    confidence: float
    """Sum of the largest of the three probabilities."""
    models: frozenset[str] = frozenset()
    """The versions that read them."""

    @property
    def share(self) -> float | None:
        return self.negative / self.mentions if self.mentions else None

    @property
    def sureness(self) -> float | None:
        return self.confidence / self.mentions if self.mentions else None


def drift(now: Month, before: Month) -> str:
    """What changed, in one sentence. What the model has learnt meanwhile is no change of what people say."""
    if not (now.mentions and before.mentions):
        return "Nothing to compare: one of the two times of thirty days has no mention that could be read."
    one, other = wilson(now.negative, now.mentions), wilson(before.negative, before.mentions)
    apart = one.low > other.high or one.high < other.low
    less_sure = (now.sureness or 0) < (before.sureness or 0) - 0.05
    told = f"{one.value:.0%} of the mentions read as negative, {other.value:.0%} in the thirty days before"
    if len(now.models | before.models) > 1:
        return (
            f"{told}: {'more' if apart else 'no more'} than chance would do; but not all were read by the same version"
            " of the model, and what it has learnt may be all of the difference: earshot rescore reads them with the"
            " newest; compare after it."
        )
    if less_sure:
        return (
            f"{told}, and the model is less sure than it was: people may speak of something new; label some mentions"
            " (earshot label next)."
        )
    if apart:
        return f"{told}: more than chance would do; the model is as sure as it was, so it is likely the mood."
    return f"{told}: no more than chance would do, and the model is as sure as it was."
