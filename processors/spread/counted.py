"""Events that only a counter tells of: how many there were, not when. They are taken to lie evenly in time.

Integrals of what `state` sums over single events, so that ten thousand cost no more than one.
"""

from math import exp

from processors.spread.state import SCALES, SHARES, WINDOW, State

_SHORT = 1e-6  # below it (1 - e^-x) / x is 1 to the last digit that matters


def evenly(since: float, until: float, more: float) -> State:
    """The state at `until` of `more` events of mark 1 between the two moments, s; no time at all is one moment."""
    span = max(until - since, 0.0)
    left = _left(span / WINDOW)
    memory, exposure = [], 0.0
    for scale, share in zip(SCALES, SHARES, strict=True):
        kept = _left(span / scale)
        memory.append(more * share * kept)
        exposure += more * share * (left - kept) / (1 - scale / WINDOW)
    return State(until, since, max(since, until), more, more, more * left, exposure, tuple(memory))


def _left(lives: float) -> float:
    """The mean share that is left of what came evenly over so many lives of a memory."""
    return (1 - exp(-lives)) / lives if lives > _SHORT else 1.0
