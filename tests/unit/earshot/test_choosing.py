"""Which mentions a person is asked about."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from earshot.choosing import Candidate, by_words, choose, doubts, teaches, to_read, words_of, worth
from earshot.model import Author, Intent, Mention, Score

LEAST: dict[Intent, float] = {"safety": 0.3, "legal": 0.12}
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def candidate(
    n: int,
    negative: float | None,
    story: int = 0,
    reach: int = 0,
    *,
    words: int = 0,
    uncertain: bool = False,
    basis: str = "text",
    **intents: float,
) -> Candidate:
    score = Score(language="en", negative=negative, uncertain=uncertain, basis=basis, intents=dict(intents))
    return Candidate(n, story or n, words or n, score, reach)


def said(text: str, title: str = "", brand: str = "Acme") -> Mention:
    return Mention(
        id="x:1",
        brand=brand,
        author=Author(id="ada"),
        created_at=NOW,
        collected_at=NOW,
        text=text,
        title=title,
    )


CANDIDATES = st.lists(
    st.builds(
        candidate,
        st.integers(1, 60),
        st.none() | st.floats(0, 1),
        st.integers(0, 9),
        st.integers(0, 10**9),
        uncertain=st.booleans(),
        basis=st.sampled_from(["text", "rating, text"]),
        safety=st.floats(0, 1),
    ),
    max_size=40,
    unique_by=lambda each: each.n,
)


def test_the_undecided_comes_first() -> None:
    chosen = choose([candidate(1, 0.98), candidate(2, 0.52), candidate(3, 0.2)], 3, LEAST)
    assert [each.n for each in chosen] == [2, 3, 1]


def test_a_doubtful_danger_or_legal_step_counts_as_a_doubtful_mood_does() -> None:
    found = [
        candidate(1, 0.99, safety=0.28),
        candidate(2, 0.8),
        candidate(3, 0.99, legal=0.12),
        candidate(4, 0.99, safety=0.98, legal=0.01),
        candidate(5, 0.5, safety=0.3, churn=0.5),
    ]
    chosen = choose(found, 4, LEAST)
    useful = [(5, ("mood", "danger")), (3, ("law",)), (1, ("danger",))]
    assert [(each.n, each.why) for each in chosen[:3]] == useful
    assert chosen[3].why == (), "drawn by lot"


def test_of_the_same_doubtful_danger_one_is_asked() -> None:
    found = [candidate(n, 0.99, words=7, safety=0.3) for n in (1, 2)]
    assert [each.n for each in choose(found, 2, LEAST)] == [2]


def test_a_danger_is_doubtful_whatever_the_stars() -> None:
    starred = candidate(1, 0.05, basis="rating, text", safety=0.3)
    assert doubts(starred.score, LEAST) == {"danger": 1.0}
    assert worth(starred, LEAST) >= 1


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(sorted(LEAST)))
def test_a_doubt_is_the_larger_the_nearer_to_where_it_is_said_to_hold(
    one: float, other: float, intent: Intent
) -> None:
    def doubt(p: float) -> float:
        (_, found) = doubts(candidate(1, 0.5, **{intent: p}).score, LEAST).values()
        return found

    assert 0 <= doubt(one) <= doubt(LEAST[intent]) == 1
    if one <= other <= LEAST[intent]:
        assert doubt(one) <= doubt(other)
    if LEAST[intent] <= one <= other:
        assert doubt(one) >= doubt(other)


def test_a_contradiction_counts_and_so_does_reach() -> None:
    assert worth(candidate(1, 0.7, uncertain=True), LEAST) > worth(candidate(2, 0.7), LEAST)
    assert worth(candidate(1, 0.7, reach=1_000_000), LEAST) > worth(candidate(2, 0.7, reach=10), LEAST)
    assert worth(candidate(1, None), LEAST) == 0


def test_what_is_sure_is_asked_too_now_and_then() -> None:
    """Else nobody would learn of mistakes that the model is sure of."""
    sure = [candidate(n, 0.99) for n in range(1, 50)]
    undecided = [candidate(n, 0.5) for n in range(50, 99)]
    chosen = choose([*sure, *undecided], 20, LEAST)
    assert [each.n >= 50 for each in chosen[:15]] == [True] * 15
    assert any(each.n < 50 for each in chosen[15:])


@given(CANDIDATES, st.integers(1, 30))
def test_one_a_story_as_many_as_there_are_and_always_the_same(found: list[Candidate], limit: int) -> None:
    chosen = choose(found, limit, LEAST)
    told = [each.story for each in chosen]
    assert len(set(told)) == len(told) == min(limit, len({each.story for each in found}))
    assert choose(found, limit, LEAST) == chosen


@given(CANDIDATES, st.integers(1, 30), st.integers(1, 4))
def test_the_same_words_are_asked_once(found: list[Candidate], limit: int, texts: int) -> None:
    chosen = choose([each._replace(words=each.n % texts) for each in found], limit, LEAST)
    assert len({each.words for each in chosen}) == len(chosen)


def test_a_story_whose_best_words_are_asked_elsewhere_is_asked_of_others() -> None:
    found = [
        candidate(1, 0.5, 1, 90, words=7),
        candidate(2, 0.5, 2, words=7),
        candidate(3, 0.9, 2, words=8),
    ]
    assert [each.n for each in choose(found, 2, LEAST)] == [1, 3]


def test_the_same_words_are_the_same_whoever_they_are_addressed_to() -> None:
    one = words_of(said("@acme Parcel  lost again https://t.co/a"))
    assert one == words_of(said("parcel lost\nagain https://t.co/b", title="@help"))
    assert one != words_of(said("Parcel lost again", brand="Bolt"))
    assert one != words_of(said("Parcel found again"))


def test_stars_say_nothing_of_what_their_words_are_worth() -> None:
    """Three stars stand for 0.35, which looks undecided whatever was written."""
    starred = candidate(1, 0.35, basis="rating, text")
    assert worth(starred, LEAST) == 0
    assert worth(by_words(starred, 0.01, uncertain=False), LEAST) < worth(candidate(2, 0.1), LEAST)
    assert worth(by_words(starred, 0.5, uncertain=False), LEAST) == worth(candidate(2, 0.5), LEAST)
    assert worth(by_words(starred, None, uncertain=False), LEAST) == 0


def test_that_words_contradict_their_stars_still_counts() -> None:
    starred = candidate(1, 0.85, uncertain=True, basis="rating, text")
    assert worth(by_words(starred, 0.02, uncertain=False), LEAST) > 0.5


def test_only_stars_are_to_be_read_the_most_promising_first() -> None:
    found = [
        candidate(1, 0.5),
        candidate(2, 0.35, basis="rating, text"),
        candidate(3, 0.85, basis="rating, text", reach=9_000),
        candidate(4, 0.85, basis="rating, text", uncertain=True),
        candidate(5, 0.05, basis="rating, text", words=4),
    ]
    assert [each.n for each in to_read(found, 2)] == [3, 4]
    assert [each.n for each in to_read(found, 9)] == [3, 4, 2]


@pytest.mark.parametrize(
    ("basis", "negative", "wanted"),
    [
        ("text", 0.5, True),
        ("target", 0.5, True),
        ("victim", 0.2, True),
        ("rating, text", 0.35, True),
        ("rating", 0.35, False),
        ("own", 0.2, False),
        ("rating, own", 0.85, False),
        ("staff", 0.97, False),
        ("", None, False),
    ],
)
def test_what_the_model_can_be_taught_of(basis: str, negative: float | None, wanted: bool) -> None:
    assert teaches(Score(language="en", negative=negative, basis=basis)) is wanted


def test_what_may_tell_of_danger_is_doubtful_however_unlikely_it_is() -> None:
    sure = candidate(1, 0.99)
    hint = candidate(2, 0.99)
    hint = hint._replace(score=structs.replace(hint.score, perhaps={"safety": 0.05, "discrimination": 0.1}))
    assert doubts(hint.score, LEAST)["danger"] == 0.5
    assert "law" not in doubts(hint.score, LEAST)
    assert [each.why for each in choose([sure, hint], 1, LEAST)] == [("danger",)]
