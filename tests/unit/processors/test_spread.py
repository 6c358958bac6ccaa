"""How far a story will spread: states that add up in any order, forecasts that never contradict what happened."""

from copy import copy
from datetime import UTC, datetime
from itertools import pairwise
from math import exp, isfinite

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earshot.spread_file import SHIPPED, read
from processors.spread.columns import Columns
from processors.spread.feature_columns import feature_columns
from processors.spread.features import FEATURES, UNDATED, features
from processors.spread.model import Spread
from processors.spread.state import (
    SCALES,
    SHARES,
    WINDOW,
    State,
    add,
    add_packed,
    advance,
    begin,
    count_up,
    merge,
    packed,
    unpacked,
)

MODEL = Spread.load()
TWITTER = MODEL.of("x")

times = st.floats(0, 1e6)
wild_times = st.floats(allow_nan=False, allow_infinity=False)
marks = st.floats(0, 1e6)
weights = st.sampled_from([1.0, 0.5])
polls = st.sampled_from([0.0, 60.0, 600.0, 3_600.0, 86_400.0])
events = st.lists(st.tuples(times, marks, weights), min_size=1, max_size=40)
stories = st.lists(times, min_size=1, max_size=60).map(lambda ts: fed([(t, 1.0, 1.0) for t in sorted(ts)]))


def fed(events: list[tuple[float, float, float]]) -> State:
    state = begin(*events[0])
    for event in events[1:]:
        add(state, *event)
    return state


def same(left: State, right: State) -> bool:
    return numbers(left) == pytest.approx(numbers(right), rel=1e-9, abs=1e-9)


def numbers(state: State) -> list[float]:
    return [
        state.t,
        state.first,
        state.last,
        state.n,
        state.marks,
        state.recent,
        state.exposure,
        *state.memory,
    ]


class TestState:
    def test_memory_is_shared_out_whole(self) -> None:
        assert sum(SHARES) == pytest.approx(1)

    @given(events, times)
    def test_is_what_summing_over_all_events_gives(
        self, events: list[tuple[float, float, float]], later: float
    ) -> None:
        state = fed(events)
        advance(state, state.t + later)
        ago = [(state.t - t, mark * weight, weight) for t, mark, weight in events]
        memory = [
            sum(m * w * exp(-s / scale) for s, m, _ in ago) for scale, w in zip(SCALES, SHARES, strict=True)
        ]
        assert list(state.memory) == pytest.approx(memory, rel=1e-9, abs=1e-9)
        assert state.recent == pytest.approx(
            sum(w * exp(-s / WINDOW) for s, _, w in ago), rel=1e-9, abs=1e-12
        )
        assert (state.n, state.first, state.last) == (len(ago), min(events)[0], max(events)[0])

    def test_exposure_is_the_decayed_integral_of_what_memory_gives_out(self) -> None:
        state, now, step = fed([(0.0, 3.0, 1.0), (500.0, 1.0, 1.0)]), 9_000.0, 1.0
        advance(state, now)
        integral = 0.0
        for t in np.arange(step / 2, now, step).tolist():
            gives = sum(
                mark * share / scale * exp(-(t - said) / scale)
                for said, mark in ((0.0, 3.0), (500.0, 1.0))
                if t >= said
                for scale, share in zip(SCALES, SHARES, strict=True)
            )
            integral += gives * exp(-(now - t) / WINDOW) * step
        assert state.exposure == pytest.approx(integral, rel=1e-4)

    @given(st.data(), events)
    def test_order_does_not_matter_so_late_events_are_exact(
        self, data: st.DataObject, events: list[tuple[float, float, float]]
    ) -> None:
        assert same(fed(data.draw(st.permutations(events))), fed(sorted(events)))

    @given(events, events)
    def test_joined_stories_are_one_story_fed_with_both(
        self, one: list[tuple[float, float, float]], other: list[tuple[float, float, float]]
    ) -> None:
        state, joined = fed(one), fed(other)
        merge(state, joined)
        assert joined == fed(other)
        assert same(state, fed(sorted(one + other)))

    @given(stories, times, times)
    def test_time_may_pass_in_steps(self, state: State, one: float, two: float) -> None:
        stepped, at_once = copy(state), copy(state)
        advance(stepped, state.t + one)
        advance(stepped, state.t + one + two)
        advance(at_once, state.t + one + two)
        assert same(stepped, at_once)

    def test_time_does_not_run_back(self) -> None:
        state = fed([(100.0, 1.0, 1.0)])
        advance(state, 50.0)
        assert state == begin(100.0)

    def test_a_link_by_words_counts_whole_in_size_and_half_in_what_spreads(self) -> None:
        state = begin(0.0, 4.0, 0.5)
        assert (state.n, state.recent, state.marks) == (1.0, 0.5, 2.0)
        assert state.remaining == pytest.approx(2.0)

    @given(st.integers(0, 100_000))
    def test_a_counter_adds_what_it_rose_by(self, more: int) -> None:
        state = begin(0.0)
        count_up(state, 3_600.0, more)
        assert state.n == 1 + more
        assert state.marks == pytest.approx(1 + more)
        assert state.t == (3_600.0 if more else 0.0)


