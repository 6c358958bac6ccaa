"""Surges of one series: what is usual is learnt from the past, an outage is no time, and nothing counts twice."""

from itertools import pairwise
from math import isfinite

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.surge.series import (
    BUCKET,
    HOLD,
    HOUR,
    THRESHOLD,
    WARM_UP,
    Reading,
    Series,
    bucket_of,
    fold,
)

DAY = 86_400 // BUCKET

counts = st.integers(0, 50)
wild = st.floats(allow_nan=False) | st.integers(-(10**20), 10**20)
calm = st.lists(st.integers(0, 6), min_size=DAY + 2 * HOUR, max_size=2 * DAY)


def fed(
    said: list[int | float | None], series: Series | None = None, first: int = 0
) -> tuple[Series, list[Reading | None]]:
    series, readings = series or Series(), []
    for bucket, count in enumerate(said, first):
        series, reading = fold(series, bucket, count)
        readings.append(reading)
    return series, readings


def opened(readings: list[Reading | None]) -> list[int]:
    return [at for at, reading in enumerate(readings) if reading and reading.opens]


def steady(days: int = 3) -> list[int | float | None]:
    """Two or three mentions each five minutes."""
    return [2 + bucket % 2 for bucket in range(days * DAY)]


class TestSurges:
    def test_many_at_once_open_an_alarm_within_minutes(self) -> None:
        _, readings = fed([*steady(), 9, 20, 25, 30])
        assert opened(readings) == [3 * DAY + 1]
        begun = readings[3 * DAY + 1]
        assert begun is not None
        assert begun.usual == pytest.approx(30, abs=0.1)
        assert begun.hour == 25 + 9 + 20

    def test_an_open_alarm_grows_and_no_second_one_opens(self) -> None:
        _, readings = fed([*steady(), 40, 60, 80, *[90] * HOUR])
        assert opened(readings) == [3 * DAY]
        assert sum(reading.grows for reading in readings if reading) >= 3

    def test_what_lasts_becomes_usual(self) -> None:
        _, readings = fed([*steady(), *[40] * (4 * DAY)])
        assert opened(readings) == [3 * DAY]
        assert readings[-1] is not None
        assert readings[-1].z < 2

    def test_a_new_surge_opens_a_new_alarm_when_the_last_one_is_over(self) -> None:
        _, readings = fed([*steady(), *[40] * 3, *steady(4), *[150] * 3])
        assert len(opened(readings)) == 2

    def test_a_brand_that_bursts_daily_needs_more(self) -> None:
        loud: list[int | float | None] = [10, 10, 10]
        day: list[int | float | None] = [*[2] * (DAY - 3), *loud]
        quiet, used = fed([2] * (6 * DAY))[0], fed(day * 6)[0]
        used, _ = fed([2] * (DAY - 3), used, 6 * DAY)
        assert opened(fed(loud, quiet, 7 * DAY)[1])
        assert not opened(fed(loud, used, 7 * DAY)[1])

    def test_a_silent_brand_is_called_by_several_not_by_one(self) -> None:
        silent = fed([0] * (2 * DAY))[0]
        assert not opened(fed([1, 0, 1], silent, 2 * DAY)[1])
        assert opened(fed([4, 3], silent, 2 * DAY)[1])

    def test_nothing_is_called_before_a_day_is_known(self) -> None:
        series, readings = fed([*[1] * 100, *[500] * 20])
        assert not opened(readings)
        assert not series.warm
        assert fed([1] * (WARM_UP + HOUR))[0].warm

    def test_a_calendar_raises_the_threshold(self) -> None:
        series = fed(steady())[0]
        _, plain = fold(series, 3 * DAY, 40)
        _, expected = fold(series, 3 * DAY, 40, threshold=3 * THRESHOLD)
        assert plain is not None
        assert expected is not None
        assert plain.opens
        assert not expected.opens
        assert plain.rarity == expected.rarity

    @given(st.lists(counts, min_size=2 * DAY, max_size=3 * DAY))
    @settings(max_examples=20)
    def test_alarms_lie_apart(self, said: list[int]) -> None:
        at = opened(fed([*said, *[300] * HOUR, *said[:HOUR], *[900] * HOUR])[1])
        assert all(later - earlier >= HOLD for earlier, later in pairwise(at))

    def test_the_hour_is_the_last_twelve_buckets(self) -> None:
        _, readings = fed(list(range(30)))
        assert readings[HOUR - 2] is None
        assert [reading.hour for reading in readings[HOUR - 1 :] if reading] == [
            sum(range(last - HOUR + 1, last + 1)) for last in range(HOUR - 1, 30)
        ]


