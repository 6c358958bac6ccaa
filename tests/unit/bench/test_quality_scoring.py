"""The bench of negativity: beside another day, and without figures that cannot be said."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).resolve().parents[3] / "bench"))

import quality_scoring
from quality import by_group, mean

from processors.negativity.model import MODEL_FILE

TEXTS = [
    ("Acme lost my parcel and nobody answers", "neg"),
    ("What time do you open on Sunday?", "neu"),
    ("Thank you, that was wonderful", "pos"),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "texts.jsonl"
    file.write_text(
        "".join(json.dumps({"text": text, "lang": "en", "label": label}) + "\n" for text, label in TEXTS)
    )
    return file


def test_the_model_of_another_day_stands_beside_ours(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tmp_path / "of-may.npz"
    before.write_bytes(MODEL_FILE.read_bytes())
    monkeypatch.setattr(sys, "argv", ["bench", "--data", str(data), "--before", str(before), "--json"])
    quality_scoring.main()
    found = json.loads(capsys.readouterr().out)
    ours, then, *_ = found["quality"]["texts"]
    assert (ours.startswith("ours ("), then) == (True, "before (of-may.npz)")
    for figures in (found["quality"]["texts"], found["checklist"]):
        assert figures[then] == figures[ours]


def test_what_a_run_of_another_day_printed_stands_beside_ours(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "--data", str(data), "--json"])
    quality_scoring.main()
    printed = capsys.readouterr().out
    (tmp_path / "of-may.json").write_text(printed)
    then = ["--before", str(tmp_path / "of-may.json")]
    monkeypatch.setattr(sys, "argv", ["bench", "--data", str(data), *then, "--json"])
    quality_scoring.main()
    before, found = json.loads(printed), json.loads(capsys.readouterr().out)
    ours = next(iter(before["checklist"]))
    assert found["quality"]["texts"]["before (of-may.json)"] == before["quality"]["texts"][ours]
    assert found["checklist"]["before (of-may.json)"] == before["checklist"][ours]

    data.rename(data.with_stem("others"))
    monkeypatch.setattr(sys, "argv", ["bench", "--data", str(data.with_stem("others")), *then])
    quality_scoring.main()
    said = capsys.readouterr()
    assert "--before: no figures of others, but of texts" in said.err
    assert "before (of-may.json)," not in said.out


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("of-may.npz", "nothing", r"of-may\.npz: no negativity model .*"),
        ("of-may.npz", "", r"of-may\.npz: no negativity model .*"),
        ("of-may.json", "{", r"of-may\.json: no figures of quality_scoring\.py --json .*"),
        ("of-may.json", '{"texts": 3}', r"of-may\.json: no figures .*: quality and checklist are missing"),
    ],
)
def test_a_file_that_is_neither_is_named(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: str, what: str
) -> None:
    (tmp_path / name).write_text(content)
    monkeypatch.setattr(sys, "argv", ["bench", "--data", str(data), "--before", str(tmp_path / name)])
    with pytest.raises(SystemExit, match=what + r"\n.*PYTHONPATH=CHECKOUT"):
        quality_scoring.main()


def test_where_a_figure_cannot_be_said_json_says_null(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data.write_text(json.dumps({"text": TEXTS[0][0], "lang": "en", "label": "neg"}) + "\n")
    monkeypatch.setattr(sys, "argv", ["bench", "--data", str(data), "--json"])
    quality_scoring.main()
    by_who = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)["quality"]["texts"]
    assert [each["auroc"] for found in by_who.values() for each in found.values()] == [None] * 3


def test_few_texts_of_a_language_stand_together_and_means_are_of_what_can_be_said() -> None:
    groups = ["it"] * 40 + ["en"] * 30 + ["hi"] * 3 + ["ja"] * 2
    labels = np.array([0, 1] * 20 + [0] * 30 + [0] * 5)
    p = np.tile([0.5, 0.3, 0.2], (75, 1))
    p[40:70, 0] = 0.9
    large, small = by_group(p, labels, groups)
    assert (list(large), list(small)) == (["en", "it"], ["fewer than 20 texts each: hi, ja"])
    assert [each.texts for each in (*large.values(), *small.values())] == [30, 40, 5]
    together = mean(large.values())
    assert (together.texts, together.auroc) == (70, large["it"].auroc)
    assert together.ap == pytest.approx((1 + 0.5) / 2)
