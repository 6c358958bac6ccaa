"""What a threshold's alarms are worth on labelled brands, and thresholds that are fixed on some brands for others."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import nab
import numpy as np
from nab import Floats, Labelled, Rows
from surge_rules import Rule

from processors.surge.series import HOUR

RATES = (0.25, 0.5, 1.0, 2.0)
"""False alarms a brand-week."""
_WEEK = 604_800.0
_BLUR = 0.15  # how far a threshold's neighbours reach, in its logarithm
_FINEST, _COARSE = 150, 250  # thresholds that are tried: the highest scores, and ranks below them


class Outcome(NamedTuple):
    """Of one brand at one threshold."""

    score: float
    windows: int
    hits: int
    false: int
    weeks: float
    delays: list[float]
    """From the beginning of each window that was hit, minutes."""
    late: list[float]
    """From its middle; negative is before."""


class Choice(NamedTuple):
    """Thresholds that were fixed on some brands."""

    best: float
    at: dict[float, float]
    """By false alarms a brand-week."""


class Measured:
    """One rule's scores of some brands, and what each threshold of a common list makes of them."""

    def __init__(self, rule: Rule, brands: Sequence[Labelled]) -> None:
        self.rule, self.brands = rule, list(brands)
        self.scores = {brand.name: rule.scores(brand.counts) for brand in brands}
        self.thresholds = _thresholds(list(self.scores.values()))
        self._table: dict[str, list[Outcome]] = {}

    def outcome(self, brand: Labelled, threshold: float) -> Outcome:
        return judged(self.rule.alarms(self.scores[brand.name], threshold), brand)

    def outcomes(self, brand: Labelled) -> list[Outcome]:
        if brand.name not in self._table:
            self._table[brand.name] = [self.outcome(brand, each) for each in self.thresholds]
        return self._table[brand.name]

    def choose(self, brands: Sequence[Labelled]) -> Choice:
        tables = [self.outcomes(brand) for brand in brands]
        each = [together(column) for column in zip(*tables, strict=True)]
        score = np.array([nab.normalised(one.score, brands) for one in each])
        recall = np.array([one.hits / max(one.windows, 1) for one in each])
        false = np.array([one.false / one.weeks for one in each])
        at = {rate: self._middle(np.where(false <= rate, recall, -1.0)) for rate in RATES}
        return Choice(self._safest(score), at)

    def _safest(self, score: Floats) -> float:
        """Best on average over thresholds around it."""
        logs = np.log(self.thresholds)
        near = np.exp(-0.5 * ((logs[:, None] - logs) / _BLUR) ** 2) * np.gradient(logs)
        return float(self.thresholds[(near @ score / near.sum(1)).argmax()])

    def _middle(self, recall: Floats) -> float:
        """Of the thresholds around the best that are as good as it: the one farthest from both cliffs."""
        low = high = int(recall.argmax())
        while low > 0 and recall[low - 1] == recall[high]:
            low -= 1
        while high < len(recall) - 1 and recall[high + 1] == recall[low]:
            high += 1
        return float(np.sqrt(self.thresholds[low] * self.thresholds[high]))


def judged(alarms: Rows, brand: Labelled) -> Outcome:
    rows, first = len(brand.counts), nab.probation(len(brand.counts))
    counted, minutes = alarms[alarms >= first], brand.step / 60
    free, delays, late = np.ones(rows, bool), [], []
    for start, end in brand.windows:
        free[start : end + 1] = False
        inside = counted[(counted >= start) & (counted <= end)]
        if len(inside):
            delays.append(float(inside[0] - start) * minutes)
            late.append(float(inside[0] - (start + end) / 2) * minutes)
    outside = counted[free[counted]]
    false = 1 + int((np.diff(outside) > HOUR).sum()) if len(outside) else 0
    weeks = float(free[first:].sum()) * brand.step / _WEEK
    return Outcome(nab.score(alarms, brand), len(brand.windows), len(delays), false, weeks, delays, late)


def together(outcomes: Sequence[Outcome]) -> Outcome:
    score, windows, hits, false, weeks, delays, late = zip(*outcomes, strict=True)
    whole = sum(score), sum(windows), sum(hits), sum(false), sum(weeks)
    return Outcome(*whole, list(chain.from_iterable(delays)), list(chain.from_iterable(late)))


def _thresholds(scores: Sequence[Floats]) -> Floats:
    """Scores that occur, ascending; the finer the higher, as few alarms are wanted."""
    found = np.unique(np.concatenate([each[nab.probation(len(each)) :] for each in scores]))
    found = found[found > 0][::-1]
    ranks = np.geomspace(1, max(len(found), 1), _COARSE).astype(int) - 1
    below: Floats = found[np.union1d(np.arange(min(_FINEST, len(found))), ranks[ranks < len(found)])][::-1]
    return np.nextafter(below, 0) if len(below) > 1 else np.array([1.0, 2.0])
