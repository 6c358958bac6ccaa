"""What old stories of a platform say of a state: the chance that it grows by any factor, as a sum of table rows.

logit P(final >= N*) = base(r) + sum over features of T[feature, bin of its value](r), r = ln((N*+1)/(N+1)); a row
is read between its knots of r in straight lines. Every row falls with r, so P falls with N*. The forecast is the
size whose relative error |size - final| / final is the least to be expected, the interval lies between the sizes
that are reached with two probabilities, which left a tenth of stories on either side in training.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import ceil, expm1, floor, log
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from processors.spread.branching import Branching
from processors.spread.columns import Columns, Floats
from processors.spread.feature_columns import feature_columns
from processors.spread.features import PAIRS
from processors.spread.odds import Odds
from processors.spread.state import State

_CERTAIN = 8.0  # log-odds of growing by next to nothing, above those at the first knot
_BEYOND = (0.5, 1.0, 2.0, 4.0, 20.0)  # knots behind the last, by r
_FALL = 1.5  # by how much log-odds are lower there for each 1 of r


class Forecast(NamedTuple):
    """Events in the end; never fewer than there are."""

    size: int
    low: int
    high: int
    """`low` to `high` holds four of five final sizes."""


class Tables:
    """One platform's; never changes."""

    def __init__(self, raw: dict[str, Any], knots: Sequence[float]) -> None:
        """`raw` as `training/spread.py` writes it: edges, tables in thousandths, base, levels by poll and age.

        Behind those of the polls are the levels of stories told in one number.
        """
        beyond = np.array(_BEYOND)
        self.edges = [np.array(each) for each in raw["edges"]]
        self.knots = np.array([0.0, *knots, *(knots[-1] + beyond)])
        around = ((0, 0), (1, len(beyond)))
        self.rows = [np.pad(np.array(each) / 1000, around, mode="edge") for each in raw["tables"]]
        self.pairs = [np.array(each) / 1000 for each in raw["pairs"]]
        self.base = raw["base"] + np.array([_CERTAIN, *[0.0] * len(knots), *(-_FALL * beyond)])
        self.odds = Odds(
            [[float(edge) for edge in each] for each in raw["edges"]],
            self.knots.tolist(),
            self.base.tolist(),
            [each.tolist() for each in self.rows],
            [each.tolist() for each in self.pairs],
        )
        self._ages: list[float] = raw["ages"]
        self.branching = Branching(*raw["branching"])
        # What an error of one event weighs, where final sizes lie between two knots
        self._each = np.exp(-(self.knots[1:] + self.knots[:-1]) / 2)
        self._polls: list[float] = raw["polls"]
        # Counters never make it surer
        levels = [[_logits(each) for each in ages] for ages in raw["levels"]]
        self._levels = [[_outer(*both) for both in zip(levels[0], ages, strict=True)] for ages in levels]

    def probability(self, state: State, size: float) -> float:
        """P(final >= size) as of `state.t`."""
        return self.odds.probability(state, size)

    def forecast(self, state: State, *, poll: float = 0.0, counted: float = 1.0) -> Forecast:
        """The final size as of `state.t`.

        `poll`: s over which a counter without times ("measured") leaves untold when; `counted`: the share of the
        events that only it tells of.
        """
        bins = self.odds.bins(state)
        curve = self.base + sum(
            table[bins[i], bins[j]] for (i, j), table in zip(PAIRS, self.pairs, strict=True)
        )
        for rows, which in zip(self.rows, bins, strict=True):
            curve += rows[which]
        levels = self._ends(bisect_right(self._ages, state.t - state.first), poll, counted)
        low, high = np.interp(np.negative(levels), -curve, self.knots).tolist()
        middle = min(max(self._least_error(curve), low), high)
        size, least, most = (state.n + (state.n + 1) * expm1(r) for r in (middle, low, high))
        return Forecast(round(size), floor(least), ceil(most))

    def _least_error(self, curve: Floats) -> float:
        """The r with the least relative error to be expected: the median, each final size weighing 1/size."""
        below = self._weights(curve).cumsum()
        at = int(below.searchsorted(below[-1] / 2))
        since = below[at - 1] if at else 0.0
        part = float((below[-1] / 2 - since) / (below[at] - since))
        return float(self.knots[at] + part * (self.knots[at + 1] - self.knots[at]))

    def _weights(self, curves: Floats) -> Floats:
        """(..., knots - 1) chances of ending between two knots, over the size there; behind the last nothing ends."""
        reached = 1 / (1 + np.exp(-curves))
        reached[..., 0], reached[..., -1] = 1.0, 0.0
        return np.asarray((reached[..., :-1] - reached[..., 1:]) * self._each)

    def _ends(self, age: int, poll: float, counted: float = 1.0) -> tuple[float, float]:
        """The log-odds of the low and of the high end, in straight lines between those that were learnt."""
        at = bisect_left(self._polls, poll)
        low, high = self._levels[max(at - 1, 0)][age]
        if at:
            part, (lower, higher) = self._way(at, poll), self._levels[at][age]
            low, high = low + part * (lower - low), high + part * (higher - high)
        least, most = self._levels[0][age]
        return least + counted * (low - least), most + counted * (high - most)

    def _way(self, at: int, poll: float) -> float:
        """How far it is from one poll to the next; behind the last, to a story told in one number."""
        before = self._polls[at - 1]
        return (poll - before) / (self._polls[at] - before) if at < len(self._polls) else 1 - before / poll

    # --- many stories -----------------------------------------------------------------------------------

    def probabilities(self, columns: Columns, size: Floats | float) -> Floats:
        """(stories,) P(final >= size)."""
        r = np.log((np.maximum(size, columns.n) + 1) / (columns.n + 1))
        at = np.clip(np.searchsorted(self.knots, r, side="right") - 1, 0, len(self.knots) - 2)
        part = np.clip((r - self.knots[at]) / np.diff(self.knots)[at], 0, 1)
        total = self.base[at] + part * (self.base[at + 1] - self.base[at])
        bins = self._bin_columns(columns)
        for rows, which in zip(self.rows, bins, strict=True):
            left = rows[which, at]
            total += left + part * (rows[which, at + 1] - left)
        total += self._paired(bins)
        return np.asarray(np.where(size <= columns.n, 1.0, 1 / (1 + np.exp(-total))))

    def forecasts(self, columns: Columns, *, poll: float = 0.0) -> Floats:
        """(stories, 3): size, low, high."""
        curves = self._curves(columns)
        ages = np.searchsorted(self._ages, columns.t - columns.first, side="right")
        levels = np.array([self._ends(age, poll) for age in range(len(self._ages) + 1)])[ages]
        low, high = (_crossed(curves, self.knots, levels[:, [i]]) for i in (0, 1))
        below = np.pad(np.cumsum(self._weights(curves), 1), ((0, 0), (1, 0)))
        middle = _crossed(-below, self.knots, -below[:, -1:] / 2).clip(low, high)
        size, least, most = (columns.n + (columns.n + 1) * np.expm1(r) for r in (middle, low, high))
        return np.stack([np.round(size), np.floor(least), np.ceil(most)], 1)

    def sizes(self, columns: Columns, p: float) -> Floats:
        """(stories,) the N* that is reached with probability `p`."""
        growth = _crossed(self._curves(columns), self.knots, np.full((len(columns.n), 1), log(p / (1 - p))))
        return np.asarray(columns.n + (columns.n + 1) * np.expm1(growth))

    def _curves(self, columns: Columns) -> Floats:
        """(stories, knots) log-odds of growing by each knot."""
        bins = self._bin_columns(columns)
        curves: Floats = self.base + self._paired(bins)[:, None]
        for rows, which in zip(self.rows, bins, strict=True):
            curves += rows[which]
        return curves

    def _paired(self, bins: list[NDArray[np.int64]]) -> Floats:
        each = [table[bins[i], bins[j]] for (i, j), table in zip(PAIRS, self.pairs, strict=True)]
        return np.asarray(np.sum(each, axis=0))

    def _bin_columns(self, columns: Columns) -> list[NDArray[np.int64]]:
        values = feature_columns(columns)
        return [
            np.searchsorted(edges, each, side="right") for edges, each in zip(self.edges, values, strict=True)
        ]


def _logits(levels: Sequence[float]) -> list[float]:
    return [log(p / (1 - p)) for p in levels]


def _outer(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """The further of two low ends, and of two high ones."""
    return max(one[0], other[0]), min(one[1], other[1])


def _crossed(curves: Floats, knots: Floats, level: Floats) -> Floats:
    """(stories,) where each falling curve (stories, knots) reaches its level (stories, 1)."""
    last = len(knots) - 2
    at = np.clip((curves >= level).sum(1) - 1, 0, last)
    one = np.arange(len(curves))
    left, right = curves[one, at], curves[one, at + 1]
    fall = np.where(left > right, left - right, 1.0)
    return np.asarray(knots[at] + np.clip((left - level[:, 0]) / fall, 0, 1) * np.diff(knots)[at])
