"""What a notice quotes where the words of a mention are its reason, and of what moment its numbers are."""

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Any

import pytest
from alerts_world import (
    HEADLINE,
    RISK,
    START,
    Recorded,
    a_mention,
    a_step,
    a_story,
    an_episode,
    kept,
    minutes,
)
from hypothesis import given
from hypothesis import strategies as st

from alerts.message import HEADLINE as SHORT
from alerts.message import QUOTE, compose
from alerts.rules import tellings
from earshot.explain import Language
from earshot.model import Author, Level, Reason, Score, Story
from earshot.store.mentions import Kept
from earshot.store.notices import Kept as KeptNotice

SELF_HARM = (
    "Ronvia cut us off this morning. I've rung, I've begged, I've sent them the letter of the surgery twice and the"
    " readings three times. Sat in the dark with the kids asleep in their coats. I can't do this any more."
    " They'd be better off without me."
)
GAS = (
    "Finally iced the cake for Saturday, three layers and it only leans a bit. Shed door is mended as well, so that is"
    " the weekend gone. There is a smell of gas by the meter since the man from Ronvia came."
)
GLAD = Score(language="en", negative=0.05, neutral=0.15, positive=0.8)


def read(text: str, *evidence: str, native: str = "9", score: Score | None = None, **changes: Any) -> Kept:
    said = a_mention(native, text, author=Author(id="x:b", handle="ann"), **changes)
    return kept(said, n=9)._replace(score=score or Score(language="en", evidence=evidence))


def composed(
    cause: Kept,
    reason: Reason = "safety",
    language: Language = "en",
    first: Kept | None = None,
    story: Story | None = None,
    waited: Sequence[Kept] = (),
) -> KeptNotice:
    step = a_step(Level.warning, mention=cause.mention.id, reason=reason)
    *_, telling = tellings(story or a_story(an_episode(step)), [Recorded(language=language)])
    causes = [cause, *waited]
    return compose(telling, first or cause, causes, START + minutes(1), "https://e.example", RISK, UTC)


def test_the_words_that_call_are_quoted_however_late_the_text_says_them() -> None:
    notice = composed(read(SELF_HARM, "better off without me", "in the dark"), "self_harm")
    subject = notice.subject.removeprefix('[Earshot] Warning: Ronvia, "').removesuffix('"')
    assert subject.endswith("They'd be better off without me.")
    assert len(subject) <= SHORT
    quote = notice.text.split("\n")[1].strip("“”")
    assert "in the dark with the kids asleep in their coats" in quote
    assert quote.endswith("better off without me.")
    assert SHORT < len(quote) <= QUOTE
    assert (
        "Told because somebody may be about to hurt themselves.\n"
        "Seen by: “better off without me”, “in the dark”.\n"
    ) in notice.text


def test_in_italian_too() -> None:
    text = f"{'Buongiorno a tutti, oggi piove. ' * 10}C’è ODORE di GÀS in cantina"
    notice = composed(read(text, "odore di gas"), language="it")
    assert notice.subject.endswith('C’è ODORE di GÀS in cantina"')
    assert "pericolo.\nSi è visto da: “odore di gas”.\n" in notice.text


@pytest.mark.parametrize("reason", ["legal", "discrimination", "press_interest", "voice"])
def test_so_are_those_of_each_reason_that_words_give(reason: Reason) -> None:
    notice = composed(read(GAS, "smell", "gas"), reason)
    assert "smell of gas" in notice.subject
    assert "Seen by: “smell”, “gas”." in notice.text


@pytest.mark.parametrize("reason", ["risk", "loud_author", "pick_up"])
def test_what_calls_for_another_reason_is_told_by_its_beginning(reason: Reason) -> None:
    notice = composed(read(GAS, "smell", "gas"), reason)
    assert 'Ronvia, "Finally iced the cake' in notice.subject
    assert "Seen by" not in notice.text


def test_the_subject_quotes_who_is_in_danger_though_somebody_else_began_the_story() -> None:
    notice = composed(read(GAS, "smell", "gas"), first=kept(a_mention()))
    assert "smell of gas" in notice.subject
    assert notice.text.split("\n")[1] == f"“{HEADLINE}”"
    assert "Raised by @ann on X" in notice.text


