"""What is asked outside the pipeline: its own reader, and why a text reads as it does."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import to_builtins

from earshot.clock import from_us
from earshot.config import Config
from earshot.model import Author, Grave, Intent, Mention, Score
from earshot.seams import Asked, Explanation, SecondOpinion, Shares
from processors.negativity.choice import chosen
from processors.negativity.explanation import explain
from processors.negativity.model import Negativity
from processors.negativity.tokens import bare
from processors.score import Reader, Scorer
from processors.signs.model import least
from processors.target.towards import Towards

_KNOWN = 40  # words of VADER that are named
_EPOCH = from_us(0)


class NegativityScorer:
    """All that is read of a text, and which tokens carried its negativity. Models are loaded when first needed."""

    def __init__(self, config: Config) -> None:
        self._config = config

    @property
    def least(self) -> Mapping[Intent, float]:
        return least()

    def score(self, asked: Sequence[Asked]) -> list[dict[str, Any]]:
        return list(map(_told, self._scorer.score(list(map(_mention, asked)))))

    def explain(self, asked: Asked) -> Explanation | None:
        """Of the whole text alone, whoever it is about: its `shares` are what the words explain, not always the score.

        None where a transformer reads: to leave each of two hundred words out would take it minutes.
        """
        model = None if self._config.transformer.source else self._reader.model
        if not isinstance(model, Negativity):
            return None
        text = bare(asked.text)
        language = self._reader.guesser.guess(text, asked.language)
        if language not in model.languages:
            return Explanation(language, model.version, None)
        (opinion,) = model.opinions([text])
        tokens, left = explain(model, asked.text)
        second = self._second(text) if language == "en" else None
        return Explanation(language, model.version, Shares(*opinion), tuple(tokens), left=left, second=second)

    def words(self, asked: Asked, grave: Grave) -> tuple[str, ...]:
        text = bare(asked.text)
        return self._reader.signs.words(text, self._reader.guesser.guess(text, asked.language), grave)

    def _second(self, text: str) -> SecondOpinion:
        return SecondOpinion(
            "VADER", Shares(*self._reader.vader.opinion(text)), tuple(self._reader.vader.words(text)[:_KNOWN])
        )

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self._config.scoring.languages, chosen(self._config))

    @cached_property
    def _scorer(self) -> Scorer:
        return Scorer(self._reader, Towards(self._config.brands))


def _mention(asked: Asked) -> Mention:
    return Mention(
        id="asked:1",
        brand=asked.brand or "",
        author=Author(id="somebody"),
        created_at=_EPOCH,
        collected_at=_EPOCH,
        text=asked.text,
        language=asked.language,
    )


def _told(score: Score) -> dict[str, Any]:
    """All that it says, what it does not say left out; and whether it could be read at all."""
    said: dict[str, Any] = to_builtins(score)
    first = {
        name: getattr(score, name) for name in ("language", "negative", "neutral", "positive", "uncertain")
    }
    return first | {name: value for name, value in said.items() if name not in first}
