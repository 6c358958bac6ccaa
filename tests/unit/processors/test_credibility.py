"""The same words from many mouths are believed less than words of their own; a repost says where it is from."""

from pathlib import Path

import pytest
from pipeline_world import FURIOUS, World, alike, said

OWN = ("They lost my suitcase", "My suitcase is gone too", "Nobody answers about the suitcase")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_copies_lower_the_risk(world: World) -> None:
    world.hear(said("1"), *[said(str(n), n, FURIOUS) for n in range(2, 6)])
    story = world.story()
    assert (story.mentions, story.copies) == (5, 4)
    assert story.terms.credibility == pytest.approx(0.5 / 5)


def test_reposts_do_not(world: World) -> None:
    story = world.hear(
        said("1"),
        *[said(str(n), n, kind="repost", reposted="x:1") for n in range(2, 6)],
        *[said(str(n), n, kind="repost", reposted="x:99") for n in range(6, 8)],
    ).story()
    assert (story.mentions, story.copies) == (7, 0)
    assert story.terms.credibility == 0.5


def test_nor_do_answers_in_words_of_their_own(world: World) -> None:
    story = world.hear(
        said("1"), *[said(str(n), n, text, root="x:1") for n, text in enumerate(OWN, 2)]
    ).story()
    assert story.terms.credibility == 0.5
    assert alike(world.rebuilt(story), story)
