"""`earshot score` asks here: the pipeline's own reader, without a pipeline."""

from collections.abc import Iterable, Sequence
from typing import Any

from earshot.config import Config
from earshot.seams import Asked
from processors.negativity.explanation import Carried, explain
from processors.negativity.model import Negativity
from processors.negativity.tokens import bare
from processors.negativity.vader import Vader
from processors.score import Reader

_SHOWN, _LISTED = 8, 40  # tokens


class NegativityScorer:
    """Language, negativity, and which tokens carried it."""

    def __init__(self, config: Config) -> None:
        self._reader = Reader(config.scoring.languages)
        self._model, self._vader = Negativity(), Vader()

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

    def explain(self, asked: Asked) -> list[tuple[str, str]]:
        text = bare(asked.text)
        (found,) = self._reader.read([(text, asked.language)])
        if found.opinion is None:
            return [("why", "the language is not one that is read: unknown is never fine")]
        tokens = explain(self._model, text)
        lines = [
            ("more negative", _strongest(each for each in tokens if each.effect > 0)),
            ("less negative", _strongest(each for each in tokens if each.effect < 0)),
            ("linear part", ", ".join(f"{each.token} {each.linear:+.2f}" for each in tokens[:_LISTED])),
        ]
        if found.language == "en":
            opinion, words = self._vader.opinion(text), self._vader.words(text)
            known = ", ".join(f"{word} {value:+.1f}" for word, value in words) or "no word that it knows"
            lines.append(("VADER", f"negative {opinion.negative:.2f}: {known}"))
        return lines


def _strongest(tokens: Iterable[Carried]) -> str:
    ordered = sorted(tokens, key=lambda each: -abs(each.effect))[:_SHOWN]
    return (
        ", ".join(f"{each.token} {each.effect:+.2f}" for each in ordered if abs(each.effect) >= 0.005)
        or "none"
    )
