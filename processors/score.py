"""The score of a mention: what its text says, where it can be read, and what its stars say in any language."""

from collections.abc import Sequence

from earshot.model import Mention, Rating, Score
from earshot.recent import Recent
from processors.language import UNKNOWN, LanguageGuesser
from processors.negativity import VERSION, Opinion, Vader

_KEPT = 5_000
_CONTRADICTION = 0.6

_Key = tuple[str, str | None]
_Found = tuple[str, Opinion | None]

_BY_STARS = (  # at most this many stars of five, and what that says
    (2.0, Opinion(0.85, 0.10, 0.05)),
    (3.5, Opinion(0.35, 0.45, 0.20)),
    (5.0, Opinion(0.05, 0.15, 0.80)),
)


class Scorer:
    """Scores each distinct text once: reposts and copies cost a look-up."""

    def __init__(self, languages: Sequence[str]) -> None:
        self._guesser = LanguageGuesser(languages)
        self._vader = Vader()
        self._known = Recent[_Key, _Found](_KEPT)

    def score(self, mentions: Sequence[Mention]) -> list[Score]:
        """One for each, in order; neighbours do not influence each other. Raises nothing, whatever the text."""
        texts = [(f"{m.title}\n{m.text}" if m.title else m.text, m.language) for m in mentions]
        read = {key: found for key in texts if (found := self._known.get(key))}
        read.update(self._read(list(dict.fromkeys(key for key in texts if key not in read))))
        return [_combined(mention, *read[key]) for mention, key in zip(mentions, texts, strict=True)]

    def _read(self, unknown: Sequence[_Key]) -> dict[_Key, _Found]:
        """One scorer after the other over all of them: each finds its own tables still in the cache."""
        languages = [self._guesser.guess(text, declared) for text, declared in unknown]
        found: dict[_Key, _Found] = {}
        for key, language in zip(unknown, languages, strict=True):
            found[key] = language, self._vader.opinion(key[0]) if language == "en" else None
            self._known.put(key, found[key])
        return found


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


__all__ = ["UNKNOWN", "Scorer", "contradicts", "of_stars"]
