"""How the words that a brand is called by tie what is said of it."""

import pytest
from both_indexes import both

from processors.likeness import Heard, Indexes, Likeness, take_over
from processors.words import words

pytestmark = both

QUEUE = "Banca Lombra, twenty minutes of queue at the counter"
CALENDAR = "the calendar of Banca Lombra has come"


def said(likeness: Likeness, text: str) -> list[str]:
    return list(likeness.words(text).values())


def test_a_name_of_two_words_is_one_of_those_that_a_text_says(indexes: Indexes) -> None:
    named = Likeness(indexes, ["Banca Lombra"])
    assert sorted(said(named, QUEUE)) == sorted(["banca", "twenty", "minutes", "queue", "counter"])
    assert said(named, "lombra") == said(named, "Lombra BANCA banca") == ["banca"]


def test_all_that_it_is_called_by_is_one_word_together(indexes: Indexes) -> None:
    named = Likeness(indexes, ["Banca Lombra", "lombra group"])
    assert said(named, "group lombra banca") == ["banca"]


@pytest.mark.parametrize("text", [QUEUE, "Ronvia's queue, ronvia!", "no name in it", ""])
@pytest.mark.parametrize("own", [[], ["Ronvia"], ["Ronvia", "ronvia"]])
def test_a_name_of_one_word_changes_nothing(indexes: Indexes, text: str, own: list[str]) -> None:
    assert list(Likeness(indexes, own).words(text).items()) == list(words(text).items())


def test_a_text_without_the_name_stays_as_it_is(indexes: Indexes) -> None:
    text = "twenty minutes of queue at the counter"
    assert Likeness(indexes, ["Banca Lombra"]).words(text) == words(text)


@pytest.mark.parametrize(("own", "tied"), [([], True), (["Banca Lombra"], False)])
def test_the_name_alone_ties_nothing(indexes: Indexes, own: list[str], tied: bool) -> None:
    likeness = Likeness(indexes, own)
    likeness.add(1, 1, likeness.words(QUEUE), 0)
    assert (likeness.find(likeness.words(CALENDAR), 0) is not None) is tied


def test_with_another_word_it_ties_and_is_among_the_evidence(indexes: Indexes) -> None:
    likeness = Likeness(indexes, ["Banca Lombra"])
    likeness.add(1, 1, likeness.words(QUEUE), 0)
    alike = likeness.find(likeness.words("still a queue, Banca Lombra?"), 0)
    assert alike
    assert alike.story == 1
    assert set(alike.shared) == {"banca", "queue"}


def test_read_back_it_calls_the_brand_the_same(indexes: Indexes) -> None:
    own = ["Banca Lombra"]
    heard = [Heard(1, 1, QUEUE, 0)]
    taken, lived = take_over(heard, last=1, indexes=indexes, own=own), Likeness(indexes, own)
    lived.add(1, 1, lived.words(QUEUE), 0)
    for text in (QUEUE, CALENDAR, "still a queue, Banca Lombra?"):
        assert taken.find(taken.words(text), 0) == lived.find(lived.words(text), 0)
