"""What only a platform's counters tell of a story: it counts, is nobody's words, and is known less well."""

from contextlib import suppress
from datetime import datetime, timedelta
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from pipeline_world import FURIOUS, PLEASED, START, World, alike, measured, said, withdrawn
from test_same_decisions import Dying, events, with_words_of_their_own

from earshot.clock import to_us
from earshot.errors import Unavailable
from earshot.model import Author, Metrics, Story
from earshot.store import brands
from earshot.topics import Event, Measured, Said
from processors.outlook import Outlook, as_of
from processors.spread import state
from processors.spread.counted import evenly


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def counters(minutes: float, **values: int) -> Metrics:
    return Metrics(at=START + timedelta(minutes=minutes), **values)


def only(native: str, minutes: float, **values: int) -> Measured:
    """A platform that says no more than this."""
    found = counters(minutes, **values)
    return Measured(id=f"x:{native}", brand="Acme", collected_at=found.at, metrics=found)


@st.composite
def some_counters(draw: st.DrawFn, heard: datetime) -> Metrics:
    """Any of them, observed when it was heard or before."""
    names = draw(st.lists(st.sampled_from(["likes", "reposts", "replies", "quotes"]), unique=True))
    values = {name: draw(st.integers(0, 9)) for name in names}
    return Metrics(at=heard - timedelta(minutes=draw(st.integers(0, 3))), **values)


@st.composite
def counted_events(draw: st.DrawFn) -> Event:
    """Counters come alone or with what is said, of posts and of reposts, whole or in part; often of the same few.

    Some reposts have no words."""
    if draw(st.integers(0, 2)) == 0:
        event = measured(str(draw(st.integers(0, 3))), draw(st.integers(0, 400)), reposts=0)
        return structs.replace(event, metrics=draw(some_counters(event.collected_at)))
    event = draw(events())
    if not isinstance(event, Said):
        return event
    values: dict[str, Any] = {}
    if draw(st.booleans()):
        values["metrics"] = draw(some_counters(event.mention.collected_at))
    if draw(st.integers(0, 4)) == 0:
        values |= {"kind": "repost", "reposted": f"x:{draw(st.integers(0, 9))}"}
        values["text"] = draw(st.sampled_from([event.mention.text, ""]))
    return Said(mention=structs.replace(event.mention, **values))


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


def test_who_sends_the_same_words_again_with_newer_counters_is_heard(world: World) -> None:
    first = said("1", text=FURIOUS, metrics=counters(0, reposts=1))
    story = world.hear(first, said("1", 30, text=FURIOUS, metrics=counters(30, reposts=900))).story()
    assert (story.counted, story.size, story.mentions) == (900, 901, 1)
    assert world.hear(said("1", 40, text=FURIOUS, metrics=counters(20, reposts=7))).story().counted == 900


def test_newer_counters_come_with_an_edit_that_is_known_or_with_words_that_are_old(world: World) -> None:
    edit = said("1", 10, PLEASED, edited_at=START, metrics=counters(10, reposts=3))
    world.hear(said("1", text=FURIOUS), edit)
    again = structs.replace(edit.mention, metrics=counters(20, reposts=5))
    assert world.hear(Said(mention=again)).story().counted == 5
    old = said("1", 30, FURIOUS, metrics=counters(30, reposts=8))
    story = world.hear(old).story()
    assert story.counted == 8
    assert [each.mention.text for each in world.kept(story)] == [PLEASED]


def test_what_is_said_again_in_the_same_batch_is_counted_as_in_another(world: World, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = World(tmp_path / "other")
    log = [said("1", n, FURIOUS, metrics=counters(n, reposts=n)) for n in range(4)]
    for each in log:
        other.hear(each)
    assert world.hear(*log).state() == other.state()
    assert world.story().counted == 3


def test_of_what_was_taken_back_no_count_is_taken_over(world: World) -> None:
    world.hear(said("1"), said("2", 1, root="x:1"), withdrawn("2", 2))
    assert world.hear(said("2", 3, root="x:1", metrics=counters(3, reposts=90))).story().counted == 0


@pytest.mark.parametrize(
    "later",
    [only("1", 10, likes=7), said("1", 10, PLEASED, edited_at=START, metrics=counters(10, likes=7))],
    ids=["measured", "edited"],
)
def test_to_say_nothing_of_reposts_is_not_to_say_that_there_are_none(world: World, later: Event) -> None:
    story = world.hear(said("1"), only("1", 5, reposts=500, likes=2), later).story()
    assert (story.counted, story.counted_at) == (500, START + timedelta(minutes=5))
    assert alike(world.rebuilt(story), story)
    (kept,) = world.kept(story)
    assert kept.mention.metrics
    assert (kept.mention.metrics.likes, kept.mention.metrics.reposts) == (7, 500)


def test_a_counter_that_is_told_for_the_first_time_comes_on_top(world: World) -> None:
    story = world.hear(said("1"), only("1", 5, reposts=500), only("1", 9, replies=20)).story()
    assert (story.counted, story.counted_at) == (520, START + timedelta(minutes=9))
    story = world.hear(only("1", 12, replies=0)).story()
    assert (story.counted, story.counted_at) == (500, START + timedelta(minutes=12))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    log=st.lists(counted_events(), max_size=30),
    cuts=st.lists(st.tuples(st.integers(1, 9), st.sampled_from("-k")), max_size=15),
)
def test_counters_have_their_effect_once_whatever_the_batches(
    log: list[Event], cuts: list[tuple[int, str]]
) -> None:
    """k: killed after the batch was saved, before anything was published."""
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        rest = with_words_of_their_own(log)
        expected = World(Path(one)).hear(*rest).state()
        world = World(Path(other))
        for size, how in cuts:
            part, rest = rest[:size], rest[size:]
            world.publish(*part)
            if how == "k":
                _killed_after_saving(world)
            world.drain()
        assert world.hear(*rest).state() == expected


def _killed_after_saving(world: World) -> None:
    dying = Dying(world)
    dying.alive = False
    world.pipeline._bus = dying  # type: ignore[assignment]
    with suppress(Unavailable):
        world.drain()
    world.restart()


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
