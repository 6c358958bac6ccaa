"""What is read off a state, as logarithms; each has a table in the model, so each can be shown on its own."""

from math import log, log1p

import numpy as np

from processors.spread.columns import Columns, Floats
from processors.spread.state import SHARES, State

_SPANS = ("2 minutes", "12 minutes", "1 hour", "4 hours", "1 day")
FEATURES = ("size", "age", "silence", "expected", *_SPANS, "hour")
"""ln(1+N), ln(10+age), ln(1+s since the last event), ln(1+D), ln(1+events remembered over that time), 0..24 UTC."""
PAIRS = tuple((i, j) for i in (0, 1) for j in range(i + 1, len(FEATURES)))
"""Features that have a table together: size and age with each other and with the rest."""
SUCCESSES, EXPOSURE = 0.5, 1.0
"""a and b: what infectiousness is taken to be before anything was seen."""

UNDATED = -1.0
"""The hour of a story whose times count from its own beginning, as some old ones' do."""

_DATED = 1e8  # s since 1970 from which on a time is taken for a date
_REMEMBERED = range(len(_SPANS))
_SHORT = tuple(1 / share for share in SHARES[: len(_SPANS)])


def infectiousness(state: State) -> float:
    """Reposts per mark: p = (C + a) / (E + b)."""
    return (state.recent + SUCCESSES) / (state.exposure + EXPOSURE * state.mean_mark)


def features(state: State) -> tuple[float, ...]:
    """In the order of `FEATURES`, as of `state.t`. Marks count relative to the story's mean."""
    n, memory = state.n, state.memory
    per_mark = n / state.marks if state.marks else 1.0
    expected = sum(memory) * infectiousness(state)
    return (
        log1p(n),
        log(10 + (state.t - state.first)),
        log1p(state.t - state.last),
        log1p(expected),
        *[log1p(memory[m] * _SHORT[m] * per_mark) for m in _REMEMBERED],
        state.t % 86_400 / 3_600 if state.t > _DATED else UNDATED,
    )


def mean_marks(columns: Columns) -> Floats:
    return np.divide(columns.marks, columns.n, out=np.ones_like(columns.n), where=columns.marks > 0)


def infectiousness_columns(columns: Columns) -> Floats:
    return np.asarray((columns.recent + SUCCESSES) / (columns.exposure + EXPOSURE * mean_marks(columns)))


def feature_columns(columns: Columns) -> Floats:
    """(features, stories): the same for many."""
    per_mark = 1 / mean_marks(columns)
    expected = columns.memory.sum(0) * infectiousness_columns(columns)
    remembered = columns.memory[: len(_SHORT)] * np.array(_SHORT)[:, None] * per_mark
    return np.vstack(
        [
            np.log1p(columns.n),
            np.log(10 + (columns.t - columns.first)),
            np.log1p(columns.t - columns.last),
            np.log1p(expected),
            np.log1p(remembered),
            np.where(columns.t > _DATED, columns.t % 86_400 / 3_600, UNDATED),
        ]
    )
