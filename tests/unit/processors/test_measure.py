"""Who counts as saying that it happened to them too."""

from pathlib import Path

import pytest
from pipeline_world import START, World, said, withdrawn

OUTAGE = "The Acme app does not open, an error at every login since this morning"
TOO = "Same here: the Acme app does not open, an error at every login since this morning"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_post_that_its_words_tie_to_an_earlier_one_confirms_it(world: World) -> None:
    story = world.hear(said("1", text=OUTAGE), said("2", 3, TOO)).story()
    assert (story.mentions, story.confirmations) == (2, 1)


def test_a_post_that_begins_a_story_confirms_nobody(world: World) -> None:
    """It may be an answer to what was not heard; one that says so of nothing is no second witness."""
    story = world.hear(said("1", text=TOO)).story()
    assert (story.mentions, story.confirmations) == (1, 0)


@pytest.mark.parametrize("kind", ["reply", "quote", "comment"])
def test_an_answer_confirms_whatever_it_hangs_on(world: World, kind: str) -> None:
    world.hear(said("2", 3, "Same here, since this morning", kind=kind, parent="x:1"))
    assert world.story().confirmations == 1


@pytest.mark.parametrize("kind", ["repost", "article"])
def test_carrying_it_on_is_no_confirmation(world: World, kind: str) -> None:
    more = {"reposted": "x:1"} if kind == "repost" else {}
    story = world.hear(said("1", text=OUTAGE), said("2", 3, TOO, kind=kind, **more)).story()
    assert (story.mentions, story.confirmations) == (2, 0)


def test_a_tied_post_confirms_no_more_once_edited_or_withdrawn(world: World) -> None:
    world.hear(said("1", text=OUTAGE), said("2", 3, TOO), said("3", 4, TOO))
    assert world.story().confirmations == 2
    world.hear(said("2", 9, OUTAGE, edited_at=START))
    assert world.story().confirmations == 1
    story = world.hear(withdrawn("3", 11)).story()
    assert story.confirmations == 0
    assert world.rebuilt(story) == story
