"""Marks are told in few rows that can be read on a phone, and none is lost."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from console_world import ENGLISH, ITALIAN, PATIENT
from hypothesis import given
from hypothesis import strategies as st

from console.marks import MOST, Mark, grouped, legend
from earshot.clock import to_us

MINUTE = 60_000_000
NOON = to_us(datetime(2026, 11, 25, 12, 0, tzinfo=UTC))
DAY = 24 * 60


def marks(*told: tuple[float, str]) -> list[Mark]:
    """At so many minutes after noon."""
    return [Mark(NOON + int(at * MINUTE), kind, f"{kind} {at:g}") for at, kind in told]


def said(found: list[Mark], hours: int = 12) -> list[str]:
    return [row.said for row in legend(ENGLISH, found, NOON, NOON + hours * 60 * MINUTE)]


@PATIENT
@given(st.lists(st.integers(0, 10_000), max_size=25).map(sorted), st.integers(1, 3_000))
def test_rows_are_few_and_apart_and_every_mark_is_in_one(moments: list[int], apart: int) -> None:
    rows = grouped(moments, apart)
    assert [at for row in rows for at in row] == list(range(len(moments)))
    assert len(rows) <= MOST
    assert all(moments[after[-1]] - moments[before[0]] >= apart for before, after in pairwise(rows))


def test_five_need_no_legend() -> None:
    assert said(marks(*((at, "watch") for at in range(5)))) == []


def test_those_close_together_are_one_row_with_when_and_how_many() -> None:
    close = [(65, "warning"), (66.5, "warning"), (70, "critical"), (100, "critical")]
    assert said(marks((0, "watch"), *close, (400, "press"), (401, "count"), (700, "critical"))) == [
        "watch 0",
        "2 Warning alerts, 13:05–13:06; 2 Critical alerts, 13:10–13:40",
        "press 400; count 401",
        "critical 700",
    ]


def test_those_far_apart_stay_alone() -> None:
    far = marks(*((at * 100, "watch") for at in range(7)))
    assert said(far) == [mark.label for mark in far]


@pytest.mark.parametrize(
    ("first", "last", "when"),
    [
        (0, 0.5, "25 Nov, 12:00"),
        (0, 30, "25 Nov, 12:00–12:30"),
        (11.9 * 60, 12.5 * 60, "25 Nov, 23:54 – 26 Nov, 00:30"),
    ],
)
def test_of_several_days_each_time_has_its_day(first: float, last: float, when: str) -> None:
    others = [(day * DAY, "press") for day in range(2, 7)]
    found = said(marks((first, "watch"), (last, "watch"), *others), hours=7 * 24)
    assert found[0] == f"2 Watch alerts, {when}"


def test_in_italian() -> None:
    rows = legend(ITALIAN, marks(*((at, "warning") for at in range(6))), NOON, NOON + 600 * MINUTE)
    assert [row.said for row in rows] == ["6 avvisi Attenzione, 13:00–13:05"]