def test_who_had_waited_is_quoted_by_the_words_too() -> None:
    waited = a_step(minute=60, mention="x:8", reason="safety", again=2, said=3, also=True)
    story = a_story(an_episode(a_step(minute=60, mention="x:9", reason="legal"), waited))
    burnt = read(f"{'So it goes. ' * 40}My hand is burnt", "burnt", native="8")
    text = composed(read("I call my lawyer", "lawyer"), "legal", story=story, waited=[burnt]).text
    assert "So it goes. My hand is burnt”" in text
    assert "Seen by: “lawyer”, “burnt”." in text


def test_a_recovery_is_not_told_as_the_danger() -> None:
    """One star became five, and the notice was late."""
    edited = START + timedelta(days=3)
    review = read("Updated: they rang and paid in full. Five stars now.", score=GLAD, edited_at=edited)
    english, italian = composed(review), composed(review, language="it")
    assert english.subject == "[Earshot] Warning: Ronvia, somebody may be hurt or in danger (edited since)"
    assert (
        "Warning: Ronvia\nEdited since, 29 Nov 2026, 07:52 UTC: it reads positive now. It says:\n"
        "“Updated: they rang and paid in full. Five stars now.”\n"
    ) in english.text
    assert italian.subject.endswith("essere in pericolo (menzione modificata nel frattempo)")
    assert (
        "\nModificata nel frattempo, 29 nov 2026, 07:52 UTC: ora è positiva. Dice:\n“Updated" in italian.text
    )


def test_words_that_an_edit_brought_are_not_told_as_those_that_called() -> None:
    text = composed(read(GAS, "gas", edited_at=START + minutes(9)), first=kept(a_mention())).text
    assert (
        "Raised by @ann on X, 26 Nov 2026, 07:52 UTC:\nEdited since, 26 Nov 2026, 08:01 UTC. It says now:\n“Finally"
    ) in text
    assert "Seen by" not in text


def test_what_was_withdrawn_since_is_neither_quoted_nor_explained() -> None:
    gone = read("", edited_at=START + minutes(9))._replace(withdrawn=True)
    notice = composed(gone)
    assert notice.subject.endswith('"(withdrawn)"')
    assert "Edited" not in notice.text
    assert "Seen by" not in notice.text


HOSTILE = "gas\r\nBcc: all@example.org\x00\u2028\u202eX-Evil: 1\x85\x0b"


@given(st.text(max_size=40), st.text(max_size=40))
def test_hostile_words_stay_on_their_lines(before: str, after: str) -> None:
    calm = composed(read("gas", "gas")).text.count("\n")
    notice = composed(read(f"{before} {HOSTILE} {after}" * 9, "gas", f"{HOSTILE}{after}"))
    assert notice.text.count("\n") == calm
    assert len(notice.text.splitlines()) == calm + 1
    assert len(notice.subject.splitlines()) == 1


def test_a_story_that_went_on_before_it_was_told_says_of_when_its_numbers_are() -> None:
    numbers = {"risk": 9.4, "outlets": {"voce.example": "national"}}
    story = a_story(an_episode(a_step(Level.critical, mention="x:9", risk=88.2)), **numbers)
    story.last_at = START + minutes(600)
    english, italian = (composed(read("Basta"), "risk", each, story=story).text for each in ("en", "it"))
    assert (
        "\n\nIt was decided at a risk of 88 out of 100. The numbers below are later: of 26 Nov 2026, 17:52 UTC, when its"
        " newest mention was heard.\nSo far: 14 mentions"
    ) in english
    assert "although" not in english
    assert "\nDeciso con un rischio di 88 su 100. I numeri qui sotto sono successivi: di 26 nov" in italian


def test_so_does_one_that_only_silence_has_lowered() -> None:
    story = a_story(an_episode(a_step(Level.critical, mention="x:9", risk=88.2)), risk=40.0)
    english, italian = (composed(read("Basta"), "risk", each, story=story).text for each in ("en", "it"))
    assert "88 out of 100. The numbers below are later, though no mention has come since.\n" in english
    assert "successivi, anche se da allora non sono arrivate menzioni.\n" in italian


def test_one_that_is_told_at_once_does_not() -> None:
    assert "decided at a risk" not in composed(read("Basta"), "risk").text
