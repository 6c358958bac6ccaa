"""What words decide about mentions that are not saved yet: once, however often their batch is done again.

The indexes change as they decide, and cost too much to be copied. So they run ahead of the store, and what they
decided is kept until it is saved. A batch that is done again asks the same and is told the same.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from earshot.errors import Stale
from processors.centroid import Joined
from processors.likeness import Alike, Likeness


class Asked(NamedTuple):
    """About one mention: all that its decision depends on."""

    n: int
    seq: int
    own: int
    """Hash of its id; 0: nothing was said."""
    clock: int
    story: int
    """Where a tie has put it; 0: none has."""
    joins: tuple[Joined, ...] = ()
    """What its ties proved to be one."""
    speaks: bool = True
    """Whether its words are its story's: not those of copies and answers."""


class Decided(NamedTuple):
    alike: Alike | None
    joined: Sequence[Joined]
    """What the sweep after it joined."""


class Ahead:
    """One brand's."""

    def __init__(self, likeness: Likeness) -> None:
        self._likeness = likeness
        self._decided: dict[int, tuple[Asked, Decided]] = {}
        self._last = 0
        self.spoiled = False
        """It has decided on what did not come to be: it must be taken over anew."""

    def decide(self, asked: Asked, text: Callable[[], str], may: Callable[[Joined], bool]) -> Decided:
        """In the order of numbers, those that it is no matter for left out. `may`: whether two may be joined.

        Raises:
            Stale: it is asked something else than it was before, so this brand's indexes are good for nothing.
        """
        if known := self._decided.get(asked.n):
            if known[0] != asked:
                self.spoiled = True
                raise Stale("a batch that is done again is not the same: the indexes are read anew")
            return known[1]
        if asked.n < self._last:
            self.spoiled = True
            raise Stale("a batch that is done again asks more: the indexes are read anew")
        self._last = asked.n
        try:
            decided = self._decide(asked, text, may)
        except BaseException:
            self.spoiled = True
            raise
        self._decided[asked.n] = asked, decided
        return decided

    def saved(self, n: int) -> None:
        """Up to this number all came to be."""
        while self._decided and (first := next(iter(self._decided))) <= n:
            del self._decided[first]

    def _decide(self, asked: Asked, text: Callable[[], str], may: Callable[[Joined], bool]) -> Decided:
        likeness, alike = self._likeness, None
        if asked.own and asked.speaks:
            said = likeness.words(text())
            if not asked.story:
                alike = likeness.find(said, asked.clock)
            for pair in asked.joins:
                likeness.join(*pair)
            story = asked.story or (alike.story if alike else asked.n)
            likeness.add(asked.n, story, said, asked.clock)
        else:
            for pair in asked.joins:
                likeness.join(*pair)
        return Decided(alike, likeness.sweep(asked.seq, may))
