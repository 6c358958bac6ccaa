"""The model card of the spread tables tells of the stories that they learnt from, and of no others."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT / "training"))

import spread  # noqa: E402
import spread_card  # noqa: E402

SHIPPED = ROOT / "processors" / "models" / "spread-1.json"
FIGURES = ("28–33 / 16–17 / 5–6", "English and Chinese", "Ma et al.", "TiDeH", "large ones")


def card(path: Path, raw: dict[str, Any]) -> str:
    stories = {name: [np.zeros(9)] for name in raw["platforms"] if name != "any"}
    spread_card.write(path, raw, stories)
    return path.read_text(encoding="utf-8")


def prose(text: str) -> list[str]:
    """Without the table of sizes, which only the stories themselves can give."""
    return [line for line in text.split("\n") if "| read |" not in line and "| no |" not in line]


@pytest.fixture
def raw() -> Any:
    return json.loads(SHIPPED.read_bytes())


def test_that_of_the_model_that_ships_is_the_one_beside_it(tmp_path: Path, raw: dict[str, Any]) -> None:
    shipped = SHIPPED.with_suffix(".md").read_text(encoding="utf-8")
    assert prose(card(tmp_path / "a.md", raw)) == prose(shipped)
    assert all(figure in shipped for figure in FIGURES)


@pytest.mark.parametrize("others", [1, 3])
def test_of_other_stories_says_nothing_that_is_true_of_the_shipped_ones(
    tmp_path: Path, raw: dict[str, Any], others: int
) -> None:
    raw["trained_on"] = [each | {"sha256": "0" * 64} for each in raw["trained_on"][:others]]
    text = card(tmp_path / "a.md", raw)
    assert [figure for figure in FIGURES if figure in text] == []
    assert "`tideh.jsonl`: not known here" in text
    assert "Not measured" in text
    assert "{" not in text


def test_of_one_of_the_shipped_sets_names_its_licence_and_no_figures(
    tmp_path: Path, raw: dict[str, Any]
) -> None:
    raw["trained_on"] = raw["trained_on"][1:2]
    text = card(tmp_path / "a.md", raw)
    assert [figure for figure in FIGURES if figure in text] == ["Ma et al."]


def test_a_file_that_is_named_twice_stands_in_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "reddit.jsonl"
    path.write_text("".join(f'{{"t": [{n}, {n + 1}]}}\n' for n in range(3)), encoding="utf-8")
    learnt: list[int] = []

    def learn(stories: dict[str, list[Any]]) -> dict[str, Any]:
        learnt.append(len(stories["reddit"]))
        return {"platforms": {"reddit": {"edges": [[]]}}}

    again = tmp_path / ".." / tmp_path.name / path.name
    monkeypatch.setattr(spread, "learn", learn)
    monkeypatch.setattr(
        sys, "argv", ["spread.py", *map(str, (path, path, again)), "--out", f"{tmp_path}/m.json"]
    )
    spread.main()
    assert learnt == [3]
    assert len(json.loads((tmp_path / "m.json").read_bytes())["trained_on"]) == 1
    assert (tmp_path / "m.md").read_text(encoding="utf-8").count("`reddit.jsonl`: 3 stories") == 1
