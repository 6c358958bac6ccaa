"""A story's spread in the pipeline: what is remembered, what is expected, and what silence makes of it."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from pipeline_world import PLEASED, START, World, said, withdrawn

from earshot.clock import to_us
from earshot.model import Level, Story
from earshot.store import brands
from earshot.topics import STORIES, Said
from processors.outlook import remembered

OTHER = "Quite another matter about the new station building"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def crowd(size: int, every: float = 1.0, *, first: int = 0, followers: int = 200) -> list[Said]:
    """So many people who say the same, a few minutes from each other."""
    return [said(str(first + i), (first + i) * every, followers=followers) for i in range(size)]


def sizes(world: World) -> tuple[int, ...]:
    with world.store.read() as connection:
        row = brands.load(connection, "Acme")
        assert row
        return row.sizes


class TestMemory:
    def test_counts_each_mention_when_it_was_said(self, world: World) -> None:
        story = world.hear(*crowd(3, 10)).story()
        known = remembered(story)
        assert (known.n, known.marks) == (3, 3)
        assert known.first == to_us(START - timedelta(minutes=1)) / 1e6
        assert known.last - known.first == 20 * 60

    def test_one_mention_needs_none(self, world: World) -> None:
        story = world.hear(said("1")).story()
        assert story.spread == ()
        assert remembered(story).n == 1

    def test_an_edit_and_a_withdrawal_leave_it(self, world: World) -> None:
        before = world.hear(*crowd(3)).story().spread
        edit = said("1", 30, PLEASED, edited_at=START + timedelta(minutes=29))
        assert world.hear(edit, withdrawn("2", 31)).story().spread == before

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(minutes=st.lists(st.integers(0, 20_000), min_size=2, max_size=15), seed=st.integers(0, 99))
    def test_the_order_in_which_it_was_heard_does_not_matter(self, minutes: Sequence[int], seed: int) -> None:
        told = [
            said(str(i), 20_001, created_at=START + timedelta(minutes=minute))
            for i, minute in enumerate(minutes)
        ]
        shuffled = list(told)
        Random(seed).shuffle(shuffled)
        with TemporaryDirectory() as one, TemporaryDirectory() as other:
            first, second = World(Path(one)).hear(*told), World(Path(other)).hear(*shuffled)
            assert first.story().spread == pytest.approx(second.story().spread, rel=1e-9, abs=1e-9)

    def test_of_a_story_older_than_it_is_evenly_spread(self) -> None:
        known = remembered(
            Story(
                id=1,
                brand="Acme",
                first="x:1",
                opened_at=START,
                last_at=START + timedelta(hours=1),
                mentions=7,
            )
        )
        assert (known.n, known.last - known.first) == (7, 3600)


class TestExpectation:
    def test_a_burst_of_anger_is_expected_to_spread_and_a_lone_complaint_is_not(self, world: World) -> None:
        world.hear(said("1"))
        assert world.story().chance == 0
        story = world.hear(*crowd(11, first=1)).story()
        assert story.chance > 0.9
        assert story.terms.spread > 1.8
        assert story.forecast
        assert story.mentions <= story.forecast.low <= story.forecast.size <= story.forecast.high

    def test_what_nobody_minds_is_not_worked_out(self, world: World) -> None:
        story = world.hear(*(said(str(i), i, PLEASED) for i in range(12))).story()
        assert (story.chance, story.forecast, story.terms.spread) == (0, None, 0)

    def test_what_is_large_already_is_certain(self, world: World) -> None:
        assert world.hear(*crowd(20)).story().chance > 0.99


class TestSilence:
    """Of a story in the national press: its risk passes warning while it spreads."""

    def calling(self, world: World) -> Story:
        world.hear(*crowd(19, followers=50_000))
        story = world.story()
        assert story.level >= Level.watch
        return story

    def test_lowers_the_risk_without_a_word(self, world: World) -> None:
        before = self.calling(world)
        world.hear(said("other", 20 * 60, OTHER))
        after = world.stories()[0]
        assert after.risk < before.risk - 5
        assert after.chance < before.chance
        assert (after.mentions, after.last_at) == (before.mentions, before.last_at)

    def test_never_calls(self, world: World) -> None:
        before = self.calling(world)
        world.hear(*(said(f"o{day}", day * 1440, f"{OTHER} on day {day} once more") for day in range(1, 20)))
        after = world.stories()[0]
        assert [e.steps for e in after.episodes] == [e.steps for e in before.episodes]
        assert not after.is_awake

    def test_publishes_what_it_changed_and_nothing_else(self, tmp_path: Path) -> None:
        world = World(tmp_path, live=True)
        self.calling(world)
        world.hear(said("other", 20, OTHER))
        told = world.bus.subscribe(STORIES.name, "test")
        while told.poll(0):
            pass
        risks = [world.stories()[0].risk]
        for _ in range(48):
            world.clock.advance(timedelta(minutes=30))
            world.drain()
            while batch := told.poll(0):
                found = [STORIES.decode(record.value).story for record in batch.records]
                assert [story.id for story in found] == [world.stories()[0].id]
                risks.append(found[0].risk)
        assert len(risks) > 2
        assert risks == sorted(risks, reverse=True)

    def test_costs_nothing_once_all_is_over(self, world: World) -> None:
        self.calling(world)
        year = 365 * 1440
        world.hear(said("a", year, OTHER), said("b", 2 * year, OTHER + " and its roof"))
        assert not world.stories()[0].is_awake

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        gaps=st.lists(st.sampled_from([1, 3, 20, 90, 700, 9_000]), min_size=1, max_size=6),
        restarts=st.sets(st.integers(0, 5)),
    )
    def test_is_the_same_for_whoever_was_restarted_in_between(
        self, gaps: list[int], restarts: set[int]
    ) -> None:
        with TemporaryDirectory() as one, TemporaryDirectory() as other:
            straight, stopped, at = World(Path(one)), World(Path(other)), 20
            for world in (straight, stopped):
                world.hear(*crowd(15, followers=50_000))
            for number, gap in enumerate(gaps):
                at += gap
                event = said(f"g{number}", at, f"{OTHER} number {number} of the street")
                straight.hear(event)
                stopped.hear(event)
                if number in restarts:
                    stopped.restart()
            assert stopped.state() == straight.state()


class TestLargeness:
    def test_is_counted_in_the_brands_row(self, world: World) -> None:
        assert sum(sizes(world.hear(*crowd(21), said("other", 30, OTHER)))) == 2
        assert sizes(world)[:2] == (1, 1)

    def test_is_as_known_at_that_moment(self, world: World) -> None:
        """No look-ahead: the first stories of a brand are measured against the least."""
        for number in range(30):
            words = " ".join(f"{letter}{number}" for letter in "abcdefg")
            begun, answers = (
                said(f"{number}-0", number * 60, words),
                (said(f"{number}-{i}", number * 60 + i, words, parent=f"x:{number}-0") for i in range(1, 30)),
            )
            world.hear(begun, *answers)
        found = [story.large for story in world.stories()]
        assert found[0] == 20 < found[-1]
        assert all(a <= b for a, b in pairwise(found))


def test_nothing_of_it_depends_on_versions(world: World) -> None:
    story = world.hear(*crowd(5)).story()
    assert structs.replace(world.rebuilt(story), version=story.version) == story
