"""The score of a mention: what its text says, where it can be read, and what its stars say in any language.

The model reads every language that it learnt. VADER is asked too where the text is English; where they disagree
strongly the score is uncertain, as where the words contradict the stars.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, Protocol

from msgspec import structs

from earshot.hashing import hash64
from earshot.model import OWN, Mention, Rating, Score
from earshot.recent import Recent
from earshot.staff import learnt
from processors.calibration import NONE
from processors.language import UNKNOWN, LanguageGuesser
from processors.leant import Said, leant, shares
from processors.negativity.model import chunks, shipped
from processors.negativity.opinion import Model, Opinion
from processors.negativity.tokens import bare
from processors.negativity.vader import Vader
from processors.own import OwnAccounts
from processors.signs import reading as signs
from processors.target.towards import Towards, said

_KEPT = 5_000
_LONGEST = 1_000  # characters of a text that is kept whole: nobody may fill the memory with long ones
_CONTRADICTION = 0.6
_MOST_SPARED = 0.2  # the most that a text is against a brand that is its victim or setting
_MOST_OWN = 0.05  # and that wrote it
_CERTAIN = 1e-6
_AGAINST = frozenset(
    {"complaint", "churn", "legal", "safety"}
)  # intents that nobody has towards their own company

Text = tuple[str, str | None]
"""What is read, and the language that its source declares."""

_BY_STARS = (  # at most this many stars of five, and what that says
    (2.0, Opinion(0.85, 0.10, 0.05)),
    (3.5, Opinion(0.35, 0.45, 0.20)),
    (5.0, Opinion(0.05, 0.15, 0.80)),
)


class Finding(NamedTuple):
    """What one text says."""

    language: str
    opinion: Opinion | None
    """None where it could not be read."""
    uncertain: bool
    """A second opinion is the opposite."""
    model: str
    reading: signs.Reading = signs.NOTHING
    basis: str = "text"
    """What of it the opinion stands on."""


class Reading(Protocol):
    """Reads texts, here or in other processes."""

    def read(self, texts: Sequence[Text]) -> list[Finding]:
        """One for each, in order. Raises nothing, whatever the text."""


class Reader:
    """Reads in this process: one scorer after the other over all texts, each with its tables still in the cache."""

    def __init__(self, languages: Sequence[str], load: Callable[[], Model] = shipped) -> None:
        self.guesser = LanguageGuesser(languages)
        self.model = load()
        self.vader = Vader()
        self.signs = signs.shipped()

    def read(self, texts: Sequence[Text]) -> list[Finding]:
        languages = [self.guesser.guess(text, declared) for text, declared in texts]
        found = [Finding(language, None, uncertain=False, model=self.model.version) for language in languages]
        read = [at for at, language in enumerate(languages) if language in self.model.languages]
        start = 0
        for part in chunks(
            [texts[at][0] for at in read]
        ):  # both models look at a part while it is in the cache
            places = read[start : start + len(part)]
            start += len(part)
            opinions = self.model.opinions(part)
            readings = self.signs.read(part, [languages[at] for at in places], opinions)
            for at, text, opinion, reading in zip(places, part, opinions, readings, strict=True):
                if opinion:
                    found[at] = self._finding(text, languages[at], opinion, reading)
        return found

    def _finding(self, text: str, language: str, opinion: Opinion, reading: signs.Reading) -> Finding:
        """VADER is asked only where it could say the opposite: it takes as long as the model."""
        decided = language == "en" and max(opinion.negative, opinion.positive) >= _CONTRADICTION
        uncertain = decided and contradicts(self.vader.opinion(text), opinion)
        return Finding(language, opinion, uncertain, self.model.version, reading)


class _Key(NamedTuple):
    """All that a score depends on."""

    text: str
    title: str
    language: str | None
    rating: Rating | None
    brand: str
    source: str
    """Empty where it is no matter."""
    own: bool
    """The brand itself speaks."""


class Scorer:
    """Scores each distinct text once: reposts, copies and what differs in an address or a handle cost a look-up."""

    def __init__(
        self, reader: Reading, towards: Towards | None = None, own: OwnAccounts | None = None
    ) -> None:
        """`towards`: what tells brands apart in one text; without, a text says the same of all."""
        self._reader, self._towards, self._own = reader, towards, own or OwnAccounts(())
        self._known = Recent[int, Finding](_KEPT)
        self._scored, self._scored_by = Recent[_Key, Score](_KEPT), NONE
        self.calibrations = NONE
        """What staff have taught; it is another one only between two batches."""

    def named(self, model: str) -> str:
        """The version of what scores: the model, and the newest correction that it has learnt from."""
        return learnt(model, self.calibrations.newest)

    def alone(self, mentions: Sequence[Mention]) -> list[Score]:
        """What the model as it is shipped makes of the words, before anything else is known: what corrections teach by.

        With all intents, however unlikely. Nothing where the brand itself speaks: no correction moves how that is read.
        """
        found, spoken = self._parted(mentions)
        intents = shares(list(map(self._said, spoken)))
        return [
            Score(language=each.language, model=each.model)
            if each.opinion is None or self._own.wrote(mention)
            else structs.replace(_score(each, each.opinion, each.basis), intents=wanted)
            for mention, each, wanted in zip(mentions, found, intents, strict=True)
        ]

    def score(self, mentions: Sequence[Mention]) -> list[Score]:
        """One for each, in order; neighbours do not influence each other. Raises nothing, whatever the text."""
        if self._scored_by is not self.calibrations:
            self._scored, self._scored_by = Recent(_KEPT), self.calibrations
        keys = list(map(self._key, mentions))
        scores = list(map(self._scored.get, keys))
        fresh = {key: at for at, (key, known) in enumerate(zip(keys, scores, strict=True)) if known is None}
        new = self._read([mentions[at] for at in fresh.values()]) if fresh else []
        for key, score in zip(fresh, new, strict=True):
            if len(key.text) + len(key.title) <= _LONGEST:
                self._scored.put(key, score)
        read = dict(zip(fresh, new, strict=True))
        return [known or read[key] for key, known in zip(keys, scores, strict=True)]

    def _key(self, mention: Mention) -> _Key:
        source, own = mention.source if self.calibrations.newest else "", self._own.wrote(mention)
        return _Key(mention.text, mention.title, mention.language, mention.rating, mention.brand, source, own)

    def _read(self, mentions: Sequence[Mention]) -> list[Score]:
        found, spoken = self._parted(mentions)
        if self.calibrations.newest:
            found = list(map(self._calibrated, spoken, found))
        found = [
            _said_by_brand(each) if self._own.wrote(m) else each
            for m, each in zip(mentions, found, strict=True)
        ]
        return list(map(_combined, mentions, found))

    def _parted(self, mentions: Sequence[Mention]) -> tuple[list[Finding], list[Mention]]:
        """What is found in each, and the mention with what it says of its brand alone."""
        found, spoken = self._find(mentions), list(mentions)
        if self._towards:
            for at, (opinion, reading, part) in self._towards.parted(mentions, self._find).items():
                found[at] = found[at]._replace(opinion=opinion, reading=reading, basis="target")
                spoken[at] = part
        return found, spoken

    def _find(self, mentions: Sequence[Mention]) -> list[Finding]:
        texts = [(bare(said(mention)), mention.language) for mention in mentions]
        keys = [hash64(text, language or "") for text, language in texts]
        read = {key: found for key in keys if (found := self._known.get(key))}
        unknown = {key: text for key, text in zip(keys, texts, strict=True) if key not in read}
        for key, found in zip(unknown, self._reader.read(list(unknown.values())), strict=True):
            read[key] = found
            self._known.put(key, found)
        return [read[key] for key in keys]

    def _calibrated(self, mention: Mention, found: Finding) -> Finding:
        known, brand, source = self.calibrations, mention.brand, mention.source
        opinion = found.opinion and known.of(brand, source).apply(found.opinion)
        reading = leant(found.reading, known.leanings.of(brand, source), partial(self._said, mention))
        return found._replace(opinion=opinion, reading=reading, model=self.named(found.model))

    def _said(self, mention: Mention) -> Said:
        (found,) = self._find([mention])
        return Said(bare(said(mention)), found.language, found.opinion)


def _said_by_brand(found: Finding) -> Finding:
    """What the brand itself says is no complaint about it, and endangers nobody."""
    said = {intent: share for intent, share in found.reading.intents.items() if intent not in _AGAINST}
    quiet = found.reading._replace(grave=(), perhaps={}, intents=said, mood="neutral")
    return found._replace(
        opinion=found.opinion and _spared(found.opinion, _MOST_OWN), basis=OWN, reading=quiet
    )


def _combined(mention: Mention, found: Finding) -> Score:
    if found.opinion and "victim" in found.reading.signs and found.opinion.negative > _MOST_SPARED:
        found = found._replace(opinion=_spared(found.opinion, _MOST_SPARED), basis="victim")
    if mention.rating is None:
        return (
            _score(found, found.opinion, found.basis)
            if found.opinion
            else Score(language=found.language, model=found.model)  # in no language that is read
        )
    stars = of_stars(mention.rating)
    if found.opinion is None:
        return _score(found, stars, "rating")
    uncertain = contradicts(found.opinion, stars)
    return _score(found._replace(uncertain=uncertain), stars, f"rating, {found.basis}")


def _spared(opinion: Opinion, most: float) -> Opinion:
    """Bad news in which the brand is only victim or setting, or its own: hardly any of it is against the brand."""
    if opinion.negative <= most:
        return opinion
    others = (1 - most) / max(opinion.neutral + opinion.positive, _CERTAIN)
    return Opinion(most, opinion.neutral * others, opinion.positive * others)


def of_stars(rating: Rating) -> Opinion:
    """What a rating says: at most two of five is negative, whatever the language."""
    return next(opinion for limit, opinion in _BY_STARS if rating.of_five <= limit)


def contradicts(one: Opinion, other: Opinion) -> bool:
    """One says the opposite of the other: somebody took one star for the best, or was ironic."""
    return (one.positive >= _CONTRADICTION and other.negative >= _CONTRADICTION) or (
        one.negative >= _CONTRADICTION and other.positive >= _CONTRADICTION
    )


def _score(found: Finding, opinion: Opinion, basis: str) -> Score:
    reading, (negative, neutral, positive) = found.reading, opinion
    score = Score(
        language=found.language,
        negative=round(negative, 4),
        neutral=round(neutral, 4),
        positive=round(positive, 4),
        uncertain=found.uncertain,
        basis=basis,
        model=found.model,
        intents=reading.intents,
        signs=reading.signs,
        grave=reading.grave,
        perhaps=reading.perhaps,
        address=reading.address,
        mood=reading.mood,
        emphasis=reading.emphasis,
        tried=reading.tried,
        evidence=reading.evidence,
    )
    if not score.grave:
        return score
    calls = score.calls
    perhaps = {each: p for each, p in score.perhaps.items() if each not in calls}
    return structs.replace(score, grave=calls, perhaps=perhaps)


__all__ = ["UNKNOWN", "Finding", "Reader", "Reading", "Scorer", "Text", "contradicts", "of_stars"]
