"""How staff read mentions, against how the model did: they put a mention right, and teach the model's calibration.

A row is only ever added; the newest for a mention counts. Once the mention is erased, withdrawn or edited, what is
left of it is numbers that lead to nobody. A text is never kept here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from earshot.handling import AsRead, Change, Handling, as_read, changed, handled
from earshot.model import Intent, Score
from earshot.seams import Shares
from earshot.staff import STAFF, Polarity, shipped
from earshot.store import brands, mentions
from earshot.store.binding import Listed
from earshot.store.bulk import change
from earshot.store.mentions import Kept
from earshot.store.schema import CORRECTIONS

_OPINIONS: dict[Polarity, Shares] = {
    "neg": Shares(0.97, 0.02, 0.01),
    "neu": Shares(0.02, 0.96, 0.02),
    "pos": Shares(0.01, 0.02, 0.97),
}
_BY = 200  # characters
_LEAST = 0.05  # of an intent that a score names
_ENCODER = msgspec.json.Encoder()
_STANDS = (
    "(mention = 0 or not exists (select 1 from corrections l where l.mention = c.mention and l.id > c.id))"
)


LOOKED_AT = "to look at"
"""Made by who said whether a mention tells of a danger, and left the mood as it was read: that teaches no mood."""


class Correction(NamedTuple):
    id: int
    brand: int
    """Its number."""
    source: str
    mention: int
    """Its number; 0: it is gone, or says something else now."""
    at: int
    """µs"""
    made_by: str
    """"console", "cli", `LOOKED_AT`, or who it was."""
    polarity: Polarity
    shown: Shares | None
    """As Earshot had read it, stars and calibration included; None: it could not."""
    model: str
    read: Shares | None
    """What the model alone makes of the words; None: it cannot, or was not asked yet."""
    read_model: str
    """The model that was asked; empty: none yet."""
    intents: tuple[Intent, ...] | None = None
    """All that hold, and no others; None where nobody spoke of them."""
    read_intents: Mapping[Intent, float] | None = None
    """What the model alone gives each; empty: it cannot read the text; None: it was not asked."""
    intents_model: str = ""
    """The model of intents that was asked; empty: none yet."""
    handling: Handling = Handling()
    read_handling: AsRead | None = None
    """What the model had read when somebody first said otherwise; None: nobody has."""

    @property
    def tells_mood(self) -> bool:
        return self.made_by != LOOKED_AT

    def says(
        self, polarity: Polarity, intents: Sequence[Intent], handling: Change, *, unsay: bool = False
    ) -> bool:
        """Whether it says this already; no intents: nothing is said of them, or what was said is taken back."""
        if self.polarity != polarity or changed(self.handling, handling) != self.handling:
            return False
        if unsay:
            return self.intents is None
        return not intents or set(intents) == set(self.intents or ())


class _Intents(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the column of intents keeps. A list is what it kept before the model was asked: `said` alone."""

    said: tuple[Intent, ...] | None = None
    """None: what was said is taken back."""
    read: dict[Intent, float] | None = None
    model: str = ""


class _Handling(msgspec.Struct, frozen=True):
    """What the column of handling keeps."""

    said: Handling
    read: AsRead


_INTENTS = msgspec.json.Decoder(_Intents | tuple[Intent, ...])
_HANDLING = msgspec.json.Decoder(_Handling)


def add(
    connection: Connection,
    kept: Kept,
    polarity: Polarity,
    at: int,
    made_by: str,
    intents: Sequence[Intent] | None = None,
    handling: Change | None = None,
    *,
    unsay: bool = False,
) -> int:
    """Its number. What it does not speak of holds as it was said before; `unsay` takes the intents back."""
    before = _said_before(connection, kept)
    of_intents, of_handling = _kept_before(connection, kept.n)
    row = (
        brands.brand_no(kept.n),
        kept.mention.source,
        kept.n,
        at,
        made_by[:_BY],
        polarity,
        *(before or _said(kept.score)),
        _said_of_intents(of_intents, intents, unsay=unsay),
        _said_of_handling(of_handling, handling or {}, kept.score),
    )
    number: int = connection.exec_driver_sql(
        "insert into corrections (brand, source, mention, at, made_by, polarity, negative, neutral, positive, model,"
        " read_negative, read_neutral, read_positive, read_model, intents, handling)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id",
        row,
    ).scalar_one()
    return number


