"""Score the past again with the model of today. What people corrected stays, and nobody is called.

A brand is gone through in the order of its log. At the first of its mentions that another model scored a story is
done whole: scored, folded again, and saved in one transaction with the brand's base rate, under the brand's
version. So it may be killed at any moment, and beside a running service the slower one does its part again. What
is done carries the new model's version: that is all there is to go on from.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby, islice
from operator import attrgetter
from typing import TypeVar

from earshot.config import Config
from earshot.model import Score
from earshot.rescoring import Change, Compared, Step
from earshot.staff import STAFF
from earshot.store import Store, brands, mentions, stories
from earshot.store.brands import Brand
from earshot.store.corrections import Correction
from earshot.store.mentions import Row
from processors import corrected
from processors.lessons import Lessons
from processors.optimistic import until_saved
from processors.rebuild import rebuild
from processors.redo import Again, portions, save, scored
from processors.settle import settle, stands
from processors.turn import Desk

_PAGE = 1_000  # mentions that are looked at, and scored, together
T = TypeVar("T")


class Rescore:
    """`earshot.rescoring.Rescorer`."""

    def __init__(self, config: Config, store: Store, desk: Desk | None = None) -> None:
        self._store = store
        self._desk = desk or Desk(config)
        self._lessons = Lessons(store, self._desk)
        self._lessons.learn()
        self.model = self._desk.model

    def close(self) -> None:
        self._desk.close()

    def correct(self, brand: Brand) -> int:
        self._lessons.prepare()
        self._lessons.learn()
        self.model = self._desk.model
        correct = partial(corrected.apply, self._store, self._desk.judge, brand)
        return len(self._until_saved(brand, correct))

    def compare(self, made: Sequence[Correction]) -> list[Compared]:
        return self._lessons.compare(made)

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
        return not withdrawn and score.basis != STAFF and score.model != self.model

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
        works = (partial(self._redo, brand, some) for some in portions(known.values()))
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
                save(connection, row, done, folded)
        return done

    def _rescored(self, rows: Iterator[Row], done: list[Again]) -> Iterator[Row]:
        """The same rows with the scores that they have now; what changed is added to `done`."""
        while chunk := list(islice(rows, _PAGE)):
            again = self._scored(
                row for row in chunk if self._stale(mentions.score_of(row), withdrawn=row.withdrawn)
            )
            done += again
            by_number = {each.n: each for each in again}
            yield from (scored(row, by_number[row.n]) if row.n in by_number else row for row in chunk)

    def _scored(self, rows: Iterable[Row]) -> list[Again]:
        kept = [(row, mentions.read(row)) for row in rows]
        scores = self._desk.scorer.score([each.mention for _, each in kept])
        return [
            Again(
                row.n,
                row.story,
                row.vote,
                score,
                self._desk.judge.fits(each.mention, score),
                Change(each.mention.id, each.score.negative, score.negative),
            )
            for (row, each), score in zip(kept, scores, strict=True)
            if score != each.score
        ]
