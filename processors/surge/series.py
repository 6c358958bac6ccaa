"""What one series of counts is remembered by, and whether its last hour is a surge.

x is what was counted in the last hour, looked at every five minutes. Before x is learnt, z = (x - m) / sqrt(v + 1)
with the exponentially weighted mean m and variance v of the brand's own past, v at least m, as counts scatter by
chance alone; nothing is winsorised, as earlier bursts belong to what is usual. How much a z means depends on the
brand: some burst every day. So the tail of its busy hours (z > 1.5) is taken as Pareto's, its exponent is learnt by
Hill's estimator (Annals of Statistics 1975), and an hour's *rarity* is -ln P(Z > z | Z > 1.5), which is ln(z / 1.5)
over its own mean: rarity 1.8 is one busy hour in e^1.8 = 6.

Time is told in buckets, whole five minutes since 1970 (UTC), so no change of clocks exists here. What was not
observed is no time at all: the series stands still, and goes on where it stood.
"""

from math import log, sqrt

from msgspec import Struct

BUCKET = 300
"""Seconds."""
HOUR = 12
"""Buckets."""
WARM_UP = 288
"""Hours looked at (one each bucket) before anything is called: until then no night and no morning is known."""
HOLD = 144
"""Buckets that an alarm lasts: what comes meanwhile is the same surge, growing."""
THRESHOLD = 1.8
"""Rarity above which an hour is a surge: below one false alarm a brand-week (bench/quality_surge.py)."""

LEARN = 1 - 0.5 ** (1 / 1_152)
"""Weight of a new hour: past ones count half after four days."""
FADE = 0.5 ** (1 / 288)
"""What is left of the onset level after a bucket: half after a day."""
BUSY = 1.5
"""z above which an hour is busy."""
PRIOR_BUSY, PRIOR_EXCESS = 120.0, 60.0
"""How many busy hours are assumed beforehand (ten whole ones), and the sum of their ln(z / 1.5)."""
NOISE = 1.0
"""Added to the variance: a single mention is nothing, even where none was before."""
LARGEST = 1e9
"""No bucket counts more."""

_STEADY = int(1 / LEARN)  # hours after which a new one weighs no more than `LEARN`
_KEEP = 1 - LEARN


class Series(Struct, frozen=True, array_like=True):
    """One row in the store; `bucket` guards it, as nothing is folded twice."""

    bucket: int = -1
    """The last one that was folded."""
    frozen: bool = False
    """That one was not observed: the last hour says nothing of now."""
    hours: int = 0
    """How many hours were learnt."""
    mean: float = 0.0
    variance: float = 0.0
    busy: float = 0.0
    """Busy hours, decayed like the mean."""
    excess: float = 0.0
    """Sum of their ln(z / 1.5), decayed alike."""
    level: float = 0.0
    """M: the highest rarity of late, fading. Only what is higher is an onset."""
    opened: int = -HOLD
    """Bucket of the last alarm."""
    counts: tuple[float, ...] = ()
    """Of the last observed buckets, the newest last; at most an hour."""

    @property
    def last_hour(self) -> float:
        return sum(self.counts)

    @property
    def warm(self) -> bool:
        return self.hours >= WARM_UP


class Reading(Struct, frozen=True, array_like=True):
    """What the hour that ends with a bucket looks like, next to `usual`, the mean before it."""

    hour: float
    usual: float
    z: float
    rarity: float
    opens: bool
    """A surge begins."""
    grows: bool
    """The surge that has begun is larger than ever."""


def bucket_of(time: float) -> int:
    """Of a moment, s since 1970."""
    return int(time // BUCKET)


def fold(
    series: Series, bucket: int, count: float | None, threshold: float = THRESHOLD
) -> tuple[Series, Reading | None]:
    """Go on by one closed bucket; `count` is None where its source was out for any part of it.

    Buckets that are left out were not observed either. There is no reading for one that is known already, that was
    not observed, or before the first hour is full.
    """
    if bucket <= series.bucket:
        return series, None
    if count is None:
        return _frozen(series, bucket), None
    if not 0.0 <= count <= LARGEST:
        count = min(max(count, 0.0), LARGEST)
    counts = (*series.counts[1 - HOUR :], count)
    if len(counts) < HOUR:
        return Series(bucket, False, counts=counts), None
    return _learn(series, bucket, counts, threshold)


def _frozen(s: Series, bucket: int) -> Series:
    return Series(bucket, True, s.hours, s.mean, s.variance, s.busy, s.excess, s.level, s.opened, s.counts)


def _learn(s: Series, bucket: int, counts: tuple[float, ...], threshold: float) -> tuple[Series, Reading]:
    x, known, mean, busy, excess = sum(counts), s.hours, s.mean, s.busy, s.excess
    step = x - mean if known else 0.0
    z = step / sqrt(max(s.variance, mean) + NOISE)
    far = log(z / BUSY) if z > BUSY and known >= WARM_UP else 0.0
    rarity = far * (busy + PRIOR_BUSY) / (excess + PRIOR_EXCESS)
    level = s.level * FADE
    onset = rarity > threshold and rarity > level
    opens = onset and bucket - s.opened >= HOLD
    share = LEARN if known > _STEADY else 1 / (known + 1)
    after = Series(
        bucket,
        False,
        known + 1,
        mean + share * step if known else x,
        (1.0 - share) * (s.variance + share * step * step),
        busy * _KEEP + 1.0 if far else busy * _KEEP,
        excess * _KEEP + far,
        max(level, rarity),
        bucket if opens else s.opened,
        counts,
    )
    return after, Reading(x, mean, z, rarity, opens, onset and not opens)