class TestOutages:
    @given(calm, st.integers(0, 400), st.integers(1, 3 * DAY), st.lists(counts, min_size=1, max_size=30))
    @settings(max_examples=30)
    def test_are_no_time_at_all(self, before: list[int], cut: int, long: int, after: list[int]) -> None:
        """The series goes on where it stood: nothing is called that would not have been called without one."""
        at = min(cut, len(before))
        whole, plain = fed([*before, *after])
        stopped, broken = fed([*before[:at], *[None] * long, *before[at:], *after])
        heard = [reading for reading in broken[:at] + broken[at + long :] if reading]
        told = [reading for reading in plain if reading]
        for one, other in zip(heard, told, strict=True):
            assert (one.hour, one.usual, one.z, one.rarity) == (
                other.hour,
                other.usual,
                other.z,
                other.rarity,
            )
            assert (one.opens or one.grows) == (other.opens or other.grows)
        assert (whole.mean, whole.variance, whole.level) == (stopped.mean, stopped.variance, stopped.level)

    @given(calm, st.integers(1, DAY))
    @settings(max_examples=20)
    def test_do_not_look_like_calm(self, before: list[int], long: int) -> None:
        series = fed(before)[0]
        out, readings = fed([None] * long, series, len(before))
        assert readings == [None] * long
        assert out.frozen
        assert (out.mean, out.variance, out.counts) == (series.mean, series.variance, series.counts)

    def test_buckets_that_nobody_folded_are_one(self) -> None:
        series = fed(steady())[0]
        left_out, _ = fold(series, 4 * DAY, 3)
        told = fed([*[None] * DAY, 3], series, 3 * DAY)[0]
        assert left_out == told

    def test_their_end_with_the_usual_counts_is_no_storm(self) -> None:
        series = fed([*steady(), *[None] * DAY])[0]
        after, readings = fed(steady(1), series, 4 * DAY)
        assert not opened(readings)
        assert not after.frozen


class TestReplay:
    @given(st.lists(st.none() | counts, min_size=1, max_size=60), st.data())
    def test_of_known_buckets_changes_nothing(self, said: list[int | None], data: st.DataObject) -> None:
        series = fed(list(said))[0]
        late = data.draw(st.integers(-5, len(said) - 1))
        assert fold(series, late, 10_000) == (series, None)

    @given(st.lists(st.none() | counts, min_size=1, max_size=60), st.data())
    def test_after_a_restart_ends_in_the_same_row(self, said: list[int | None], data: st.DataObject) -> None:
        """From any row that was saved, all buckets told once more."""
        saved = fed(list(said[: data.draw(st.integers(0, len(said)))]))[0]
        stored = msgspec.json.decode(msgspec.json.encode(saved), type=Series)
        assert fed(list(said), stored)[0] == fed(list(said))[0]

    def test_buckets_are_whole_five_minutes_of_utc(self) -> None:
        assert bucket_of(1_425_168_000.0) + 1 == bucket_of(1_425_168_300.0) == bucket_of(1_425_168_599.9)


class TestNumbers:
    @given(st.lists(st.none() | wild, max_size=400))
    @settings(max_examples=50)
    def test_are_finite_for_any_counts(self, said: list[int | float | None]) -> None:
        warm = fed(steady(2))[0]
        series, readings = fed(said, warm, 2 * DAY)
        numbers = [series.mean, series.variance, series.busy, series.excess, series.level, *series.counts]
        for reading in readings:
            numbers += [reading.hour, reading.usual, reading.z, reading.rarity] if reading else []
        assert all(isfinite(number) for number in numbers)
        assert series.variance >= 0

    @given(calm, st.integers(0, 100), st.integers(0, 100))
    @settings(max_examples=20)
    def test_more_mentions_are_never_less_rare(self, said: list[int], few: int, more: int) -> None:
        series = fed(list(said))[0]
        _, less = fold(series, len(said), min(few, more))
        _, rarer = fold(series, len(said), max(few, more))
        assert less is not None
        assert rarer is not None
        assert less.rarity <= rarer.rarity
        assert less.opens <= rarer.opens