class TestFeatures:
    def test_each_has_a_name(self) -> None:
        assert len(features(begin(0.0))) == len(FEATURES)

    @given(st.lists(stories, min_size=1, max_size=5), times)
    def test_many_stories_read_as_each_does(self, states: list[State], later: float) -> None:
        now = max(state.t for state in states) + later
        many = Columns.of(states).at(now)
        for state in states:
            advance(state, now)
        assert feature_columns(many).T.tolist() == [
            pytest.approx(list(features(s)), abs=1e-9) for s in states
        ]

    def test_marks_count_relative_to_the_storys_own(self) -> None:
        loud = fed([(t, 500.0, 1.0) for t in (0.0, 60.0, 200.0)])
        plain = fed([(t, 1.0, 1.0) for t in (0.0, 60.0, 200.0)])
        assert features(loud) == pytest.approx(features(plain))

    def test_the_hour_is_that_of_a_date_and_of_nothing_else(self) -> None:
        assert features(begin(datetime(2014, 5, 13, 16, 45, tzinfo=UTC).timestamp()))[-1] == 16.75
        assert features(begin(12 * 3_600.0))[-1] == UNDATED


class TestForecast:
    @given(stories, times, polls)
    def test_never_contradicts_what_has_happened(self, state: State, later: float, poll: float) -> None:
        advance(state, state.t + later)
        forecast = TWITTER.forecast(state, poll=poll)
        assert state.n <= forecast.low <= forecast.size <= forecast.high

    @given(stories, times, st.lists(st.floats(1, 1e7), min_size=2, max_size=10))
    def test_larger_sizes_are_never_likelier(self, state: State, later: float, sizes: list[float]) -> None:
        advance(state, state.t + later)
        chances = [TWITTER.probability(state, size) for size in sorted(sizes)]
        assert all(0 <= p <= 1 for p in chances)
        assert all(a >= b - 1e-12 for a, b in pairwise(chances))

    @given(st.lists(wild_times, min_size=1, max_size=20), st.floats(allow_nan=False, allow_infinity=False))
    @settings(max_examples=200)
    def test_no_sequence_of_times_makes_it_senseless(self, times: list[float], now: float) -> None:
        state = fed([(t, 1.0, 1.0) for t in times])
        advance(state, now)
        forecast = TWITTER.forecast(state)
        said = [*state.memory, state.recent, state.exposure, *forecast, TWITTER.probability(state, 500)]
        assert all(isfinite(x) for x in said)
        assert forecast.low >= state.n

    def test_what_has_happened_is_certain(self) -> None:
        assert TWITTER.probability(fed([(float(t), 1.0, 1.0) for t in range(50)]), 50) == 1

    def test_a_burst_goes_further_than_a_trickle_and_silence_ends_a_story(self) -> None:
        burst = fed([(t * 10.0, 1.0, 1.0) for t in range(100)])
        trickle = fed([(t * 600.0, 1.0, 1.0) for t in range(100)])
        asleep = copy(burst)
        advance(asleep, burst.t + 6 * 3_600)
        assert TWITTER.probability(burst, 300) > 2 * TWITTER.probability(trickle, 300)
        assert TWITTER.probability(burst, 300) > 5 * TWITTER.probability(asleep, 300)
        assert TWITTER.forecast(burst).size > TWITTER.forecast(asleep).size

    @pytest.mark.parametrize("name", MODEL.platforms)
    def test_a_forecast_errs_least_where_chances_say_so(self, name: str) -> None:
        tables, state = MODEL.of(name), fed([(t * 30.0, 1.0, 1.0) for t in range(60)])
        sizes = np.unique(np.geomspace(state.n, 20_000, 3_000).round())
        ends = -np.diff([*(tables.probability(state, size) for size in sizes), 0.0])
        said = tables.forecast(state).size
        errors = [(ends * np.abs(guess - sizes) / sizes).sum() for guess in (said / 1.3, said, said * 1.3)]
        assert errors[1] == min(errors)

    @given(st.lists(stories, min_size=1, max_size=5), st.floats(1, 1e5), polls)
    def test_many_stories_are_judged_as_each_is(self, states: list[State], size: float, poll: float) -> None:
        many = Columns.of(states)
        assert TWITTER.probabilities(many, size).tolist() == pytest.approx(
            [TWITTER.probability(state, size) for state in states], abs=1e-9
        )
        forecasts = [list(TWITTER.forecast(state, poll=poll)) for state in states]
        assert TWITTER.forecasts(many, poll=poll).tolist() == [pytest.approx(f, abs=1) for f in forecasts]

    def test_counters_without_times_are_honest_about_it(self) -> None:
        story = [0.0, *np.geomspace(30, 3_500, 120).tolist()]
        state, polled = fed([(t, 1.0, 1.0) for t in story]), begin(0.0)
        count_up(polled, 3_600.0, 120)
        advance(state, 3_600.0)
        sure, unsure = TWITTER.forecast(state), TWITTER.forecast(polled, poll=3_600.0)
        assert unsure.high / unsure.low > sure.high / sure.low


