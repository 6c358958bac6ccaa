"""Retention deletes old stories while their brand's owner still has them in its indexes and its cache."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipeline_world import FURIOUS, PLAIN, START, World, measured, said, withdrawn

from earshot.clock import to_us
from earshot.store import dead, mentions
from earshot.store.retention import purge
from earshot.topics import Event

DAY = 24 * 60


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def purge_before(world: World, minutes: float) -> int:
    return purge(world.store, to_us(START + timedelta(minutes=minutes)))


def ids(world: World) -> dict[str, tuple[int, str]]:
    """Where each mention that is kept belongs, and why."""
    kept = [each for story in world.stories() for each in world.kept(story)]
    with world.store.read() as connection:
        rows = mentions.get(connection, [each.n for each in kept])
    return {each.mention.id: (rows[each.n].story, each.link) for each in kept}


def test_a_purged_mention_that_is_heard_again_is_new(world: World) -> None:
    world.hear(said("1"), said("2", 1, PLAIN))
    assert purge_before(world, DAY) == 2
    world.hear(said("1", DAY))
    (story,) = world.stories()
    assert (story.first, story.mentions, story.id & 0xFF) == ("x:1", 1, 3)


@pytest.mark.parametrize(
    "later",
    [
        said("2", DAY, "and another thing", kind="reply", parent="x:1"),
        said("2", DAY, FURIOUS),
        said("2", DAY, "look at this", links=("https://daily.example/a",)),
    ],
    ids=["reply", "copy", "address"],
)
def test_what_would_belong_to_a_purged_story_begins_another(world: World, later: Event) -> None:
    world.hear(said("1", links=("https://daily.example/a",)))
    purge_before(world, DAY)
    world.hear(later)
    (story,) = world.stories()
    assert ids(world) == {"x:2": (story.id, "new")}
    assert story == world.rebuilt(story)


@pytest.mark.parametrize("cached", [True, False])
@pytest.mark.parametrize(
    "later",
    [withdrawn("1", DAY), measured("1", DAY, 5), said("1", DAY, "I take back half of it", edited_at=START)],
    ids=["withdrawal", "measurement", "edit"],
)
def test_events_about_a_purged_mention_harm_nothing(world: World, later: Event, cached: bool) -> None:
    world.hear(said("1"), said("2", 2 * DAY, PLAIN))
    if not cached:
        world.restart()
        world.hear(measured("2", 2 * DAY, 1))  # takes the brand over
    assert purge_before(world, DAY) == 1
    world.hear(later)
    assert "x:2" in ids(world)
    assert letters(world) == 0


def test_what_was_withdrawn_stays_so_when_its_story_is_purged(world: World) -> None:
    world.hear(said("1"), withdrawn("1", 1), withdrawn("unheard", 1))
    assert purge_before(world, DAY) == 1
    for _ in range(2):
        world.hear(
            said("1", DAY), said("unheard", DAY), said("3", DAY, "really?", parent="x:1", kind="reply")
        )
        world.restart()
    assert list(ids(world)) == ["x:3"]


def test_a_story_that_is_in_the_cache_and_gone_costs_a_second_try(world: World) -> None:
    world.hear(said("1"))
    purge_before(world, DAY)
    assert world.stories() == []
    world.hear(said("2", DAY), said("3", DAY, FURIOUS))
    (story,) = world.stories()
    assert (story.first, story.mentions) == ("x:2", 2)
    assert letters(world) == 0


def letters(world: World) -> int:
    with world.store.read() as connection:
        return dead.count(connection)


# --- whatever happens -----------------------------------------------------------------------------------------

NATIVES = st.sampled_from("abcdef")
Step = Callable[[World, float], None]


def _say(native: str, text: str, other: str | None, how: str) -> Step:
    refers: dict[str, Any] = {how: f"x:{other}"} if other else {}
    return lambda world, at: world.hear(said(native, at, text, by=f"u{native}", **refers)) and None


def _purge(days: float) -> Step:
    return lambda world, at: purge_before(world, at - days * DAY) and None


STEPS = st.one_of(
    st.builds(
        _say,
        NATIVES,
        st.sampled_from([FURIOUS, PLAIN, "no words to tie it by"]),
        st.none() | NATIVES,
        st.sampled_from(["parent", "quoted", "reposted", "root"]),
    ),
    NATIVES.map(lambda native: lambda world, at: world.hear(withdrawn(native, at)) and None),
    NATIVES.map(lambda native: lambda world, at: world.hear(measured(native, at, 7)) and None),
    st.sampled_from([0.0, 0.5, 3.0]).map(_purge),
    st.just(lambda world, at: world.restart()),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(STEPS, st.sampled_from([1.0, 90.0, DAY, 8.0 * DAY])), min_size=3, max_size=25))
def test_purging_in_mid_life(steps: list[tuple[Step, float]]) -> None:
    """Nothing is parked, no story loses count, and nothing that was withdrawn is ever seen again."""
    with TemporaryDirectory() as folder:
        world, at = World(Path(folder)).hear(measured("never heard", 0, 1)), 0.0
        taken_back: set[str] = set()
        for step, later in steps:
            at += later
            step(world, at)
            for story in world.stories():
                assert world.rebuilt(story) == story
                kept = world.kept(story)
                assert kept
                taken_back |= {each.mention.id for each in kept if each.withdrawn}
                assert not [each for each in kept if each.mention.id in taken_back and not each.withdrawn]
        assert letters(world) == 0
        before = world.state()
        world.restart()
        world.hear(measured("never heard", at, 1))
        assert world.state()[1:] == before[1:]
        world.store.close()


@pytest.mark.parametrize("cached", [True, False])
def test_words_lead_to_no_purged_story(world: World, *, cached: bool) -> None:
    world.hear(said("1", text="Ronvia app down again, card refused at the till"))
    purge_before(world, DAY)
    if not cached:
        world.pipeline._stories.clear()
    world.hear(said("2", DAY, text="again the card refused at the till, Ronvia app down"))
    (story,) = world.stories()
    assert (story.first, story.mentions) == ("x:2", 1)
    (kept,) = world.kept(story)
    assert (kept.link, kept.evidence) == ("new", "")
    assert (
        world.hear(said("3", DAY + 1, text="card refused at the till again, app down")).story().mentions == 2
    )
