"""What a story has reached counts as long as it echoes: silence lets every call come to its end."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline_world import FURIOUS, PLAIN, START, World, measured, said, withdrawn
from test_pick_up import printed

from earshot.config import RiskSettings
from earshot.explain.formulas import work, worked
from earshot.model import Level, Story
from processors import risk

_NEXT = 24 * 60  # minutes


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def crisis(world: World) -> Story:
    """Twelve angry mentions and a national paper."""
    world.hear(
        *(said(str(n), n, **({"root": "x:0"} if n else {})) for n in range(12)), printed("p", 13, root="x:0")
    )
    return world.story()


def after(world: World, days: float) -> Story:
    """Nothing more is said of it; something else is, so that time passes."""
    world.hear(said(f"other-{days}", days * _NEXT, PLAIN))
    return next(story for story in world.stories() if story.first == "x:0")


def test_a_story_that_a_national_paper_took_up_calms_down_in_the_end(world: World) -> None:
    loud = crisis(world)
    assert (loud.level, loud.echo, loud.episode is not None) == (Level.critical, 1.0, True)
    later = after(world, 2)
    assert later.risk < loud.risk
    assert later.level < Level.critical
    over = after(world, 4)
    assert over.episode is None
    assert over.level <= Level.watch


def test_it_counts_in_full_again_once_somebody_speaks_of_it(world: World) -> None:
    loud = crisis(world)
    after(world, 2)
    world.hear(said("again", 2.1 * _NEXT, root="x:0"))
    back = next(story for story in world.stories() if story.first == "x:0")
    assert back.echo == 1.0
    assert back.terms.media == pytest.approx(loud.terms.media, rel=0.05)


def test_what_is_forgotten_is_looked_at_no_more(world: World) -> None:
    crisis(world)
    assert after(world, 15).is_awake is False


def test_the_page_says_why_what_it_reached_counts_less(world: World) -> None:
    crisis(world)
    story = after(world, 1)
    settings = RiskSettings()
    assert 0 < story.echo < 1
    steps = work(story, settings)
    assert steps.media == pytest.approx(story.terms.media)
    assert steps.reach == pytest.approx(story.terms.reach)
    (english,) = (line for line in worked(story, settings, "en") if line.startswith("Echo:"))
    (italian,) = (line for line in worked(story, settings, "it") if line.startswith("Eco:"))
    assert "half after every 12 h of silence" in english
    assert "la metà dopo ogni 12 h di silenzio" in italian
    assert "half_life" not in english + italian


@given(st.floats(0, 1), st.floats(0, 1))
def test_less_of_an_echo_is_never_more_of_a_risk(one: float, other: float) -> None:
    found = []
    for echo in sorted((one, other)):
        story = Story(id=1, brand="Acme", first="x:1", opened_at=START, last_at=START + timedelta(hours=1))
        story.mentions, story.votes, story.voters, story.chance, story.echo = 30, 270_000, 30, 0.5, echo
        story.outlets, story.surge = {"daily.example": "national"}, 0.5
        levels = risk.assess(story, 0.2, 500_000, RiskSettings())
        found.append((story.risk, *levels))
    assert found[0] <= found[1]


@pytest.mark.parametrize("what", ["withdrawn", "edited", "fewer", "none counted"])
def test_what_is_nobodys_word_wakes_nothing(world: World, what: str) -> None:
    crisis(world)
    world.hear(measured("3", 14, 40))
    calm, day = after(world, 8), 8.5 * _NEXT
    told = len(calm.episodes)
    world.hear(
        {
            "withdrawn": withdrawn("5", day),
            "edited": said("5", day, f"{FURIOUS}!!", root="x:0"),
            "fewer": measured("3", day, 39),
            "none counted": measured("6", day, 0),
        }[what]
    )
    story = next(story for story in world.stories() if story.first == "x:0")
    assert (story.level, len(story.episodes)) == (calm.level, told)
    assert story.echo < 0.01
