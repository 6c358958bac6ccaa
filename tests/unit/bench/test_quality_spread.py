"""Forecasts measured: which files teach and which test, and that small stories are told of as the product does."""

import json
import subprocess
import sys
from datetime import timedelta
from math import isnan
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path += [str(ROOT / "training"), str(ROOT / "bench")]

from quality_spread import _pairs, _while_small  # noqa: E402
from spread_cascades import Floats, trace  # noqa: E402
from spread_printed import _small_table  # noqa: E402

from earshot.errors import Refused  # noqa: E402
from processors.outlook import Outlook  # noqa: E402

PRODUCT = Outlook(timedelta(hours=12))


def test_small_stories_are_measured_at_a_mention_and_those_that_ended_there_are_not() -> None:
    over, quick = np.arange(12) * 60.0, np.arange(400) * 20.0
    found = _while_small(PRODUCT, trace([over, quick, quick[:150]]), 12)
    assert found["stories"] == 2
    assert found["happened"] == 0.5  # of two that went on one came to 300
    assert found["covered"] == 1
    assert 0 < found["said"] < 0.5
    assert found["forecast / final"] == pytest.approx(0.7, abs=0.3)


def test_where_none_went_on_nothing_is_said() -> None:
    found = _while_small(PRODUCT, trace([np.arange(12) * 60.0]), 54)
    assert all(isnan(figure) for figure in found.values())
    assert "| covered | - |" in _small_table({54: found})


ONE: list[Floats] = [np.zeros(2)]
OTHER: list[Floats] = [np.ones(2)]


class TestPairs:
    def test_the_same_platform_tests_what_it_taught(self) -> None:
        found = _pairs({"twitter": ONE, "weibo": OTHER}, {"weibo": ONE})
        assert found == {"twitter": (ONE, []), "weibo": (OTHER, ONE)}

    def test_two_sides_of_one_platform_each_are_a_pair_which_is_said(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert _pairs({"early": ONE}, {"later": OTHER}) == {"early": (ONE, OTHER)}
        assert "--test (later) and --train (early)" in capsys.readouterr().err

    def test_sides_that_nobody_can_pair_are_named(self) -> None:
        with pytest.raises(Refused, match="--train has early, twitter and --test has weibo"):
            _pairs({"early": ONE, "twitter": ONE}, {"weibo": OTHER})

    def test_without_a_test_the_later_stories_are_it(self) -> None:
        stories = [np.full(2, n) for n in range(10)]
        assert _pairs({"any": stories}, {}) == {"any": (stories[:6], stories[6:])}


def cascades(path: Path, seed: int) -> Path:
    random = np.random.default_rng(seed)
    rows = [
        {
            "t": [0.0, *random.exponential(3_600, random.integers(2, 30)).round(1)],
            "started_at": 1.4e9 + n * 600,
        }
        for n in range(40)
    ]
    path.write_text("\n".join([*map(json.dumps, rows), '{"t": [0, 1', '{"t": []}']), encoding="utf-8")
    return path


def bench(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "bench" / "quality_spread.py", *arguments, "--once", "--json"]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder)


def test_held_out_files_of_any_name_are_measured_and_what_is_left_out_is_said(tmp_path: Path) -> None:
    cascades(tmp_path / "twitter_60.jsonl", 1)
    cascades(tmp_path / "heldout_twitter.jsonl", 2)
    ran = bench(tmp_path, "--train", "twitter_60.jsonl", "--test", "heldout_twitter.jsonl")
    assert json.loads(ran.stdout)["twitter"]["stories"] == {"train": 40, "test": 40}
    assert ran.stderr.count("1 left out: this is no JSON object") == 2


def test_data_is_split_by_time(tmp_path: Path) -> None:
    ran = bench(tmp_path, "--data", str(cascades(tmp_path / "forum.jsonl", 1)))
    assert json.loads(ran.stdout)["forum"]["stories"] == {"train": 24, "test": 16}


@pytest.mark.parametrize("arguments", [[], ["--data", "a", "--test", "b"], ["--data", "a", "--train", "b"]])
def test_what_is_asked_for_has_to_be_clear(tmp_path: Path, arguments: list[str]) -> None:
    ran = bench(tmp_path, *arguments)
    assert ran.returncode == 2
    assert "name either --data FILE…, or --train FILE…" in ran.stderr
