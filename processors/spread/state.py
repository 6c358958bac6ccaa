"""What a story's spread is remembered by: decayed sums, so that events may be forgotten one by one.

SEISMIC's self-exciting process (Zhao et al., KDD 2015) with its power-law memory replaced by a mixture of
exponentials phi(s) = sum of w_m b_m e^(-b_m s): every sum over past events becomes an accumulator that decays.
The numbers of two stories add, so joining stories, or hearing an event late, is exact and in any order.
"""

from dataclasses import dataclass, replace
from math import exp

SCALES = (149.0, 700.0, 3270.0, 15_269.0, 71_295.0, 332_894.0, 1.55e6, 7.26e6)
"""How long the parts of the memory last, 1/b_m, s."""
SHARES = (0.050, 0.368, 0.145, 0.143, 0.082, 0.074, 0.000, 0.138)
"""How much of it is theirs, w_m; they add up to one."""
WINDOW = 7_200.0
"""How long infectiousness looks back, s."""

_LONGEST = 1e12  # s; no number of ours is still alive after that, and nothing overflows before
_LARGEST = 1e9  # the largest mark: no account has more followers
_DECAY = tuple(-1 / scale for scale in SCALES)
_GAIN = tuple(1 / (1 - scale / WINDOW) for scale in SCALES)  # b / (b - 1/WINDOW)


@dataclass(slots=True)
class State:
    """As of `t`, the latest moment that was told; times are s since 1970, or since any moment if no hour is known."""

    t: float
    first: float
    """When the earliest event was said."""
    last: float
    """When the latest was."""
    n: float
    """N: how many events."""
    marks: float
    """S: sum of marks, each times the weight of its link."""
    recent: float
    """C: weights, decayed by `WINDOW`."""
    exposure: float
    """E: reposts to be expected per unit of infectiousness, decayed alike."""
    memory: tuple[float, ...]
    """A_m: sums of marks times w_m, each decayed by its own scale."""

    @property
    def remaining(self) -> float:
        """R: what memory has still to give out."""
        return sum(self.memory)

    @property
    def mean_mark(self) -> float:
        return self.marks / self.n if self.marks else 1.0


def begin(time: float, mark: float = 1.0, weight: float = 1.0) -> State:
    """A story with one event. `weight` is .5 where only its words link it; `mark` its followers, or 1."""
    mark = weight * min(max(mark, 0.0), _LARGEST)
    return State(time, time, time, 1.0, mark, weight, 0.0, tuple(mark * share for share in SHARES))


def add(state: State, time: float, mark: float = 1.0, weight: float = 1.0) -> None:
    """Hear of one more event, earlier or later than others: the result is the same."""
    if time < state.t:
        merge(state, begin(time, mark, weight))
        return
    advance(state, time)
    mark = weight * min(max(mark, 0.0), _LARGEST)
    state.last = max(state.last, time)
    state.n += 1.0
    state.marks += mark
    state.recent += weight
    # Written out: a loop costs as much as the rest. The share of the seventh scale is nothing.
    a, b, c, d, e, f, _, h = state.memory
    s, t, u, v, w, x, _, z = SHARES
    state.memory = (
        a + mark * s,
        b + mark * t,
        c + mark * u,
        d + mark * v,
        e + mark * w,
        f + mark * x,
        0.0,
        h + mark * z,
    )


Packed = tuple[float, ...]
"""A state as it is kept: its numbers in their order, those of the memory one by one."""


def packed(state: State) -> Packed:
    head = state.t, state.first, state.last, state.n, state.marks, state.recent, state.exposure
    return (*head, *state.memory)


def unpacked(kept: Packed) -> State:
    t, first, last, n, marks, recent, exposure, *memory = kept
    return State(t, first, last, n, marks, recent, exposure, tuple(memory))


def add_packed(kept: Packed, time: float, weight: float) -> Packed:
    """`add` of an event of mark 1, for one that is neither the first nor earlier than others: it is done most."""
    t, first, last, n, marks, recent, exposure, a, b, c, d, e, f, _, h = kept
    dt = min(time - t, _LONGEST)
    if dt > 0:
        g = exp(-dt / WINDOW)
        s, u, v, w, x, y, _, z = _DECAY
        i, j, k, r, m, o, _, q = _GAIN
        s, u, v, w = exp(s * dt), exp(u * dt), exp(v * dt), exp(w * dt)
        x, y, z = exp(x * dt), exp(y * dt), exp(z * dt)
        exposure = exposure * g + a * i * (g - s) + b * j * (g - u) + c * k * (g - v)
        exposure += d * r * (g - w) + e * m * (g - x) + f * o * (g - y) + h * q * (g - z)
        recent *= g
        a, b, c, d, e, f, h = a * s, b * u, c * v, d * w, e * x, f * y, h * z
    s, u, v, w, x, y, _, z = SHARES
    return (
        time,
        first,
        max(last, time),
        n + 1.0,
        marks + weight,
        recent + weight,
        exposure,
        a + weight * s,
        b + weight * u,
        c + weight * v,
        d + weight * w,
        e + weight * x,
        f + weight * y,
        0.0,
        h + weight * z,
    )


def advance(state: State, now: float) -> None:
    """Let time pass until `now`; nothing happens where that is not later than `state.t`."""
    dt = min(now - state.t, _LONGEST)
    if dt <= 0:
        return
    kept = exp(-dt / WINDOW)
    # Written out as in `add`.
    a, b, c, d, e, f, _, h = state.memory
    s, t, u, v, w, x, _, z = _DECAY
    i, j, k, m, n, o, _, q = _GAIN
    s, t, u, v = exp(s * dt), exp(t * dt), exp(u * dt), exp(v * dt)
    w, x, z = exp(w * dt), exp(x * dt), exp(z * dt)
    exposure = state.exposure * kept + a * i * (kept - s) + b * j * (kept - t) + c * k * (kept - u)
    exposure += d * m * (kept - v) + e * n * (kept - w) + f * o * (kept - x) + h * q * (kept - z)
    state.t, state.recent, state.exposure = now, state.recent * kept, exposure
    state.memory = (a * s, b * t, c * u, d * v, e * w, f * x, 0.0, h * z)


def merge(state: State, other: State) -> None:
    """Make of two stories one; `other` stays as it is."""
    now, other = max(state.t, other.t), replace(other)
    advance(state, now)
    advance(other, now)
    state.first, state.last = min(state.first, other.first), max(state.last, other.last)
    state.n += other.n
    state.marks += other.marks
    state.recent += other.recent
    state.exposure += other.exposure
    state.memory = tuple(a + b for a, b in zip(state.memory, other.memory, strict=True))


def count_up(state: State, until: float, more: int, weight: float = 1.0) -> None:
    """A counter without times ("measured") rose by `more` since `state.t`: events spread evenly until `until`."""
    began, until, shown = state.t, max(until, state.t), min(more, 200)
    for step in range(shown):
        add(state, began + (until - began) * (step + 1) / shown, weight=weight * more / shown)
    state.n += more - shown
