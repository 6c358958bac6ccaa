"""The benchmark's score, against what its paper says and what its own code gave for rows of one of its files."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).resolve().parents[3] / "bench"))

from nab import FALSE, Labelled, normalised, probation, read, rewards, score

ROWS = 10_000
WINDOWS = [(2_000, 2_396), (6_000, 6_400)]
BRAND = Labelled("a", np.zeros(ROWS), WINDOWS, 300.0)
WORTH = rewards(ROWS, WINDOWS)


def at(*rows: int) -> np.ndarray:
    return np.array(rows, np.int64)


def share(*rows: int) -> float:
    return normalised(score(at(*rows), BRAND), [BRAND])


def test_a_detector_that_never_calls_gets_0_and_a_perfect_one_100() -> None:
    assert share() == 0
    assert share(2_000, 6_000) == pytest.approx(100)


def test_probation_is_15_per_cent_and_at_most_750_rows() -> None:
    assert (probation(1_000), probation(15_902)) == (150, 750)
    assert share(0, 300, 749) == 0
    assert share(750) < 0


def test_false_alarms_cost_what_the_benchmark_itself_published() -> None:
    """Its results of its windowed Gaussian: 649 rows and 63 rows after windows of 397 rows, and long after one."""
    assert WORTH[2_396 + 649] == pytest.approx(-0.109939256369, abs=1e-9)
    assert WORTH[2_396 + 63] == pytest.approx(-0.0415802916455, abs=1e-9)
    assert WORTH[0] == WORTH[5_999] == -FALSE


def test_the_first_alarm_of_a_window_counts_and_the_others_are_free() -> None:
    assert share(2_100, 2_200, 2_396) == share(2_100)
    assert share(2_100) > share(2_200) > share(2_300) > share()


def test_the_middle_of_a_window_is_worth_most_of_it() -> None:
    assert WORTH[2_198] == pytest.approx(0.8483 / 0.98661, abs=2e-3)
    assert WORTH[2_396] == pytest.approx(0.0, abs=7e-3)


@given(st.lists(st.integers(0, ROWS - 1), unique=True, max_size=30).map(sorted))
def test_no_alarms_are_better_than_the_perfect_ones(rows: list[int]) -> None:
    assert share(*rows) <= 100 + 1e-9


@given(st.lists(st.integers(0, ROWS - 1), unique=True, min_size=1, max_size=30).map(sorted))
def test_an_alarm_outside_all_windows_never_helps(rows: list[int]) -> None:
    outside = [row for row in rows if WORTH[row] >= 0]
    assert share(*rows) <= share(*outside) + 1e-9


def test_reads_the_benchmarks_files(tmp_path: Path) -> None:
    data, windows = tmp_path / "volume.csv", tmp_path / "windows.json"
    times = [f"2015-02-26 21:{minute:02}:53" for minute in range(0, 60, 5)]
    data.write_text("timestamp,value\n" + "\n".join(f"{time},{n}" for n, time in enumerate(times)))
    windows.write_text(json.dumps({"realTweets/volume.csv": [[times[3] + ".000000", times[7] + ".000000"]]}))
    brand = read(data, windows)
    assert (brand.name, brand.windows, brand.step) == ("volume", [(3, 7)], 300.0)
    assert brand.counts.tolist() == list(range(12))


def test_a_file_without_windows_is_refused(tmp_path: Path) -> None:
    data, windows = tmp_path / "volume.csv", tmp_path / "windows.json"
    data.write_text("timestamp,value\n2015-02-26 21:00:00,1\n")
    windows.write_text("{}")
    with pytest.raises(SystemExit, match=r"no windows of volume\.csv"):
        read(data, windows)
