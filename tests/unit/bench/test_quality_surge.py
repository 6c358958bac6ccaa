"""Surges measured fairly: thresholds from other brands, and alarms as the product would raise them."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

BENCH = Path(__file__).resolve().parents[3] / "bench"
sys.path.append(str(BENCH))

from nab import Labelled  # noqa: E402
from surge_judged import Measured, judged, together  # noqa: E402
from surge_rules import RULES, gaussian, held, ours  # noqa: E402

from processors.surge.series import Series, fold  # noqa: E402

ROWS = 6_000


def brand(name: str, seed: int, rate: float) -> Labelled:
    """Chance, a night each day, and three bursts in windows of 400 rows."""
    random = np.random.default_rng(seed)
    usual = rate * (1.2 + np.sin(np.arange(ROWS) * 2 * np.pi / 288))
    windows = [(first, first + 400) for first in (1_500, 3_000, 4_800)]
    for first, _ in windows:
        usual[first + 200 : first + 220] += 12 * rate
    return Labelled(name, random.poisson(usual).astype(float), windows, 300.0)


BRANDS = [brand("a", 1, 20.0), brand("b", 2, 3.0), brand("c", 3, 6.0)]


@pytest.mark.parametrize("threshold", [0.8, 2.0, 3.0])
def test_our_alarms_are_those_of_the_product(threshold: float) -> None:
    for each in BRANDS:
        series, opened = Series(), []
        for row, count in enumerate(each.counts.tolist()):
            series, reading = fold(series, row, count, threshold)
            if reading and reading.opens:
                opened.append(row)
        assert RULES["ours"].alarms(ours(each.counts), threshold).tolist() == opened


def test_bursts_are_found_and_thresholds_come_from_the_other_brands() -> None:
    measured = Measured(RULES["ours"], BRANDS)
    for out in BRANDS:
        choice = measured.choose([other for other in BRANDS if other is not out])
        found = measured.outcome(out, choice.at[1.0])
        assert found.hits == 3
        assert found.false / found.weeks <= 2


def test_a_choice_keeps_to_its_rate_of_false_alarms() -> None:
    for rule in RULES.values():
        measured = Measured(rule, BRANDS)
        for rate, limit in measured.choose(BRANDS).at.items():
            one = together([measured.outcome(each, limit) for each in BRANDS])
            assert one.false / one.weeks <= rate or one.hits == 0


def test_alarms_less_than_an_hour_apart_are_one_false_alarm() -> None:
    found = judged(np.array([100, 2_000, 2_005, 2_010, 2_100, 1_500 + 210 + 2_000]), BRANDS[0])
    assert (found.hits, found.false) == (0, 3)
    hit = judged(np.array([1_600, 1_700]), BRANDS[0])
    assert (hit.hits, hit.false, hit.delays, hit.late) == (1, 0, [500.0], [-500.0])


def test_an_alarm_is_held() -> None:
    assert held(np.array([3, 4, 9, 13, 14, 30]), 10).tolist() == [3, 13, 30]


def test_the_windowed_gaussian_looks_back_a_thousand_rows() -> None:
    counts = np.random.default_rng(4).poisson(9.0, 1_500).astype(float)
    past = counts[300:1_300]
    assert gaussian(counts)[1_300] == pytest.approx((counts[1_300] - past.mean()) / past.std(), rel=1e-6)


def test_the_command_prints_what_was_asked(tmp_path: Path) -> None:
    windows = {}
    for each in BRANDS:
        start = datetime(2015, 2, 26, tzinfo=UTC)
        times = [f"{start + timedelta(minutes=5 * row):%Y-%m-%d %H:%M:%S}" for row in range(ROWS)]
        rows = [f"{time},{count:.0f}" for time, count in zip(times, each.counts, strict=True)]
        (tmp_path / f"{each.name}.csv").write_text("\n".join(["timestamp,value", *rows]))
        windows[f"{each.name}.csv"] = [[times[a], times[b]] for a, b in each.windows]
    (tmp_path / "windows.json").write_text(json.dumps(windows))
    files = [str(tmp_path / f"{name}.csv") for name in "abc"]
    command = [sys.executable, str(BENCH / "quality_surge.py"), "--json", "--train", *files[:2]]
    command += ["--test", files[2], "--windows", str(tmp_path / "windows.json")]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    mine = found["rules"]["ours"]
    assert set(mine["nab"]) == {"train", "test", "all", "tuned on what is scored"}
    assert list(mine["at"]) == ["0.25", "0.5", "1.0", "2.0"]
    assert mine["at"]["1.0"]["test"]["recall"] == 1
    assert mine["nab"]["test"] > 70
    assert set(mine["leave one out"]["by brand"]) == {"a", "b"}
