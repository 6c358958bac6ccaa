"""What ties a mention to a story where no id, address or hash does: nearly the same words, or the same subject.

Steps 4 and 5 of the cascade (see `processors.link` for the others): in memory at the brand's owner, rebuilt from the
mentions of the last seven days.
"""

from collections import deque
from collections.abc import Callable, Container, Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from processors.centroid import Centroids, Joined
from processors.near import Near
from processors.words import Rarity, Weighed, Words, words


class Indexes(NamedTuple):
    """Of which classes they are: compiled ones decide the same, many times as fast (PEP 399)."""

    rarity: type[Rarity]
    near: type[Near]
    centroids: type[Centroids]


PURE = Indexes(Rarity, Near, Centroids)
try:
    from processors import _likeness
except ImportError:  # there was no compiler
    FASTEST = PURE
else:
    FASTEST = Indexes(_likeness.Rarity, _likeness.Near, _likeness.Centroids)

_HOUR = 3_600_000_000
_WINDOW = 7 * 24
SWEEP = 500
"""Mentions from one sweep to the next."""
_EVIDENCE = 8


class Alike(NamedTuple):
    reason: str
    """`near`, or `centroid`, which counts half in the spread."""
    story: int
    likeness: float
    shared: tuple[str, ...]
    """The words that made it, the one that tells most first."""


class Likeness:
    """One brand's; the same mentions in the same order make the same decisions, wherever their batches end."""

    def __init__(self, indexes: Indexes = FASTEST, own: Iterable[str] = ()) -> None:
        """`own`: how the brand is called. Nearly all that is said of it says so: it counts as one word."""
        self._own = {word: each for name in own for word, each in words(name).items()}
        self.rarity = indexes.rarity()
        self._near = indexes.near(self.rarity)
        self._centroids = indexes.centroids(self.rarity)
        self._redirects: dict[int, int] = {}
        self._joins: deque[tuple[int, int]] = deque()
        self._hour = 0
        self._last: tuple[Words, Weighed] | None = None

    def words(self, text: str) -> Words:
        """Those of a text. The brand's name is one of them, of however many it is made: two words tie a mention."""
        said, own = words(text), self._own
        if len(own) < 2 or own.keys().isdisjoint(said):
            return said
        return {word: each for word, each in said.items() if word not in own} | _first(own)

    def find(self, said: Words, clock: int) -> Alike | None:
        """The story that these words belong to when the brand's clock stands at `clock` µs."""
        self._run_clock(clock)
        weighed = self.rarity.weigh(said)
        self._last = said, weighed
        if twin := self._near.find(weighed):
            shared = self._near.words(twin.n)
            return Alike("near", self._resolve(twin.story), twin.likeness, _evidence(said, weighed, shared))
        if nearest := self._centroids.find(weighed, self._hour):
            shared = self._centroids.words(nearest.story)
            return Alike("centroid", nearest.story, nearest.likeness, _evidence(said, weighed, shared))
        return None

    def add(self, n: int, story: int, said: Words, clock: int) -> None:
        """Mention `n` of `story` says this; in the order of their numbers. Not for copies, reposts and replies.

        A copy adds nothing, and a reply ("same here!") is about its story only because it hangs below it.
        """
        self._run_clock(clock)
        if not said:
            return
        last, self._last = self._last, None
        weighed = last[1] if last and last[0] is said else self.rarity.weigh(said)
        story = self._resolve(story)
        self._near.add(
            n, story, weighed, self._hour
        )  # first: a story that forgets words keeps those found by
        self._centroids.add(story, weighed, self._hour)

    def sweep(self, seq: int, may: Callable[[Joined], bool] = lambda _: True) -> list[Joined]:
        """After the brand's mention number `seq` in its stored sequence: which stories have become one, if any.

        Those alone that `may` be joined.
        """
        if seq % SWEEP:
            return []
        self._last = None
        joined = self._centroids.sweep(may)
        for pair in joined:
            self._redirect(pair)
        return joined

    def sweep_again(self, joined: Sequence[Joined]) -> None:
        """A sweep of the past, of which it is known what it joined."""
        self._last = None
        self._centroids.sweep_again(joined)
        for pair in joined:
            self._redirect(pair)

    def join(self, kept: int, joined: int) -> None:
        """Two stories are one, for a reason that is not in their words: somebody said so."""
        pair = Joined(self._resolve(kept), self._resolve(joined))
        if pair.kept != pair.joined:
            self._last = None
            self._centroids.join(*pair)
            self._redirect(pair)

    def _run_clock(self, clock: int) -> None:
        hour = clock // _HOUR
        if hour <= self._hour:
            return
        self._hour, oldest = hour, hour - _WINDOW
        self._last = None  # weights change where stories close
        self._near.expire(oldest)
        self._centroids.expire(oldest)
        while self._joins and self._joins[0][0] < oldest:
            self._redirects.pop(self._joins.popleft()[1], None)

    def _redirect(self, pair: Joined) -> None:
        self._redirects[pair.joined] = pair.kept
        self._joins.append((self._hour, pair.joined))

    def _resolve(self, story: int) -> int:
        while story in self._redirects:
            story = self._redirects[story]
        return story


