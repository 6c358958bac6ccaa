"""The forecast of a story as a fan on its curve: from where it stands now to where it may end. Pure.

A forecast is of the size in the end, heard or counted by the platforms. The curve is of what was heard: the fan
takes the same share of the story to be heard in the end as so far. It says nothing of when, so its length is no
time: it takes a third of the chart, and no clock is shown below it. Of a long silence before it only the beginning
is drawn, so that the story itself fills more than half; how long it is stands beside it in words.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from earshot.model import Forecast, Story

LEAST = timedelta(minutes=10) // timedelta(microseconds=1)
"""A curve never shows less than ten minutes, µs."""
_FORGOTTEN = timedelta(days=14) // timedelta(microseconds=1)  # of silence: no forecast holds so long
_STILL = 4  # the part of a story's length that is shown of the silence after it
_AT_MOST = 5  # times what there is: beyond it the fan leaves the chart, so that the curve can still be seen


class Fan(NamedTuple):
    begin: int
    """Where the curve ends and what is to come begins, µs: the moment it is of, or a little after the last event."""
    end: int
    """The right edge of the chart, µs."""
    so_far: int
    """Mentions on the curve; the next four are of these too."""
    low: int
    size: int
    high: int
    top: int
    """How many the chart has to have room for."""
    unheard: int
    """Mentions that only the platforms count, so far."""
    expected: Forecast
    """Of all of them, heard or counted."""


def fan(
    story: Story, times: Sequence[int], moments: Sequence[int], now: int, weighed: int | None = None
) -> Fan | None:
    """None where nothing more is expected. All in µs: `times` in order, `moments` of the marks, when it was `weighed`
    last, where that is not `now`.
    """
    expected, count = story.forecast, len(times)
    if expected is None or not times or now - times[-1] >= _FORGOTTEN:
        return None
    whole = count + story.unheard
    if expected.high <= whole:
        return None
    low, size, high = (
        max(count, round(each * count / whole)) for each in (expected.low, expected.size, expected.high)
    )
    start, last = min((times[0], *moments)), max((times[-1], *moments))
    begin = max(last, min(weighed or now, last + max((last - start) // _STILL, LEAST // _STILL)))
    length = max((begin - start) // 2, LEAST - (begin - start))
    top = min(high, _AT_MOST * count, max(size + size // 5, count + count // 2))
    return Fan(begin, begin + length, count, low, size, high, max(top, count), story.unheard, expected)
