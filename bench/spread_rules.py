"""What warns that a story will grow, ours and the baselines: a score for each event, a threshold, the time gained."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from spread_cascades import Cascades, Floats, Ints

from processors.spread.columns import Columns
from processors.spread.state import SCALES, SHARES
from processors.spread.tables import Tables

Forecaster = Callable[[Columns, float], Floats]
"""(states, their age in s) -> final sizes."""

_AGES = np.geomspace(60, 3e6, 24)
PRECISION = 0.8


class Lead(NamedTuple):
    """Of an alarm for N*, over the stories that reached it."""

    median: float
    """Minutes; a story without an alarm counts 0."""
    precision: float
    stories: int
    alarms: int
    threshold: float


class LogLinear:
    """ln(final) is a line over ln(size so far), at each age another (Szabo and Huberman, CACM 2010)."""

    def __init__(self, train: Cascades) -> None:
        self._lines = [self._line(train, age) for age in _AGES]

    def __call__(self, states: Columns, age: float) -> Floats:
        return self.scores(states._replace(t=states.first + age))

    def scores(self, states: Columns) -> Floats:
        at = np.abs(np.log(_AGES) - np.log(np.maximum(states.t - states.first, 1))[:, None]).argmin(1)
        slope, shift = np.array(self._lines)[at].T
        return np.maximum(np.exp(slope * np.log(states.n + 1) + shift) - 1, states.n)

    @staticmethod
    def _line(train: Cascades, age: float) -> tuple[float, float]:
        x = np.log(train.at(np.full(len(train.sizes), age)).n + 1)
        if np.ptp(x) == 0:
            return 0.0, float(np.log(train.sizes + 1).mean())
        slope, shift = np.polyfit(x, np.log(train.sizes + 1), 1)
        return float(slope), float(shift)


def count(states: Columns) -> Floats:
    return states.n


def rate(states: Columns) -> Floats:
    return states.memory[2] / SHARES[2] / SCALES[2] * 3600


def unseen(
    parts: list[tuple[Ints, Tables]], cascades: Cascades, size: float
) -> Iterator[tuple[Ints, Floats]]:
    """(stories, P at each of their events), each story by the tables that did not see it."""
    for stories, tables in parts:
        yield stories, tables.probabilities(cascades.part(stories).states, size)


def peaks(cascades: Cascades, scores: Floats, size: float) -> Floats:
    """(stories,) the highest score before the story has `size` events."""
    early = np.where(cascades.states.n < size, scores, -np.inf)
    return np.maximum.reduceat(early, cascades.starts[:-1])


def threshold(highest: Floats, grew: np.ndarray) -> float:
    """The lowest score at which at least `PRECISION` of the alarms were right."""
    order = np.argsort(-highest, kind="stable")
    right = np.cumsum(grew[order]) / np.arange(1, len(order) + 1)
    last_of_ties = np.append(np.diff(highest[order]) != 0, True)
    good = np.flatnonzero((right >= PRECISION) & last_of_ties)
    return float(highest[order[good[-1]]]) if len(good) else float("inf")


def lead(cascades: Cascades, scores: Floats, size: int, limit: float) -> Lead:
    """What alarms at the first event with a score of at least `limit` would have gained."""
    gained, right, wrong = [], 0, 0
    for story, times in enumerate(cascades.times):
        start, grew = cascades.starts[story], len(times) >= size
        hits = np.flatnonzero(scores[start : start + min(len(times), size - 1)] >= limit)
        right += bool(len(hits)) and grew
        wrong += bool(len(hits)) and not grew
        if grew:
            gained.append(times[size - 1] - times[hits[0]] if len(hits) else 0.0)
    alarms = right + wrong
    median = float(np.median(gained)) / 60 if gained else float("nan")
    return Lead(median, right / alarms if alarms else float("nan"), len(gained), alarms, limit)
