"""The bench of negativity, beside the model of another day."""

import json
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[3] / "bench"))

import quality_scoring

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


def test_a_file_that_is_no_model_is_named(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for content in (b"nothing", b""):
        (tmp_path / "of-may.npz").write_bytes(content)
        words = ["bench", "--data", str(data), "--before", str(tmp_path / "of-may.npz")]
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit, match=r"of-may\.npz: no negativity model"):
            quality_scoring.main()
