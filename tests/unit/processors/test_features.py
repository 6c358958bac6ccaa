"""Hashed features: what belongs to a token, and that sums over them are exact."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from processors.negativity.features import Features, extract, summed

TABLE = np.random.default_rng(1).integers(-127, 128, (1 << 10, 4), dtype=np.int8)
TEXTS = st.lists(st.text(st.sampled_from("abc non! 😂"), max_size=30), max_size=5)


def features_of(text: str) -> list[set[int]]:
    """The hashes of each token of one text."""
    found = extract([text])
    inside = _owned(found.inside, len(found.tokens.hashes))
    around = _owned(found.around, len(found.tokens.which))
    return [inside[which] | own for which, own in zip(found.tokens.which, around, strict=True)]


def _owned(bags: tuple, owners: int) -> list[set[int]]:
    sets: list[set[int]] = [set() for _ in range(owners)]
    for bag in bags:
        ends = [*bag.starts[1:], len(bag.hashes)][: len(bag.starts)]
        for owner, start, end in zip(bag.owners, bag.starts, ends, strict=True):
            sets[owner].update(bag.hashes[start:end].tolist())
    return sets


def test_a_word_has_itself_and_its_pieces_of_three_to_five_letters() -> None:
    (found,) = features_of("male")
    pieces = {" male "[at : at + n] for n in (3, 4, 5) for at in range(7 - n)}
    assert len(found) == 1 + len(pieces)


def test_words_of_one_stem_share_pieces_and_others_do_not() -> None:
    (one,), (other,), (stranger,) = map(features_of, ("consegna", "consegnato", "xyz"))
    assert len(one & other) > 10
    assert not one & stranger


def test_a_neighbour_is_a_feature_of_the_second_and_only_within_a_text() -> None:
    first, second = features_of("molto bello")
    assert first == features_of("molto")[0]
    assert len(second - features_of("bello")[0]) == 1
    apart = extract(["molto", "bello"])
    assert len(apart.around[0].hashes) == 0


def test_a_negator_marks_three_words_and_stops_at_a_sign() -> None:
    def marked(text: str) -> int:
        return len(extract([text]).around[1].hashes)

    assert marked("non mi è piaciuto affatto") == 3
    assert marked("not good , really") == 1
    assert marked("good really") == 0


@given(TEXTS)
def test_sums_are_those_of_each_feature_alone(texts: list[str]) -> None:
    found = extract(texts)
    for bags, owners in ((found.inside, len(found.tokens.hashes)), (found.around, len(found.tokens.which))):
        assert np.array_equal(summed(TABLE, bags, owners), _slowly(bags, owners))


def _slowly(bags: tuple, owners: int) -> np.ndarray:
    sums = np.zeros((owners, 4), np.int64)
    for bag in bags:
        ends = [*bag.starts[1:], len(bag.hashes)][: len(bag.starts)]
        for owner, start, end in zip(bag.owners, bag.starts, ends, strict=True):
            for feature in bag.hashes[start:end]:
                sums[owner] += TABLE[int(feature) % len(TABLE)]
    return sums


def test_nothing_has_no_features() -> None:
    empty: Features = extract(["", ""])
    assert empty.tokens.texts == 2
    assert summed(TABLE, empty.inside, 0).shape == (0, 4)
