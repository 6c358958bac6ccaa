"""Stories by what they are about: the brand's live story whose usual words are nearest to those of a mention."""

from collections import deque
from collections.abc import Callable, Container, Iterable, Sequence
from itertools import islice
from math import log2, sqrt
from operator import mul
from typing import NamedTuple

from processors.words import PACKED, Rarity, Use, Weighed, newest, pack, repeated

_ABOUT = 0.12
"""Cosine from which a mention belongs to a story."""

_AGE, _OLD = 0.4, 8  # by how much more, for each doubling of a story's age, from so many hours on,
_GAP, _LONG = 0.2, 6  # and of the time since it was last added to
"""Stories are about what happens and go by; what people say of a brand every day is a subject, and swallows them."""

_SAME = 0.2
"""Cosine from which two stories are one."""

_LEAST_WORDS = 2
_POSTED = 32  # stories that a word leads to, those that took it up last
_LONGEST = _POSTED * PACKED
_LOOKED_UP = 64
_LOOKED_AT = 24  # words of a story that is compared with others, those that weigh most
_COMPARED = 8
_MOST_WORDS = 512  # of a story; beyond, the half that weighs least is forgotten
_SWEPT = 128  # stories looked at in one sweep, those changed last


class Nearest(NamedTuple):
    story: int
    likeness: float


class _Told(NamedTuple):
    """What is looked for: its words, the weightiest first, with what each adds to a product."""

    words: Sequence[int]
    squares: Sequence[float]
    uses: Sequence[Use | None]
    square: float
    """Of its length."""


class Joined(NamedTuple):
    kept: int
    """The older one."""
    joined: int


class _Story:
    __slots__ = ("counts", "hour", "mentions", "opened", "square")

    def __init__(self, hour: int) -> None:
        self.counts: dict[int, int] = {}
        self.opened = hour
        self.mentions = 0
        self.hour = -1
        self.square = 0.0


