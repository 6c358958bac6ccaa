"""What a text may tell of though it calls nobody: it is kept to be looked at, and changes nothing else."""

from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json
from pipeline_world import World, mention, said, withdrawn

from earshot.config import Brand, from_dict
from earshot.matching import places
from earshot.model import Grave, Score
from earshot.seams import Asked
from processors.asked import NegativityScorer
from processors.own import OwnAccounts
from processors.score import Reader, Scorer
from processors.signs.parted import parted
from processors.signs.reading import NOTHING

HINT = "My kid has been coughing ever since we got your humidifier"
RIGHTS = "I'll be talking to someone about my rights"
BURNT = "Your heater caught fire last night, my daughter has burns on both hands, we are in hospital"
LATE = "Il pacco è in ritardo di due giorni"
SPAM = "WIN A FREE iPhone!!! Click http://win.example now, only today, follow and retweet to claim your voucher, danger free"
OWN = OwnAccounts((Brand(name="Acme", accounts=("@acme_help",)),))


@lru_cache
def reader() -> Reader:
    return Reader(from_dict({}).scoring.languages)


def score(text: str, by: str = "ada") -> Score:
    (found,) = Scorer(reader(), own=OWN).score([mention("1", text=text, by=by)])
    return found


@pytest.mark.parametrize(("text", "grave"), [(HINT, "safety"), (RIGHTS, "legal")])
def test_a_hint_is_to_be_looked_at_and_calls_nobody(text: str, grave: Grave) -> None:
    found = score(text)
    assert grave in found.perhaps
    assert found.calls == ()


def test_a_plain_complaint_is_not() -> None:
    assert score(LATE).perhaps == {}


def test_what_calls_is_not_to_be_looked_at_besides() -> None:
    found = score(BURNT)
    assert found.calls == ("safety",)
    assert "safety" not in found.perhaps


def test_what_would_call_in_another_mood_is_to_be_looked_at() -> None:
    """The model is as sure of it, only nobody is told: who is glad seldom means it."""
    found = score(
        "Thank you so much, wonderful staff: my son was burnt by the soup and they took us to hospital"
    )
    assert "safety" not in found.calls
    assert found.perhaps["safety"] >= 1


def test_what_the_brand_itself_says_is_not() -> None:
    assert score(HINT).perhaps
    assert score(HINT, "acme_help").perhaps == {}


def test_spam_is_not() -> None:
    found = score(SPAM)
    assert "spam" in found.signs
    assert found.perhaps == {}


@given(st.lists(st.sampled_from(f"{HINT} {RIGHTS} {BURNT} thanks lovely hate".split()), max_size=14))
def test_it_is_never_what_calls(words: list[str]) -> None:
    found = score(" ".join(words))
    assert not set(found.perhaps) & set(found.calls)
    assert all(near > 0 for near in found.perhaps.values())


def test_no_story_calls_for_it_and_nothing_of_it_stays_of_what_is_withdrawn(tmp_path: Path) -> None:
    world = World(tmp_path)
    story = world.hear(said("1", text=HINT)).story()
    (kept,) = world.kept(story)
    assert "safety" in kept.score.perhaps
    assert (story.grave, story.episodes) == (0, ())
    (kept,) = world.hear(withdrawn("1", 2)).kept(story)
    assert kept.score.perhaps == {}


def test_it_comes_with_the_words_of_the_lists_or_those_that_speak_for_it() -> None:
    asked = NegativityScorer(from_dict({}))
    assert asked.words(Asked(HINT), "safety") == ("coughing",)
    (run,) = asked.words(Asked(HINT), "legal")
    assert set(places(HINT, [run])) == {run}
    assert asked.words(Asked("..."), "legal") == ()


def test_scores_of_before_say_nothing_of_it() -> None:
    before = b'{"language":"en","negative":0.9,"grave":["safety"]}'
    assert json.decode(before, type=Score).perhaps == {}
    assert b"perhaps" not in json.encode(Score(language="en"))


def test_of_several_companies_each_has_what_its_own_part_may_tell_of() -> None:
    whole, own = (
        NOTHING._replace(perhaps={"safety": 0.4, "self_harm": 0.1}),
        NOTHING._replace(perhaps={"legal": 0.2}),
    )
    assert parted(whole, own, 0.1).perhaps == {"legal": 0.2, "self_harm": 0.1}
    assert parted(whole, own, 0.9).perhaps == {"safety": 0.4, "legal": 0.2, "self_harm": 0.1}
