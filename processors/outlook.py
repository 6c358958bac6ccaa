"""What is to be expected of a story: the chance that it is a large one for its brand, and its final size.

Tables speak of stories as large as those that they learnt from, the process itself of smaller ones
(`spread.early`); between the two sizes what they say is mixed, so that nothing jumps. Each is believed where it says
less: tables take it for certain that a small story grows, and the process that what grows goes on for ever.
"""

from collections.abc import Iterable
from datetime import timedelta
from math import exp, log

from earshot.clock import to_us
from earshot.model import Forecast, Story
from processors.spread import early, state
from processors.spread.counted import evenly
from processors.spread.model import Spread
from processors.spread.state import State
from processors.spread.tables import Tables

_SECOND = 1e6
_HALF = 0.5  # weight of a mention that only its words tie to the story
_BY_WORDS = "centroid"
_SMALLEST, _LEARNT = 55.0, 110.0  # mentions: where tables begin to be asked, and from where on they alone are
_DAY = 4  # the part of the memory that lasts about a day
_BLURRED = 1.5  # times as wide a small story's is, where nothing was heard and all is counted
_LOOKS = 600.0  # s that a counter leaves untold at least
_FEW = 2.0  # mentions a day that keep a story awake to two thirds: what trickles on is not spreading
_ROUND = [step * 10**power for power in range(1, 9) for step in (1, 2, 5)]
_SHOWN = 3  # of the round sizes
_FORGOTTEN = 14 * 86_400  # s of silence after which a story is taken to be over


def hear(story: Story, said_at: int, link: str) -> None:
    """One more mention, said at `said_at` µs; to be called before it is counted.

    The first one leaves no trace: `opened_at` stands for it.
    """
    if story.mentions == 0:
        return
    time, weight = said_at / _SECOND, _HALF if link == _BY_WORDS else 1.0
    if story.spread and time >= story.spread[0]:
        story.spread = state.add_packed(story.spread, time, weight)
        return
    known = remembered(story)
    state.add(known, time, weight=weight)
    story.spread = state.packed(known)


def remembered(story: Story) -> State:
    """The state as of the latest mention. Stories older than this memory had their mentions evenly in time."""
    if story.spread:
        return state.unpacked(story.spread)
    known = state.begin(to_us(story.opened_at) / _SECOND)
    if story.mentions > 1:
        state.count_up(known, to_us(story.last_at) / _SECOND, story.mentions - 1)
    return known


def as_of(story: Story, at: int) -> State:
    """The state at `at` µs, or at the latest mention where that was said later.

    With what was not heard but counted: evenly from the beginning until the count was first seen.
    """
    known = state.unpacked(story.spread) if story.spread else remembered(story)
    if story.counted and story.unheard and story.counted_at:
        began = to_us(story.opened_at) / _SECOND
        seen = max(began, to_us(story.counted_at) / _SECOND)
        state.merge(known, evenly(began, seen, story.unheard))
    if (now := at / _SECOND) > known.t:
        state.advance(known, now)
    return known