def newest(connection: Connection) -> int:
    """The number of the last of all; 0 where there is none."""
    found: int = connection.exec_driver_sql("select coalesce(max(id), 0) from corrections").scalar_one()
    return found


def standing(connection: Connection, brand: int | None = None, after: int = 0) -> list[Correction]:
    """Those that count, of a brand or of all, with numbers above `after`, in the order in which they were made."""
    of_brand, values = ("", (after,)) if brand is None else (" and brand = ?", (after, brand))
    found = connection.exec_driver_sql(
        f"select * from corrections c where id > ?{of_brand} and {_STANDS} order by id", values
    )
    return [_correction(row) for row in found]


def of_mention(connection: Connection, n: int) -> list[Correction]:
    """All, the newest first."""
    found = connection.exec_driver_sql("select * from corrections where mention = ? order by id desc", (n,))
    return [_correction(row) for row in found]


def labelled(connection: Connection, numbers: Iterable[int]) -> set[int]:
    """Which of these mentions somebody has corrected or confirmed."""
    found = connection.exec_driver_sql(
        "select mention from corrections where mention in (select value from json_each(?))",
        (Listed(numbers),),
    )
    return set(found.scalars())


def fill(connection: Connection, read: Iterable[tuple[int, Score]]) -> None:
    """By number of correction, what the model alone makes of the words."""
    change(
        connection,
        CORRECTIONS,
        ("read_negative", "read_neutral", "read_positive", "read_model"),
        ("id",),
        [(score.negative, score.neutral, score.positive, score.model, number) for number, score in read],
    )


def fill_intents(
    connection: Connection, read: Iterable[tuple[Correction, Mapping[Intent, float]]], model: str
) -> None:
    """What the model of intents alone makes of the words, of corrections that name intents."""
    change(
        connection,
        CORRECTIONS,
        ("intents",),
        ("id",),
        [(_encoded(_Intents(each.intents or (), dict(shares), model)), each.id) for each, shares in read],
    )


def unlink(connection: Connection, numbers: Iterable[int]) -> None:
    """These mentions are gone, or say something else: what was learnt of each stays, once, and leads to nobody."""
    of = Listed(numbers)
    connection.exec_driver_sql(
        "delete from corrections where mention in (select value from json_each(?)) and exists"
        " (select 1 from corrections l where l.mention = corrections.mention and l.id > corrections.id)",
        (of,),
    )
    connection.exec_driver_sql(
        "update corrections set mention = 0, handling = null where mention in (select value from json_each(?))",
        (of,),
    )


def corrected(score: Score, correction: Correction) -> Score:
    """As the person read it; what they said nothing of stays, or is again as the model read it.

    They have looked at it: nothing is left that it may tell of.
    """
    negative, neutral, positive = _OPINIONS[correction.polarity]
    return msgspec.structs.replace(
        handled(score, correction.handling, correction.read_handling or as_read(score)),
        negative=negative,
        neutral=neutral,
        positive=positive,
        uncertain=False,
        basis=STAFF,
        perhaps={},
        model=f"{STAFF}-{correction.id}",
        intents=_holding(score, correction),
    )


def is_applied(score: Score, correction: Correction) -> bool:
    return score.basis == STAFF and score.model == f"{STAFF}-{correction.id}"


def find(connection: Connection, brand: brands.Brand, mention: str) -> int | None:
    """The number of a brand's mention, by its id. It reads all of the brand's: for few of them."""
    beginning = f'{{"id":{_ENCODER.encode(mention).decode()},'  # how every mention is encoded
    found: int | None = connection.exec_driver_sql(
        "select n from mentions where n between ? and ? and substr(mention, 1, ?) = ? order by n limit 1",
        (*brands.numbers(brand.no), len(beginning), beginning),
    ).scalar()
    return found