class TestModel:
    def test_sources_without_tables_of_their_own_read_those_of_all(self) -> None:
        assert MODEL.of("feed") is MODEL.of("any")
        assert MODEL.of("x") is MODEL.of("twitter")

    def test_a_source_of_which_stories_were_learnt_reads_those(self) -> None:
        raw = read(SHIPPED)
        raw["platforms"]["x"] = raw["platforms"]["weibo"]
        learnt = Spread(raw)
        assert learnt.of("x") is not learnt.of("twitter")
        assert learnt.of("twitter") is not learnt.of("any")

    def test_it_is_small_and_says_what_it_learnt_from(self) -> None:
        assert SHIPPED.stat().st_size < 800_000
        assert SHIPPED.with_suffix(".md").read_text(encoding="utf-8").count("| ") > 10

    @pytest.mark.parametrize("name", MODEL.platforms)
    def test_every_platform_forecasts(self, name: str) -> None:
        forecast = MODEL.of(name).forecast(begin(0.0))
        assert 1 <= forecast.low <= forecast.size <= forecast.high


@given(
    first=st.floats(0, 2e9),
    later=st.lists(st.tuples(st.floats(0, 1e7), st.sampled_from([0.5, 1.0])), max_size=12),
)
def test_what_is_kept_goes_on_like_the_state_itself_to_the_last_bit(
    first: float, later: list[tuple[float, float]]
) -> None:
    known = begin(first)
    kept = packed(known)
    for gap, weight in later:
        add(known, known.t + gap, weight=weight)
        kept = add_packed(kept, known.t, weight)
        assert kept == packed(known)
    assert unpacked(kept) == known
