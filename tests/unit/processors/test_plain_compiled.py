"""What takes plain texts apart, compiled: told the same as the functions in Python, it says the same (PEP 399)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.link import joined_plain, joined_plain_pure
from processors.words import of_plain, of_plain_pure

pytestmark = pytest.mark.skipif(
    of_plain is of_plain_pure, reason="there was no compiler when processors._plain was installed"
)

WORDS = st.sampled_from(
    ["a", "il", "the", "volo", "parcel", "2", "42", "x" * 31, "y" * 32, "z" * 33, "w" * 90]
)
MARKS = st.sampled_from([" ", "  ", "-", "'", "_", "\0", "\n", "/", ":", "`", "{", "", "!?"])
TEXTS = st.one_of(
    st.lists(st.tuples(WORDS, MARKS), max_size=20).map(lambda pieces: "".join(map("".join, pieces))),
    st.lists(st.integers(0, 99), max_size=150).map(lambda numbers: " ".join(f"w{n}" for n in numbers)),
    st.text(st.characters(max_codepoint=127), max_size=300),
).map(str.lower)


@given(TEXTS)
def test_a_plain_text_has_the_same_words_in_the_same_order(text: str) -> None:
    assert list(of_plain(text).items()) == list(of_plain_pure(text).items())


@given(TEXTS)
def test_a_plain_text_is_joined_to_the_same_one(text: str) -> None:
    assert joined_plain(text) == joined_plain_pure(text)


@pytest.mark.parametrize("text", ["caffè", "\ud800", "日本"])
def test_what_is_not_plain_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"ASCII|surrogates"):
        of_plain(text)
    with pytest.raises(ValueError, match=r"ASCII|surrogates"):
        joined_plain(text)


@pytest.mark.parametrize("wrong", [None, b"volo", 1])
def test_what_is_no_text_is_refused(wrong: str) -> None:
    with pytest.raises(TypeError):
        of_plain(wrong)
    with pytest.raises(TypeError):
        joined_plain(wrong)
