"""A source's own rhythm: how long it usually says nothing, by the hour in which the silence begins.

A histogram of its gaps in steps of a factor of two, for each hour of the day (UTC): so a night that is silent every
night is no wonder, and the same silence at noon is one.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil, log2

LEAST = timedelta(minutes=15)
"""No silence that is shorter says anything."""
_ENOUGH = 30  # gaps of an hour of the day; with fewer, those of the whole day are asked
_QUANTILE = 0.999
_MOST = 2_000  # gaps an hour of the day remembers; then all count half

Rhythm = dict[str, dict[str, int]]
"""Hour of the day -> step -> how often. Its keys are text, as it is stored as JSON."""


def with_gap(rhythm: Rhythm, begin: datetime, end: datetime) -> Rhythm:
    """Goes on by one silence."""
    seconds = max(1.0, (end - begin).total_seconds())
    hour, step = str(begin.hour), str(int(log2(seconds)))
    known = rhythm.get(hour, {})
    if sum(known.values()) >= _MOST:
        known = {each: count // 2 for each, count in known.items() if count > 1}
    return rhythm | {hour: known | {step: known.get(step, 0) + 1}}


def longest(rhythm: Rhythm, begin: datetime) -> timedelta | None:
    """What a silence that begins then hardly ever exceeds; None where too little is known."""
    steps = rhythm.get(str(begin.hour), {})
    if sum(steps.values()) < _ENOUGH:
        steps = _whole(rhythm)
    total = sum(steps.values())
    if total < _ENOUGH:
        return None
    return timedelta(seconds=2.0 ** (_at(steps, ceil(_QUANTILE * total)) + 1))


def _whole(rhythm: Rhythm) -> dict[str, int]:
    found: dict[str, int] = {}
    for steps in rhythm.values():
        for step, count in steps.items():
            found[step] = found.get(step, 0) + count
    return found


def _at(steps: Mapping[str, int], rank: int) -> int:
    """The step of the gap that is the `rank`-th shortest."""
    passed = 0
    for step in sorted(map(int, steps)):
        passed += steps[str(step)]
        if passed >= rank:
            return step
    raise ValueError(rank)  # never: ranks are at most the sum
