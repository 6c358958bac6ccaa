"""What is expected of a story: sensible for a small one, the tables' word for a large one, no jump between."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from earshot.clock import from_us, to_us
from earshot.config import from_dict
from earshot.model import Forecast, Level, Story
from earshot.spread_file import SHIPPED, read
from processors import outlook
from processors.judge import Judge
from processors.outlook import Outlook
from processors.spread import early
from processors.spread.model import Spread
from processors.spread.state import State, add, advance, begin

OUTLOOK = Outlook(timedelta(hours=12))
TABLES = Spread.load().of("x")
START = to_us(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
SECOND = 1_000_000
gaps = st.lists(st.floats(0, 90_000), max_size=40)


def told(seconds: Sequence[float], *, large: int = 20, links: str = "reply") -> Story:
    moments = [START + round(s * SECOND) for s in seconds]
    story = Story(
        id=1,
        brand="A",
        first="x:1",
        opened_at=from_us(moments[0]),
        last_at=from_us(moments[-1]),
        large=large,
    )
    for moment in moments:
        outlook.hear(story, moment, links)
        story.mentions += 1
    return story


def chance(story: Story, after: float = 0) -> float:
    return OUTLOOK.chance(story, outlook.as_of(story, to_us(story.last_at) + round(after * SECOND)))


def forecast(story: Story) -> Forecast:
    return OUTLOOK.forecast(story, outlook.remembered(story))


def every(seconds: float, count: int) -> list[float]:
    return [seconds * n for n in range(count)]


@settings(deadline=None)
@given(gaps, st.floats(0, 3e6), st.sampled_from([20, 57, 300]))
def test_a_chance_is_one_and_a_forecast_never_below_what_has_happened(
    waits: list[float], later: float, large: int
) -> None:
    seconds = [sum(waits[:n]) for n in range(len(waits) + 1)]
    story = told(seconds, large=large)
    known = outlook.as_of(story, to_us(story.last_at) + round(later * SECOND))
    found = OUTLOOK.forecast(story, known)
    assert 0 <= OUTLOOK.chance(story, known) <= 1
    assert story.mentions <= found.low <= found.size <= found.high


@pytest.mark.parametrize(
    ("seconds", "least", "most"),
    [
        (every(0, 1), 0.0, 0.0),
        (every(600, 2), 0.0, 0.05),
        (every(300, 4), 0.3, 0.7),
        (every(300, 8), 0.9, 1.0),
        (every(21_600, 4), 0.0, 0.05),
        (every(60, 12), 0.99, 1.0),
    ],
)
def test_small_stories_are_told_apart_by_their_pace(seconds: list[float], least: float, most: float) -> None:
    assert least <= chance(told(seconds)) <= most


@pytest.mark.parametrize("count", [8, 12, 19, 20, 54, 60, 150])
def test_silence_lowers_it_to_nothing(count: int) -> None:
    story = told(every(240, count))
    found = [chance(story, hours * 3600) for hours in (0, 1, 3, 9, 24, 100, 337)]
    assert found == sorted(found, reverse=True)
    assert found[0] > 0.9
    assert found[-1] == 0


def test_what_trickles_on_is_not_awake() -> None:
    assert chance(told(every(86_400, 60))) < 0.6
    assert chance(told(every(600, 60))) > 0.99


def test_a_mention_that_only_its_words_tie_counts_half() -> None:
    assert chance(told(every(300, 6), links="centroid")) < chance(told(every(300, 6)))


def test_sizes_between_those_of_the_process_and_those_of_the_tables_do_not_jump() -> None:
    """One mention more changes the forecast by less than half of it."""
    found = [
        OUTLOOK.forecast(story, outlook.remembered(story)).size
        for count in range(48, 125)
        if (story := told(every(200, count)))
    ]
    assert all(abs(b - a) < 0.5 * a for a, b in pairwise(found))


@pytest.mark.parametrize("pace", [24, 60, 200, 300])
def test_a_steady_story_is_not_told_of_thousands_that_are_gone_once_it_has_grown(pace: float) -> None:
    """As nothing changes but its size, neither does the forecast by much, and each lies in those before."""
    sizes = (12, 25, 54, 55, 80, 109, 110, 130)
    found = [forecast(told(every(pace, count))) for count in sizes]
    assert max(one.size for one in found) < 2.5 * min(one.size for one in found)
    assert all(one.low <= later.size <= one.high for one, later in pairwise(found))


@pytest.mark.parametrize("count", [12, 30, 54])
def test_of_a_small_story_it_is_not_taken_for_certain_that_it_grows(count: int) -> None:
    """Tables know only stories that did."""
    found = forecast(told(every(60, count)))
    assert found.low < 2 * count


@pytest.mark.parametrize("count", [12, 25, 54, 60])
def test_that_a_quick_small_story_gets_very_large_is_not_certain(count: int) -> None:
    assert chance(told(every(24, count), large=60)) > 0.99
    assert 0.2 < chance(told(every(24, count), large=300)) < 0.5
    assert chance(told(every(24, count), large=1_000)) < 0.2


@pytest.mark.parametrize("count", [12, 54, 80, 109])
def test_a_chance_falls_without_a_jump_as_more_is_asked_for(count: int) -> None:
    found = [chance(told(every(60, count), large=large)) for large in range(max(100, count + 1), 135)]
    assert all(b <= a <= b + 0.05 for a, b in pairwise(found))


@settings(deadline=None)
@given(gaps, st.floats(0, 1e6))
def test_any_size_may_be_asked_for(waits: list[float], later: float) -> None:
    """What has happened is certain, and more is never likelier than less."""
    story = told([sum(waits[:n]) for n in range(len(waits) + 1)])
    known = outlook.as_of(story, to_us(story.last_at) + round(later * SECOND))
    sizes = (1, story.mentions, story.mentions + 1, 20, 42, 57, 111, 300, 10_000)
    found = [OUTLOOK.probability(story, known, size) for size in sorted(sizes)]
    assert all(1 >= one >= other - 1e-9 for one, other in pairwise(found))
    assert all(p == 1 for size, p in zip(sorted(sizes), found, strict=True) if size <= story.mentions)
    assert found[-1] >= 0


@pytest.mark.parametrize("large", [105, 120, 300])
def test_a_chance_does_not_jump_where_tables_begin_to_be_asked(large: int) -> None:
    found = [chance(told(every(60, count), large=large)) for count in range(50, 60)]
    assert all(abs(a - b) < 0.05 for a, b in pairwise(found))


@settings(deadline=None)
@given(gaps, st.floats(0, 1e5))
@example([60.0] * 30, 0.0)
def test_of_a_small_story_no_more_is_said_than_of_those_that_grew(waits: list[float], later: float) -> None:
    seconds = [sum(waits[:n]) for n in range(len(waits) + 1)]
    story = told(seconds)
    known = outlook.as_of(story, to_us(story.last_at) + round(later * SECOND))
    found, grown = OUTLOOK.forecast(story, known), TABLES.forecast(known)
    said, most = (found.low, found.size, found.high), (grown.low, grown.size, grown.high)
    assert all(one <= max(other, story.size) for one, other in zip(said, most, strict=True))


def counted(size: int, span: float, *, heard: int = 1, source: str = "x") -> Story:
    """A story of `size`, `heard` of which were heard, the others counted until `span` s after its beginning."""
    opened, seen = from_us(START), from_us(START + round(span * SECOND))
    return Story(
        id=1,
        brand="A",
        first=f"{source}:1",
        opened_at=opened,
        last_at=seen,
        mentions=heard,
        counted=size - 1,
        counted_at=seen,
    )


class TestCounted:
    """The state is the same in each test: only how much of it was heard differs, or how long it was untold."""

    @settings(deadline=None)
    @given(
        st.integers(2, 3_000),
        st.floats(0, 1e6),
        st.floats(0, 1e6),
        st.lists(st.floats(0, 1), max_size=6),
        st.sampled_from(["x", "weibo", "tideh", "feed"]),
    )
    @example(200, 600.0, 20_000.0, [0.5], "tideh")  # what it learnt of counters here is narrower
    def test_the_more_is_counted_the_wider_and_never_below_what_has_happened(
        self, size: int, span: float, later: float, shares: list[float], source: str
    ) -> None:
        whole = counted(size, span, source=source)
        known = outlook.as_of(whole, to_us(whole.last_at) + round(later * SECOND))
        heard = sorted({1, size, *(max(1, round(share * size)) for share in shares)})
        found = [OUTLOOK.forecast(structs.replace(whole, mentions=each), known) for each in heard]
        assert all(size <= each.low <= each.size <= each.high for each in found)
        assert all(few.low <= many.low and few.high >= many.high for few, many in pairwise(found))

    @pytest.mark.parametrize("size", [12, 54, 56, 80, 109, 110, 400])
    @pytest.mark.parametrize("span", [60, 600, 3_000, 4_000, 30_000])
    def test_one_more_that_is_heard_moves_no_end_far(self, size: int, span: float) -> None:
        whole = counted(size, span)
        known = outlook.as_of(whole, to_us(whole.last_at))
        for one, other in pairwise(
            OUTLOOK.forecast(structs.replace(whole, mentions=each), known) for each in range(1, size + 1)
        ):
            assert abs(one.low - other.low) <= 1 + one.low / 20
            assert abs(one.high - other.high) <= 1 + one.high / 20

    @pytest.mark.parametrize("size", [30, 80, 400])
    def test_the_longer_it_is_untold_the_further_its_low_end_lies_without_a_jump(self, size: int) -> None:
        spans = [60 * 1.05**n for n in range(150)]  # to a day
        known = outlook.as_of(counted(size, 86_400), START + 86_400 * SECOND)
        found = [OUTLOOK.forecast(counted(size, span), known) for span in spans]
        assert all(b.low <= a.low <= b.low + 1 + size / 20 for a, b in pairwise(found))
        assert all(abs(a.high - b.high) <= 1 + a.high / 20 for a, b in pairwise(found))

    @pytest.mark.parametrize("heard", [40, 200])
    def test_without_counters_nothing_is_wider(self, heard: int) -> None:
        story = told(every(90, heard))
        known = outlook.remembered(story)
        behind = structs.replace(story, counted=heard - 1, counted_at=story.last_at)
        assert OUTLOOK.forecast(behind, known) == OUTLOOK.forecast(story, known)


def state_of(seconds: Sequence[float], later: float = 0) -> State:
    state = begin(seconds[0])
    for second in seconds[1:]:
        add(state, second)
    advance(state, state.t + later)
    return state


class TestEarly:
    @given(gaps, st.floats(0, 1e6))
    def test_it_falls_with_the_size_that_is_asked_for(self, waits: list[float], later: float) -> None:
        state = state_of([sum(waits[:n]) for n in range(len(waits) + 1)], later)
        found = [early.probability(state, size) for size in (1, 2, 20, 41, 42, 60, 500, 10_000, 1e6)]
        assert all(0 <= p <= 1 for p in found)
        assert all(a >= b - 1e-9 for a, b in pairwise(found))

    @given(gaps, st.floats(0, 1e6), st.sampled_from([0, 1, 2]))
    def test_a_size_is_reached_with_its_probability(
        self, waits: list[float], later: float, which: int
    ) -> None:
        state = state_of([sum(waits[:n]) for n in range(len(waits) + 1)], later)
        size, p = early.sizes(state)[which], early.LEVELS[which]
        assert size >= state.n
        if state.n + 1 < size < 1e6:
            assert early.probability(state, size) == pytest.approx(p, abs=0.02)

    @given(gaps, st.floats(0, 1e6))
    def test_the_least_is_no_less_than_there_is(self, waits: list[float], later: float) -> None:
        state = state_of([sum(waits[:n]) for n in range(len(waits) + 1)], later)
        assert state.n <= early.least(state) < 10 * state.n

    def test_the_first_one_is_nobodys_repost(self) -> None:
        assert early.probability(state_of([0.0]), 2) < 0.1


@pytest.mark.parametrize(
    ("count", "large", "sizes"),
    [(8, 20, [10, 20, 50]), (12, 24, [20, 24, 50, 100]), (130, 24, [200, 500, 1_000])],
)
def test_a_forecast_has_the_chances_of_the_next_round_sizes_and_of_a_large_one(
    count: int, large: int, sizes: list[int]
) -> None:
    found = forecast(told(every(600, count), large=large)).chances
    assert [size for size, _ in found] == sizes
    assert all(1 >= one >= other >= 0 for (_, one), (_, other) in pairwise(found))
    assert found[0][1] > found[-1][1]


def test_tables_that_the_configuration_names_are_asked(tmp_path: Path) -> None:
    raw = read(SHIPPED)
    for name, each in raw["platforms"].items():
        each["base"] += 5.0 if name == "twitter" else 0.0
    (tmp_path / "own.json").write_text(json.dumps(raw), encoding="utf-8")
    found = []
    for named in ({}, {"spread": {"model": str(tmp_path / "own.json")}}):
        judge = Judge(from_dict({"brands": [{"name": "A"}], **named}))
        story = structs.replace(told(every(600, 120), large=150), voters=120, votes=1_080_000)
        judge.reassess(story, 0.2, to_us(story.last_at))
        story.level = Level.watch
        judge.foresee(story, to_us(story.last_at))
        found.append((story.chance, story.forecast))
    (shipped, size), (own, larger) = found
    assert size
    assert larger
    assert own > shipped
    assert larger.size > size.size