class Outlook:
    """Immutable; with the tables that ship, or others. What it says of a story is of the moment of its state, see `as_of`."""

    def __init__(self, half_life: timedelta, spread: Spread | None = None) -> None:
        self._spread = spread or Spread.load()
        self._half_life = half_life.total_seconds()

    def chance(self, story: Story, known: State) -> float:
        """P(final >= N*), but no more than it is awake, in thousandths: what trickles on is not spreading.

        So nothing jumps where it comes to N*, and how far it is awake is all that is left.
        """
        silence = known.t - known.last
        if story.size == 1 or silence >= _FORGOTTEN:  # of one: less than half a thousandth
            return 0.0
        awake = self._awake(known, silence)
        return round(min(self.probability(story, known, story.large), awake), 3)

    def probability(self, story: Story, known: State, size: float) -> float:
        """P(final >= size); it falls as more is asked for, and is 1 for what has happened."""
        if size <= known.n:
            return 1.0
        if known.t - known.last >= _FORGOTTEN:
            return 0.0
        learnt = _learnt(known)
        if learnt == 0:
            return _small(known, size)
        large = self._tables(story).odds.probability(known, size)
        return large if learnt == 1 else large * learnt + (1 - learnt) * _small(known, size)

    def forecast(self, story: Story, known: State) -> Forecast:
        """The final size; the interval is wider by the share that was counted and not heard.

        How often a counter was looked at is not kept, only its newest count: what it leaves untold is the whole
        time from the story's beginning until that count was first seen, ten minutes at least.
        """
        size = story.size
        if known.t - known.last >= _FORGOTTEN:
            return Forecast(size, size, size)
        counted = (size - story.mentions) / size if story.counted else 0.0
        found = self._forecast(self._tables(story), known, _untold(story) if counted else 0.0, counted)
        size, low, high = (max(size, round(each)) for each in found)
        return Forecast(size, low, high, self._chances(story, known))

    def _chances(self, story: Story, known: State) -> tuple[tuple[int, float], ...]:
        """Of the next round sizes, and of N*."""
        ahead = [size for size in _ROUND if size > story.size][:_SHOWN]
        sizes = sorted({*ahead, story.large} if story.large > story.size else ahead)
        return tuple((size, round(self.probability(story, known, size), 3)) for size in sizes)

    def echo(self, story: Story, at: int) -> float:
        """How far it still counts at `at` µs whom it has reached, in thousandths.

        By the latest mention alone: an edit, a withdrawal or a count that is looked at again is nobody's word, and what
        a rising count means for its spread is in its chance.
        """
        silence = (at - to_us(story.last_at)) / _SECOND
        if silence >= _FORGOTTEN:
            return 0.0
        return round(exp(-log(2) * silence / self._half_life), 3) if silence > 0 else 1.0

    def _awake(self, known: State, silence: float) -> float:
        """1 where many said something within the day, half after each half-life."""
        lately = known.memory[_DAY] / state.SHARES[_DAY]
        return (1 - exp(-lately / _FEW)) * exp(-log(2) * silence / self._half_life)

    def _tables(self, story: Story) -> Tables:
        return self._spread.of(story.first.partition(":")[0])

    def _forecast(self, tables: Tables, known: State, untold: float, counted: float) -> Iterable[float]:
        """Size, low and high; a share of `counted` is untold of `untold` s."""
        learnt, large = _learnt(known), tables.forecast(known, poll=untold, counted=counted)
        if learnt == 1:
            return large
        size, low, high = map(min, _wider(early.sizes(known), known.n, counted), large)
        small = size, min(low, early.least(known)), high
        return (one + learnt * (other - one) for one, other in zip(small, large, strict=True))


def _small(known: State, size: float) -> float:
    """What the process says, but that few of the large get larger: of a hundred that came to 110, 37 come to 300.

    So it was on Twitter; a look-up in tables would cost five times as much with every mention.
    """
    p = early.probability(known, size)
    return p if size <= _LEARNT else p * _LEARNT / size


def _untold(story: Story) -> float:
    """The s over which what was counted lies evenly in the state (`as_of`)."""
    seen = story.counted_at or story.last_at
    return max((seen - story.opened_at).total_seconds(), _LOOKS)


def _wider(sizes: tuple[float, ...], n: float, counted: float) -> tuple[float, ...]:
    """Nothing was learnt of small stories that are counted: their ends lie further off, by the share that is."""
    size, low, high = sizes
    times = 1 + (_BLURRED - 1) * counted
    return size, n + (low - n) / times, n + (high - n) * times


def _learnt(known: State) -> float:
    """How far tables are asked, 0 to 1."""
    if known.n >= _LEARNT:
        return 1.0
    return log(known.n / _SMALLEST) / log(_LEARNT / _SMALLEST) if known.n > _SMALLEST else 0.0
