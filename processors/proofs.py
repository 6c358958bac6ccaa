"""Which stories turn out to be one while a batch is linked, and which may."""

from collections import defaultdict

from sqlalchemy import Connection

from earshot.errors import Stale
from earshot.store import brands, stories
from processors.centroid import Joined as Pair
from processors.owner import Owner

MOST_MOVED = 10_000
"""Mentions of a story that is joined to another without a person's word: they move in one save."""


class Joins:
    """One brand's part of one batch; what is joined lives here until the owner absorbs it."""

    def __init__(self, owner: Owner, connection: Connection) -> None:
        self._owner, self._connection = owner, connection
        self._first_new = brands.number(owner.row.no, owner.row.seq + 1)
        self.redirects: dict[int, int] = {}
        self.proofs: dict[int, list[int]] = {}
        """Mention -> the stories that it led to another one."""
        self.grown = defaultdict[int, int](int)
        """By how many mentions stories have grown."""
        self._led = set[int]()
        """Stories of which we know no more than that words lead to them."""

    def root(self, story: int) -> int:
        """The story itself, or the one that it has become part of."""
        before, now = self._owner.redirects, self.redirects
        while other := before.get(story) or now.get(story):
            story = other
        return story

    def may(self, pair: Pair) -> bool:
        """Whether nobody has split them, both are there, and the younger one can move in one save."""
        sizes = [self._size(story) for story in pair]
        return min(sizes) > 0 and sizes[1] <= MOST_MOVED and not self._apart(pair)

    def led(self, story: int) -> int:
        """Words have led to it: the story itself, or the one that it has become part of."""
        story = self.root(story)
        if self._owner.is_thinned and story < self._first_new and self._owner.story(story) is None:
            self._led.add(story)
        return story

    def check(self) -> None:
        """That those are all there.

        Raises:
            Stale: retention has taken one from under the indexes, so they are good for nothing.
        """
        if self._led and self._led - stories.known(self._connection, self._led):
            self._owner.ahead.spoiled = True
            raise Stale("words lead to a story that retention has taken: the indexes are read anew")

    def join(self, pair: Pair, n: int) -> None:
        """Mention `n` has proved it."""
        self.grown[pair.kept] += self._size(pair.joined)
        self.redirects[pair.joined] = pair.kept
        self.proofs.setdefault(n, []).append(pair.joined)

    def _size(self, story: int) -> int:
        """Its mentions so far; 0: it is not there, or no more."""
        known = self._owner.story(story)
        if known is None and story < self._first_new:
            known = stories.get(self._connection, story)
        return self.grown[story] + (known.mentions if known else 0)

    def _apart(self, pair: Pair) -> bool:
        """Whether splits lead from one to the other: what leaves a story leaves all that had left it before."""
        splits = [{self.root(a), self.root(b)} for a, b in self._owner.apart]
        reached = {pair.kept}
        while further := [each for each in splits if each & reached and each - reached]:
            reached.update(*further)
        return pair.joined in reached
