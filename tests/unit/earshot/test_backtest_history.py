"""How large a story was, as far as was known then."""

from hypothesis import given
from hypothesis import strategies as st

from earshot.backtest.history import grown
from earshot.store.stories import Redirect


def test_parts_count_for_themselves_until_they_are_joined() -> None:
    places = {1: (1, 10), 2: (2, 20), 3: (1, 30), 4: (2, 40), 5: (1, 50)}
    assert list(grown([1, 2, 3, 4, 5], [Redirect(2, 1, 4)], places)) == [(1, 10), (2, 30), (4, 40), (5, 50)]


def test_a_join_that_another_mention_proves_counts_from_then_on() -> None:
    places = {1: (1, 10), 2: (2, 20), 3: (9, 30)}
    assert list(grown([1, 2], [Redirect(2, 1, 3)], places)) == [(1, 10), (2, 30)]


def test_what_was_joined_goes_on_with_what_that_becomes() -> None:
    places = {1: (1, 10), 2: (2, 20), 3: (3, 30), 4: (3, 40)}
    joins = [Redirect(3, 2, 3), Redirect(2, 1, 4)]
    assert list(grown([1, 2, 3, 4], joins, places)) == [(1, 10), (2, 30), (3, 40), (4, 40)]


@given(st.lists(st.integers(1, 4), min_size=1, max_size=12), st.data())
def test_in_the_end_it_has_all_and_never_more_than_was_heard(parts: list[int], data: st.DataObject) -> None:
    """Parts 2 to 4 become part of 1, each at some mention."""
    places = {n: (part, n * 10) for n, part in enumerate(parts, 1)}
    joins = [Redirect(part, 1, data.draw(st.integers(1, len(parts)))) for part in (2, 3, 4)]
    sizes = list(grown(list(places), joins, places))
    assert sizes[-1][0] == len(parts)
    assert sizes == sorted(sizes)
    assert all(size <= at // 10 for size, at in sizes)
