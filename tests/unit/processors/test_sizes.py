from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.sizes import EDGES, Sizes, grow, large

stories = st.lists(st.integers(1, 100_000), max_size=300)


def counted(sizes: Sequence[int]) -> Sizes:
    counts: Sizes = ()
    for size in sizes:
        counts = grow(counts, 0, size)
    return counts


def test_begins_at_twenty_and_rises_by_a_fifth() -> None:
    assert EDGES[0] == 20
    assert all(1.1 < b / a < 1.25 for a, b in pairwise(EDGES))
    assert EDGES[-1] > 10**9


@given(stories)
def test_at_most_one_story_in_twenty_is_so_large(sizes: list[int]) -> None:
    found = large(counted(sizes))
    assert found in EDGES
    assert sum(size >= found for size in sizes) <= 0.05 * (len(sizes) + 100)


@given(stories)
def test_it_is_the_least_such_size(sizes: list[int]) -> None:
    found = large(counted(sizes))
    below = EDGES[EDGES.index(found) - 1] if found > EDGES[0] else 0
    assert not below or sum(size >= below for size in sizes) > 0.05 * (len(sizes) + 100)


@given(stories, st.data())
def test_growing_is_the_same_as_having_grown(sizes: list[int], data: st.DataObject) -> None:
    grown = [size + data.draw(st.integers(0, 100)) for size in sizes]
    counts = counted(sizes)
    for before, after in zip(sizes, grown, strict=True):
        counts = grow(counts, before, after)
    assert large(counts) == large(counted(grown))


@given(st.integers(1, 500), st.integers(1, 500))
def test_two_that_are_joined_are_one(one: int, other: int) -> None:
    joined = grow(grow(counted([one, other, 7]), one, one + other), other, 0)
    assert sum(joined) == 2
    assert large(joined) == large(counted([one + other, 7]))


def test_what_changes_no_step_is_the_same_tuple() -> None:
    counts = counted([3, 30])
    assert grow(counts, 3, 19) is counts
    assert grow(counts, 30, 33) is counts


@pytest.mark.parametrize(("many", "expected"), [(0, 20), (1, 20), (5, 20), (6, 34), (100, 34)])
def test_a_new_brand_needs_six_stories_of_thirty_before_thirty_is_usual(many: int, expected: int) -> None:
    assert large(counted([30] * many)) == expected
