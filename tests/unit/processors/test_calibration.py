"""What corrections teach: nothing at first, little from a handful, nearly all from two hundred, never backwards."""

import random
from math import isclose, log

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from processors.calibration import IDENTITY, NONE, Calibration, Taught, cross_fitted, fit
from processors.negativity.opinion import Opinion

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
UNDECIDED = Opinion(0.33, 0.34, 0.33)


def _opinion(parts: tuple[float, float, float]) -> Opinion:
    total = sum(parts)
    return Opinion(*(part / total for part in parts))


OPINIONS = st.tuples(*[st.floats(0.01, 1)] * 3).map(_opinion)
SAID = st.integers(0, 2)
TAUGHT = st.builds(Taught, st.sampled_from(["Acme", "Bolt"]), st.sampled_from(["x", "feed"]), OPINIONS, SAID)
MANY = st.lists(TAUGHT, max_size=25)


def seen(
    count: int,
    slope: float = 1.0,
    bias: tuple[float, float, float] = (0.0, 0.0, 0.0),
    brand: str = "Acme",
    seed: int = 0,
) -> list[Taught]:
    """Texts whose true chances are other ones than the model's."""
    rng = random.Random(seed)
    true = Calibration(slope, tuple(2.718281828**b for b in bias))  # type: ignore[arg-type]
    found = []
    for _ in range(count):
        opinion = _opinion((rng.random() + 0.02, rng.random() + 0.02, rng.random() + 0.02))
        said = rng.choices(range(3), true.apply(opinion))[0]
        found.append(Taught(brand, "x", opinion, said))
    return found


def log_loss(taught: list[Taught], calibration: Calibration) -> float:
    return -sum(log(calibration.apply(each.opinion)[each.said]) for each in taught) / len(taught)


@given(OPINIONS)
def test_without_corrections_no_bit_changes(opinion: Opinion) -> None:
    assert fit([]) is NONE
    assert NONE.of("Acme", "x").apply(opinion) is opinion


@PATIENT
@given(MANY, OPINIONS)
def test_what_comes_out_are_probabilities(taught: list[Taught], opinion: Opinion) -> None:
    found = fit(taught).of("Acme", "x").apply(opinion)
    assert isclose(sum(found), 1)
    assert all(0 < p < 1 for p in found)


@PATIENT
@given(MANY)
def test_the_order_of_corrections_is_no_matter(taught: list[Taught]) -> None:
    assert fit(taught) == fit(taught[::-1])


@PATIENT
@given(MANY, TAUGHT)
def test_another_correction_never_moves_its_own_text_away_from_what_was_said(
    taught: list[Taught], another: Taught
) -> None:
    """The loss is convex and the fit its least: what is added to it cannot grow."""
    before, after = (fit(each).of(another.brand, another.source) for each in (taught, [*taught, another]))
    if min(before.slope, after.slope) > 0.1:
        read = (each.apply(another.opinion)[another.said] for each in (before, after))
        less, more = read
        assert more >= less - 1e-6


@PATIENT
@given(st.lists(TAUGHT, min_size=1, max_size=4), OPINIONS)
def test_a_handful_moves_little(taught: list[Taught], opinion: Opinion) -> None:
    found = fit(taught).of("Acme", "x").apply(opinion)
    assert max(abs(a - b) for a, b in zip(found, opinion, strict=True)) < 0.25  # four times the surest error


def test_four_corrections_of_sure_errors_leave_the_others_where_they_are() -> None:
    known = fit([Taught("Acme", "x", Opinion(0.01, 0.01, 0.98), 0)] * 4).of("Acme", "x")
    for opinion in (Opinion(0.9, 0.05, 0.05), Opinion(0.05, 0.9, 0.05), Opinion(0.05, 0.05, 0.9)):
        assert known.apply(opinion).index(max(known.apply(opinion))) == opinion.index(0.9)


def test_more_of_one_kind_move_further_that_way() -> None:
    read = [
        fit([Taught("Acme", "x", UNDECIDED, 0)] * count).of("Acme", "x").apply(UNDECIDED).negative
        for count in (0, 1, 4, 20, 200)
    ]
    assert read == sorted(read)
    assert read[2] < 0.43
    assert read[4] > 0.88


