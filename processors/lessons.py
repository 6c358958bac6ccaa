"""What staff's corrections teach: they are read as the shipped model reads them, and its calibrations fitted to them."""

from collections.abc import Iterator, Mapping, Sequence

from earshot.model import Score
from earshot.rescoring import Compared
from earshot.seams import Shares
from earshot.staff import POLARITIES
from earshot.store import Store, brands, corrections, mentions
from earshot.store.corrections import Correction
from processors.calibration import Taught, cross_fitted, fit
from processors.negativity.opinion import Opinion
from processors.turn import Desk

_PAGE = 1_000  # mentions that are read together


class Lessons:
    def __init__(self, store: Store, desk: Desk) -> None:
        self._store, self._desk = store, desk
        self._shipped = desk.shipped

    def prepare(self) -> None:
        """Have the model read what it has not read yet, and keep that: it may be asked once only, before an edit."""
        with self._store.read() as connection:
            made = corrections.standing(connection)
        for page in self._asked(made):
            with self._store.begin() as connection:
                corrections.fill(connection, page.items())

    def learn(self) -> None:
        """From here on the scorer works with all that was taught. Writes nothing."""
        with self._store.read() as connection:
            made = corrections.standing(connection)
            names = {each.no: each.name for each in brands.every(connection)}
        used = [each for each in made if self._is_read(each) and each.read]
        newest = max((each.id for each in used), default=0)
        self._desk.scorer.calibrations = fit(_taught(used, names), newest)

    def compare(self, made: Sequence[Correction]) -> list[Compared]:
        """Each beside what the model makes of its words, and what the others have taught it. Writes nothing."""
        asked = {number: score for page in self._asked(made) for number, score in page.items()}
        read = [each._replace(read=_shares(asked[each.id])) if each.id in asked else each for each in made]
        known = [each for each in read if each.read and (each.id in asked or self._is_read(each))]
        taught = _taught(known, {each.brand: str(each.brand) for each in known})
        after = dict(zip((each.id for each in known), cross_fitted(taught), strict=True))
        return [
            Compared(each, each.read, Shares(*after[each.id]))
            if each.id in after
            else Compared(each, None, None)
            for each in read
        ]

    def _is_read(self, correction: Correction) -> bool:
        return correction.read_model == self._shipped

    def _asked(self, made: Sequence[Correction]) -> Iterator[dict[int, Score]]:
        """What the model makes of those that it has not read, by number of correction."""
        unread = [each for each in made if each.mention and not self._is_read(each)]
        for first in range(0, len(unread), _PAGE):
            page = unread[first : first + _PAGE]
            with self._store.read() as connection:
                rows = mentions.get(connection, (each.mention for each in page))
            kept = [(each.id, rows[each.mention]) for each in page if each.mention in rows]
            told = [(number, mentions.read(row).mention) for number, row in kept if not row.withdrawn]
            scores = self._desk.scorer.alone([mention for _, mention in told])
            yield dict(zip((number for number, _ in told), scores, strict=True))


def _taught(made: Sequence[Correction], names: Mapping[int, str]) -> list[Taught]:
    return [
        Taught(names[each.brand], each.source, Opinion(*each.read), POLARITIES.index(each.polarity))
        for each in made
        if each.read and each.brand in names
    ]


def _shares(score: Score) -> Shares | None:
    if score.negative is None:
        return None
    return Shares(score.negative, score.neutral or 0.0, score.positive or 0.0)
