"""The plainest sentences, in the words that anybody would use first: the share that the shipped model must read right."""

import json
from pathlib import Path

import pytest

from processors.negativity.model import Negativity

FILE = Path(__file__).parents[2] / "golden" / "plain.jsonl"
CASES = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
REACHED = 0.9


@pytest.mark.parametrize("lang", ["it", "en"])
def test_the_share_that_was_reached_is_held(lang: str) -> None:
    cases = [case for case in CASES if case["lang"] == lang]
    opinions = Negativity().opinions([case["text"] for case in cases])
    called = [("neg", "neu", "pos")[opinion.index(max(opinion))] for opinion in opinions]
    good = [got == case["label"] for case, got in zip(cases, called, strict=True)]
    assert len(cases) >= 150
    assert sum(good) / len(good) >= REACHED
