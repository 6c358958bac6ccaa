"""What is asked outside the pipeline: its own reader, and why a text reads as it does."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from earshot.config import Config
from earshot.seams import Asked, Explanation, SecondOpinion, Shares
from processors.negativity.explanation import explain
from processors.negativity.tokens import bare
from processors.score import Reader

_KNOWN = 40  # words of VADER that are named


class NegativityScorer:
    """Language, negativity, and which tokens carried it. Models are loaded when they are first needed."""

    def __init__(self, config: Config) -> None:
        self._languages = config.scoring.languages

    def score(self, asked: Sequence[Asked]) -> list[dict[str, Any]]:
        found = self._reader.read([(bare(text), language) for text, language, _ in asked])
        return [
            {
                "language": each.language,
                **{
                    name: round(p, 4) if p is not None else None
                    for name, p in zip(
                        ("negative", "neutral", "positive"), each.opinion or (None,) * 3, strict=True
                    )
                },
                "uncertain": each.uncertain,
                "model": each.model,
            }
            for each in found
        ]

    def explain(self, asked: Asked) -> Explanation:
        text = bare(asked.text)
        language = self._reader.guesser.guess(text, asked.language)
        if language not in self._reader.model.languages:
            return Explanation(language, self._reader.model.version, None)
        (opinion,) = self._reader.model.opinions([text])
        tokens, left = explain(self._reader.model, asked.text)
        second = self._second(text) if language == "en" else None
        return Explanation(
            language, self._reader.model.version, Shares(*opinion), tuple(tokens), left=left, second=second
        )

    def _second(self, text: str) -> SecondOpinion:
        return SecondOpinion(
            "VADER", Shares(*self._reader.vader.opinion(text)), tuple(self._reader.vader.words(text)[:_KNOWN])
        )

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self._languages)
