"""What the term lists say of a text: how densely it speaks of what, whoever else is read with it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.negativity.clues import Clues
from processors.negativity.features import extract

CONCEPTS = ("anger", "irony", "thanks")
CLUES = Clues(CONCEPTS)
PIECES = [
    "bravi",
    "pessimo",
    "thank you",
    "furious",
    "il pacco",
    "@thanks",
    "https://a.example/bravi",
    "\n",
    "!",
]


def density(*texts: str) -> np.ndarray:
    return CLUES.density(texts, extract(texts))


def test_a_concept_is_heard_in_any_language_and_no_other_is() -> None:
    (row,) = density("Complimenti, davvero")
    assert [concept for concept, each in zip(CONCEPTS, row, strict=True) if each] == ["irony"]
    assert density("Thank you so much!")[0, 2] > 0


def test_the_same_words_in_a_longer_text_say_less() -> None:
    short, long = density("Servizio pessimo", "Servizio pessimo, " + "poi il pacco è stato consegnato " * 20)[
        :, 0
    ]
    assert short > long > 0


def test_more_and_more_of_it_ends_somewhere() -> None:
    eight, many = density("pessimo " * 8, "pessimo " * 5_000)[:, 0]
    assert 0 < many < eight < 3


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join), max_size=6))
def test_neighbours_make_no_difference(texts: list[str]) -> None:
    assert np.array_equal(density(*texts), np.array([density(text)[0] for text in texts]).reshape(-1, 3))


def test_neither_handles_nor_addresses_are_heard() -> None:
    assert not density("@thanks https://a.example/pessimo www.bravi.example").any()


def test_a_model_of_other_lists_says_so() -> None:
    with pytest.raises(ValueError, match="lack boredom: train"):
        Clues(("anger", "boredom"))
