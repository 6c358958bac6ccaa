"""Joined and split by hand: what a person decided stays."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from pipeline_world import FURIOUS, PLAIN, PLEASED, World, alike, config, said, withdrawn
from sqlalchemy import make_url
from test_joining import ANOTHER, tie, two

from earshot.errors import Refused
from earshot.model import Story
from earshot.runtime import Context
from earshot.store import Store
from processors.regroup import Regroup


class ByHand(World):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.hand = Regroup(config(), self.store, self.clock)

    def whole(self) -> None:
        """Nothing was lost or counted twice, whatever was done."""
        for story in self.stories():
            assert alike(self.rebuilt(story), story)
            assert len(self.seats(story)) == story.authors
        self.restart()


class OnAServer(ByHand):
    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder)
        self.store.close()
        self.store = Store(make_url(url))
        self.context = Context(config(), self.clock, self.bus, self.store, False)
        self.hand = Regroup(config(), self.store, self.clock)
        self.restart()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ByHand]:
    if request.param == "sqlite":
        yield ByHand(tmp_path)
        return
    world = OnAServer(tmp_path, request.getfixturevalue("postgres_url"))
    yield world
    world.store.close()


def test_stories_are_joined_by_what_is_said(world: ByHand) -> None:
    """Three of them in one batch, with people who are in more than one."""
    world.hear(*two(by="a"), said("3", 2, "Nobody answers the phone since noon, dreadful", by="b"))
    later = [said("5", 4, "b", parent="x:3", root="x:1", by="b"), said("6", 5, "c", parent="x:3", by="a")]
    world.hear(said("4", 3, "a", parent="x:3", root="x:2", by="a"), *later, withdrawn("2", 6))
    story = world.story()
    assert (story.mentions, story.authors, story.withdrawn, len(world.joined())) == (6, 2, 1, 2)
    world.whole()
    assert world.hear(said("7", 9, parent="x:2")).story().mentions == 7


def ids(world: World, story: Story) -> list[str]:
    return [kept.mention.id for kept in world.kept(story)]


def numbers(world: World, story: Story, natives: Iterable[str]) -> list[int]:
    return [kept.n for kept in world.kept(story) if kept.mention.id.partition(":")[2] in natives]


def test_joined_by_hand_the_older_stays_and_the_running_pipeline_follows(world: ByHand) -> None:
    world.hear(*two(by="a"))
    older, younger = world.stories()
    kept, joined = world.hand.join(younger.id, older.id)
    assert (kept.id, kept.mentions, kept.authors, joined.part_of) == (older.id, 2, 1, older.id)
    story = world.hear(said("3", 5, PLEASED, parent="x:2")).story()
    assert story.mentions == 3
    world.whole()


def test_joined_twice_is_refused(world: ByHand) -> None:
    world.hear(*two())
    older, younger = world.stories()
    world.hand.join(older.id, younger.id)
    with pytest.raises(Refused, match="one already"):
        world.hand.join(older.id, younger.id)


def test_stories_of_two_brands_stay_two(world: ByHand) -> None:
    world.hear(said("1"), said("2", brand="Bolt"))
    with pytest.raises(Refused, match="one brand"):
        world.hand.join(world.story().id, world.stories("Bolt")[0].id)


def test_what_was_split_is_followed_and_not_joined_again_by_a_tie(world: ByHand) -> None:
    world.hear(said("1"), said("2", 1, ANOTHER, parent="x:1"), said("3", 2, PLEASED, parent="x:2"))
    story = world.story()
    left, begun = world.hand.split(story.id, numbers(world, story, "23"))
    assert (left.id, left.mentions, begun.mentions) == (story.id, 1, 2)
    world.hear(said("4", 5, "a", parent="x:3"), tie("5", 6))
    left, begun = world.stories()
    assert (ids(world, left), ids(world, begun)) == (["x:1"], ["x:2", "x:3", "x:4", "x:5"])
    world.whole()
    world.hand.join(left.id, begun.id)
    assert world.hear(said("6", 9, parent="x:3")).story().mentions == 6
    world.whole()


def test_a_joined_story_comes_to_life_again(world: ByHand) -> None:
    world.hear(*two(), said("3", 2, PLEASED, parent="x:2"), tie())
    story, (gone,) = world.story(), world.joined()
    world.hand.split(story.id, numbers(world, story, "23"))
    left, begun = world.hear(said("4", 20, "so", parent="x:3"), said("2", 21, PLAIN)).stories()
    assert (begun.id, begun.part_of, begun.mentions) == (gone.id, 0, 3)
    assert ids(world, left) == ["x:1", "x:9"]
    assert world.joined() == []
    world.whole()


def test_a_story_keeps_its_first_mention(world: ByHand) -> None:
    world.hear(said("1"), said("2", 1, ANOTHER, parent="x:1"), said("3", 2, PLEASED, parent="x:2"))
    story = world.story()
    left, begun = world.hand.split(story.id, numbers(world, story, "12"))
    assert (left.id, ids(world, left), ids(world, begun)) == (story.id, ["x:1", "x:2"], ["x:3"])


@pytest.mark.parametrize("natives", ["", "12"])
def test_none_or_all_is_no_split(world: ByHand, natives: str) -> None:
    story = world.hear(said("1"), said("2", 1, FURIOUS, parent="x:1")).story()
    with pytest.raises(Refused, match="some of its mentions"):
        world.hand.split(story.id, numbers(world, story, natives))


def test_of_what_is_not_there_it_says_so(world: ByHand) -> None:
    story = world.hear(said("1"), said("2", 1, parent="x:1")).story()
    with pytest.raises(Refused, match="story 7: there is none"):
        world.hand.join(7, story.id)
    with pytest.raises(Refused, match="mention 7: is not in story"):
        world.hand.split(story.id, [7])