class Centroids:
    """Each story is the sum of its mentions' words, a vector; a word's weight is its rarity among stories now.

    A story's length is kept as it grows, and measured anew in each sweep, as weights drift by then. Work is bounded
    for any text: at most 64 look-ups and 8 comparisons; and a story that is closed leaves nothing behind.
    """

    def __init__(self, rarity: Rarity) -> None:
        self._rarity = rarity
        self._stories: dict[int, _Story] = {}
        self._ages: deque[tuple[int, int]] = deque()
        self._changed: dict[int, None] = {}

    def find(self, weighed: Weighed, hour: int) -> Nearest | None:
        """The nearest story, the older of two; None where none is near enough. Hours never go back."""
        if len(weighed.words) < _LEAST_WORDS:
            return None
        squares = [weight * weight for weight in weighed.weights]
        return self._nearest(_Told(weighed.words, squares, weighed.uses, sum(squares)), _ABOUT, hour)

    def add(self, story: int, weighed: Weighed, hour: int) -> None:
        """A mention of the story says these words; hours never go back."""
        one = self._stories.get(story)
        if one is None:
            one = self._open(story, hour)
        else:
            self._changed.pop(story, None)
            self._changed[story] = None
        one.mentions += 1
        if one.hour != hour:
            one.hour = hour
            self._ages.append((hour, story))
        counts, new = one.counts, []
        for word, weight, known in zip(weighed.words, weighed.weights, weighed.uses, strict=True):
            if count := counts.get(word, 0):
                one.square += (2 * count + 1) * weight * weight
            else:
                one.square += weight * weight
                new.append((word, known))
            counts[word] = count + 1
        self._post(story, new)
        if len(counts) > _MOST_WORDS:
            self._prune(one)

    def _open(self, story: int, hour: int) -> _Story:
        one = self._stories[story] = _Story(hour)
        self._rarity.stories += 1
        return one

    def sweep(self, may: Callable[[Joined], bool] = lambda _: True) -> list[Joined]:
        """Join stories that have become one since the last sweep, each changed one with the one nearest to it.

        Those alone that `may` be joined.
        """
        return [joined for story in self._swept() if (joined := self._join_nearest(story, may))]

    def sweep_again(self, joined: Sequence[Joined]) -> None:
        """A sweep of the past, of which it is known what it joined."""
        for story in self._swept():
            one = self._stories.get(story)
            if one and one.mentions > 1:
                self._measure(one)
            for pair in joined:
                if story in pair:
                    self.join(*pair)
        for pair in joined:
            self.join(*pair)

    def join(self, kept: int, joined: int) -> None:
        """Two stories are one from now on."""
        other = self._stories.pop(joined, None)
        if other is None:
            return
        one = self._stories.get(kept)
        if one is None:
            one = self._stories[kept] = _Story(other.opened)
            self._rarity.stories += 1
        self._close(other)
        new = [(word, None) for word in other.counts if word not in one.counts]
        for word, count in other.counts.items():
            one.counts[word] = one.counts.get(word, 0) + count
        one.mentions += other.mentions
        one.opened = min(one.opened, other.opened)
        if other.hour > one.hour:
            one.hour = other.hour
            self._ages.append((one.hour, kept))
        self._changed[kept] = None
        self._post(kept, new)
        self._measure(one)

    def words(self, story: int) -> Container[int]:
        """What its mentions have said so far."""
        return self._stories[story].counts

    def expire(self, oldest: int) -> None:
        """Close the stories that were last added to before hour `oldest`."""
        while self._ages and self._ages[0][0] < oldest:
            _, story = self._ages.popleft()
            one = self._stories.get(story)
            if one and one.hour < oldest:
                del self._stories[story]
                self._changed.pop(story, None)
                self._close(one)

    # --- the nearest ------------------------------------------------------------------------------------

    def _nearest(self, told: _Told, least: float, hour: int = 0, but: int = 0) -> Nearest | None:
        """`hour` 0: whatever their age."""
        candidates = self._candidates(told.uses[:_LOOKED_AT], but)
        if not candidates:
            return None
        best, length = None, sqrt(told.square)
        squares = list(zip(told.words[:_LOOKED_AT], told.squares, strict=False))
        for story in candidates:
            one = self._stories[story]
            used = one.counts
            product = sum([square * used[word] for word, square in squares if word in used])
            likeness = product / (length * sqrt(one.square)) if one.square else 0.0
            if likeness < least or (hour and likeness < least * _demand(one, hour)):
                continue
            if best is None or (likeness, -story) > (best.likeness, -best.story):
                best = Nearest(story, likeness)
        return best and best._replace(likeness=min(best.likeness, 1.0))  # lengths lag behind weights

    def _candidates(self, said: Iterable[Use | None], but: int) -> list[int]:
        """The stories that share most of the words, the weightiest words first, and at least two."""
        times = repeated(newest([use.stories for use in said if use], _LOOKED_UP, _LONGEST))
        ranked = sorted([(-n, story) for story, n in times.items() if story in self._stories])
        return [story for _, story in ranked[:_COMPARED] if story != but]

    # --- what is kept -----------------------------------------------------------------------------------

    def _swept(self) -> list[int]:
        changed = list(islice(reversed(self._changed), _SWEPT))
        self._changed = {}
        return sorted(changed)

    def _join_nearest(self, story: int, may: Callable[[Joined], bool]) -> Joined | None:
        one = self._stories.get(story)
        if one is None or one.mentions < 2:
            return None
        told = self._told(one)
        one.square = told.square
        nearest = self._nearest(told, _SAME, but=story)
        if nearest is None:
            return None
        pair = Joined(min(story, nearest.story), max(story, nearest.story))
        if not may(pair):
            return None
        self.join(*pair)
        return pair

    def _post(self, story: int, new: Iterable[tuple[int, Use | None]]) -> None:
        """It says these for the first time."""
        packed = pack(story)
        for word, known in new:
            use = known or self._rarity.of(word)
            use.count += 1
            use.stories = (use.stories + packed)[-_LONGEST:]

    def _close(self, one: _Story) -> None:
        """Where others use its words, what is stale goes when the list is full."""
        self._rarity.stories -= 1
        self._rarity.drop(one.counts)

    def _prune(self, one: _Story) -> None:
        weight = self._rarity.weight
        ranked = sorted(one.counts, key=lambda word: (one.counts[word] * weight(word), word))
        gone = ranked[: -_MOST_WORDS // 2]
        for word in gone:
            del one.counts[word]
        self._rarity.drop(gone)
        self._measure(one)

    def _told(self, one: _Story) -> _Told:
        words, weights, uses, _ = self._rarity.weigh(one.counts)
        counts = [one.counts[word] for word in words]
        squares = [count * weight * weight for count, weight in zip(counts, weights, strict=True)]
        square = sum(map(mul, counts, squares))
        ranked = sorted(range(len(words)), key=squares.__getitem__, reverse=True)[:_LOOKED_AT]
        return _Told(
            [words[at] for at in ranked], [squares[at] for at in ranked], [uses[at] for at in ranked], square
        )

    def _measure(self, one: _Story) -> None:
        one.square = self._told(one).square

    def __len__(self) -> int:
        return len(self._stories)


def _demand(one: _Story, hour: int) -> float:
    """How many times nearer than a story of this hour a mention must be."""
    return 1 + _AGE * log2(1 + (hour - one.opened) / _OLD) + _GAP * log2(1 + (hour - one.hour) / _LONG)
