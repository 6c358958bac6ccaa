"""What is remembered of a token is what would be added up again."""

from threading import Thread

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from processors.negativity.features import Features, extract, summed
from processors.negativity.sums import TokenSums

TABLE = np.random.default_rng(7).integers(-99, 99, (1 << 12, 3)).astype(np.int8)
TEXTS = st.lists(st.text(st.sampled_from("abcè !😡"), max_size=12), max_size=5)


@given(st.lists(TEXTS, max_size=5))
def test_sums_are_those_of_all_features_whatever_came_before(batches: list[list[str]]) -> None:
    sums = TokenSums(TABLE)
    for texts in (*batches, *batches):
        features = extract(texts)
        assert np.array_equal(sums.of(features), _added_up(features))


def test_tokens_of_one_place_keep_sums_of_their_own() -> None:
    words = ["".join(chr(97 + number // 26**place % 26) for place in range(4)) for number in range(60_000)]
    sums = TokenSums(TABLE)
    for text in (" ".join(words[at : at + 700]) for at in (*range(0, 60_000, 700), 0)):
        features = extract([text])
        assert np.array_equal(sums.of(features), _added_up(features))


def test_threads_may_share_them() -> None:
    sums, wrong = TokenSums(TABLE), []

    def work(letter: str) -> None:
        for number in range(60):
            features = extract([f"{letter * 2} {chr(97 + number % 7)}z {letter} shared words here"])
            if not np.array_equal(sums.of(features), _added_up(features)):
                wrong.append(letter)

    threads = [Thread(target=work, args=(letter,)) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def _added_up(features: Features) -> np.ndarray:
    inside = summed(TABLE, features.inside, len(features.tokens.hashes))
    return inside[features.tokens.which] + summed(TABLE, features.around, len(features.tokens.which))
