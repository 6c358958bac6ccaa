"""How fast a story goes on: counts that can be checked, whatever its age."""

from datetime import timedelta

import pytest
from console_world import ENGLISH, ITALIAN, PATIENT
from hypothesis import given
from hypothesis import strategies as st

from console import story_words
from console.pace import Pace, pace

MINUTE = 60_000_000
HOUR = timedelta(hours=1)
AGES = st.integers(0, 500 * 24 * 60)


@PATIENT
@given(st.lists(AGES, min_size=1, max_size=60))
def test_both_counts_are_those_of_their_time(minutes: list[int]) -> None:
    times = sorted(-ago * MINUTE for ago in minutes)
    found = pace(times, 0)
    if found is None:
        assert max(minutes) < 2
        return
    span = found.span // timedelta(minutes=1)
    assert found.recent == sum(ago < span for ago in minutes)
    assert found.before == sum(span <= ago < 2 * span for ago in minutes)
    assert 2 * span <= max(minutes)


@pytest.mark.parametrize(
    ("age", "span"),
    [
        (timedelta(minutes=39), timedelta(minutes=19)),
        (timedelta(hours=2), HOUR),
        (timedelta(hours=5), HOUR),
        (timedelta(hours=20), 3 * HOUR),
        (timedelta(days=20), timedelta(days=3)),
    ],
)
def test_it_looks_at_an_hour_or_at_a_sixth_of_what_is_old(age: timedelta, span: timedelta) -> None:
    found = pace([0], age // timedelta(microseconds=1))
    assert found
    assert found.span == span


@pytest.mark.parametrize(
    ("recent", "before", "turn"),
    [(12, 3, "faster"), (3, 12, "slower"), (7, 4, "steady"), (1, 0, "steady"), (0, 0, "silent")],
)
def test_a_difference_that_may_be_chance_is_none(recent: int, before: int, turn: str) -> None:
    assert Pace(HOUR, recent, before).turn == turn


def test_the_sentence_has_both_numbers_and_what_they_come_to() -> None:
    lately = Pace(3 * HOUR, 20, 7)
    assert story_words.pace(ENGLISH, lately, "22:47", HOUR) == (
        "20 mentions in 3 hrs until 22:47, 7 in the same time before: 6.7 an hour against 2.3. It is speeding up."
    )
    assert story_words.pace(ITALIAN, lately, "22:47", HOUR) == (
        "20 menzioni in 3 h (fino a 22:47), 7 nello stesso tempo subito prima: 6,7 all’ora contro 2,3. Accelera."
    )
    silent = story_words.pace(ITALIAN, Pace(HOUR, 0, 0), "22:47", timedelta(days=2, hours=3))
    assert silent == "Nessuno aggiunge altro da 2 giorni 3 h."
    few = story_words.pace(ENGLISH, Pace(HOUR, 0, 9), "22:47", timedelta(hours=1, minutes=2))
    assert few.endswith("It is slowing down. Nobody has said more for 1 hr 2 mins.")


def test_what_was_not_reckoned_until_now_says_until_when() -> None:
    silent = story_words.pace(ENGLISH, Pace(HOUR, 0, 0), "20 Nov, 10:20", 3 * HOUR, stopped=True)
    assert silent == "By 20 Nov, 10:20 nobody had said more for 3 hrs."


def test_a_story_that_has_just_begun_has_no_pace() -> None:
    assert pace([0], MINUTE) is None
    assert pace([], MINUTE) is None


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(days=1, minutes=14), "1 day"),
        (timedelta(days=2, hours=3, minutes=59), "2 days 3 hrs"),
        (timedelta(hours=3, minutes=12), "3 hrs 12 mins"),
        (timedelta(minutes=5, seconds=59), "5 mins"),
        (timedelta(seconds=7), "7 secs"),
    ],
)
def test_how_long_is_told_in_two_units_that_follow_each_other(length: timedelta, said: str) -> None:
    assert ENGLISH.length(length) == said
