"""Good news raises no risk step: a story that it brings back to life calls with the next mention that is not positive."""

from pathlib import Path

import pytest
from pipeline_world import FURIOUS, PLEASED, World, measured, said

from earshot.model import Score, Step, Story
from earshot.topics import Event

_LATER = 48 * 60  # minutes: everybody has been silent, and the alert is over


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    return world.hear(*(said(str(n), n, **({"root": "x:0"} if n else {})) for n in range(26)))


def the_story(world: World) -> Story:
    return next(story for story in world.stories() if story.first == "x:0")


def since(world: World) -> list[Step]:
    """What it has called for after the first alert."""
    first, *others = the_story(world).episodes
    assert first.resolved_at
    return [step for episode in others for step in episode.steps]


def thanks(native: str, minutes: float) -> Event:
    return said(native, _LATER + minutes, f"{PLEASED}, {native}", root="x:0")


def test_thanks_after_a_silence_call_nobody(world: World) -> None:
    world.hear(thanks("a", 0), thanks("b", 3))
    assert the_story(world).level > the_story(world).calmed, "one reply has made it alive again"
    assert since(world) == []


def test_the_next_mention_that_is_not_positive_calls(world: World) -> None:
    world.hear(thanks("a", 0), said("c", _LATER + 5, f"{FURIOUS}, c", root="x:0"))
    assert [(step.reason, step.mention) for step in since(world)] == [("risk", "x:c")]


def test_that_many_pass_thanks_on_calls_nobody(world: World) -> None:
    world.hear(thanks("a", 0), measured("a", _LATER + 5, 900))
    assert since(world) == []


def test_thanks_for_what_has_calmed_down_meanwhile_leave_nothing_to_call_for(world: World) -> None:
    world.hear(thanks("a", 0), said("c", 3 * _LATER, f"{FURIOUS} indeed"))
    assert (the_story(world).level, since(world)) == (the_story(world).calmed, [])


@pytest.mark.parametrize(
    ("negative", "positive", "is_glad"), [(0.05, 0.84, True), (0.4, 0.4, False), (None, None, False)]
)
def test_glad_is_more_likely_positive_than_negative(
    negative: float | None, positive: float | None, is_glad: bool
) -> None:
    assert Score(language="it", negative=negative, positive=positive).is_glad is is_glad
