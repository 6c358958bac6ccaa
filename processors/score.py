"""The score of a mention: what its text says, where it can be read, and what its stars say in any language.

The model reads every language that it learnt. VADER is asked too where the text is English; where they disagree
strongly the score is uncertain, as where the words contradict the stars.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from earshot.hashing import hash64
from earshot.model import Mention, Rating, Score
from earshot.recent import Recent
from processors.language import UNKNOWN, LanguageGuesser
from processors.negativity.model import Negativity
from processors.negativity.opinion import Opinion
from processors.negativity.tokens import bare
from processors.negativity.vader import Vader

_KEPT = 5_000
_CONTRADICTION = 0.6

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


class Reading(Protocol):
    """Reads texts, here or in other processes."""

    def read(self, texts: Sequence[Text]) -> list[Finding]:
        """One for each, in order. Raises nothing, whatever the text."""


class Reader:
    """Reads in this process: one scorer after the other over all texts, each with its tables still in the cache."""

    def __init__(self, languages: Sequence[str]) -> None:
        self.guesser = LanguageGuesser(languages)
        self.model = Negativity()
        self.vader = Vader()

    def read(self, texts: Sequence[Text]) -> list[Finding]:
        languages = [self.guesser.guess(text, declared) for text, declared in texts]
        read = [at for at, language in enumerate(languages) if language in self.model.languages]
        opinions = dict(zip(read, self.model.opinions([texts[at][0] for at in read]), strict=True))
        return [
            self._finding(text, language, opinions.get(at))
            for at, ((text, _), language) in enumerate(zip(texts, languages, strict=True))
        ]

    def _finding(self, text: str, language: str, opinion: Opinion | None) -> Finding:
        uncertain = (
            opinion is not None and language == "en" and contradicts(self.vader.opinion(text), opinion)
        )
        return Finding(language, opinion, uncertain, self.model.version)


class Scorer:
    """Scores each distinct text once: reposts, copies and what differs in an address or a handle cost a look-up."""

    def __init__(self, reader: Reading) -> None:
        self._reader = reader
        self._known = Recent[int, Finding](_KEPT)

    def score(self, mentions: Sequence[Mention]) -> list[Score]:
        """One for each, in order; neighbours do not influence each other. Raises nothing, whatever the text."""
        texts = [(bare(f"{m.title}\n{m.text}" if m.title else m.text), m.language) for m in mentions]
        keys = [hash64(text, language or "") for text, language in texts]
        read = {key: found for key in keys if (found := self._known.get(key))}
        unknown = {key: text for key, text in zip(keys, texts, strict=True) if key not in read}
        for key, found in zip(unknown, self._reader.read(list(unknown.values())), strict=True):
            read[key] = found
            self._known.put(key, found)
        return [_combined(mention, read[key]) for mention, key in zip(mentions, keys, strict=True)]


def _combined(mention: Mention, found: Finding) -> Score:
    if mention.rating is None:
        return (
            _score(found, found.opinion, "text")
            if found.opinion
            else Score(language=found.language, model=found.model)
        )
    stars = of_stars(mention.rating)
    if found.opinion is None:
        return _score(found, stars, "rating")
    uncertain = contradicts(found.opinion, stars)
    return _score(found._replace(uncertain=uncertain), stars, "rating, text")


def of_stars(rating: Rating) -> Opinion:
    """What a rating says: at most two of five is negative, whatever the language."""
    return next(opinion for limit, opinion in _BY_STARS if rating.of_five <= limit)


def contradicts(one: Opinion, other: Opinion) -> bool:
    """One says the opposite of the other: somebody took one star for the best, or was ironic."""
    return (one.positive >= _CONTRADICTION and other.negative >= _CONTRADICTION) or (
        one.negative >= _CONTRADICTION and other.positive >= _CONTRADICTION
    )


def _score(found: Finding, opinion: Opinion, basis: str) -> Score:
    return Score(
        language=found.language,
        negative=round(opinion.negative, 4),
        neutral=round(opinion.neutral, 4),
        positive=round(opinion.positive, 4),
        uncertain=found.uncertain,
        basis=basis,
        model=found.model,
    )


__all__ = ["UNKNOWN", "Finding", "Reader", "Reading", "Scorer", "Text", "contradicts", "of_stars"]
