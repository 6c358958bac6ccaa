"""Many series in columns say what each says alone, however they are cut, stored and fed."""

from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.surge.columns import Columns, Readings
from processors.surge.series import HOUR, THRESHOLD, Reading, Series, fold

counts = st.none() | st.integers(0, 30) | st.floats(0, 1e10)
grids = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(counts, min_size=width, max_size=width), max_size=40)
)


def warmed() -> Series:
    series = Series()
    for bucket in range(600):
        series, _ = fold(series, bucket, 3 + bucket % 3 + (20 if bucket in range(380, 390) else 0))
    return series


WARM = warmed()


def row(said: list[float | None]) -> np.ndarray:
    return np.array([nan if count is None else count for count in said])


def numbers(series: Series) -> list[float]:
    return [
        series.bucket,
        series.frozen,
        series.hours,
        series.mean,
        series.variance,
        series.busy,
        series.excess,
        series.level,
        series.opened,
        *series.counts,
    ]


def same(many: list[Series], each: list[Series]) -> bool:
    return [numbers(one) for one in many] == [pytest.approx(numbers(one), rel=1e-9, abs=1e-9) for one in each]


def agree(readings: Readings, each: list[Reading | None]) -> None:
    assert readings.read.tolist() == [reading is not None for reading in each]
    for at, reading in enumerate(each):
        if reading is not None:
            found = [readings.hour[at], readings.usual[at], readings.z[at], readings.rarity[at]]
            told = [reading.hour, reading.usual, reading.z, reading.rarity]
            assert found == pytest.approx(told, rel=1e-9, abs=1e-9)
            assert (readings.opens[at], readings.grows[at]) == (reading.opens, reading.grows)


@given(grids, st.sampled_from([Series(), WARM]), st.sampled_from([0.0, THRESHOLD, 4.0]))
@settings(max_examples=60)
def test_columns_are_the_series_one_at_a_time(
    grid: list[list[float | None]], start: Series, threshold: float
) -> None:
    each = [start] * (len(grid[0]) if grid else 1)
    many = Columns.of(each)
    for bucket, said in enumerate(grid, start.bucket + 1):
        folded = [fold(one, bucket, count, threshold) for one, count in zip(each, said, strict=True)]
        each = [one for one, _ in folded]
        many, readings = many.fold(bucket, row(said), threshold)
        agree(readings, [reading for _, reading in folded])
    assert same(many.series(), each)


@given(st.lists(st.lists(counts, max_size=2 * HOUR), max_size=5))
def test_rows_come_back_as_they_were(said: list[list[float | None]]) -> None:
    each = []
    for counts_of_one in said:
        series = Series()
        for bucket, count in enumerate(counts_of_one):
            series, _ = fold(series, bucket, count)
        each.append(series)
    assert Columns.of(each).series() == each


def test_known_buckets_are_not_folded_again() -> None:
    ahead, behind = fold(WARM, 605, 4)[0], WARM
    many, readings = Columns.of([ahead, behind]).fold(605, np.array([99.0, 4.0]))
    assert many.series() == [ahead, fold(behind, 605, 4)[0]]
    assert readings.read.tolist() == [False, True]


def test_each_series_may_have_its_own_threshold() -> None:
    """A brand whose calendar expects much today, and one whose does not."""
    _, readings = Columns.of([WARM, WARM]).fold(600, np.array([400.0, 400.0]), np.array([THRESHOLD, 50.0]))
    assert readings.opens.tolist() == [True, False]


def test_no_series_is_no_trouble() -> None:
    many, readings = Columns.of([]).fold(3, np.array([]))
    assert many.series() == []
    assert len(readings.z) == 0
