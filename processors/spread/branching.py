"""The closed form: what a self-exciting process expects of a state, before any table (SEISMIC, section 3).

N = n + alpha * D / (1 - gamma * nu): expected direct reposts D = p R, each with a family of its own, nu the
reposts that one repost brings. A baseline: `tables` forecasts better.
"""

from typing import NamedTuple

import numpy as np

from processors.spread.columns import Columns, Floats
from processors.spread.feature_columns import infectiousness_columns, mean_marks

_MOST = 0.95  # nu from which a process would never end


class Branching(NamedTuple):
    """Two scalars, fitted for each platform."""

    alpha: float
    gamma: float

    def sizes(self, columns: Columns) -> Floats:
        """(stories,) Events in the end, as of their `t`."""
        p = infectiousness_columns(columns)
        nu = np.minimum(p * mean_marks(columns), _MOST)
        return np.asarray(columns.n + self.alpha * p * columns.memory.sum(0) / (1 - self.gamma * nu))
