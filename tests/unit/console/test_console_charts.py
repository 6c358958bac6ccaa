"""What is drawn is finite, stays inside its frame and says what it shows, whatever the story."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from console_world import ENGLISH, PATIENT
from hypothesis import given
from hypothesis import strategies as st

from console import bars, charts
from console.fan import Fan
from console.marks import Mark, legend
from earshot.clock import to_us
from earshot.model import Forecast

NOW = to_us(datetime(2026, 11, 25, 12, 51, tzinfo=UTC))
MINUTE = 60_000_000
YEARS = st.integers(to_us(datetime(1971, 1, 1, tzinfo=UTC)), to_us(datetime(2100, 1, 1, tzinfo=UTC)))
NEAR = st.integers(NOW - 3_000 * MINUTE, NOW)
HOSTILE = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=80)
MARKS = st.lists(st.builds(Mark, YEARS | NEAR, st.sampled_from(["watch", "critical"]), HOSTILE), max_size=8)


def drawn(markup: str) -> list[ET.Element]:
    return list(ET.fromstring(f"<div>{markup}</div>"))


def words_in(svg: ET.Element) -> list[str]:
    return [text.text or "" for text in svg.iter("text")]


@PATIENT
@given(st.lists(YEARS | NEAR, min_size=1, max_size=60).map(sorted), MARKS)
def test_a_curve_is_well_formed_and_finite_and_stays_inside(times: list[int], marks: list[Mark]) -> None:
    marks.sort()
    markup = charts.curve(ENGLISH, times, marks)
    for svg in drawn(markup):
        _, _, width, height = map(float, svg.attrib["viewBox"].split())
        for circle in svg.iter("circle"):
            assert 0 <= float(circle.attrib["cx"]) <= width
            assert 0 <= float(circle.attrib["cy"]) <= height
        for path in svg.iter("path"):
            numbers = [float(n) for n in path.attrib["d"].translate(str.maketrans("MHV", "   ")).split()]
            assert all(0 <= n <= max(width, height) for n in numbers)


AHEAD = Forecast(310, 150, 720)
FANS = st.lists(st.integers(0, 3_000), min_size=3, max_size=3).map(sorted)


@PATIENT
@given(st.lists(YEARS | NEAR, min_size=1, max_size=60).map(sorted), FANS, st.integers(1, 3_000))
def test_a_fan_stays_inside_however_far_it_reaches(times: list[int], more: list[int], room: int) -> None:
    count = len(times)
    begin = times[-1] + MINUTE
    length = max((begin - times[0]) // 2, 10 * MINUTE)
    low, size, high = (count + each for each in more)
    fan = Fan(begin, begin + length, count, low, size, high, count + room, 0, AHEAD)
    for svg in drawn(charts.curve(ENGLISH, times, [], fan)):
        _, _, width, height = map(float, svg.attrib["viewBox"].split())
        band, ahead, line = svg.iter("path")
        for path in (band, ahead):
            places = [tuple(map(float, each.split())) for each in path.attrib["d"].strip("MZ").split("L")]
            assert all(0 <= x <= width and 0 <= y <= height for x, y in places)
        assert band.attrib["d"].startswith(ahead.attrib["d"].split("L")[0])
        assert float(line.attrib["d"].rpartition("H")[2]) == pytest.approx(places[0][0], abs=0.06)


def test_a_fan_says_its_middle_and_that_it_is_the_end_and_no_clock_stands_below_it() -> None:
    times = [NOW - n * MINUTE for n in range(120, 0, -1)]
    fan = Fan(NOW, NOW + 60 * MINUTE, 120, 150, 310, 720, 500, 0, AHEAD)
    svg = drawn(charts.curve(ENGLISH, times, [Mark(NOW, "watch", "Watch alert")], fan))[2]
    assert {"about 310", "in the end"} <= set(words_in(svg))
    assert [word for word in words_in(svg) if word > "12:51" and word[2:3] == ":"] == []


MANY = st.lists(st.integers(NOW - 600 * MINUTE, NOW), min_size=6, max_size=22).map(sorted)


@PATIENT
@given(MANY)
def test_numbers_never_overlap_on_a_phone(moments: list[int]) -> None:
    times = [NOW - 600 * MINUTE, NOW]
    marks = [Mark(at, "watch", "alert") for at in moments]
    rows = legend(ENGLISH, marks, *charts.span(times, marks, None))
    narrow = drawn(charts.curve(ENGLISH, times, marks, legend=rows))[0]
    told = [(each.text, float(each.attrib["x"])) for each in narrow.iter("text") if "class" in each.attrib]
    assert [number for number, _ in told] == [str(number) for number in range(1, len(rows) + 1)]
    assert all(after - before >= 10 for (_, before), (_, after) in pairwise(told))


@PATIENT
@given(st.lists(NEAR, min_size=1, max_size=400).map(sorted))
def test_the_curve_ends_at_the_last_count(times: list[int]) -> None:
    for svg in drawn(charts.curve(ENGLISH, times, [])):
        heights = svg.find("path").attrib["d"].split("V")
        top = float(heights[-1].split("H")[0])
        axis = [
            (int(t.text.replace(",", "")), float(t.attrib["y"]) - 4)
            for t in svg.iter("text")
            if t.attrib["text-anchor"] == "end"
        ]
        (_, zero), (most, ceiling) = axis[0], axis[-1]
        assert top == pytest.approx(zero - (zero - ceiling) * len(times) / most, abs=0.11)


@PATIENT
@given(MARKS.filter(bool))
def test_a_hostile_label_stays_text(marks: list[Mark]) -> None:
    for svg in drawn(charts.curve(ENGLISH, [NOW], marks)):
        assert {element.tag for element in svg.iter()} <= {"svg", "line", "path", "circle", "text"}
        assert not any(name.startswith("on") or name == "style" for e in svg.iter() for name in e.attrib)


def test_one_mention_is_a_step_from_nothing_to_one() -> None:
    svg = drawn(charts.curve(ENGLISH, [NOW], []))[0]
    assert words_in(svg)[:2] == ["0", "1"]
    assert (
        svg.attrib["aria-label"]
        == "1 mention, said between 25 Nov 2026, 12:51 UTC and 25 Nov 2026, 12:51 UTC"
    )


def test_many_at_one_instant_are_one_step() -> None:
    assert drawn(charts.curve(ENGLISH, [NOW] * 500, []))[2].find("path").attrib["d"].count("V") == 1


def test_no_mention_is_no_chart() -> None:
    assert charts.curve(ENGLISH, [], []) == ""


def test_a_hundred_thousand_mentions_cost_no_more_than_the_pixels() -> None:
    markup = charts.curve(ENGLISH, [NOW - (100_000 - i) * MINUTE // 50 for i in range(100_000)], [])
    assert len(markup) < 60_000
    assert "100,000" in words_in(drawn(markup)[0])


def test_the_moments_of_the_alerts_are_marked_and_labelled() -> None:
    marks = [Mark(NOW - i * MINUTE, "warning", f"Warning alert: {14 - i} mentions") for i in range(6, -1, -1)]
    for svg in drawn(charts.curve(ENGLISH, [NOW - 60 * MINUTE, NOW], marks[:5])):
        assert len(list(svg.iter("circle"))) == 5
        assert [w for w in words_in(svg) if "alert" in w] == [m.label for m in marks[:5]]


def test_more_of_them_have_the_numbers_of_a_legend_that_is_read_out() -> None:
    times = [NOW - 60 * MINUTE, NOW]
    marks = [Mark(NOW - ago * MINUTE, "watch", f"alert {ago}") for ago in (50, 40, 39, 38, 20, 0)]
    rows = legend(ENGLISH, marks, *charts.span(times, marks, None))
    for svg in drawn(charts.curve(ENGLISH, times, marks, legend=rows)):
        assert words_in(svg)[-4:] == ["1", "2", "3", "4"]
        assert len(list(svg.iter("circle"))) == 6
        assert "; alert 50; 3 Watch alerts, 12:11–12:13; alert 20; alert 0" in svg.attrib["aria-label"]


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (5 * MINUTE, "12:45"),
        (600 * MINUTE, "09:00"),
        (4 * 1440 * MINUTE, "24 Nov"),
        (900 * 1440 * MINUTE, "2025"),
    ],
)
def test_the_time_axis_has_round_labels(span: int, said: str) -> None:
    labels = words_in(drawn(charts.curve(ENGLISH, [NOW - span, NOW], []))[2])
    assert any(said in label for label in labels)


@PATIENT
@given(st.lists(st.tuples(st.sampled_from(["neg", "reach"]), st.floats(-9, 9)), max_size=8))
def test_a_bar_fills_its_width_with_what_adds(parts: list[tuple[str, float]]) -> None:
    svg = drawn(bars.bar(parts, "terms"))[0]
    slices = [r.attrib for r in svg.iter("rect")][1:]
    assert len(slices) == sum(value > 0.005 for _, value in parts)
    assert all(float(s["x"]) + float(s["width"]) <= 100.02 for s in slices)
