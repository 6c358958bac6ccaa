"""What labels tell of a text: rows of our own tell of everything, those of a public set of one intent."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).resolve().parents[3] / "bench"))

import quality_signs
from labelled import both, holds, tells
from labels_file import read

OWN = {
    "text": "Acme lost my parcel\u2028and nobody answers",
    "lang": "en",
    "polarity": "neg",
    "intents": ["complaint", "question"],
    "address": "none",
    "mood": "anger",
    "target": None,
    "other": None,
    "flags": ["sensitive"],
    "tried": [],
}
PUBLIC = [
    {"text": "@FC_Help my coat came torn and nobody answers", "lang": "en", "label": "complaint"},
    {"text": "@FC_Help do you have this dress in stock?", "lang": "en", "label": "not_complaint"},
]
MOOD_ONLY = {"text": "Bellissima", "lang": "it", "label": "pos"}


def measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *rows: dict[str, Any]
) -> dict[str, Any]:
    file = tmp_path / "labels.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    monkeypatch.setattr(sys, "argv", ["quality_signs.py", str(file), "--json"])
    quality_signs.main()
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_public_set_has_figures_of_the_one_intent_that_it_tells_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = measured(tmp_path, monkeypatch, capsys, *PUBLIC, MOOD_ONLY)
    assert (found["texts"], found["target"], list(found["planes"])) == (3, {}, ["complaint"])
    assert (found["planes"]["complaint"]["texts"], found["planes"]["complaint"]["of"]) == (1, 2)


def test_beside_our_own_labels_the_other_figures_are_of_ours_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    planes = measured(tmp_path, monkeypatch, capsys, *PUBLIC, OWN)["planes"]
    counted = {name: (planes[name]["texts"], planes[name]["of"]) for name in planes}
    assert counted["complaint"] == (2, 3)
    assert counted["question"] == counted["sensitive"] == counted["anger"] == (1, 1)
    assert counted["churn"] == (0, 1)


def test_what_the_product_reads_is_set_beside_what_is_labelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    danger = "My daughter was hurt by a broken Acme charger that caught fire, I have called three times"
    rows = [
        OWN | {"text": danger, "intents": ["complaint", "safety"], "tried": ["phone"], "mood": "neutral"},
        OWN
        | {"text": "Thank you so much, lovely staff", "polarity": "pos", "intents": ["safety"], "tried": []},
        OWN | {"text": "I'll be talking to someone about my rights", "intents": ["legal"], "tried": []},
        OWN | {"text": "Vi ho già scritto, avete sbagliato voi", "lang": "it", "address": "voi", "tried": []},
    ]
    found = measured(tmp_path, monkeypatch, capsys, *rows)["as_read"]
    counted = {name: (each["texts"], each["said"], each["right"]) for name, each in found["found"].items()}
    assert counted["calls: danger"] == counted["to look at: danger"] == (1, 1, 1)
    assert counted["tried: phone"] == (1, 1, 1)
    assert counted["address: voi"] == (1, 1, 1)
    assert counted["calls: the law"] == (1, 0, 0)
    assert counted["to look at: the law"][::2] == (1, 1)
    assert found["found"]["calls: discrimination"]["recall"] is None
    assert found["mood"]["always_neutral"] == pytest.approx(1 / 4)


def test_of_a_folder_of_hands_the_part_that_only_tests_is_read(tmp_path: Path) -> None:
    for hand, sector in (("a", "bank"), ("b", "water"), ("h", "bank")):
        row = json.dumps(OWN | {"text": f"{hand} {sector}", "sector": sector})
        (tmp_path / f"hand_{hand}.jsonl").write_text(row + "\n")
    assert [row["text"] for row in read(tmp_path)] == ["b water", "h bank"]


def test_a_file_that_tells_of_nothing_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="no text has intents"):
        measured(tmp_path, monkeypatch, capsys, MOOD_ONLY)


def test_what_nobody_looked_at_is_not_told() -> None:
    assert [tells(row, "complaint") for row in (*PUBLIC, OWN, MOOD_ONLY)] == [True, True, True, False]
    assert [tells(row, "churn") for row in (*PUBLIC, OWN)] == [False, False, True]
    assert holds(PUBLIC, "complaint").tolist() == [True, False]
    assert list(both(PUBLIC[0])) == []
