"""Learning how stories spread: tables that fall with growth, the same each time, and rules measured fairly."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[3]
MIDNIGHT = 1_399_939_200.0  # of a day in 2014, UTC
sys.path += [str(ROOT / "training"), str(ROOT / "bench")]

from as_json import as_json  # noqa: E402
from quality_spread import _found  # noqa: E402
from spread import _interleaved, _options, learn  # noqa: E402
from spread_boost import boost  # noqa: E402
from spread_cascades import Cascades, Floats, platform, polled, read, trace  # noqa: E402
from spread_fit import KNOTS, fit  # noqa: E402
from spread_printed import for_people  # noqa: E402
from spread_rules import LogLinear, lead, peaks, threshold  # noqa: E402

from earshot.errors import Refused  # noqa: E402
from processors.spread.branching import Branching  # noqa: E402
from processors.spread.columns import Columns  # noqa: E402
from processors.spread.features import FEATURES  # noqa: E402
from processors.spread.state import add, begin  # noqa: E402
from processors.spread.tables import Tables  # noqa: E402


@pytest.fixture(scope="module")
def cascades() -> Cascades:
    random = np.random.default_rng(7)
    sizes = np.exp(random.uniform(np.log(60), np.log(800), 80)).astype(int)
    return trace([np.append(0.0, np.sort(random.exponential(3_600, size - 1))).round(1) for size in sizes])


def asleep(how_far: float) -> Cascades:
    """Stories that begin at any hour; those of the first half of the day stay small, as far as the hour tells."""
    random = np.random.default_rng(5)
    stories = []
    for number in range(160):
        hour = random.uniform(0, 24)
        small = hour < 12 if random.random() < how_far else random.random() < 0.5
        times = random.exponential(900, 39 if small else 199)
        stories.append(MIDNIGHT + 86_400 * number + hour * 3_600 + np.append(0.0, np.sort(times)))
    return trace(stories)


class TestCascades:
    def test_are_read_by_platform_in_the_order_in_which_they_began(self, tmp_path: Path) -> None:
        path = tmp_path / "weibo_dev.jsonl"
        rows = [{"started_at": 20, "t": [5, 9, 7]}, {"started_at": 10, "t": [0, 1]}, {"t": []}]
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        assert {name: [t.tolist() for t in each] for name, each in read([path]).items()} == {
            "weibo": [[10, 11], [25, 27, 29]]
        }

    def test_what_is_no_story_is_left_out_and_counted(self, tmp_path: Path) -> None:
        path = tmp_path / "weibo.jsonl"
        rows = [
            '{"T": [0, 1], "Started_At": "2014-05-13T00:00:00Z"}',
            "",
            "{}",
            '{"t": null}',
            '{"t": ["a"]}',
        ]
        rows += ['{"t": [NaN]}', '{"t": [0], "started_at": "soon"}', '{"t": [0], "started_at": NaN}']
        rows += ['{"t": [0', "null"]
        path.write_text("\n".join(rows), encoding="utf-8-sig")
        said: list[str] = []
        assert [times.tolist() for times in read([path], said.append)["weibo"]] == [[MIDNIGHT, MIDNIGHT + 1]]
        assert ["2 left out" in line for line in said] == [True] * 4
        assert "no JSON object; write one a line (the first: line 9)" in said[0]

    @pytest.mark.parametrize(
        ("content", "what"),
        [
            ("", "the file is empty"),
            ("{bad", r"weibo\.jsonl: 1 left out: this is no JSON object"),
            ('{"t": []}', "no story can be read"),
        ],
    )
    def test_a_file_without_a_story_is_refused(self, tmp_path: Path, content: str, what: str) -> None:
        path = tmp_path / "weibo.jsonl"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(Refused, match=what):
            read([path], lambda _: None)

    def test_what_has_no_platform_or_no_date_is_said(self, tmp_path: Path) -> None:
        path, said = tmp_path / "2020.jsonl", list[str]()
        path.write_text('{"t": [0, 1]}\n{"t": [0], "started_at": 5}', encoding="utf-8")
        assert list(read([path], said.append)) == ["any"]
        assert "tells no platform" in said[0]
        assert "1 of 2 stories have no started_at" in said[1]

    def test_the_order_of_the_files_says_nothing(self, tmp_path: Path) -> None:
        paths = [tmp_path / name for name in ("a_2.jsonl", "b.jsonl", "a_1.jsonl", "c.jsonl")]
        for n, path in enumerate(paths):
            rows = [{"t": list(range(2 + (n + k) % 3))} for k in range(4)]
            path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        orders = (paths, paths[::-1], paths[2:] + paths[:2], [*paths, paths[0]])
        mixed = [[t.tolist() for t in _interleaved(read(order))] for order in orders]
        assert mixed == [mixed[0]] * 4
        assert len(mixed[0]) == 16

    def test_are_lived_through_at_their_date_and_read_by_their_age(self, cascades: Cascades) -> None:
        dated = trace([1.4e9 + times for times in cascades.times])
        assert dated.states.first.tolist() == [1.4e9] * len(dated.states.first)
        assert dated.at(np.full(80, 1_800.0)).n.tolist() == cascades.at(np.full(80, 1_800.0)).n.tolist()

    def test_a_file_is_named_after_its_platform(self) -> None:
        assert platform(Path("twitter1516_later.jsonl")) == "twitter"
        assert platform(Path("heldout_Twitter.jsonl")) == "twitter"
        assert platform(Path("mastodon_2020.jsonl")) == "mastodon"
        assert platform(Path("x_own.jsonl")) == "x"
        assert platform(Path("play_store.2026.jsonl")) == "play_store"
        assert platform(Path("2020.jsonl")) == "any"

    def test_states_at_an_age_know_nothing_of_what_comes(self, cascades: Cascades) -> None:
        states, state = cascades.at(np.full(80, 1_800.0)), begin(0.0)
        seen = [t for t in cascades.times[3].tolist()[1:] if t <= 1_800]
        for t in seen:
            add(state, t)
        assert states.n[3] == 1 + len(seen)
        assert states.last[3] == state.last

    def test_a_look_spreads_what_it_saw_evenly_since_the_last(self) -> None:
        seen = polled(trace([np.array([0.0, 10.0, 20.0, 100.0, 3_700.0])]), 3_600.0)
        assert seen.states.last.tolist() == pytest.approx([0.0, 1_200.0, 2_400.0, 3_600.0, 7_200.0])

    def test_between_two_looks_nothing_is_known_of_what_happens(self) -> None:
        seen = polled(trace([np.array([0.0, 10.0, 20.0, 100.0, 3_700.0])]), 3_600.0)
        assert [seen.at(np.array([age])).n[0] for age in (3_599.0, 3_600.0, 7_199.0, 7_200.0)] == [1, 4, 4, 5]


class TestBoost:
    def test_chances_fall_with_growth_and_rise_with_what_helps(self) -> None:
        random = np.random.default_rng(3)
        x, r = random.integers(0, 8, 20_000), random.integers(0, 8, 20_000)
        y = random.random(20_000) < 1 / (1 + np.exp(r - x + random.normal(0, 1, 20_000)))
        made = boost(np.stack([x, r]).astype(np.uint8), y, [(0, 1)], 8, 30, 0.2, 1.0)
        assert (np.diff(made.tables[0], axis=1) <= 1e-12).all()
        assert made.tables[0, 7, 4] > made.tables[0, 0, 4] + 2


class TestFit:
    def test_the_same_stories_give_the_same_tables_and_intervals_that_hold(self, cascades: Cascades) -> None:
        raw, folds = fit(cascades)
        assert json.dumps(raw) == json.dumps(fit(cascades)[0])
        assert sorted(np.concatenate([stories for stories, _ in folds]).tolist()) == list(range(80))
        _, low, high = Tables(raw, KNOTS).forecasts(cascades.at(np.full(80, 3_600.0))).T
        assert ((low <= cascades.sizes) & (cascades.sizes <= high)).mean() > 0.7

    def test_the_hour_is_read_where_it_tells(self) -> None:
        by_day, any_time = Tables(fit(asleep(1.0))[0], KNOTS), fit(asleep(0.0))[0]
        morning, evening, undated = (begin(at) for at in (MIDNIGHT + 6 * 3_600, MIDNIGHT + 18 * 3_600, 0.0))
        chances = [by_day.probability(state, 100) for state in (morning, undated, evening)]
        assert chances == sorted(chances)
        assert chances[2] > chances[0] + 0.2
        assert any_time["edges"][FEATURES.index("hour")] == []

    def test_too_few_or_tiny_stories_are_refused(self, cascades: Cascades) -> None:
        with pytest.raises(Refused, match="weibo: 19 stories of two events and more; 20 are needed"):
            learn({"weibo": cascades.times[:19]})
        with pytest.raises(Refused, match="0 stories of two events"):
            fit(trace([np.zeros(1)] * 50))

    def test_a_model_is_written_only_where_one_says(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "argv", ["spread.py", "weibo.jsonl"])
        with pytest.raises(SystemExit):
            _options()


class TestBranching:
    @given(st.lists(st.floats(0, 1e6), max_size=30), st.floats(0, 5), st.floats(0, 1))
    def test_is_never_below_what_happened(self, times: list[float], alpha: float, gamma: float) -> None:
        state = begin(0.0)
        for t in times:
            add(state, t)
        assert Branching(alpha, gamma).sizes(Columns.of([state]))[0] >= state.n


class TestRules:
    def test_a_threshold_is_the_lowest_with_four_of_five_right(self) -> None:
        highest = np.array([9.0, 8.0, 7.0, 7.0, 6.0, 5.0])
        assert threshold(highest, np.array([True, True, True, False, True, False])) == 6.0
        assert threshold(highest, np.array([False] * 6)) == float("inf")

    def test_lead_counts_misses_as_nothing_and_alarms_only_before_the_size(self) -> None:
        stories = trace(
            [np.array([0.0, 60.0, 120.0, 600.0]), np.array([0.0, 60.0]), np.array([0.0, 1.0, 2.0, 3.0])]
        )
        scores = np.array([0, 1, 1, 9, 0, 1, 0, 0, 0, 9], float)
        assert peaks(stories, scores, 4).tolist() == [1.0, 1.0, 0.0]
        found = lead(stories, scores, 4, 1.0)
        assert (found.median, found.precision, found.stories, found.alarms) == (4.5, 0.5, 2, 2)

    def test_the_baseline_learns_how_much_is_still_to_come(self, cascades: Cascades) -> None:
        sizes = LogLinear(cascades)(cascades.at(np.full(80, 3_600.0)), 3_600.0)
        assert np.median(np.abs(sizes - cascades.sizes) / cascades.sizes) < 0.1


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, object]]:
    """Of stories that are too small for any alarm."""
    random = np.random.default_rng(11)
    sizes = random.integers(3, 40, 60)
    stories = [np.append(0.0, np.sort(random.exponential(3_600, size - 1))) for size in sizes]
    return _found({"weibo": stories}, {}, ranges=True)


class TestBench:
    def test_figures_come_with_their_range_over_splits_by_time(
        self, found: dict[str, dict[str, dict[str, object]]]
    ) -> None:
        splits = found["weibo"]["splits"]
        assert splits["splits"] == 3
        assert all(low <= high for low, high in splits["error"])  # type: ignore[attr-defined]
        assert "the range over 3 splits of --train by time" in for_people(found)

    def test_json_holds_null_for_what_is_no_number(self, found: dict[str, dict[str, object]]) -> None:
        assert json.loads(as_json(found))["weibo"]["stories"]["train"] == 36
        assert json.loads(as_json({"a": [float("nan"), (float("inf"), 1)]})) == {"a": [None, [None, 1]]}

    @pytest.mark.parametrize("test", [{"other": [np.zeros(1)], "weibo": []}, {"weibo": []}])
    def test_where_nothing_is_measured_it_is_refused(
        self, cascades: Cascades, test: dict[str, list[Floats]], capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(Refused, match="nothing was measured"):
            _found({"weibo": cascades.times}, test, ranges=False)
        assert "weibo: not measured: no stories to test" in capsys.readouterr().err