def heard(connection: Connection, n: int) -> Kept | None:
    """The mention that a correction may be made of; None where there is none, or it was withdrawn."""
    row = mentions.get(connection, [n]).get(n)
    return mentions.read(row) if row and not row.withdrawn else None


def _said_before(connection: Connection, kept: Kept) -> tuple[Any, ...] | None:
    """A person's word is no model's: what that had said stands in their last correction."""
    if kept.score.basis != STAFF:
        return None
    row = connection.exec_driver_sql(
        "select negative, neutral, positive, model, read_negative, read_neutral, read_positive, read_model"
        " from corrections where mention = ? order by id desc limit 1",
        (kept.n,),
    ).first()
    return tuple(row) if row else None


def _kept_before(connection: Connection, n: int) -> tuple[str | None, str | None]:
    """Intents and handling as they are kept, with what the model made of the same words."""
    found = connection.exec_driver_sql(
        "select intents, handling from corrections where mention = ? order by id desc limit 1", (n,)
    ).first()
    return (found[0], found[1]) if found else (None, None)


def _said_of_intents(before: str | None, intents: Sequence[Intent] | None, *, unsay: bool) -> str | None:
    """What the model made of the same words stays beside it: once all is taken back, the mention reads so again."""
    if intents is None and not unsay:
        return before
    said = None if intents is None else tuple(intents)
    kept = _decoded(before)
    if kept is None or kept.read is None:
        return None if said is None else _encoded(_Intents(said))
    return _encoded(_Intents(said, kept.read, kept.model))


def _said_of_handling(before: str | None, change: Change, score: Score) -> str | None:
    """What the model read stays beside it from the first word of staff on: the score keeps it no longer."""
    if not change:
        return before
    if before is None:
        said = changed(Handling(), change)
        return None if said == Handling() else _encoded(_Handling(said, as_read(score)))
    kept = _HANDLING.decode(before)
    return _encoded(_Handling(changed(kept.said, change), kept.read))


def _holding(score: Score, correction: Correction) -> dict[Intent, float]:
    """The intents of a corrected score. Where a person took theirs back, those of the model hold again."""
    if correction.intents is not None:
        return dict.fromkeys(correction.intents, 1.0)
    if correction.read_intents is None:
        return score.intents
    return {each: round(p, 3) for each, p in correction.read_intents.items() if p >= _LEAST}


def _encoded(kept: _Intents | _Handling) -> str:
    return _ENCODER.encode(kept).decode()


def _decoded(kept: str | None) -> _Intents | None:
    found = None if kept is None else _INTENTS.decode(kept)
    return _Intents(found) if isinstance(found, tuple) else found


def _said(score: Score) -> tuple[Any, ...]:
    shown = (score.negative, score.neutral, score.positive, score.model)
    alone = score.basis.startswith("text") and shipped(score.model) == score.model
    return (*shown, *shown) if alone else (*shown, None, None, None, "")


def _correction(row: Sequence[Any]) -> Correction:
    number, brand, source, mention, at, made_by, polarity, *said, of_intents, of_handling = row
    intents = _decoded(of_intents)
    kept = _HANDLING.decode(of_handling) if of_handling else None
    return Correction(
        number,
        brand,
        source,
        mention,
        at,
        made_by,
        polarity,
        _shares(said[:3]),
        said[3],
        _shares(said[4:7]),
        said[7],
        *((intents.said, intents.read, intents.model) if intents else (None, None, "")),
        *((kept.said, kept.read) if kept else ()),
    )


def _shares(values: Sequence[float | None]) -> Shares | None:
    negative, neutral, positive = values
    if negative is None:
        return None
    return Shares(negative, neutral or 0.0, positive or 0.0)
