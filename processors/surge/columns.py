"""Many series at once: the same arithmetic as `series`, a column for each number."""

from collections.abc import Sequence
from itertools import chain
from math import isnan, nan
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from processors.surge.series import (
    BUSY,
    FADE,
    HOLD,
    HOUR,
    LARGEST,
    LEARN,
    NOISE,
    PRIOR_BUSY,
    PRIOR_EXCESS,
    THRESHOLD,
    WARM_UP,
    Series,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Readings(NamedTuple):
    """See `Reading`; each is (series,). Where `read` is false there is none, and the others say nothing."""

    read: Flags
    hour: Floats
    usual: Floats
    z: Floats
    rarity: Floats
    opens: Flags
    grows: Flags


class Columns(NamedTuple):
    """See `Series`; each is (series,), `counts` (12, series), NaN where there is none yet."""

    bucket: Ints
    frozen: Flags
    hours: Ints
    mean: Floats
    variance: Floats
    busy: Floats
    excess: Floats
    level: Floats
    opened: Ints
    counts: Floats

    @classmethod
    def of(cls, series: Sequence[Series]) -> Self:
        counts = np.fromiter(chain.from_iterable(map(_hour, series)), np.float64, HOUR * len(series))
        whole = np.array([(s.bucket, s.hours, s.opened) for s in series], np.int64).reshape(-1, 3).T
        parts = np.array([(s.mean, s.variance, s.busy, s.excess, s.level) for s in series], np.float64)
        mean, variance, busy, excess, level = parts.reshape(-1, 5).T
        frozen = np.array([s.frozen for s in series], np.bool_)
        bucket, hours, opened = whole
        return cls(
            bucket, frozen, hours, mean, variance, busy, excess, level, opened, np.ascontiguousarray(counts.reshape(-1, HOUR).T)
        )  # fmt: skip

    def series(self) -> list[Series]:
        counts: list[tuple[float, ...]] = list(zip(*self.counts.tolist(), strict=True))
        for n in np.flatnonzero(np.isnan(self.counts[0])).tolist():
            counts[n] = tuple(count for count in counts[n] if not isnan(count))
        return list(map(Series, *(column.tolist() for column in self[:-1]), counts))

    def fold(
        self, bucket: int, counts: Floats, threshold: Floats | float = THRESHOLD
    ) -> tuple[Self, Readings]:
        """Go on by one closed bucket; `counts` is NaN where a source was out for any part of it."""
        new = bucket > self.bucket
        seen = new & ~np.isnan(counts)
        shifted = np.concatenate((self.counts[1:], np.clip(counts, 0.0, LARGEST)[None]))
        hour = shifted.sum(0)
        read = seen & ~np.isnan(hour)
        learnt, readings = self._learn(bucket, np.where(read, hour, 0.0), read, threshold)
        after = learnt._replace(
            bucket=np.where(new, bucket, self.bucket),
            frozen=np.where(new, ~seen, self.frozen),
            counts=np.where(seen, shifted, self.counts),
        )
        return after, readings

    def _learn(self, bucket: int, x: Floats, read: Flags, threshold: Floats | float) -> tuple[Self, Readings]:
        first, hours, warm = self.hours == 0, self.hours + 1, self.hours >= WARM_UP
        step = np.where(first, 0.0, x - self.mean)
        z = step / np.sqrt(np.maximum(self.variance, self.mean) + NOISE)
        far = np.where(warm, np.log(np.maximum(z, BUSY) / BUSY), 0.0)
        rarity = far * (self.busy + PRIOR_BUSY) / (self.excess + PRIOR_EXCESS)
        level = self.level * FADE
        onset = read & (rarity > np.maximum(level, threshold))
        opens = onset & (bucket - self.opened >= HOLD)
        share = np.maximum(LEARN, 1 / hours)
        after = self._replace(
            hours=np.where(read, hours, self.hours),
            mean=np.where(read, np.where(first, x, self.mean + share * step), self.mean),
            variance=np.where(read, (1 - share) * (self.variance + share * step * step), self.variance),
            busy=np.where(read, self.busy * (1 - LEARN) + (far > 0), self.busy),
            excess=np.where(read, self.excess * (1 - LEARN) + far, self.excess),
            level=np.where(read, np.maximum(level, rarity), self.level),
            opened=np.where(opens, bucket, self.opened),
        )
        return after, Readings(read, x, self.mean, z, rarity, opens, onset & ~opens)


def _hour(series: Series) -> tuple[float, ...]:
    counts = series.counts
    return counts if len(counts) == HOUR else (nan,) * (HOUR - len(counts)) + counts
