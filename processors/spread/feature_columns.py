"""The features of many stories at once: the same arithmetic as `features`, a column for each story."""

import numpy as np

from processors.spread.columns import Columns, Floats
from processors.spread.features import DATED, EXPOSURE, SHORT, SUCCESSES, UNDATED


def mean_marks(columns: Columns) -> Floats:
    return np.divide(columns.marks, columns.n, out=np.ones_like(columns.n), where=columns.marks > 0)


def infectiousness_columns(columns: Columns) -> Floats:
    return np.asarray((columns.recent + SUCCESSES) / (columns.exposure + EXPOSURE * mean_marks(columns)))


def feature_columns(columns: Columns) -> Floats:
    """(features, stories), in the order of `FEATURES`."""
    per_mark = 1 / mean_marks(columns)
    expected = columns.memory.sum(0) * infectiousness_columns(columns)
    remembered = columns.memory[: len(SHORT)] * np.array(SHORT)[:, None] * per_mark
    return np.vstack(
        [
            np.log1p(columns.n),
            np.log(10 + (columns.t - columns.first)),
            np.log1p(columns.t - columns.last),
            np.log1p(expected),
            np.log1p(remembered),
            np.where(columns.t > DATED, columns.t % 86_400 / 3_600, UNDATED),
        ]
    )
