"""Figures that say how well mentions are read."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.quality import (
    Interval,
    Month,
    Pair,
    accuracy,
    calibration_error,
    confusion,
    drift,
    macro_f1,
    negative_error,
    wilson,
)
from earshot.seams import Shares

NEGATIVE, NEUTRAL, POSITIVE = Shares(0.8, 0.1, 0.1), Shares(0.1, 0.8, 0.1), Shares(0.1, 0.1, 0.8)


def month(mentions: int, negative: int, sureness: float = 0.7, *models: str) -> Month:
    return Month(mentions, negative, mentions * sureness, frozenset(models))


def test_a_known_table() -> None:
    pairs = [Pair(NEGATIVE, 0)] * 6 + [Pair(NEUTRAL, 0)] * 2 + [Pair(NEUTRAL, 1)] * 3 + [Pair(POSITIVE, 1)]
    counts = confusion(pairs)
    assert counts == [[6, 2, 0], [0, 3, 1], [0, 0, 0]]
    assert macro_f1(counts) == pytest.approx((12 / 14 + 6 / 9 + 0) / 3)
    found = accuracy(counts)
    assert found
    assert found.value == 0.75
    assert calibration_error(pairs) == pytest.approx(0.05)


def test_of_nothing_nothing_can_be_said() -> None:
    counts = confusion([])
    assert (accuracy(counts), macro_f1(counts), calibration_error([]), negative_error([])) == (None,) * 4


def test_wilson_as_in_the_books() -> None:
    """Newcombe 1998, 81 of 263."""
    assert wilson(81, 263) == pytest.approx(Interval(0.3080, 0.2553, 0.3662), abs=5e-5)


@given(st.integers(1, 10_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_an_interval_holds_its_share(counted: tuple[int, int]) -> None:
    found = wilson(*counted)
    assert 0 <= found.low <= found.value <= found.high <= 1


@given(
    st.lists(st.builds(Pair, st.sampled_from([NEGATIVE, NEUTRAL, POSITIVE]), st.integers(0, 2)), min_size=1)
)
def test_errors_are_shares(pairs: list[Pair]) -> None:
    assert 0 <= (calibration_error(pairs) or 0) <= 1
    assert 0 <= (negative_error(pairs) or 0) <= 1
    assert sum(map(sum, confusion(pairs))) == len(pairs)


def test_a_model_that_is_right_as_often_as_it_says_has_no_error() -> None:
    pairs = [Pair(NEGATIVE, 0)] * 8 + [Pair(NEGATIVE, 1), Pair(NEGATIVE, 2)]
    assert isclose(calibration_error(pairs) or 0, 0, abs_tol=1e-12)
    assert isclose(negative_error(pairs) or 0, 0, abs_tol=1e-12)
    assert calibration_error([Pair(Shares(1.0, 0.0, 0.0), 1)]) == 1


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (month(500, 100), month(500, 105), "no more than chance would do"),
        (month(500, 250), month(500, 100), "more than chance would do"),
        (month(500, 100, 0.6), month(500, 100, 0.7), "less sure"),
        (month(0, 0), month(500, 100), "Nothing to compare"),
    ],
)
def test_drift_is_said_in_a_sentence(now: Month, before: Month, said: str) -> None:
    assert said in drift(now, before)


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (month(500, 250, 0.7, "negativity-1+c200"), month(500, 100, 0.7, "negativity-1")),
        (month(500, 100, 0.6, "negativity-1+c200"), month(500, 100, 0.7, "negativity-1")),
        (month(500, 100, 0.7, "negativity-1+c200", "negativity-1"), month(500, 100, 0.7, "negativity-1")),
    ],
)
def test_what_the_model_learnt_is_not_taken_for_a_change_of_mood(now: Month, before: Month) -> None:
    told = drift(now, before)
    assert "same version" in told
    assert "earshot rescore" in told
    assert not any(word in told for word in ("mood", "less sure", "something new"))


def test_by_one_version_months_are_compared() -> None:
    one = month(500, 250, 0.7, "negativity-1+c200")
    assert "likely the mood" in drift(one, month(500, 100, 0.7, "negativity-1+c200"))
    assert "likely the mood" in drift(one, month(500, 100))
