"""Time alone changes stories, a minute at a time: silence is news too.

A tick for minute T runs once everything heard up to T is processed: before the first event heard after it, or
when the log is drained and the wall clock is past it. A story is weighed again a minute after it was last heard
of, two, and so on to five; from then on whenever its silence is a fifth longer: what is read off silence is its
logarithm, and a fortnight of it costs fifty looks. Where it has settled at calm and calls nobody every third of them
will do: only its place in a list hangs on it.
"""

from datetime import timedelta
from heapq import heapify, heappop, heappush
from math import log

from earshot.clock import to_us
from earshot.model import Level, Story
from processors import episodes

MINUTE = 60_000_000

_EACH = 5  # minutes that are looked at one by one
_LONGER = 1.2
_CALM = 3  # every third look


class Agenda:
    """In which order ticks come to stories. `due` is the truth, story -> moment in µs: who changes it says so."""

    def __init__(self, due: dict[int, int]) -> None:
        self._due = due
        self._ticks = [(at_tick(moment), story) for story, moment in due.items()]
        heapify(self._ticks)

    def note(self, story: int) -> None:
        """The story is due at another moment now."""
        heappush(self._ticks, (at_tick(self._due[story]), story))

    def before(self, until: int) -> set[int]:
        """Stories that a tick before `until` may come to."""
        found, places = set[int](), [0]
        for place in places:  # in a heap nothing is earlier than what it hangs on
            if place < len(self._ticks) and self._ticks[place][0] < until:
                places += (2 * place + 1, 2 * place + 2)
                if self._ticks[place][1] in self._due:
                    found.add(self._ticks[place][1])
        return found

    def next(self, until: int) -> tuple[int, int] | None:
        """(tick, story) of the first story that a tick before `until` comes to; it is not due any more then."""
        while self._ticks and self._ticks[0][0] < until:
            tick, story = heappop(self._ticks)
            if story in self._due and at_tick(self._due[story]) == tick:
                del self._due[story]
                return tick, story
        return None


def due(story: Story, since: int, after: timedelta) -> int | None:
    """When, at `since` µs or later, the clock alone will change it; None where it will not."""
    ends = episodes.due(story, after)
    over = to_us(ends) if ends else None
    if not story.fades:
        return over
    settled = story.level == story.calmed == Level.calm and story.episode is None
    look = _look(to_us(story.last_at), since, _CALM if settled else 1)
    return min(over, look) if over else look


def _look(last: int, since: int, every: int) -> int:
    """The first tick at `since` or later of every first, or `every`th, look at a story last heard of at `last`."""
    if since - last < MINUTE:
        return at_tick(last + _after(every))
    silence = max(0, since - last) / MINUTE
    count = int(silence) if silence < _EACH else _EACH + int(log(silence / _EACH) / log(_LONGER))
    count = max(1, count - 2)  # what was rounded up to a full minute is found again
    count += -count % every
    while (tick := at_tick(last + _after(count))) < since:
        count += every
    return tick


def _after(count: int) -> int:
    return round(MINUTE * (count if count <= _EACH else _EACH * _LONGER ** (count - _EACH)))


def at_tick(moment: int) -> int:
    """The first full minute at or after a moment, µs."""
    return -(-moment // MINUTE) * MINUTE
