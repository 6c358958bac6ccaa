"""The score of a mention: what its text says, where it can be read, and what its stars say in any language."""

from collections.abc import Sequence
from typing import Protocol

from earshot.model import Mention, Rating, Score
from earshot.recent import Recent
from processors.language import UNKNOWN, LanguageGuesser
from processors.negativity import VERSION, Opinion, Vader

_KEPT = 5_000
_CONTRADICTION = 0.6

Text = tuple[str, str | None]
"""What is read, and the language that its source declares."""
Finding = tuple[str, Opinion | None]
"""Its language, and what it says where that can be read."""

_BY_STARS = (  # at most this many stars of five, and what that says
    (2.0, Opinion(0.85, 0.10, 0.05)),
    (3.5, Opinion(0.35, 0.45, 0.20)),
    (5.0, Opinion(0.05, 0.15, 0.80)),
)


class Reading(Protocol):
    """Reads texts, here or in other processes."""

    def read(self, texts: Sequence[Text]) -> list[Finding]:
        """One for each, in order. Raises nothing, whatever the text."""


class Reader:
    """Reads in this process: one scorer after the other over all texts, each with its tables still in the cache."""

    def __init__(self, languages: Sequence[str]) -> None:
        self._guesser = LanguageGuesser(languages)
        self._vader = Vader()

    def read(self, texts: Sequence[Text]) -> list[Finding]:
        languages = [self._guesser.guess(text, declared) for text, declared in texts]
        return [
            (language, self._vader.opinion(text) if language == "en" else None)
            for (text, _), language in zip(texts, languages, strict=True)
        ]


class Scorer:
    """Scores each distinct text once: reposts and copies cost a look-up."""

    def __init__(self, reader: Reading) -> None:
        self._reader = reader
        self._known = Recent[Text, Finding](_KEPT)

    def score(self, mentions: Sequence[Mention]) -> list[Score]:
        """One for each, in order; neighbours do not influence each other. Raises nothing, whatever the text."""
        texts = [(f"{m.title}\n{m.text}" if m.title else m.text, m.language) for m in mentions]
        read = {text: found for text in texts if (found := self._known.get(text))}
        unknown = list(dict.fromkeys(text for text in texts if text not in read))
        for text, found in zip(unknown, self._reader.read(unknown), strict=True):
            read[text] = found
            self._known.put(text, found)
        return [_combined(mention, *read[text]) for mention, text in zip(mentions, texts, strict=True)]


def _combined(mention: Mention, language: str, opinion: Opinion | None) -> Score:
    if mention.rating is None:
        return _score(language, opinion, "vader") if opinion else Score(language=language)
    stars = of_stars(mention.rating)
    if opinion is None:
        return _score(language, stars, "rating")
    return _score(language, stars, "rating, vader", uncertain=contradicts(opinion, stars))


def of_stars(rating: Rating) -> Opinion:
    """What a rating says: at most two of five is negative, whatever the language."""
    return next(opinion for limit, opinion in _BY_STARS if rating.of_five <= limit)


def contradicts(text: Opinion, stars: Opinion) -> bool:
    """The words say the opposite of the stars: somebody took one star for the best, or was ironic."""
    return (text.positive >= _CONTRADICTION and stars.negative >= _CONTRADICTION) or (
        text.negative >= _CONTRADICTION and stars.positive >= _CONTRADICTION
    )


def _score(language: str, opinion: Opinion, basis: str, *, uncertain: bool = False) -> Score:
    return Score(
        language=language,
        negative=round(opinion.negative, 4),
        neutral=round(opinion.neutral, 4),
        positive=round(opinion.positive, 4),
        uncertain=uncertain,
        basis=basis,
        model=VERSION,
    )


__all__ = ["UNKNOWN", "Finding", "Reader", "Reading", "Scorer", "Text", "contradicts", "of_stars"]
