"""How fast a story goes on: how many mentions lately, and how many in the same time before. Pure."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import timedelta
from math import sqrt
from typing import Literal, NamedTuple

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_SHARE = 6  # the part of its age that is "lately" for an old story

Turn = Literal["faster", "slower", "steady", "silent"]


class Pace(NamedTuple):
    span: timedelta
    """Whole minutes, hours or days, so that it can be checked as it is written."""
    recent: int
    """Mentions in the `span` that ends now."""
    before: int
    """Mentions in the `span` before that."""

    @property
    def rate(self) -> float:
        """Mentions an hour."""
        return self.recent * (_HOUR / self.span)

    @property
    def rate_before(self) -> float:
        return self.before * (_HOUR / self.span)

    @property
    def turn(self) -> Turn:
        """Steady, where the two differ by no more than chance makes them: a Poisson count has the deviation √n."""
        if not (self.recent or self.before):
            return "silent"
        change = self.recent - self.before
        if abs(change) <= sqrt(self.recent + self.before):
            return "steady"
        return "faster" if change > 0 else "slower"


def pace(times: Sequence[int], now: int) -> Pace | None:
    """From when mentions were said (`times`, µs, in order); None of a story that has just begun."""
    if not times or (span := _span(timedelta(microseconds=now - times[0]))) < _MINUTE:
        return None
    wide = span // timedelta(microseconds=1)
    ago = [bisect_right(times, now - part * wide) for part in (0, 1, 2)]
    return Pace(span, ago[0] - ago[1], ago[1] - ago[2])


def _span(age: timedelta) -> timedelta:
    """An hour; of a young story half its age, of an old one a sixth."""
    exact = min(age / 2, max(_HOUR, age / _SHARE))
    unit = next((each for each in (_DAY, _HOUR) if exact >= each), _MINUTE)
    return exact // unit * unit
