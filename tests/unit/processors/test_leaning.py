"""What corrections of intents teach: little from a handful, nearly all from two hundred, never backwards."""

import random
from math import exp, log

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earshot.model import Intent
from processors.calibration import NONE as UNTAUGHT
from processors.calibration import fit as fit_all
from processors.leaning import DANGERS, NONE, PLAIN, Leaning, Named, cross_fitted, fit
from processors.signs.model import INTENTS

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=40)
COUNT = len(INTENTS)
SHARES = st.tuples(*[st.floats(0, 1)] * COUNT)
HOLDS = st.tuples(*[st.booleans()] * COUNT)
NAMED = st.builds(Named, st.sampled_from(["Acme", "Bolt"]), st.sampled_from(["x", "feed"]), SHARES, HOLDS)
MANY = st.lists(NAMED, max_size=12)
EVERYWHERE = [(brand, source) for brand in ("Acme", "Bolt", "New") for source in ("x", "feed", "new")]
WEIGHTS = st.tuples(*[st.floats(0.05, 20)] * COUNT)
KEPT = st.dictionaries(st.sampled_from(INTENTS), st.floats(0.05, 1).map(lambda p: round(p, 3)))


def of(intent: Intent, p: float, *, holds: bool, brand: str = "Acme") -> Named:
    """A correction of a text of which the model gives one intent `p`, and the others next to nothing."""
    shares = tuple(p if each == intent else 0.001 for each in INTENTS)
    return Named(brand, "x", shares, tuple(each == intent and holds for each in INTENTS))


def moved(named: list[Named], intent: Intent = "churn", p: float = 0.5, brand: str = "Acme") -> float:
    return fit(named).of(brand, "x").share(intent, p)


def seen(count: int, bias: float, seed: int) -> list[Named]:
    """Of complaints, whose true log-odds lie `bias` above the model's."""
    rng = random.Random(seed)
    shares = [rng.uniform(0.05, 0.95) for _ in range(count)]
    return [of("complaint", p, holds=rng.random() < true(p, bias)) for p in shares]


def true(p: float, bias: float) -> float:
    return 1 / (1 + exp(-bias) * (1 - p) / p)


@given(KEPT)
def test_without_corrections_no_bit_changes(intents: dict[Intent, float]) -> None:
    assert fit([]) is NONE
    assert fit_all([]) is UNTAUGHT
    assert UNTAUGHT.leanings.of("Acme", "x") is PLAIN
    assert PLAIN.apply(intents) == intents


@PATIENT
@given(MANY)
def test_the_order_of_corrections_is_no_matter(named: list[Named]) -> None:
    assert fit(named) == fit(named[::-1])


@PATIENT
@given(MANY, NAMED)
def test_one_more_that_says_yes_lowers_no_probability_anywhere(named: list[Named], another: Named) -> None:
    """All that a correction moves, in every brand and source, goes the way that it says."""
    before, after = fit(named), fit([*named, another])
    for place in EVERYWHERE:
        for at, holds in enumerate(another.holds):
            less, more = before.of(*place).bias[at], after.of(*place).bias[at]
            assert more >= less - 1e-6 if holds else more <= less + 1e-6


@PATIENT
@given(st.lists(NAMED, min_size=1, max_size=4), st.floats(0, 1))
def test_a_handful_moves_little(named: list[Named], p: float) -> None:
    leaning = fit(named).of("Acme", "x")
    assert all(abs(leaning.share(intent, p) - p) < 0.15 for intent in INTENTS)


def test_more_of_one_kind_move_further_that_way() -> None:
    yes, no = (
        [moved([of("churn", 0.5, holds=holds)] * count) for count in (0, 1, 4, 20, 200)]
        for holds in (True, False)
    )
    assert yes == sorted(yes)
    assert no == sorted(no, reverse=True)
    assert yes[2] < 0.56
    assert yes[4] > 0.88
    assert no[4] < 0.12


def test_two_hundred_win_most_of_what_there_is_to_win() -> None:
    """Log loss on later texts, the mean of ten brands that taught two hundred each."""
    later = seen(2_000, 1.2, seed=99)
    at = INTENTS.index("complaint")

    def loss(leaning: Leaning) -> float:
        told = ((leaning.share("complaint", each.shares[at]), each.holds[at]) for each in later)
        return -sum(log(p if holds else 1 - p) for p, holds in told) / len(later)

    best = loss(Leaning(tuple(exp(1.2) if each == "complaint" else 1.0 for each in INTENTS)))
    learnt = sum(loss(fit(seen(200, 1.2, seed)).of("Acme", "x")) for seed in range(10)) / 10
    assert loss(PLAIN) - learnt > 0.8 * (loss(PLAIN) - best)


def test_where_nothing_is_wrong_nothing_much_is_learnt() -> None:
    biases = [fit(seen(200, 0.0, seed)).of("Acme", "x").bias[0] for seed in range(10)]
    assert max(map(abs, biases)) < 0.4


def test_each_intent_is_told_apart() -> None:
    named = [of("churn", 0.5, holds=True)] * 50
    assert moved(named) > 0.75
    assert moved(named, "praise") == pytest.approx(0.5, abs=0.01)


def test_what_one_brand_teaches_reaches_others_the_less_the_further_they_are() -> None:
    known = fit([of("churn", 0.5, holds=True)] * 100)
    own, beside, elsewhere = (
        known.of(*place).share("churn", 0.5) for place in (("Acme", "x"), ("Bolt", "x"), ("Bolt", "feed"))
    )
    assert own > beside > elsewhere > 0.5


@PATIENT
@given(MANY, st.floats(0, 1))
def test_dangers_are_never_made_quieter(named: list[Named], p: float) -> None:
    known = fit(named)
    for place in EVERYWHERE:
        assert all(known.of(*place).share(danger, p) >= p - 1e-12 for danger in DANGERS)


def test_dangers_are_made_louder() -> None:
    assert moved([of("legal", 0.2, holds=True)] * 50, "legal", 0.2) > 0.5
    assert moved([of("legal", 0.6, holds=False)] * 200, "legal", 0.6) == 0.6
    assert moved([of("praise", 0.6, holds=False)] * 200, "praise", 0.6) < 0.2


@given(WEIGHTS, KEPT)
def test_what_comes_out_are_probabilities_of_at_least_a_twentieth(
    weights: tuple[float, ...], intents: dict[Intent, float]
) -> None:
    found = Leaning(weights).apply(intents)
    assert set(found) <= set(intents)
    assert all(0.05 <= p <= 1 for p in found.values())


@given(WEIGHTS, st.floats(0, 1), st.floats(0, 1), st.sampled_from(INTENTS))
def test_texts_keep_their_order(weights: tuple[float, ...], one: float, other: float, intent: Intent) -> None:
    share = Leaning(weights).share
    assert share(intent, min(one, other)) <= share(intent, max(one, other)) + 1e-12


def test_a_certain_model_is_not_believed_without_end() -> None:
    assert moved([of("praise", 1.0, holds=False)] * 300, "praise", 1.0) < 0.8
    assert moved([of("praise", 0.0, holds=True)] * 300, "praise", 0.05) > 0.5


def test_what_is_compared_was_not_learnt_from() -> None:
    alone = [of("churn", 0.5, holds=True)]
    assert cross_fitted(alone) == [alone[0].shares]
    assert cross_fitted([]) == []
    both = cross_fitted(alone * 30)
    assert all(each[INTENTS.index("churn")] > 0.6 for each in both)
