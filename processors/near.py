"""Near-duplicates: the mention whose words are nearly those of another one, however many mentions there are."""

from array import array
from collections import deque
from collections.abc import Container, Mapping
from typing import NamedTuple

from processors.words import PACKED, Rarity, Weighed, newest, pack, repeated

_ALIKE = 0.5
"""Weighted Jaccard: what the shared words weigh, of what the words of both weigh."""

_INSIDE = 0.7
"""Of the lighter text in the other one: a copy that was cut, or one below a comment; together with:"""

_INSIDE_ALIKE = 0.3
_PREFIX = 0.75  # two texts alike by .3 share one of the rarest words that make up .7 of the weight of each
_LEAST_PREFIX = 3
_LEAST_WORDS = 4
_POSTED = (
    24  # mentions that a word leads to, the newest: a flood of one sentence costs no more than some of it
)
_LONGEST = _POSTED * PACKED
_LOOKED_UP = 64
_COMPARED = 4


class Twin(NamedTuple):
    n: int
    story: int
    likeness: float


class Near:
    """An inverted index over the mentions of the last days; each is found by its rarest words alone.

    The prefix filter is that of Chaudhuri, Ganti and Kaushik (2006). Work is bounded for any text: at most 64
    look-ups and 4 comparisons.
    """

    def __init__(self, rarity: Rarity) -> None:
        self._rarity = rarity
        self._seen: dict[int, tuple[int, int, array[int]]] = {}
        """Story, how many words it is found by, and all of them."""
        self._ages: deque[tuple[int, int]] = deque()

    def find(self, weighed: Weighed) -> Twin | None:
        """The most alike, the newest of those; None where none is alike enough."""
        if len(weighed.words) < _LEAST_WORDS:
            return None
        candidates = self._candidates(weighed)
        if not candidates:
            return None
        weights = dict(zip(weighed.words, weighed.weights, strict=True))
        likeness, n = max([(self._likeness(n, weights, weighed.whole), n) for n in candidates])
        return Twin(n, self._seen[n][0], likeness) if likeness else None

    def add(self, n: int, story: int, weighed: Weighed, hour: int) -> None:
        """Mentions come in the order of their numbers and hours."""
        if len(weighed.words) < _LEAST_WORDS:
            return
        rarest, packed = _prefix(weighed), pack(n)
        self._seen[n] = story, rarest, array("I", weighed.words)
        self._ages.append((hour, n))
        for word, known in zip(weighed.words[:rarest], weighed.uses, strict=False):
            use = known or self._rarity.of(word)
            use.mentions = (use.mentions + packed)[-_LONGEST:]

    def words(self, n: int) -> Container[int]:
        return self._seen[n][2]

    def expire(self, oldest: int) -> None:
        """Forget what was added before hour `oldest`."""
        while self._ages and self._ages[0][0] < oldest:
            n = self._ages.popleft()[1]
            _, rarest, said = self._seen.pop(n)
            packed = pack(n)
            for word in said[:rarest]:
                if use := self._rarity.known(word):
                    use.mentions = use.mentions.removeprefix(packed)
                    self._rarity.leave(word, use)

    def _candidates(self, weighed: Weighed) -> list[int]:
        """Mentions that share most of the rarest words: the very rarest, or two. Of equals the newest."""
        posted = [use.mentions for use in weighed.uses[: _prefix(weighed)] if use and use.mentions]
        times = repeated(newest(posted, _LOOKED_UP, _LONGEST, *posted[:1]))
        return sorted(times, key=lambda n: (times[n], n), reverse=True)[:_COMPARED]

    def _likeness(self, n: int, weights: Mapping[int, float], whole: float) -> float:
        """Weighted Jaccard; 0 where it is not enough."""
        said = self._seen[n][2]
        both = sum([weights[word] for word in said if word in weights])
        if both < _INSIDE_ALIKE * whole:
            return 0.0
        apart = self._rarity.total([word for word in said if word not in weights])
        likeness = both / (whole + apart)
        inside = both >= _INSIDE * min(whole, both + apart)
        return likeness if likeness >= _ALIKE or (inside and likeness >= _INSIDE_ALIKE) else 0.0

    def __len__(self) -> int:
        return len(self._seen)


def _prefix(weighed: Weighed) -> int:
    """How many of the rarest words make up the prefix's part of the weight, at least three."""
    left = weighed.whole * _PREFIX
    for at, weight in enumerate(weighed.weights, 1):
        left -= weight
        if left < 0 and at >= _LEAST_PREFIX:
            return at
    return len(weighed.words)
