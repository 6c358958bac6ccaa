"""Ways to see a surge: what each says of every row, and the alarms that a threshold makes of it."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from nab import Floats, Rows

from processors.surge.series import HOLD, HOUR, LEARN, Series, fold

_WINDOW = 1_000  # rows, as the benchmark's own windowed Gaussian looks back
_TINY = 1e-6


class Rule(NamedTuple):
    """`scores` of counts by five minutes; `hold` rows pass after an alarm before the next one."""

    scores: Callable[[Floats], Floats]
    hold: int = 0

    def alarms(self, scores: Floats, threshold: float) -> Rows:
        rows = np.flatnonzero(scores > threshold)
        return held(rows, self.hold) if self.hold else rows


def held(rows: Rows, hold: int) -> Rows:
    """Without those that come less than `hold` rows after the last one that was kept."""
    kept: list[int] = []
    for row in rows.tolist():
        if not kept or row - kept[-1] >= hold:
            kept.append(row)
    return np.array(kept, np.int64)


def ours(counts: Floats) -> Floats:
    """Rarity where it is an onset, else 0: an alarm never changes the series, so one pass serves all thresholds."""
    series, scores = Series(), np.zeros(len(counts))
    for row, count in enumerate(counts.tolist()):
        series, reading = fold(series, row, count, 0.0)
        if reading and (reading.opens or reading.grows):
            scores[row] = reading.rarity
    return scores


def ewma(counts: Floats) -> Floats:
    """z by exponentially weighted mean and variance, half-life four days, before the row is learnt."""
    mean, variance, scores = 0.0, 0.0, np.zeros(len(counts))
    for row, x in enumerate(counts.tolist()):
        step, share = x - mean if row else 0.0, max(LEARN, 1 / (row + 1))
        scores[row] = step / (variance + _TINY) ** 0.5
        mean = mean + share * step if row else x
        variance = (1 - share) * (variance + share * step * step)
    return scores


def gaussian(counts: Floats) -> Floats:
    """z by mean and deviation of the last 1,000 rows; only what is above counts, as a lull is no surge."""
    sums, squares = (np.concatenate([[0.0], np.cumsum(counts**power)]) for power in (1, 2))
    at = np.arange(len(counts))
    since = np.maximum(at - _WINDOW, 0)
    n = np.maximum(at - since, 1)
    mean = (sums[at] - sums[since]) / n
    variance = np.maximum((squares[at] - squares[since]) / n - mean**2, 0.0)
    scores: Floats = np.where(at > 0, (counts - mean) / np.sqrt(variance + _TINY), 0.0)
    return scores


def constant(counts: Floats) -> Floats:
    return counts


def hourly(scores: Callable[[Floats], Floats]) -> Callable[[Floats], Floats]:
    """The same of the last hour, looked at every five minutes."""
    return lambda counts: scores(np.convolve(counts, np.ones(HOUR))[: len(counts)])


RULES = {
    "ours": Rule(ours, HOLD),
    "EWMA": Rule(ewma),
    "windowed Gaussian": Rule(gaussian),
    "constant": Rule(constant),
    "EWMA, by the hour, held": Rule(hourly(ewma), HOLD),
    "windowed Gaussian, by the hour, held": Rule(hourly(gaussian), HOLD),
    "constant, by the hour, held": Rule(hourly(constant), HOLD),
}
"""The held ones look at the same counts and call as rarely as ours: what is left is the rule."""
