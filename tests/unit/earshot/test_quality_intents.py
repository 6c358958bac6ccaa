"""Figures that say how well intents are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.model import Intent
from earshot.quality_intents import Effect, Pair, effects

LEAST: dict[Intent, float] = {"churn": 0.2, "legal": 0.1}


def test_a_known_one() -> None:
    pairs = [
        Pair(["churn"], {"churn": 0.5, "praise": 0.1}, {"churn": 0.7, "praise": 0.1}),
        Pair(["churn", "complaint"], {"churn": 0.1, "complaint": 1.0}, {"churn": 0.3, "complaint": 1.0}),
    ]
    found = effects(pairs, LEAST)
    assert list(found) == ["complaint", "churn"]  # in their usual order; praise is no matter
    errors = ((0.25 + 0.81) / 2, (0.09 + 0.49) / 2)
    assert found["churn"] == pytest.approx(Effect(2, 0.6, 1.0, *errors, 0, 0, 1, 0))
    assert found["complaint"] == Effect(1, 1.0, 1.0, 0.0, 0.0, 0, 0, 0, 0)


def test_a_false_alarm_has_a_line_although_nobody_named_it_and_little_was_expected() -> None:
    found = effects([Pair(["complaint"], {"legal": 0.1}, {"legal": 0.09})], LEAST)
    assert found["legal"][-4:] == (1, 0, 0, 0)


def test_nothing_has_no_figures() -> None:
    assert effects([], LEAST) == {}


SHARES = st.dictionaries(st.sampled_from(["churn", "legal"]), st.floats(0, 1))
PAIRS = st.lists(st.builds(Pair, st.lists(st.sampled_from(["churn", "legal"])), SHARES, SHARES), max_size=9)


@given(PAIRS)
def test_errors_lie_between_none_and_one(pairs: list[Pair]) -> None:
    for each in effects(pairs, LEAST).values():
        assert 0 <= each.error_before <= 1
        assert 0 <= each.error_after <= 1
        assert each.named <= len(pairs)


@given(PAIRS)
def test_what_is_missed_was_named_and_what_is_false_was_not(pairs: list[Pair]) -> None:
    for each in effects(pairs, LEAST).values():
        assert max(each.missed_before, each.missed_after) <= each.named
        assert max(each.false_before, each.false_after) <= len(pairs) - each.named
