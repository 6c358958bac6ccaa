"""The forecast on the curve: only where there is one, never below what was heard, and honest about what it is."""

from datetime import timedelta
from typing import Any

import pytest
from console_world import ENGLISH, ITALIAN, NOW, PATIENT
from hypothesis import given
from hypothesis import strategies as st

from console import story_words
from console.fan import Fan, fan
from earshot.clock import to_us
from earshot.explain import ASSUMED_BELOW
from earshot.model import Forecast, Story
from processors import outlook

MINUTE = 60_000_000
AT = to_us(NOW)


def a_story(forecast: Forecast | None, **numbers: Any) -> Story:
    return Story(id=1, brand="R", first="x:1", opened_at=NOW, last_at=NOW, forecast=forecast, **numbers)


def a_fan(so_far: int, size: int, low: int, high: int, unheard: int = 0) -> Fan:
    return Fan(0, 1, so_far, low, size, high, high, unheard, Forecast(size, low, high))


@PATIENT
@given(
    st.integers(1, 300),
    st.lists(st.integers(0, 5_000), min_size=3, max_size=3).map(sorted),
    st.integers(0, 99),
)
def test_it_begins_now_takes_a_third_and_never_falls(count: int, more: list[int], counted: int) -> None:
    times = [AT - (count - n) * MINUTE for n in range(count)]
    story = a_story(Forecast(more[1], more[0], more[2]), mentions=count, counted=count - 1 + counted)
    found = fan(story, times, (), AT)
    if more[2] <= count + counted:
        assert found is None
        return
    assert found
    assert found.begin == AT
    assert found.so_far == count <= found.low <= found.size <= found.high
    assert count <= found.top <= max(5 * count, count)
    whole = found.end - times[0]
    assert whole >= 10 * MINUTE
    if whole > 10 * MINUTE:
        assert (found.end - found.begin) / whole == pytest.approx(1 / 3, abs=0.001)


def test_there_is_none_where_nothing_more_is_expected() -> None:
    times = [AT - 60 * MINUTE, AT]
    assert fan(a_story(None, mentions=2), times, (), AT) is None
    assert fan(a_story(Forecast(2, 2, 2), mentions=2), times, (), AT) is None
    assert fan(a_story(Forecast(9, 4, 20)), [], (), AT) is None


def test_no_forecast_outlives_a_fortnight_of_silence() -> None:
    old = AT - timedelta(days=14) // timedelta(microseconds=1)
    story = a_story(Forecast(9, 4, 20), mentions=2)
    assert fan(story, [old - MINUTE, old], (), AT) is None
    assert fan(story, [old - MINUTE, old + MINUTE], (), AT)


def test_the_forecast_in_words() -> None:
    assert story_words.forecast(ENGLISH, a_fan(43, 140, 96, 310)) == (
        "About 140 mentions in the end; between 96 and 310 in 4 of 5 cases."
    )
    assert story_words.forecast(ITALIAN, a_fan(900, 1_400, 960, 3_100)) == (
        "Circa 1.400 menzioni alla fine; in 4 casi su 5, tra 960 e 3.100."
    )


def test_what_only_the_platforms_count_is_in_the_sentence_and_in_proportion_on_the_curve() -> None:
    story = a_story(Forecast(640, 530, 1_310), mentions=50, counted=498)
    found = fan(story, [AT - n * MINUTE for n in range(49, -1, -1)], (), AT)
    assert found
    assert (found.so_far, found.low, found.size, found.high) == (50, 53, 64, 131)
    assert story_words.forecast(ENGLISH, found) == (
        "About 640 mentions in the end, heard or only counted by the platforms (at least 499 so far); between 530 and 1,310"
        " in 4 of 5 cases."
    )
    assert story_words.about(ENGLISH, found) == "about 28% more"
    assert story_words.about(ITALIAN, a_fan(45, 877, 875, 901, 828)) == "quasi nessuna in più"
    assert story_words.rests_on(ITALIAN, found) == (
        "Sulla curva: se alla fine se ne rileva la stessa parte di adesso."
    )


@pytest.mark.parametrize(
    ("count", "said"),
    [(54, "an assumption about how stories go on"), (55, "in part"), (109, "in part"), (110, "")],
)
def test_below_what_was_learnt_it_says_that_it_rests_on_an_assumption(count: int, said: str) -> None:
    told = story_words.rests_on(ENGLISH, a_fan(count, 400, 300, 900))
    assert said in told
    assert bool(told) == bool(said)


def test_the_sizes_from_which_tables_are_asked_are_the_processors_own() -> None:
    assert (ASSUMED_BELOW, story_words._LEARNT) == (outlook._SMALLEST, outlook._LEARNT)


def test_it_begins_after_every_mark() -> None:
    """A mark may lie after the last mention, and before the first."""
    story = a_story(Forecast(9, 4, 20), mentions=2)
    found = fan(story, [AT - 60 * MINUTE, AT - 50 * MINUTE], [AT - 90 * MINUTE, AT + MINUTE], AT)
    assert found
    assert (found.begin, found.end) == (AT + MINUTE, AT + MINUTE + 91 * MINUTE // 2)


@PATIENT
@given(st.integers(0, 5_000), st.integers(0, 20_000))
def test_after_a_long_silence_the_story_still_fills_more_than_half(length: int, silence: int) -> None:
    times = [AT - (length + silence) * MINUTE, AT - silence * MINUTE]
    found = fan(a_story(Forecast(9, 4, 20), mentions=2), times, (), AT)
    assert found
    assert times[-1] <= found.begin <= AT
    if length >= 10:
        assert (times[-1] - times[0]) / (found.end - times[0]) > 0.5


def test_of_a_past_that_was_replayed_it_begins_where_that_stopped() -> None:
    story, times = a_story(Forecast(9, 4, 20), mentions=2), [AT - 5_000 * MINUTE, AT - 4_000 * MINUTE]
    found = fan(story, times, (), AT, AT - 3_990 * MINUTE)
    assert found
    assert found.begin == AT - 3_990 * MINUTE
