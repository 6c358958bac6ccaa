"""What is quoted of a mention: the words that it was seen by, where the text has them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from msgspec import structs

from earshot.matching import Finder, fold, places
from earshot.model import Author, Level, Mention, Reason, Score, Step
from earshot.quoting import Because, because, quote
from earshot.store.mentions import Kept

SELF_HARM = (
    "Larkspur cut us off this morning. I've rung, I've begged. Sat in the dark with the kids asleep in their coats."
    " I can't do this any more. They'd be better off without me."
)
GAS = (
    "Finally iced the cake for Saturday, three layers and it only leans a bit. Shed door is mended as well, so that is"
    " the weekend gone. There is a smell of gas by the meter since the man from Larkspur came. Anyone watching Bake"
    " Off? My money is on the chap with the beard, whatever the judges say of his pastry."
)
SAID = datetime(2026, 11, 17, 12, 55, tzinfo=UTC)


def test_the_words_that_call_are_in_it_however_late_they_come() -> None:
    assert (
        quote(SELF_HARM, ["better off without me"], 120)
        == "…Sat in the dark with the kids asleep in their coats. I can't do this any more. They'd be better off without me."
    )


def test_it_is_cut_on_both_sides_between_words() -> None:
    assert (
        quote(GAS, ["gas", "smell"], 120)
        == "…as well, so that is the weekend gone. There is a smell of gas by the meter since the man from Larkspur came.…"
    )


def test_a_short_text_is_whole_and_one_without_the_words_is_told_from_its_beginning() -> None:
    assert quote("There is a smell of gas.", ["gas"], 120) == "There is a smell of gas."
    assert quote(GAS, ["flood"], 60) == "Finally iced the cake for Saturday, three layers and it…"
    assert quote(GAS, [], 60) == quote(GAS, ["flood"], 60)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ho chiamato l’AVVOCATO e ne parliamo lì", "avvocato"),
        ("Perché non c’è più CAFFÈ in casa", "caffe"),
        ("Perche\u0301 non c’e\u0300 piu\u0300 caffe\u0300 in casa", "piu caffe"),
        ("I could  not\n breathe in there", "not breathe"),
        ("Auf der Straße stand alles in Flammen", "strasse"),
        ("a g\u00adas leak, I swear", "gas leak"),
        ("𝐠𝐚𝐬 everywhere", "gas"),
    ],
)
def test_folded_words_are_found_as_they_were_written(text: str, words: str) -> None:
    ((place, *_),) = places(text, [words]).values()
    assert fold(text[place.start : place.end]) == words
    assert words in fold(quote(f"{'x ' * 200}{text}{' y' * 200}", [words], 60))


def test_part_of_another_word_is_not_the_word() -> None:
    text = f"Las Vegas, gastritis{' and so on' * 30} until the gas came"
    assert quote(text, ["gas"], 40).endswith("until the gas came")
    assert places("Las Vegas", ["gas", ""]) == {}


ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
LIMITS = st.integers(3, 250)


@given(ANY, st.lists(st.text(max_size=8).map(fold), max_size=4), LIMITS)
@example("a" * 400, [], 3)
@example("x" + " " * 300 + "gas", ["gas"], 5)
@example("\u0301" * 300, ["\u0301"], 10)
def test_it_is_a_part_of_the_text_and_never_longer_than_allowed(
    text: str, words: list[str], longest: int
) -> None:
    told = quote(text, words, longest)
    assert len(told) <= longest
    inside = told if told in text else told.removeprefix("…").removesuffix("…")
    assert any(each in text for each in (told, inside, told.removeprefix("…"), told.removesuffix("…")))
    assert bool(told) == bool(text.strip())


@given(ANY, ANY, st.sampled_from(["gas", "better off without me", "più caffè", "火事", "Straße"]), LIMITS)
def test_the_first_word_that_the_text_says_is_in_it(
    before: str, after: str, written: str, longest: int
) -> None:
    word = fold(written)
    assume(longest >= len(written) + 2)
    assert word in fold(quote(f"{before} {written} {after}", ["never said so", word, "x"], longest))


@given(ANY, LIMITS)
@example("0_ b_ bc_", 3)
def test_whatever_is_found_in_a_text_is_found_again(text: str, longest: int) -> None:
    """As the evidence of a score is found."""
    words = [hit.words for hit in Finder(["a", "b*", "0"]).find(text)]
    said = places(text, words)
    assert set(said) == set(words)
    if words and longest >= max(place.end - place.start for place in said[words[0]]) + 2:
        assert words[0] in fold(quote(text, words, longest))


def kept(withdrawn: bool = False, score: Score | None = None, **changes: Any) -> Kept:
    facts: dict[str, Any] = {"text": GAS, "created_at": SAID, "collected_at": SAID} | changes
    said = Mention(id="x:1", brand="Larkspur", author=Author(id="a"), **facts)
    return Kept(7, said, score or Score(language="en", evidence=("gas", "smell")), "new", withdrawn)


def step(
    reason: Reason = "safety", at: datetime = SAID, mention: str = "x:1", read_at: datetime | None = None
) -> Step:
    return Step(level=Level.warning, reason=reason, at=at, mention=mention, risk=9.0, read_at=read_at)


def the_reason(of: Kept, *steps: Step) -> Because:
    found = because(of, steps)
    assert found is not None
    return found


def test_a_mention_is_a_reason_by_its_words_where_they_are_what_called() -> None:
    found = the_reason(kept(), step("risk"), step())
    assert (found.seen_by, found.edited_at) == (("gas", "smell"), None)
    assert "smell of gas" in found.quote(120)
    assert because(kept(), [step("risk"), step("loud_author"), step("pick_up")]) is None
    assert because(kept(), [step(mention="x:2")]) is None
    assert because(kept(withdrawn=True), [step()]) is None
    assert because(None, [step()]) is None


def test_what_was_edited_since_is_not_taken_for_what_was_read() -> None:
    later = SAID + timedelta(days=3)
    found = the_reason(kept(edited_at=later, text="Five stars now"), step())
    assert (found.edited_at, found.seen_by, found.quote(120)) == (later, (), "Five stars now")


def test_an_edit_that_was_read_is_the_reason_itself() -> None:
    later = SAID + timedelta(days=3)
    assert the_reason(kept(edited_at=later), step(at=later)).edited_at is None


def test_what_waited_was_read_when_it_was_heard() -> None:
    edit, called = SAID + timedelta(minutes=9), SAID + timedelta(minutes=40)
    assert the_reason(kept(edited_at=edit), step(at=called, read_at=SAID)).edited_at == edit


def test_a_step_that_does_not_say_when_it_was_read_was_read_when_the_second_person_was_heard() -> None:
    """As those are that were stored before steps said so."""
    edit, called = SAID + timedelta(minutes=9), SAID + timedelta(minutes=40)
    assert the_reason(kept(edited_at=edit), structs.replace(step(at=called), again=2)).edited_at == edit


def test_a_title_is_quoted_with_what_follows_it() -> None:
    article = kept(title="Cold homes", text="The regulator has asked.", score=Score(language="en"))
    assert the_reason(article, step("voice")).quote(120) == "Cold homes · The regulator has asked."
    assert the_reason(kept(title="Only this", text=""), step()).quote(120) == "Only this"
    assert the_reason(kept(title="The", text="The end"), step()).quote(120) == "The end"
