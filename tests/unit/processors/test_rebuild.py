"""A story folded again from what is stored: the same as counted as it came, and good for less or more than it had."""

from collections.abc import Sequence
from copy import copy
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from pipeline_world import FURIOUS, PLEASED, START, World, alike, measured, said, withdrawn
from test_counted import counted_events

from earshot.model import Story
from earshot.store import authors, brands, mentions
from earshot.store.authors import Seat
from earshot.topics import Event
from processors.rebuild import rebuild

BOTH = ("Acme", "Bolt")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def rows_of(world: World, story: Story) -> list[mentions.Row]:
    with world.store.read() as connection:
        return mentions.of_story(connection, story.id)


def seats_of(world: World, rows: Sequence[mentions.Row]) -> dict[int, Seat]:
    with world.store.read() as connection:
        return {seat.hash: seat for seat in authors.get(connection, (row.n for row in rows)).values()}


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(log=st.lists(counted_events(), max_size=40), cut=st.integers(1, 9))
def test_counting_as_it_comes_equals_folding_what_is_stored(log: list[Event], cut: int) -> None:
    """Said, edited, withdrawn and measured in any order and any batches: stories, people, the brand's base rate."""
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        for at in range(0, len(log), cut):
            world.hear(*log[at : at + cut])
        for brand in BOTH:
            rows = [row for story in world.stories(brand) for row in rows_of(world, story)]
            for story in world.stories(brand):
                own = [row for row in rows if row.story == story.id]
                fresh, seats = rebuild(story, own)
                assert alike(fresh, story)
                assert seats == seats_of(world, own)
            read = [row.vote for row in rows if row.vote is not None]
            with world.store.read() as connection:
                known = brands.load(connection, brand)
            assert not known or (known.votes, known.voters) == (sum(read), len(read))


def test_it_changes_nothing_that_it_is_given_and_reads_its_rows_once(world: World) -> None:
    world.hear(said("1"), said("2", 1, PLEASED, parent="x:1"))
    story, rows = world.story(), rows_of(world, world.story())
    wrong = structs.replace(story, mentions=70, votes=-3, outlets={"gone.example": "news"})
    before = copy(wrong)
    assert rebuild(wrong, iter(rows))[0] == story
    assert wrong == before


def test_what_was_decided_stays(world: World) -> None:
    world.hear(said("1", followers=800_000), said("2", 1, parent="x:1"))
    story = world.story()
    fresh, _ = rebuild(story, rows_of(world, story)[1:])
    assert (fresh.episodes, fresh.level, fresh.risk, fresh.terms) == (
        story.episodes,
        story.level,
        story.risk,
        story.terms,
    )


def test_without_some_of_its_mentions_it_is_the_story_of_the_others(world: World, tmp_path: Path) -> None:
    """As a split or an erasure leaves it."""
    first, second, third = (
        said("1", by="a"),
        said("2", 5, by="b", parent="x:1"),
        said("3", 9, by="a", parent="x:1"),
    )
    story = world.hear(first, second, third).story()
    fresh, seats = rebuild(story, rows_of(world, story)[1:])
    assert (fresh.mentions, fresh.authors, fresh.voters, len(seats)) == (2, 2, 2, 2)
    assert fresh.opened_at == second.mention.created_at
    assert fresh.last_at == third.mention.collected_at


def test_with_the_mentions_of_another_story_nobody_is_counted_twice(world: World) -> None:
    """As a join leaves it: seats are those of the story that stays."""
    world.hear(
        said("1", by="a"),
        said("2", 1, "Quite another matter about the new hall", by="a"),
        said("3", 2, by="b"),
    )
    stays, goes = world.stories()[0], world.stories()[1]
    rows = sorted(rows_of(world, stays) + rows_of(world, goes))
    fresh, seats = rebuild(stays, rows)
    assert (fresh.mentions, fresh.authors, fresh.followers, len(seats)) == (3, 2, 400, 2)


def test_of_nothing_it_is_empty(world: World) -> None:
    fresh, seats = rebuild(world.hear(said("1")).story(), [])
    assert (fresh.mentions, fresh.authors, fresh.followers, fresh.outlets, seats) == (0, 0, 0, {}, {})


def test_an_edit_is_what_its_brand_usually_hears(world: World) -> None:
    """The base rate is what mentions say now, not what they once said."""
    edit = said("1", 30, PLEASED, edited_at=START)
    world.hear(
        said("1", text=FURIOUS), edit, measured("1", 31, 5), said("2", 32, FURIOUS), withdrawn("2", 33)
    )
    with world.store.read() as connection:
        brand = brands.load(connection, "Acme")
    votes = [row.vote or 0 for story in world.stories() for row in rows_of(world, story)]
    assert brand
    assert votes[0] < 5_000
    assert (brand.votes, brand.voters) == (sum(votes), 2)
