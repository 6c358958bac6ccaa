"""What is new in a surge: what the brand's past does not say, and not what is said once or always."""

from collections import Counter
from math import log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.surge.fresh import CLEAR, counted, fresh, log_odds, telling, terms

PAST = counted(
    [
        *["the queue at the branch in Torino was long again"] * 40,
        *["card declined at the supermarket"] * 5,
        *["great service from the branch, thank you"] * 40,
        *["app is slow today"] * 15,
    ]
)
SURGE = {
    **{f"x:{n}": f"app down since {n} in the morning, cannot log in" for n in range(10)},
    "x:queue": "the queue at the branch in Torino was long again",
    "x:card": "card declined at the cinema",
    "x:thanks": "great service from the branch, thank you",
}

words = st.sampled_from("app down card queue slow branch login".split())
texts = st.lists(st.lists(words, min_size=1, max_size=6).map(" ".join), max_size=20)


def names(surge: Counter[str], past: Counter[str]) -> list[str]:
    return [each.term for each in fresh(surge, past)]


def test_terms_are_words_and_pairs_each_once() -> None:
    said = terms("App down! APP DOWN again https://t.example/x")
    assert said == {"app", "down", "again", "app down", "down again"}


def test_what_the_past_does_not_say_is_new() -> None:
    found = fresh(counted(SURGE.values()), PAST)
    assert found[0].said == 10
    assert found[0].before == 0
    assert "down" in " ".join(each.term for each in found)
    assert all(each.z >= CLEAR for each in found)


def test_what_is_always_said_is_not_and_neither_is_what_one_says() -> None:
    found = " ".join(names(counted(SURGE.values()), PAST))
    for old in ("queue", "branch", "great", "declined", "cinema"):
        assert old not in found


def test_words_that_only_hold_a_sentence_together_are_never_new() -> None:
    said = [
        "consegna annullata anche a voi, ora basta",
        "annullata ora la consegna, e da voi nessuno",
        "voi ora?",
    ]
    assert {word for term in names(counted(said * 3), PAST) for word in term.split()} <= {
        "consegna",
        "annullata",
        "basta",
    }
    english = ["delivery cancelled for you now", "now you too? delivery cancelled", "your delivery now"]
    assert {word for term in names(counted(english * 3), PAST) for word in term.split()} <= {
        "delivery",
        "cancelled",
    }


def test_a_word_is_not_repeated_beside_its_pair() -> None:
    found = names(counted(["login page broken"] * 9), PAST)
    assert len({word for term in found for word in term.split()}) == sum(len(term.split()) for term in found)


def test_the_mentions_that_say_it_come_first() -> None:
    found = fresh(counted(SURGE.values()), PAST)
    assert set(telling(SURGE, found)) == {f"x:{n}" for n in range(10)}


def test_a_brand_without_a_past_has_nothing_new() -> None:
    assert fresh(counted(SURGE.values()), Counter()) == []
    assert fresh(Counter(), PAST) == []


def test_log_odds_are_monroes() -> None:
    """By hand: 2 of 4 against 1 of 12, prior (2 + 1) * 4 / 16 = .75, one vote more for what nobody said."""
    z = log_odds({"down": 2, "app": 2}, {"down": 1, "app": 11})
    variance = 1 / 2.75 + 1 / 1.75
    assert z["down"] == pytest.approx((log(2.75 / 6.25) - log(1.75 / 15.25)) / sqrt(variance))
    assert z["down"] > 0 > z["app"]


@given(texts, texts)
def test_any_texts_give_finite_numbers_in_order(surge: list[str], past: list[str]) -> None:
    found = fresh(counted(surge), counted(past))
    assert [each.z for each in found] == sorted((each.z for each in found), reverse=True)
    assert all(each.z < float("inf") and each.said >= 2 for each in found)


@given(texts, texts)
def test_counters_of_two_pasts_add(one: list[str], other: list[str]) -> None:
    assert counted(one) + counted(other) == counted([*one, *other])


@given(texts, texts)
def test_the_order_of_texts_does_not_matter(surge: list[str], past: list[str]) -> None:
    assert fresh(counted(surge), counted(past)) == fresh(counted(surge[::-1]), counted(past[::-1]))


@given(texts)
def test_a_surge_that_says_what_the_past_says_has_nothing_new(said: list[str]) -> None:
    assert fresh(counted(said), counted(said * 5)) == []
