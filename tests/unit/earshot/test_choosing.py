"""Which mentions a person is asked about."""

from hypothesis import given
from hypothesis import strategies as st

from earshot.choosing import Candidate, choose, worth
from earshot.model import Score


def candidate(
    n: int, negative: float | None, story: int = 0, reach: int = 0, *, uncertain: bool = False
) -> Candidate:
    return Candidate(n, story or n, Score(language="en", negative=negative, uncertain=uncertain), reach)


CANDIDATES = st.lists(
    st.builds(
        candidate,
        st.integers(1, 60),
        st.none() | st.floats(0, 1),
        st.integers(0, 9),
        st.integers(0, 10**9),
        uncertain=st.booleans(),
    ),
    max_size=40,
)


def test_the_undecided_comes_first() -> None:
    chosen = choose([candidate(1, 0.98), candidate(2, 0.52), candidate(3, 0.2)], 3)
    assert [each.n for each in chosen] == [2, 3, 1]


def test_a_contradiction_counts_and_so_does_reach() -> None:
    assert worth(candidate(1, 0.7, uncertain=True)) > worth(candidate(2, 0.7))
    assert worth(candidate(1, 0.7, reach=1_000_000)) > worth(candidate(2, 0.7, reach=10))
    assert worth(candidate(1, None)) == 0


def test_what_is_sure_is_asked_too_now_and_then() -> None:
    """Else nobody would learn of mistakes that the model is sure of."""
    sure = [candidate(n, 0.99) for n in range(1, 50)]
    undecided = [candidate(n, 0.5) for n in range(50, 99)]
    chosen = choose([*sure, *undecided], 20)
    assert [each.n >= 50 for each in chosen[:15]] == [True] * 15
    assert any(each.n < 50 for each in chosen[15:])


@given(CANDIDATES, st.integers(1, 30))
def test_one_a_story_as_many_as_there_are_and_always_the_same(found: list[Candidate], limit: int) -> None:
    chosen = choose(found, limit)
    told = [each.story for each in chosen]
    assert len(set(told)) == len(told) == min(limit, len({each.story for each in found}))
    assert choose(found, limit) == chosen
