"""Our own labels: as GUIDELINES.md says, enough of each kind, none twice, and labelled twice where it is said so."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LABELS = ROOT / "training" / "labels"
sys.path += [str(ROOT / "training"), str(ROOT / "bench")]

import agreement  # noqa: E402
import corpus  # noqa: E402
import labels_check  # noqa: E402

COUNTS = labels_check.counts(LABELS)
ROWS = {(row["hand"], row["text"]): row for row in corpus.labelled(LABELS)}
SECOND = corpus.rows(LABELS / "second.jsonl")


def test_every_row_is_as_the_guidelines_say_and_no_two_are_nearly_the_same() -> None:
    assert list(labels_check.problems(LABELS)) == []


@pytest.mark.parametrize(
    ("lang", "least"),
    [("it", 4_000), ("en", 2_500), *((lang, 400) for lang in ("es", "fr", "de", "pt"))]
    + [(lang, 100) for lang in ("ar", "hi", "ja", "ko", "id")],
)
def test_there_are_enough_of_each_language(lang: str, least: int) -> None:
    assert COUNTS["lang"][lang] >= least


@pytest.mark.parametrize(
    ("key", "name"),
    [("intents", name) for name in ("safety", "legal", "churn")]
    + [("flags", name) for name in ("press_interest", "confirmation", "sensitive", "minor")],
)
def test_there_are_enough_of_the_rare(key: str, name: str) -> None:
    assert COUNTS[key][name] >= 150


def test_half_of_the_complaints_are_facts_alone() -> None:
    moods = [row["mood"] for row in ROWS.values() if "complaint" in row["intents"]]
    assert moods.count("neutral") >= len(moods) / 2


def test_a_tenth_is_labelled_twice_and_the_two_agree_on_what_matters_most() -> None:
    assert len(SECOND) >= len(ROWS) / 10
    pairs = [(ROWS[row["hand"], row["text"]], row) for row in SECOND]
    one, other = ([row["polarity"] for row in rows] for rows in zip(*pairs, strict=True))
    assert agreement.kappa(one, other) >= 0.9


def test_nothing_that_is_tested_on_is_learnt() -> None:
    parts = {row["part"] for row in ROWS.values()}
    assert "h" not in parts
    assert corpus.HELD_OUT in parts


@pytest.mark.parametrize(
    ("sector", "tests"),
    [
        (name, True)
        for name in ("gym", "Fitness", "climbing gym", "fitness_app", "pharmacy_delivery", "farmacia")
    ]
    + [(name, True) for name in ("pharmacie", "Apotheke", "car park", "hospital_parking", "água", "water")]
    + [
        (name, False) for name in ("theme park", "water park", "water_heater", "farming", "pharma", "airline")
    ],
)
def test_a_trade_that_only_tests_does_so_by_whatever_name(sector: str, tests: bool) -> None:
    assert corpus.tests_only(sector) is tests


def test_a_fault_is_named_with_its_hand(tmp_path: Path) -> None:
    lines = (LABELS / "hand_c.jsonl").read_text(encoding="utf-8").splitlines()[:3]
    (tmp_path / "hand_q.jsonl").write_text(
        "\n".join([*lines, lines[0], lines[1].replace('"post"', '"fax"')]) + "\n", encoding="utf-8"
    )
    found = list(labels_check.problems(tmp_path))
    assert any("hand q" in fault and "fax" in fault for fault in found)
    assert any("twice" in fault for fault in found)


@pytest.mark.parametrize(
    ("lang", "one", "other"),
    [
        ("it", "Ci vediamo dal giudice di pace", "ci vediamo dal giudice di pace, buffoni"),
        ("de", "da kann man nicht meckern", "Kann man nicht meckern."),
        ("ja", "注文した商品がまだ届きません", "注文した商品がまだ届きません!!困る"),
        ("hi", "यह बैंक बहुत अच्छा है", "यह बैंक बहुत अच्छा है, सच!"),
    ],
)
def test_two_texts_that_differ_in_signs_and_a_word_are_nearly_the_same(
    tmp_path: Path, lang: str, one: str, other: str
) -> None:
    found = _problems(tmp_path, {"lang": lang, "text": one}, {"lang": lang, "text": other})
    assert len(found) == 1
    assert "nearly twice" in found[0]


def test_what_is_nearly_a_case_that_tests_is_no_label(tmp_path: Path) -> None:
    (found,) = _problems(tmp_path, {"lang": "en", "text": "Not half bad, this."})
    assert "tested on: Not half bad" in found


def test_names_stand_in_the_text_as_they_are_written_there(tmp_path: Path) -> None:
    text = "Skylark was late, unlike Dunmere Air"
    dunmere = {"name": "Dunmere Air", "polarity": "pos"}
    assert _problems(tmp_path, {"text": text, "target": "Skylark", "other": dunmere}) == []
    (found,) = _problems(tmp_path, {"text": text, "target": "Skylark Air", "other": dunmere})
    assert "target 'Skylark Air'" in found
    (found,) = _problems(tmp_path, {"text": text, "other": dunmere | {"name": "dunmere air"}})
    assert "other 'dunmere air'" in found


def _problems(folder: Path, *rows: dict[str, Any]) -> list[str]:
    some = json.loads((LABELS / "hand_c.jsonl").read_text(encoding="utf-8").splitlines()[0])
    lines = [json.dumps(some | {"target": None, "other": None} | row) for row in rows]
    (folder / "hand_q.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return list(labels_check.problems(folder))
