"""Why a mention is in its story, where the story that it was put in was joined or split since."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from test_console_login import Browser

from console.role import Console
from earshot.config import from_dict
from earshot.topics import Event

# Tests are folders, not packages: this one borrows the world of another.
sys.path.insert(0, str(Path(__file__).parents[1] / "processors"))
from pipeline_world import CONFIG, FURIOUS, PLAIN, World, config, said

from processors.regroup import Regroup

OTHER = "The parcel never came and your courier lied about the delivery, what a shame"
BY_HAND = "That story was joined to this one by hand."
BY_TIE = "That story became part of this one, as a later mention belongs to both."


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.store.close()


def page_of(world: World, path: str, language: str = "en") -> str:
    settings = from_dict(CONFIG | {"console": {"login": False, "language": language}})
    return Browser(Console(replace(world.context, config=settings))).get(path).text


def why(world: World, n: int, language: str = "en") -> str:
    page = page_of(world, f"/mentions/{n}", language)
    return unescape(page.partition('<h2 id="why">')[2].partition("</section>")[0])


def two(world: World, *more: Event) -> list[int]:
    """The numbers of the stories."""
    return [story.id for story in world.hear(said("1", text=FURIOUS), said("2", 1, OTHER), *more).stories()]


def test_who_began_a_story_that_a_later_mention_tied_is_told_which(world: World) -> None:
    older, younger = two(world)
    world.hear(said("9", 9, PLAIN, parent="x:2", root="x:1"))
    assert world.story().id == older
    assert BY_TIE in why(world, younger)
    assert f'<a href="/mentions/{younger + 1}">' in why(world, younger)
    for n in (older, younger + 1):
        assert "became part" not in why(world, n)


def test_who_began_a_story_that_was_joined_by_hand_is_told_so(world: World) -> None:
    older, younger = two(world)
    Regroup(config(), world.store, world.clock).join(older, younger)
    assert BY_HAND in why(world, younger)
    assert "Quella vicenda è stata unita a questa a mano." in why(world, younger, "it")
    assert "joined" not in why(world, older)


def test_who_comes_first_of_what_was_split_off_is_told_so(world: World) -> None:
    story = world.hear(said("1"), said("2", 1, OTHER, parent="x:1")).story()
    assert "split off" not in why(world, story.id + 1)
    Regroup(config(), world.store, world.clock).split(story.id, [story.id + 1])
    assert "It was split off another story by hand." in why(world, story.id + 1)
    assert "split off" not in why(world, story.id)


def test_on_the_page_of_its_story_it_is_no_longer_with_what_tied_it(world: World) -> None:
    story = world.hear(
        said("1"), said("2", 1, OTHER, parent="x:1"), said("3", 2, "idem", parent="x:2")
    ).story()
    Regroup(config(), world.store, world.clock).split(story.id, [story.id + 1, story.id + 2])
    apart = page_of(world, f"/stories/{story.id + 1}")
    assert apart.count("<span>split off another story by hand</span>") == 1
    assert apart.count("<span>replies to another</span>") == 1
    assert "<span>separata a mano da un’altra vicenda</span>" in page_of(
        world, f"/stories/{story.id + 1}", "it"
    )
    assert "<span>began a story</span>" in page_of(world, f"/stories/{story.id}")
