"""What staff's corrections teach: they are read as the shipped model reads them, and its calibrations fitted to them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from earshot.model import Score
from earshot.rescoring import Compared
from earshot.seams import Shares
from earshot.staff import POLARITIES
from earshot.store import Store, brands, corrections, mentions
from earshot.store.corrections import Correction
from processors import leaning
from processors.calibration import Taught, cross_fitted, fit
from processors.leaning import Named
from processors.negativity.opinion import Opinion
from processors.signs.model import INTENTS
from processors.turn import Desk

_PAGE = 1_000  # mentions that are read together
T = TypeVar("T")


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
                corrections.fill(connection, ((each.id, score) for each, score in page))
                named = [(each, score.intents) for each, score in page if each.intents is not None]
                corrections.fill_intents(connection, named, self._shipped)

    def learn(self) -> None:
        """From here on the scorer works with all that was taught. Writes nothing."""
        with self._store.read() as connection:
            made = corrections.standing(connection)
            names = {each.no: each.name for each in brands.every(connection)}
        used = [each for each in made if self._is_read(each) and each.read and each.brand in names]
        newest = max((each.id for each in used), default=0)
        leanings = leaning.fit(_named(filter(self._tells_intents, used), names))
        self._desk.scorer.calibrations = fit(_taught(_moods(used), names), newest, leanings)

    def compare(self, made: Sequence[Correction]) -> list[Compared]:
        """Each beside what the model makes of its words, and what the others have taught it. Writes nothing."""
        asked = {each.id: score for page in self._asked(made) for each, score in page}
        read = [_filled(each, asked[each.id], self._shipped) if each.id in asked else each for each in made]
        known = [each for each in read if each.read and (each.id in asked or self._is_read(each))]
        names = {each.brand: str(each.brand) for each in known}
        moods = _moods(known)
        after = _by_number(moods, cross_fitted(_taught(moods, names)))
        telling = list(filter(self._tells_intents, known))
        leant = _by_number(telling, leaning.cross_fitted(_named(telling, names)))
        return [_compared(each, after.get(each.id), leant.get(each.id)) for each in read]

    def _is_read(self, correction: Correction) -> bool:
        return correction.read_model == self._shipped

    def _tells_intents(self, correction: Correction) -> bool:
        """Whether somebody named some, and the model has said what it makes of them."""
        named = correction.intents is not None and bool(correction.read_intents)
        return named and self._knows_intents(correction)

    def _knows_intents(self, correction: Correction) -> bool:
        return correction.intents is None or correction.intents_model == self._shipped

    def _asked(self, made: Sequence[Correction]) -> Iterator[list[tuple[Correction, Score]]]:
        """What the model makes of those that it has not read."""
        unread = [
            each for each in made if each.mention and not (self._is_read(each) and self._knows_intents(each))
        ]
        for first in range(0, len(unread), _PAGE):
            page = unread[first : first + _PAGE]
            with self._store.read() as connection:
                rows = mentions.get(connection, (each.mention for each in page))
            kept = [(each, rows[each.mention]) for each in page if each.mention in rows]
            told = [(each, mentions.read(row).mention) for each, row in kept if not row.withdrawn]
            scores = self._desk.scorer.alone([mention for _, mention in told])
            yield list(zip((each for each, _ in told), scores, strict=True))


def _moods(made: Iterable[Correction]) -> list[Correction]:
    return [each for each in made if each.tells_mood]


def _taught(made: Sequence[Correction], names: Mapping[int, str]) -> list[Taught]:
    return [
        Taught(names[each.brand], each.source, Opinion(*each.read), POLARITIES.index(each.polarity))
        for each in made
        if each.read and each.brand in names
    ]


def _named(made: Iterable[Correction], names: Mapping[int, str]) -> list[Named]:
    """Those that name intents: what they do not name does not hold."""
    return [
        Named(
            names[each.brand],
            each.source,
            tuple((each.read_intents or {}).get(intent, 0.0) for intent in INTENTS),
            tuple(intent in (each.intents or ()) for intent in INTENTS),
        )
        for each in made
    ]


def _filled(made: Correction, score: Score, model: str) -> Correction:
    """As if what the model makes of it were kept."""
    return made._replace(read=_shares(score), read_intents=score.intents, intents_model=model)


def _by_number(made: Sequence[Correction], found: Sequence[T]) -> dict[int, T]:
    return dict(zip((each.id for each in made), found, strict=True))


def _compared(made: Correction, after: Opinion | None, leant: Sequence[float] | None) -> Compared:
    read, mood = (made.read, Shares(*after)) if after else (None, None)
    if leant is None:
        return Compared(made, read, mood)
    return Compared(made, read, mood, made.read_intents or {}, dict(zip(INTENTS, leant, strict=True)))


def _shares(score: Score) -> Shares | None:
    if score.negative is None:
        return None
    return Shares(score.negative, score.neutral or 0.0, score.positive or 0.0)
