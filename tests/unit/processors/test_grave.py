"""Danger, the law, discrimination and self-harm are told of at any hour, and weigh in the risk of their story."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline_world import PLAIN, World, mention, said, withdrawn

from earshot.config import Brand, RiskSettings, Rules
from earshot.model import Level, Score, Story
from processors import risk
from processors.own import OwnAccounts
from processors.reach import Reach
from processors.rules import MentionRules

BURNT = "Your heater caught fire last night, my daughter has burns on both hands, we are in hospital"
LAWYER = "Nessuna risposta da settimane: mi rivolgo al mio avvocato e al Codacons"
BRANDS = (Brand(name="Acme", accounts=("@acme_help",)),)
NO_OUTLETS = Reach(RiskSettings(), ())


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def reasons(world: World) -> list[tuple[str, Level]]:
    return [(s.reason, s.level) for e in world.story().episodes for s in e.steps if s.reason != "risk"]


@pytest.mark.parametrize(("text", "reason"), [(BURNT, "safety"), (LAWYER, "legal")])
def test_one_small_account_is_told_of_at_once(world: World, text: str, reason: str) -> None:
    world.hear(said("1", text=text, followers=12))
    assert reasons(world) == [(reason, Level.warning)]
    assert world.story().grave == 1


def test_a_plain_mention_is_not(world: World) -> None:
    world.hear(said("1", text=PLAIN))
    assert reasons(world) == []
    assert world.story().grave == 0


def test_danger_beyond_doubt_calls_from_a_light_tone_too_and_not_from_gladness() -> None:
    told = {"language": "en", "grave": ("safety",), "intents": {"safety": 0.9}, "basis": "text"}
    light, glad = ({"negative": n, "neutral": 0.1, "positive": 0.9 - n} for n in (0.45, 0.3))
    assert Score(**told, **light).calls == ("safety",)
    assert Score(**told, **glad).calls == ()
    assert Score(**told | {"intents": {"safety": 0.6}}, **light).calls == ()
    assert Score(**told | {"basis": "staff"}, **light).calls == ()


def test_what_is_taken_back_weighs_no_more(world: World) -> None:
    world.hear(said("1", text=BURNT), withdrawn("1", 2))
    assert world.story().grave == 0


def test_of_what_is_taken_back_no_word_stays(world: World) -> None:
    world.hear(said("1", text=BURNT), withdrawn("1", 2))
    (kept,) = world.kept(world.story())
    score = kept.score
    assert (score.evidence, score.tried, score.signs, score.grave) == ((), (), (), ())
    assert world.story().sensitive == 0


def test_an_edit_counts_as_what_it_says_now(world: World) -> None:
    world.hear(said("1", text=BURNT), said("1", 5, text=PLAIN, edited_at=mention("1", 5).collected_at))
    assert world.story().grave == 0


def test_history_and_the_companys_own_account_call_nobody(world: World) -> None:
    world.hear(said("1", text=BURNT, backfill=True))
    assert reasons(world) == []
    own = MentionRules(Rules(), BRANDS, OwnAccounts(BRANDS), NO_OUTLETS)
    score = Score(language="en", negative=0.9, grave=("safety",))
    assert own.fire(mention("2"), score) == [("safety", Level.warning)]
    assert own.fire(mention("3", author=mention("3", by="acme_help").author), score) == []


def test_what_calls_is_configured() -> None:
    rules = MentionRules(Rules(always=("legal",)), BRANDS, OwnAccounts(BRANDS), NO_OUTLETS)
    score = Score(language="en", negative=0.3, grave=("safety", "legal"), signs=("press_interest",))
    assert rules.fire(mention("1"), score) == [("legal", Level.warning)]


@given(st.integers(0, 200), st.integers(1, 200), st.floats(0.01, 0.3))
def test_more_that_is_grave_is_never_less_negative(grave: int, mentions: int, base: float) -> None:
    def negativity(count: int) -> float:
        at = mention("1").collected_at
        story = Story(
            id=1, brand="Acme", first="x:1", opened_at=at, last_at=at, mentions=mentions, grave=count
        )
        return risk.negativity(story, base)

    grave = min(grave, mentions - 1)
    assert negativity(grave) <= negativity(grave + 1) <= 1
    if (grave + 1) * 5 >= mentions:
        assert negativity(grave + 1) >= 0.8 - 1e-9


def test_danger_where_the_brand_is_the_setting_calls_and_self_harm_comes_first() -> None:
    spared = Score(language="it", negative=0.2, basis="victim", grave=("safety",))
    assert spared.calls == ("safety",)
    both = Score(language="it", negative=0.6, grave=("safety", "self_harm"))
    assert both.calls == ("self_harm", "safety")
