"""What is read of a text with what staff taught of intents: more dangers at most, and each with its words."""

from math import exp

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earshot.model import Intent
from processors.leaning import PLAIN, Leaning, Named, fit
from processors.leant import Leant, Said, leant, shares
from processors.negativity.opinion import Opinion
from processors.signs.model import INTENTS
from processors.signs.reading import NOTHING, Reading, shipped

ANGRY = Opinion(0.8, 0.15, 0.05)
SAID = [
    Said(text, language, ANGRY)
    for text, language in (
        ("I will call my lawyer about this invoice", "en"),
        ("I may well ask an expert what my rights are here", "en"),
        ("The heater gave off smoke last night, is that normal?", "en"),
        ("the wheelchair lift was out of order and staff laughed", "en"),
        ("Mia madre è diabetica e il frigorifero dei farmaci è spento, ho paura", "it"),
        ("They would not let us in because we are black, thanks for nothing", "en"),
        ("I want to kill myself over this debt", "en"),
        ("Third invoice for a contract that I cancelled in spring, I am leaving", "en"),
        ("Grazie di cuore, gentilissimi", "it"),
        ("Tribunale condanna la compagnia, i giudici: rimborsi dovuti", "it"),
    )
]
BIASES = st.tuples(*[st.floats(-3, 3)] * len(INTENTS))


def read(said: Said) -> Reading:
    (found,) = shipped().read([said.text], [said.language], [said.opinion])
    return found


def again(said: Said, leaning: Leaning) -> Reading:
    return leant(read(said), leaning, lambda: said)


def leaning(**biases: float) -> Leaning:
    return Leaning(tuple(exp(biases.get(intent, 0.0)) for intent in INTENTS))


def unasked() -> Said:
    raise AssertionError("it was read again")


@pytest.mark.parametrize("said", SAID)
def test_without_lessons_nothing_changes_and_nothing_is_read(said: Said) -> None:
    reading = read(said)
    assert leant(reading, PLAIN, unasked) is reading


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(st.sampled_from(SAID), BIASES)
def test_no_danger_is_ever_silenced(said: Said, biases: tuple[float, ...]) -> None:
    before, after = read(said), again(said, Leaning(tuple(map(exp, biases))))
    assert set(before.grave) <= set(after.grave)
    assert (after.signs, after.mood, after.tried) == (before.signs, before.mood, before.tried)
    if after.grave:
        assert set(before.evidence) <= set(after.evidence) or len(after.evidence) == 8


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(st.sampled_from(SAID), BIASES)
def test_what_is_not_read_again_has_no_other_danger(said: Said, biases: tuple[float, ...]) -> None:
    """Where the model gives each intent that turns at least a twentieth; below it says nothing."""
    kept = read(said).intents
    seen = tuple(bias if each in kept else 0.0 for each, bias in zip(INTENTS, biases, strict=True))
    (whole,) = Leant(seen).read([said.text], [said.language], [said.opinion])
    assert set(again(said, Leaning(tuple(map(exp, seen)))).grave) == {*read(said).grave, *whole.grave}


def test_what_is_taught_of_dangers_calls_with_its_words() -> None:
    said = SAID[3]
    assert read(said).grave == ()
    found = again(said, leaning(safety=2.0))
    assert found.grave == ("safety",)
    assert found.evidence == ("wheelchair",)


def test_two_hundred_who_say_that_it_is_no_threat_silence_none() -> None:
    threat = SAID[0]
    taught = [
        Named("Acme", "x", tuple(shares([threat])[0].values()), (True, *[False] * (len(INTENTS) - 1)))
    ] * 200
    found = again(threat, fit(taught).of("Acme", "x"))
    assert found.grave == read(threat).grave == ("legal",)
    assert found.intents["legal"] == read(threat).intents["legal"]
    assert found.intents["complaint"] > read(threat).intents["complaint"]


def test_a_danger_needs_a_word_for_it_whatever_was_taught() -> None:
    assert again(SAID[8], leaning(safety=6.0)).grave == ()


def test_most_is_not_read_again() -> None:
    moved = leant(read(SAID[7]), leaning(churn=-1.0, question=1.0), unasked)
    assert moved.intents["churn"] < read(SAID[7]).intents["churn"]


def test_every_intent_is_told_however_unlikely_and_as_the_shipped_model_says() -> None:
    for said, told in zip(SAID, shares(SAID), strict=True):
        assert tuple(told) == INTENTS
        kept: dict[Intent, float] = {intent: round(p, 3) for intent, p in told.items() if p >= 0.05}
        assert kept == read(said).intents


def test_what_cannot_be_read_has_no_intents_to_lean() -> None:
    unread = Said("配送が遅れて最悪です", "unknown", None)
    assert shares([]) == []
    assert shares([unread, SAID[0]])[0] == {}
    assert leant(NOTHING, leaning(complaint=2.0), unasked).intents == {}


def test_the_shipped_reader_is_left_as_it_is() -> None:
    before = read(SAID[0])
    Leant((3.0,) * len(INTENTS)).read([SAID[0].text], ["en"], [ANGRY])
    assert read(SAID[0]) == before
