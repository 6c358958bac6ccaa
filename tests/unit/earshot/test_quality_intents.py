"""Figures that say how well intents are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.quality_intents import Effect, Pair, effects


def test_a_known_one() -> None:
    pairs = [
        Pair(["churn"], {"churn": 0.5, "praise": 0.1}, {"churn": 0.7, "praise": 0.1}),
        Pair(["churn", "complaint"], {"churn": 0.1, "complaint": 1.0}, {"churn": 0.3, "complaint": 1.0}),
    ]
    found = effects(pairs)
    assert list(found) == ["complaint", "churn"]  # in their usual order; praise is no matter
    assert found["churn"] == pytest.approx(Effect(2, 0.6, 1.0, (0.25 + 0.81) / 2, (0.09 + 0.49) / 2))
    assert found["complaint"] == Effect(1, 1.0, 1.0, 0.0, 0.0)


def test_nothing_has_no_figures() -> None:
    assert effects([]) == {}


SHARES = st.dictionaries(st.sampled_from(["churn", "legal"]), st.floats(0, 1))


@given(st.lists(st.builds(Pair, st.lists(st.sampled_from(["churn", "legal"])), SHARES, SHARES), max_size=9))
def test_errors_lie_between_none_and_one(pairs: list[Pair]) -> None:
    for each in effects(pairs).values():
        assert 0 <= each.error_before <= 1
        assert 0 <= each.error_after <= 1
        assert each.named <= len(pairs)
