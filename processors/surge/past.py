"""What was usual before anything was heard live: learnt once from what was taken in of the past, calling nobody.

A past that begins later in one source than in another would look like a rise. So it counts from when all that bring
much of it had begun, and only where it is long enough to hold nights and mornings.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import NamedTuple

from processors.surge.series import Series, fold

BUCKETS = 14 * 288
"""How far back is looked."""
_LEAST = 2 * 288  # buckets: a shorter past says nothing of what is usual
_MUCH = 0.1  # of its mentions: a source that brings less may begin later
_MOST = 50  # topics, those that most was said of: each takes some 20 ms

Counts = tuple[int, int, int]
"""Mentions, those that complain, and their distinct authors."""


class Said(NamedTuple):
    bucket: int
    source: str
    topics: Sequence[str]
    author: int
    negative: bool


class Past:
    """Of the mentions of one pace, how many were said in each bucket."""

    def __init__(self, said: Iterable[Said]) -> None:
        self._mentions = Counter[tuple[str, int]]()
        self._negative = defaultdict[tuple[str, int], list[int]](list)
        sources, first, self._end = Counter[str](), dict[str, int](), 0
        for bucket, source, topics, author, negative in said:
            sources[source] += 1
            first[source] = min(first.get(source, bucket), bucket)
            self._end = max(self._end, bucket)
            for topic in topics:
                self._mentions[topic, bucket] += 1
                if negative:
                    self._negative[topic, bucket].append(author)
        much = _MUCH * sources.total()
        self._begin = max((first[source] for source, count in sources.items() if count >= much), default=0)

    def series(self) -> Iterator[tuple[str, tuple[Series, ...]]]:
        """Of each topic, what is remembered of its counts; of none where the past is too short."""
        if self._end - self._begin < _LEAST:
            return
        total = Counter[str]()
        for (topic, _), count in self._mentions.items():
            total[topic] += count
        for topic, _ in sorted(total.most_common(_MOST)):
            yield topic, self._learnt(topic)

    def _learnt(self, topic: str) -> tuple[Series, ...]:
        kinds = [Series(), Series(), Series()]
        for bucket in range(self._begin, self._end + 1):
            counts = self._counts(topic, bucket)
            kinds = [fold(one, bucket, count, inf)[0] for one, count in zip(kinds, counts, strict=True)]
        return tuple(kinds)

    def _counts(self, topic: str, bucket: int) -> Counts:
        negative = self._negative.get((topic, bucket), ())
        return self._mentions[topic, bucket], len(negative), len(set(negative))
