"""What only a platform's counters tell of a story: it counts, is nobody's words, and is known less well."""

from datetime import timedelta
from math import isfinite
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from pipeline_world import START, World, alike, measured, said, withdrawn

from earshot.clock import to_us
from earshot.model import Author, Story
from earshot.store import brands
from processors.outlook import Outlook, as_of
from processors.spread import state
from processors.spread.counted import evenly


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@given(span=st.floats(0, 3e4), more=st.integers(1, 10_000))
def test_evenly_is_the_sum_of_so_many_single_events(span: float, more: int) -> None:
    known = evenly(1_000.0, 1_000.0 + span, more)
    single = state.begin(1_000.0 + span / 800, weight=more / 400)
    for step in range(1, 400):
        state.add(single, 1_000.0 + span * (2 * step + 1) / 800, weight=more / 400)
    state.advance(single, 1_000.0 + span)
    assert known.memory == pytest.approx(single.memory, rel=0.02, abs=1e-6 * more)
    assert known.recent == pytest.approx(single.recent, rel=0.02, abs=1e-6 * more)
    assert known.exposure == pytest.approx(single.exposure, rel=0.02, abs=1e-3 * more)
    assert known.n == more
    assert all(map(isfinite, (known.exposure, known.recent, *known.memory)))


def test_a_count_makes_a_story_larger_and_its_risk_higher(world: World) -> None:
    quiet = world.hear(said("1"), said("2", 1, root="x:1")).story()
    loud = world.hear(measured("1", 30, reposts=400)).story()
    assert (loud.mentions, loud.size, loud.unheard) == (2, 401, 399)
    assert loud.chance > quiet.chance
    assert loud.risk > quiet.risk


def test_what_is_heard_after_it_was_counted_is_not_counted_twice(world: World) -> None:
    world.hear(said("1"), measured("1", 5, reposts=3))
    answers = [said(str(n), 5 + n, root="x:1") for n in range(2, 6)]
    assert world.hear(*answers).story().size == 5


def test_the_newest_count_stands_whatever_came_last(world: World) -> None:
    story = world.hear(said("1"), measured("1", 30, reposts=40), measured("1", 20, reposts=10)).story()
    assert (story.counted, story.counted_at) == (40, START + timedelta(minutes=30))


def test_a_count_that_stands_still_is_as_old_as_it_is(world: World) -> None:
    story = world.hear(said("1"), measured("1", 10, 40), measured("1", 60, 40), measured("1", 90, 40)).story()
    assert story.counted_at == START + timedelta(minutes=10)
    assert world.hear(measured("1", 120, 41)).story().counted_at == START + timedelta(minutes=120)


def test_a_story_folded_again_has_the_same_counts(world: World) -> None:
    counts = [measured("1", 10, 40), measured("2", 11, 7), measured("1", 20, 40), measured("1", 30, 35)]
    story = world.hear(said("1"), said("2", 1, root="x:1"), *counts, withdrawn("2", 40)).story()
    assert story.counted == 42
    assert alike(world.rebuilt(story), story)


def test_the_brand_knows_its_story_is_that_large(world: World) -> None:
    world.hear(said("1"), measured("1", 10, 400))
    with world.store.read() as connection:
        row = brands.load(connection, "Acme")
    assert row is not None
    assert row.sizes[0] == 0
    assert sum(row.sizes) == 1


def test_no_forecast_is_below_what_was_counted_and_its_ends_lie_further_apart(world: World) -> None:
    crowd = [said(str(n), n, root="x:1" if n > 1 else None, followers=90_000) for n in range(1, 80)]
    heard = world.hear(*crowd).story()
    counted = world.hear(measured("1", 81, 300)).story()
    assert heard.forecast
    assert counted.forecast
    assert counted.forecast.low >= counted.size == 301
    assert counted.forecast.low <= counted.forecast.size <= counted.forecast.high
    known = as_of(counted, to_us(START + timedelta(minutes=81)))
    sure = Outlook(timedelta(hours=12)).forecast(structs.replace(counted, mentions=counted.size), known)
    assert counted.forecast.low < sure.low
    assert counted.forecast.high >= sure.high


@given(at=st.integers(-(10**9), 10**13), more=st.integers(0, 10**6))
def test_no_time_breaks_it(at: int, more: int) -> None:
    story = Story(
        id=1,
        brand="Acme",
        first="x:1",
        opened_at=START,
        last_at=START,
        mentions=1,
        counted=more,
        counted_at=START,
    )
    known = as_of(story, at)
    assert all(map(isfinite, (known.n, known.marks, known.recent, known.exposure, *known.memory)))


def test_who_carries_the_companys_answer_on_does_not_carry_the_complaint(world: World) -> None:
    answer = said(
        "2", 1, "We are sorry and look into it", root="x:1", author=Author(id="9", handle="Acme_Help")
    )
    assert world.hear(said("1"), answer, measured("2", 5, 900)).story().size == 2
