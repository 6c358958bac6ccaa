"""The numbers of a curve: never more than can be seen, never a wrong count."""

import json
from bisect import bisect_right

from console_world import ENGLISH, ITALIAN, PATIENT
from hypothesis import given
from hypothesis import strategies as st

from console.charts import Gap
from console.curves import POINTS, curve, staircase
from console.fan import Fan
from console.marks import Mark
from earshot.model import Forecast

SECOND = 1_000_000
TIMES = st.lists(st.integers(0, 2_000_000_000 * SECOND), min_size=1, max_size=200).map(sorted)


@PATIENT
@given(TIMES, st.integers(2, 50))
def test_every_point_is_exact_and_none_is_missing_at_the_end(times: list[int], points: int) -> None:
    at, count = staircase(times, points)
    assert len(at) <= points + 1
    assert at == sorted(set(at))
    assert count == sorted(set(count))
    assert (at[-1], count[-1]) == (times[-1] // SECOND, len(times))
    assert all(n <= bisect_right(times, (s + 1) * SECOND - 1) for s, n in zip(at, count, strict=True))


def test_a_hundred_thousand_mentions_are_a_short_curve() -> None:
    at, count = staircase([n * 100_000 for n in range(100_000)])
    assert len(at) <= POINTS + 1
    assert count[-1] == 100_000


def test_what_the_browser_is_given() -> None:
    mark = Mark(3 * SECOND, "warning", "Attenzione")
    told = json.loads(curve(ITALIAN, [0, SECOND, 2 * SECOND], [mark]).numbers)
    assert (told["at"], told["count"]) == ([0, 1, 2], [1, 2, 3])
    assert told["marks"] == [{"at": 3, "count": 3, "kind": "warning", "label": "Attenzione"}]
    assert (told["from"], told["to"]) == (-120, 480)
    assert (told["zone"], told["one"], told["other"]) == (
        "Europe/Rome",
        "%(count)s menzione",
        "%(count)s menzioni",
    )
    assert told["label"].startswith("3 menzioni")


def test_the_curve_in_figures_has_every_moment_that_called() -> None:
    times = [n * 60 * SECOND for n in range(1_000)]
    marks = [
        Mark(61 * SECOND, "watch", "Watch alert"),
        Mark(61 * SECOND, "count", "counting to 2"),
        Mark(30_000 * SECOND, "critical", "Critical alert"),
    ]
    rows = curve(ENGLISH, times, marks).figures
    assert len(rows) <= 12
    assert [(row.reached, row.label) for row in rows if row.label] == [
        ("2", "Watch alert; counting to 2"),
        ("501", "Critical alert"),
    ]
    assert (rows[-1].reached, rows[-1].label) == ("1,000", "")


def test_marks_that_have_no_room_for_their_words_are_told_in_a_legend_and_none_is_lost() -> None:
    times = [n * 60 * SECOND for n in range(100)]
    marks = [Mark(n * 600 * SECOND, "watch", f"alert {n}") for n in range(6)]
    few, many = curve(ENGLISH, times, marks[:5]), curve(ENGLISH, times, marks)
    assert (few.legend, json.loads(few.numbers)["rows"]) == ([], [])
    assert [row.said for row in many.legend] == [mark.label for mark in marks]
    assert json.loads(many.numbers)["rows"] == [[n * 600, n * 600] for n in range(6)]
    assert [mark["label"] for mark in json.loads(many.numbers)["marks"]] == [mark.label for mark in marks]


def test_marks_close_together_are_one_row_and_each_is_in_the_figures() -> None:
    times = [n * 60 * SECOND for n in range(100)]
    marks = [Mark(n * 60 * SECOND, "watch", f"alert {n}") for n in (10, 50, 51, 52, 53, 90)]
    told = curve(ENGLISH, times, marks)
    assert [row.said for row in told.legend] == ["alert 10", "4 Watch alerts, 00:50–00:53", "alert 90"]
    assert json.loads(told.numbers)["rows"] == [[600, 600], [3_000, 3_180], [5_400, 5_400]]
    assert [row.label for row in told.figures if row.label] == [mark.label for mark in marks]


def test_where_a_source_was_silent_is_not_shaded_below_a_forecast() -> None:
    fan = Fan(90 * SECOND, 900 * SECOND, 3, 4, 5, 9, 9, 0, Forecast(5, 4, 9))
    gap = Gap(30 * SECOND, 9_000 * SECOND, "feed: silence")
    told = json.loads(curve(ENGLISH, [0, SECOND, 60 * SECOND], [], fan, [gap]).numbers)
    assert told["gaps"] == [{"from": 30, "to": 90, "label": "feed: silence"}]


def test_no_mention_makes_no_curve() -> None:
    assert staircase([]) == ([], [])
    assert curve(ENGLISH, [], []) == ("", "", [], [])
