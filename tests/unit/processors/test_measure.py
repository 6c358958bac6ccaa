"""Who counts as saying that it happened to them too, and whose counters are whose."""

from pathlib import Path

import pytest
from pipeline_world import FURIOUS, START, World, alike, measured, said, withdrawn

from earshot.model import Metrics

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


@pytest.mark.parametrize(
    "how", [{"kind": "repost", "reposted": "x:1"}, {"reposted": "x:1"}, {"kind": "repost"}]
)
def test_the_count_below_a_repost_is_its_originals_and_counts_once(world: World, how: dict[str, str]) -> None:
    count = Metrics(at=START, reposts=500)
    reposts = [said(str(n), n, FURIOUS, metrics=count, **how) for n in range(2, 12)]
    story = world.hear(said("1", metrics=count), *reposts, measured("3", 20, 501)).story()
    assert (story.mentions, story.counted, story.size) == (11, 500, 501)
    assert alike(world.rebuilt(story), story)


def test_what_was_no_repost_becomes_none_by_an_edit(world: World) -> None:
    """Or what was counted of it would still be there, and of nobody."""
    world.hear(said("1", text=OUTAGE, metrics=Metrics(at=START, reposts=40)), said("2", 1, OUTAGE))
    edits = [said(str(n), 9, TOO, kind="repost", reposted="x:7", edited_at=START) for n in (1, 2)]
    story = world.hear(*edits).story()
    assert (story.counted, story.copies) == (40, 1)
    assert alike(world.rebuilt(story), story)
