"""A danger that is told in a hint: the words that gave it away stand in the text."""

from hypothesis import given
from hypothesis import strategies as st

from earshot.handling import DANGERS
from earshot.matching import places
from processors.signs.model import Model
from processors.signs.strongest import strongest

MODEL = Model.load()
WORDS = st.sampled_from(
    'the my bank closed "account" Nobody would miss me, .I Non vedo più senso andare avanti così! 300€ @user http caffè 😭 \n'.split(
        " "
    )
)


@given(st.lists(WORDS, max_size=40).map(" ".join), st.sampled_from(DANGERS))
def test_what_is_shown_is_said(text: str, danger: str) -> None:
    shown = strongest(MODEL, text, danger)
    assert len(shown) <= 1
    assert set(places(text, shown)) == set(shown)
    assert not any("@user" in words or "http" in words for words in shown)


@given(st.text(max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    assert len(strongest(MODEL, text, "self_harm")) <= 1


def test_the_words_that_tell_are_shown_and_not_the_whole_text() -> None:
    text = (
        "Third letter about the gas bill, the flat is cold. Nobody would miss me anyway. Number 4471, thanks."
    )
    (shown,) = strongest(MODEL, text, "self_harm")
    assert "miss me" in shown
    assert "4471" not in shown
