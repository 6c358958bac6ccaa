"""Who does not want to live, and who is shut out for who they are: mostly told in words that no list has.

Texts by a hand who saw none of those that were learnt from, and as many that only sound like it; and by another one
complaints of people who say who they are, where it has nothing to do with the matter.
"""

import json
from collections import Counter
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import pytest

from earshot.config import from_dict
from earshot.model import Author, Mention, Score
from processors.score import Reader, Scorer

GOLDEN = Path(__file__).parents[3] / "golden"


def cases(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (GOLDEN / name).read_text(encoding="utf-8").splitlines()]


CASES, INCIDENTAL = cases("hints.jsonl"), cases("incidental.jsonl")
NOW = datetime(2026, 1, 5, tzinfo=UTC)


def read(cases: list[dict[str, str]]) -> list[Score]:
    author = Author(id="x:1")
    heard = [
        Mention(id=f"x:{n}", brand="", author=author, text=case["text"], created_at=NOW, collected_at=NOW)
        for n, case in enumerate(cases)
    ]
    return Scorer(Reader(from_dict({}).scoring.languages)).score(heard)


@lru_cache
def scores() -> list[Score]:
    return read(CASES)


def calls(expected: str) -> Counter[str]:
    return Counter(
        call
        for case, score in zip(CASES, scores(), strict=True)
        for call in score.calls
        if case["expect"] == expected
    )


def test_it_has_enough_of_each_in_either_language() -> None:
    counts = Counter((case["expect"], case["lang"]) for case in CASES)
    assert all(
        counts[danger, lang] >= 29 for danger in ("self_harm", "discrimination") for lang in ("it", "en")
    )
    assert all(counts["none", lang] >= 55 for lang in ("it", "en"))


@pytest.mark.parametrize(("danger", "found"), [("self_harm", 0.63), ("discrimination", 0.38)])
def test_the_share_that_was_reached_is_held(danger: str, found: float) -> None:
    """The lists alone found .18 and .03."""
    assert calls(danger)[danger] >= found * sum(case["expect"] == danger for case in CASES)


def test_what_only_sounds_like_it_hardly_ever_calls() -> None:
    in_vain = calls("none")
    assert in_vain["self_harm"] <= 1
    assert in_vain["discrimination"] <= 3


def test_what_calls_says_with_which_words() -> None:
    for case, score in zip(CASES, scores(), strict=True):
        if score.calls:
            assert score.evidence, case["text"]


def test_who_somebody_is_hardly_ever_calls_where_it_has_nothing_to_do_with_the_matter() -> None:
    calling = [score for score in read(INCIDENTAL) if "discrimination" in score.calls]
    assert len(INCIDENTAL) >= 40
    assert len(calling) <= 1
