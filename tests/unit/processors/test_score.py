"""What a mention says, in words and stars; what cannot be read is unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline_world import FURIOUS, PLEASED, desk, mention

from earshot.model import Score
from processors.language import LanguageGuesser

GUESSER = LanguageGuesser(("it", "en", "es", "fr", "de", "pt"))


def score(text: str, **values: object) -> Score:
    (found,) = desk().scorer.score([mention("1", text=text, **values)])
    return found


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("The train was late and nobody told us anything", None, "en"),
        ("Il treno era in ritardo e nessuno ci ha detto niente", None, "it"),
        ("Der Zug war zu spät und niemand hat uns etwas gesagt", None, "de"),
        ("El tren llegó tarde y nadie nos dijo nada de eso", None, "es"),
        ("配送が遅れて最悪です。二度と使いません。", None, "unknown"),
        ("Поезд опоздал, и никто нам ничего не сказал", None, "unknown"),
        ("ok", None, "unknown"),
        ("ok", "it", "it"),
        ("ok", "it-IT", "it"),
        ("The train was late and nobody told us anything", "ja", "unknown"),
        ("The train was late and nobody told us anything", "und", "en"),
        ("@united https://t.co/abc", None, "unknown"),
    ],
)
def test_language(text: str, declared: str | None, language: str) -> None:
    assert GUESSER.guess(text, declared) == language


def test_italian_is_unknown_until_it_can_be_read_and_never_fine() -> None:
    found = score("Sono furioso, il numero verde cade sempre e il pacco non arriva")
    assert (found.language, found.negative, found.vote) == ("it", None, None)


def test_english_is_read() -> None:
    bad, good = score(FURIOUS), score(PLEASED)
    assert bad.negative is not None
    assert good.positive is not None
    assert bad.negative > 0.8 < good.positive


@pytest.mark.parametrize(("stars", "negative"), [(1, True), (2, True), (3, False), (5, False)])
def test_stars_are_evidence_in_every_language(stars: int, *, negative: bool) -> None:
    found = score("配送が遅れて", stars=stars)
    assert found.negative is not None
    assert (found.negative >= 0.8) is negative


def test_words_that_contradict_the_stars_make_the_score_uncertain() -> None:
    assert score(PLEASED, stars=1).uncertain
    assert not score(FURIOUS, stars=1).uncertain


@given(
    st.lists(st.sampled_from([FURIOUS, PLEASED, "", "ok", "😡😡😡", "Il treno era in ritardo"]), max_size=8)
)
def test_neighbours_have_no_influence(texts: list[str]) -> None:
    together = desk().scorer.score([mention(str(i), text=text) for i, text in enumerate(texts)])
    assert together == [score(text) for text in texts]


@given(st.text(max_size=400))
def test_any_text_has_a_score_whose_parts_sum_to_one_or_none(text: str) -> None:
    found = score(text)
    parts = (found.negative, found.neutral, found.positive)
    assert parts == (None, None, None) or sum(part or 0 for part in parts) == pytest.approx(1, abs=2e-4)


def test_a_hundred_thousand_characters_are_scored_in_passing() -> None:
    assert score("terrible but horrible " * 5_000, language="en").negative is not None
