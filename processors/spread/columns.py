"""Many stories at once: the same arithmetic as `state`, a column for each number."""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from processors.spread.state import SCALES, SHARES, WINDOW, State

Floats = NDArray[np.float64]

_LONGEST = 1e12
_SCALES, _SHARES = np.array(SCALES), np.array(SHARES)
_GAIN = 1 / (1 - _SCALES / WINDOW)


class Columns(NamedTuple):
    """See `State`; each is (stories,), `memory` (8, stories)."""

    t: Floats
    first: Floats
    last: Floats
    n: Floats
    marks: Floats
    recent: Floats
    exposure: Floats
    memory: Floats

    @classmethod
    def of(cls, states: Sequence[State]) -> Self:
        rows = np.array(
            [(s.t, s.first, s.last, s.n, s.marks, s.recent, s.exposure, *s.memory) for s in states]
        ).reshape(len(states), 7 + len(SCALES))
        columns = np.ascontiguousarray(rows.T)
        t, first, last, n, marks, recent, exposure = columns[:7]
        return cls(t, first, last, n, marks, recent, exposure, columns[7:])

    def at(self, now: Floats | float) -> Self:
        """As of `now`, or of their own time where that is later."""
        dt = np.clip(now - self.t, 0, _LONGEST)
        kept = np.exp(-dt / WINDOW)
        exposure, memory = self.exposure * kept, np.empty_like(self.memory)
        for row, (mass, scale, gain) in enumerate(zip(self.memory, _SCALES, _GAIN, strict=True)):
            left = np.exp(-dt / scale)
            exposure += mass * gain * (kept - left)
            memory[row] = mass * left
        return self._replace(
            t=np.maximum(self.t, now), recent=self.recent * kept, exposure=exposure, memory=memory
        )

    def rows(self, which: NDArray[np.int64] | NDArray[np.bool_]) -> Self:
        return self._replace(**{name: column[..., which] for name, column in self._asdict().items()})
