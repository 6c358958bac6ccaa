"""What stays of the score of a mention whose words are gone."""

from typing import get_args

from msgspec import structs

from earshot.model import Emphasis, Score, Tried
from processors.folding import wordless

_NUMBERS = {"language", "negative", "neutral", "positive", "uncertain", "basis", "model"}


def test_nothing_stays_that_tells_of_the_words() -> None:
    score = Score(
        language="it",
        negative=0.9,
        neutral=0.05,
        positive=0.05,
        intents={"complaint": 0.9},
        signs=("minor",),
        grave=("safety",),
        perhaps={"legal": 0.4},
        named=("self_harm",),
        address="tu",
        mood="anger",
        tried=(Tried(way="phone", words="chiamato"),),
        emphasis=get_args(Emphasis),
        evidence=("fuoco",),
    )
    kept, plain = wordless(score), Score(language="it")
    for field in structs.fields(Score):
        expected = score if field.name in _NUMBERS else plain
        assert getattr(kept, field.name) == getattr(expected, field.name), field.name
