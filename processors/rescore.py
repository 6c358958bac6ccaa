"""Score the past again with the model of today. What people corrected stays, and nobody is called.

A brand is gone through in the order of its log. At the first of its mentions that another model scored a story is
done whole: scored, folded again, and saved in one transaction with the brand's base rate, under the brand's
version. So it may be killed at any moment, and beside a running service the slower one does its part again. What
is done carries the new model's name: that is all there is to go on from.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby, islice
from operator import attrgetter
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from earshot.config import Config
from earshot.model import Score, Story
from earshot.rescoring import Change, Step
from earshot.store import Store, authors, brands, mentions, stories
from earshot.store.authors import Seat
from earshot.store.brands import Brand
from earshot.store.mentions import Row
from processors.optimistic import until_saved
from processors.rebuild import rebuild
from processors.settle import settle, stands
from processors.turn import Desk

CORRECTED = "corrected"
"""The basis of a score that a person gave: no model's word replaces it."""

_PAGE = 1_000  # mentions that are looked at, and scored, together
_MOST = 5_000  # mentions a transaction, unless a single story has more
T = TypeVar("T")


class Again(NamedTuple):
    """A mention whose score is another one now."""

    n: int
    story: int
    vote: int | None
    """As it was."""
    score: Score
    change: Change


class Rescore:
    """`earshot.rescoring.Rescorer`."""

    def __init__(self, config: Config, store: Store, desk: Desk | None = None) -> None:
        self._store = store
        self._desk = desk or Desk(config)
        self.model = self._desk.model

    def close(self) -> None:
        self._desk.close()

    def score(self, brand: Brand, *, dry: bool) -> Iterator[Step]:
        first, last = brands.numbers(brand.no)
        n = first
        while page := self._page(n, last):
            n = page[-1].n
            stale = [each for each in page if self._stale(each.score, withdrawn=each.withdrawn)]
            done = self._look(stale) if dry else self._do(brand, {each.story for each in stale})
            yield Step(n - first, [each.change for each in done])

    def settle(self, brand: Brand) -> int:
        with self._store.read() as connection:
            row = brands.load(connection, brand.name) or brand
            known = stands(mentions.votes(connection, *brands.numbers(row.no)), row.votes, row.voters)
        parts = (known[at : at + _PAGE] for at in range(0, len(known), _PAGE))
        weigh = partial(settle, self._store, self._desk.judge, brand.name)
        return sum(self._until_saved(brand, partial(weigh, part)) for part in parts)

    def _page(self, n: int, last: int) -> list[mentions.Scored]:
        with self._store.read() as connection:
            return mentions.scored_after(connection, n, last, _PAGE)

    def _stale(self, score: Score, *, withdrawn: bool) -> bool:
        return not withdrawn and score.basis != CORRECTED and score.model != self.model

    def _until_saved(self, brand: Brand, work: Callable[[], T]) -> T:
        """Where a running service was faster, from what is stored now."""
        return until_saved(
            work,
            f"{self._store.name}: brand {brand.name}: the running processors write its stories without a pause;"
            " what is done stays: run it again when less is said, or while they are stopped",
        )

    # --- some stories -----------------------------------------------------------------------------------

    def _look(self, stale: Sequence[mentions.Scored]) -> list[Again]:
        """What would become of them. Writes nothing."""
        if not stale:
            return []
        with self._store.read() as connection:
            return self._scored(mentions.get(connection, (each.n for each in stale)).values())

    def _do(self, brand: Brand, wanted: Collection[int]) -> list[Again]:
        if not wanted:
            return []
        with self._store.read() as connection:
            known = stories.load(connection, wanted)
        works = (partial(self._redo, brand, some) for some in _portions(known.values()))
        return [again for work in works for again in self._until_saved(brand, work)]

    def _redo(self, brand: Brand, wanted: Collection[int]) -> list[Again]:
        done: list[Again] = []
        with self._store.read() as connection:
            row = brands.load(connection, brand.name) or brand
            known = stories.load(connection, wanted)
            rows = self._rescored(mentions.of_stories(connection, wanted), done)
            folded = [rebuild(known[story], some) for story, some in groupby(rows, attrgetter("story"))]
        if done:
            with self._store.begin() as connection:
                _save(connection, row, done, folded)
        return done

    def _rescored(self, rows: Iterator[Row], done: list[Again]) -> Iterator[Row]:
        """The same rows with the votes that they have now; what changed is added to `done`."""
        while chunk := list(islice(rows, _PAGE)):
            again = self._scored(
                row for row in chunk if self._stale(mentions.score_of(row), withdrawn=row.withdrawn)
            )
            done += again
            votes = {each.n: each.score.vote for each in again}
            yield from (row._replace(vote=votes[row.n]) if row.n in votes else row for row in chunk)

    def _scored(self, rows: Iterable[Row]) -> list[Again]:
        kept = [(row, mentions.read(row)) for row in rows]
        scores = self._desk.scorer.score([each.mention for _, each in kept])
        return [
            Again(
                row.n,
                row.story,
                row.vote,
                score,
                Change(each.mention.id, each.score.negative, score.negative),
            )
            for (row, each), score in zip(kept, scores, strict=True)
            if score != each.score
        ]


def _portions(known: Iterable[Story]) -> list[list[int]]:
    """Stories that are done together, oldest first."""
    portions: list[list[int]] = []
    room = 0
    for story in sorted(known, key=attrgetter("id")):
        if story.mentions > room:
            portions.append([])
            room = _MOST
        portions[-1].append(story.id)
        room -= story.mentions
    return portions


def _save(
    connection: Connection, row: Brand, done: Sequence[Again], folded: Iterable[tuple[Story, dict[int, Seat]]]
) -> None:
    """Raises `Stale` where another writer was faster."""
    touched = {each.story for each in done}
    changed = [(story, seats) for story, seats in folded if story.id in touched]
    for story, _ in changed:
        story.version += 1
    brands.save(connection, _weighed(row, done))
    mentions.rescore(connection, ((each.n, each.score) for each in done))
    authors.replace(connection, [seat for _, seats in changed for seat in seats.values()])
    stories.save(connection, [story for story, _ in changed])


def _weighed(row: Brand, done: Sequence[Again]) -> Brand:
    """The brand's base rate: what was said before goes out of it, what is said now comes in."""
    votes = sum((each.score.vote or 0) - (each.vote or 0) for each in done)
    voters = sum((each.score.vote is not None) - (each.vote is not None) for each in done)
    return row._replace(votes=row.votes + votes, voters=row.voters + voters)