@pytest.mark.parametrize(
    ("slope", "bias", "share"),
    [(1.0, (1.0, -0.5, -0.5), 0.9), (1.6, (0.4, 0.0, -0.4), 0.7), (0.5, (0.0, 0.0, 0.0), 0.4)],
)
def test_two_hundred_win_most_of_what_there_is_to_win(
    slope: float, bias: tuple[float, float, float], share: float
) -> None:
    """Less of a temperature alone, which is held tighter and matters little."""
    later = seen(2_000, slope, bias, seed=99)
    true = Calibration(slope, tuple(2.718281828**b for b in bias))  # type: ignore[arg-type]
    as_shipped, best = log_loss(later, IDENTITY), log_loss(later, true)
    assert as_shipped - learnt(later, slope, bias) > share * (as_shipped - best)


def test_where_nothing_is_wrong_nothing_much_is_learnt() -> None:
    later = seen(2_000, seed=99)
    assert learnt(later) < log_loss(later, IDENTITY) + 0.01


def learnt(
    later: list[Taught], slope: float = 1.0, bias: tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> float:
    """The mean loss of ten brands that taught two hundred each, apart from each other."""
    fits = [fit(seen(200, slope, bias, seed=seed)).of("Acme", "x") for seed in range(10)]
    return sum(log_loss(later, each) for each in fits) / len(fits)


def test_what_one_brand_teaches_reaches_others_the_less_the_further_they_are() -> None:
    known = fit([Taught("Acme", "x", UNDECIDED, 0)] * 100)
    own, beside, elsewhere = (
        known.of(*place).apply(UNDECIDED).negative
        for place in (("Acme", "x"), ("Bolt", "x"), ("Bolt", "feed"))
    )
    assert own > beside > elsewhere > UNDECIDED.negative


def test_where_one_brand_alone_teaches_the_others_follow_by_half_and_by_a_quarter() -> None:
    known = fit(seen(200, bias=(1.0, -0.5, -0.5)))
    own, beside, elsewhere = (
        known.of(*place).bias[0] for place in (("Acme", "x"), ("Bolt", "x"), ("Acme", "web"))
    )
    assert beside / own == pytest.approx(0.54, abs=0.01)
    assert elsewhere / own == pytest.approx(0.23, abs=0.01)


def test_brands_that_differ_are_told_apart() -> None:
    taught = [*seen(300, bias=(1.0, -0.5, -0.5)), *seen(300, bias=(-1.0, 0.5, 0.5), brand="Bolt")]
    known = fit(taught, newest=7)
    assert known.of("Acme", "x").apply(UNDECIDED).negative > 0.45
    assert known.of("Bolt", "x").apply(UNDECIDED).negative < 0.22
    assert known.newest == 7


def test_whatever_is_said_texts_keep_their_order() -> None:
    """Somebody labels the opposite of what the model says, again and again."""
    taught = [
        Taught("Acme", "x", Opinion(0.9, 0.05, 0.05), 2),
        Taught("Acme", "x", Opinion(0.05, 0.05, 0.9), 0),
    ]
    found = fit(taught * 200).of("Acme", "x")
    sure, unsure = Opinion(0.9, 0.05, 0.05), Opinion(0.4, 0.3, 0.3)
    assert found.temperature > 0
    assert found.apply(sure).negative > found.apply(unsure).negative


def test_what_is_compared_was_not_learnt_from() -> None:
    """A correction alone teaches itself nothing."""
    alone = [Taught("Acme", "x", UNDECIDED, 0)]
    assert cross_fitted(alone) == [UNDECIDED]
    assert cross_fitted([]) == []
    both = cross_fitted(seen(50, bias=(1.0, -0.5, -0.5)))
    assert len(both) == 50
    assert sum(isclose(sum(each), 1) for each in both) == 50


def test_a_certain_model_is_not_believed_without_end() -> None:
    found = fit([Taught("Acme", "x", Opinion(0.0, 0.0, 1.0), 0)] * 300).of("Acme", "x")
    assert found.apply(Opinion(0.0, 0.0, 1.0)).negative > 0.1
    assert isclose(sum(found.bias), 0.0, abs_tol=1e-6)
