"""What is read off a state, as logarithms; each has a table in the model, so each can be shown on its own."""

from math import log, log1p

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

DATED = 1e8  # s since 1970 from which on a time is taken for a date
SHORT = tuple(1 / share for share in SHARES[: len(_SPANS)])
"""What makes a count of the events that each of the spans remembers."""


def infectiousness(state: State) -> float:
    """Reposts per mark: p = (C + a) / (E + b)."""
    return (state.recent + SUCCESSES) / (state.exposure + EXPOSURE * state.mean_mark)


def features(state: State) -> tuple[float, ...]:
    """In the order of `FEATURES`, as of `state.t`. Marks count relative to the story's mean."""
    per_mark = state.n / state.marks if state.marks else 1.0
    minutes, more, hour, hours, day, x, y, z = state.memory
    expected = (minutes + more + hour + hours + day + x + y + z) * infectiousness(state)
    a, b, c, d, e = SHORT
    return (
        log1p(state.n),
        log(10 + (state.t - state.first)),
        log1p(state.t - state.last),
        log1p(expected),
        log1p(minutes * a * per_mark),
        log1p(more * b * per_mark),
        log1p(hour * c * per_mark),
        log1p(hours * d * per_mark),
        log1p(day * e * per_mark),
        state.t % 86_400 / 3_600 if state.t > DATED else UNDATED,
    )
