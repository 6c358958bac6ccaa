import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from processors import index
from processors.index import HashIndex

HASHES = st.integers(-(2**63), 2**63 - 1)
ENTRIES = st.dictionaries(HASHES, st.tuples(st.integers(1, 2**62), st.integers(0, 2**62)), max_size=40)


@given(batches=st.lists(ENTRIES, max_size=12), others=st.lists(HASHES, max_size=10))
def test_it_is_a_dictionary_whose_newest_entry_wins(
    batches: list[dict[int, tuple[int, int]]], others: list[int]
) -> None:
    """With runs so short that they are merged all the time."""
    usual, index._FRESH = index._FRESH, 16
    try:
        ours, model = HashIndex(), dict[int, tuple[int, int]]()
        for entries in batches:
            ours.add(entries)
            model.update(entries)
        wanted = [*model, *others]
        assert ours.find(wanted) == {key: model[key] for key in wanted if key in model}
    finally:
        index._FRESH = usual


def test_nothing_is_found_in_an_empty_one() -> None:
    assert HashIndex().find([1, 2]) == {}


@given(entries=ENTRIES, there=st.sets(st.integers(0, 2**62)), long=st.booleans())
def test_what_leads_to_a_story_that_is_gone_is_known_and_in_none(
    entries: dict[int, tuple[int, int]], there: set[int], long: bool
) -> None:
    usual, index._FRESH = index._FRESH, 1 if long else 1_000
    try:
        ours, kept = HashIndex(), there | {story for _, story in list(entries.values())[::2]}
        ours.add(entries)
        ours.unplace(np.array(sorted(kept), np.int64))
        expected = {key: (n, story if story in kept else 0) for key, (n, story) in entries.items()}
        assert ours.find(entries) == expected
    finally:
        index._FRESH = usual