class Heard(NamedTuple):
    """A mention as it is read back; `story` as it was when it was heard."""

    n: int
    story: int
    text: str
    clock: int
    """The brand's clock when it was registered, µs."""


class Proved(NamedTuple):
    """Since mention `n` two stories are one."""

    n: int
    kept: int
    joined: int


def take_over(
    heard: Iterable[Heard],
    proved: Iterable[Proved] = (),
    before: int = 0,
    last: int = 0,
    indexes: Indexes = FASTEST,
    own: Iterable[str] = (),
) -> Likeness:
    """Fed again with the mentions of the last seven days, in order, less those that are not added.

    Numbers are `before` and a place in the brand's sequence, `last` being the last one; `proved` in order: what was
    joined is joined again, and nothing else. While a brand is younger than seven days it decides as it would have, but
    for what was edited or withdrawn: its first words link others until the next start, and are gone then. After
    seven days a story that has lived longer lacks its first words, and lengths are measured anew: a mention may find
    its story a little earlier or later. Nothing that was decided changes.
    """
    likeness = Likeness(indexes, own)
    past = _Past(likeness, proved, before)
    for each in heard:
        past.run(each.n)
        likeness.add(each.n, past.resolve(each.story), likeness.words(each.text), each.clock)
    past.run(last + 1)
    return likeness


class _Past:
    """What was joined, and when it was swept."""

    def __init__(self, likeness: Likeness, proved: Iterable[Proved], before: int) -> None:
        self._likeness, self._before = likeness, before
        self._proved = deque(proved)
        self._swept: int | None = None
        self._long_ago: dict[int, int] = {}

    def run(self, n: int) -> None:
        """Up to mention `n`: sweeps come after the mention that they are due at, what a tie proved before it."""
        if self._swept is None:
            self._begin(n)
        while True:
            due = self._before + (self._swept // SWEEP + 1) * SWEEP if self._swept is not None else n
            if self._proved and self._proved[0].n <= n and self._proved[0].n < due:
                _, kept, joined = self._proved.popleft()
                self._likeness.join(kept, joined)
            elif due < n:
                self._sweep(due)
            else:
                return

    def resolve(self, story: int) -> int:
        """What was joined before all that is fed."""
        while story in self._long_ago:
            story = self._long_ago[story]
        return story

    def _begin(self, n: int) -> None:
        while self._proved and self._proved[0].n < n:
            _, kept, joined = self._proved.popleft()
            self._long_ago[joined] = kept
        self._swept = (n - 1 - self._before) // SWEEP * SWEEP

    def _sweep(self, due: int) -> None:
        pairs = []
        while self._proved and self._proved[0].n == due:
            _, kept, joined = self._proved.popleft()
            pairs.append(Joined(kept, joined))
        self._likeness.sweep_again(pairs)
        self._swept = due - self._before


def _first(own: Words) -> Words:
    return dict(islice(own.items(), 1))


def _evidence(said: Words, weighed: Weighed, shared: Container[int]) -> tuple[str, ...]:
    return tuple([said[word] for word in weighed.words if word in shared][:_EVIDENCE])
