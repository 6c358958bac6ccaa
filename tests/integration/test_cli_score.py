"""`earshot score`: one text for a person, a file for a program."""

import json
import re
from pathlib import Path

import pytest
from cli_world import Earshot


def test_a_text_is_shown_with_what_carried_its_score(earshot: Earshot) -> None:
    status, out, _ = earshot("score", "Sono furioso, il pacco è arrivato rotto")
    lines = dict(line.split(maxsplit=1) for line in out.splitlines() if line.strip())
    assert status == 0
    assert lines["language"] == "it"
    assert float(lines["negative"]) > 0.5
    assert "rotto" in out
    assert "more negative" in out


def test_a_file_gives_one_object_a_line_in_order(earshot: Earshot, tmp_path: Path) -> None:
    texts = [{"text": f"Worst parcel number {n}", "lang": "en", "brand": "Acme"} for n in range(600)]
    texts[7] = {"text": "配送が遅れて最悪です"}
    file = tmp_path / "texts.jsonl"
    file.write_text("".join(json.dumps(text) + "\n" for text in texts))
    status, out, _ = earshot("score", "--file", file)
    found = [json.loads(line) for line in out.splitlines()]
    assert (status, len(found)) == (0, 600)
    assert found[0].keys() >= {"language", "negative", "neutral", "positive", "uncertain"}
    assert [at for at, each in enumerate(found) if each["negative"] is None] == [7]


BRANDS = '[[brands]]\nname = "Acme"\n\n[[brands]]\nname = "Bolt"\n'
BOTH = "Acme saved my day after Bolt lost my parcel"


def test_a_text_of_two_companies_is_read_towards_the_one_that_is_asked_about(
    earshot: Earshot, tmp_path: Path
) -> None:
    (tmp_path / "earshot.toml").write_text(BRANDS)
    acme, bolt = (earshot("score", BOTH, "--brand", name, "--json").json for name in ("Acme", "Bolt"))
    assert acme["basis"] == bolt["basis"] == "target"
    assert bolt["negative"] > acme["negative"] + 0.2
    whole = earshot("score", BOTH, "--json").json
    assert whole["basis"] == "text"
    out = earshot("score", BOTH, "--brand", "Bolt").out
    (told,) = re.findall(r"whole text +negative (0\.\d\d), which is what the words below carried", out)
    assert float(told) == pytest.approx(whole["negative"], abs=0.01)
    assert "whole text" not in earshot("score", BOTH).out


def test_a_brand_that_is_not_configured_is_refused(earshot: Earshot, tmp_path: Path) -> None:
    status, _, errors = earshot("score", BOTH, "--brand", "Bolt")
    assert (status, "--brand Bolt: no [[brands]]" in errors, "known: none" in errors) == (1, True, True)
    (tmp_path / "earshot.toml").write_text(BRANDS)
    status, _, errors = earshot("score", BOTH, "--brand", "Bold")
    assert (status, "known: Acme, Bolt" in errors) == (1, True)


def test_a_file_is_read_towards_its_brands_and_says_once_which_it_does_not_know(
    earshot: Earshot, tmp_path: Path
) -> None:
    (tmp_path / "earshot.toml").write_text(BRANDS)
    file = tmp_path / "texts.jsonl"
    brands = ("Bolt", None, "Bold", "Bold")
    file.write_text("".join(json.dumps({"text": BOTH, "brand": name}) + "\n" for name in brands))
    status, out, errors = earshot("score", "--file", file, "--brand", "Acme")
    found = [json.loads(line) for line in out.splitlines()]
    assert (status, [each["basis"] for each in found]) == (0, ["target", "target", "text", "text"])
    assert found[0]["negative"] > found[1]["negative"] + 0.2
    assert errors.count("texts.jsonl:3: brand Bold: its texts are read as a whole: no [[brands]]") == 1
    assert errors.count("\n") == 1


def test_a_file_of_many_unknown_brands_does_not_flood_the_screen(earshot: Earshot, tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text("".join(json.dumps({"text": "ok", "brand": f"b{n}"}) + "\n" for n in range(50)))
    status, out, errors = earshot("score", "--file", file)
    assert (status, out.count("\n"), errors.count("\n")) == (0, 50, 21)
    assert errors.endswith("further brands that are not known are not noted\n")


def test_a_files_language_is_the_one_given_where_a_line_says_none(earshot: Earshot, tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text('{"text": "ok"}\n{"text": "ok", "lang": "en"}\n')
    found = [json.loads(line) for line in earshot("score", "--file", file, "--lang", "it").out.splitlines()]
    assert [each["language"] for each in found] == ["it", "en"]


def test_for_programs(earshot: Earshot) -> None:
    status, out, _ = earshot("score", "--json", "--lang", "it", "ok")
    assert (status, json.loads(out)["language"]) == (0, "it")
    _, out, _ = earshot("score", "--json", "--lang", "it", "SIETE DEI LADRI!!!")
    assert json.loads(out)["emphasis"] == ["capitals", "repeats"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('{"text": "a"}\nnonsense\n', "texts.jsonl:2"),
        ('["text"]\n', "texts.jsonl:1"),
        ('{"text": 3}\n', '"text"'),
    ],
)
def test_a_line_that_cannot_be_read_is_named(
    earshot: Earshot, tmp_path: Path, content: str, complaint: str
) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text(content)
    status, _, errors = earshot("score", "--file", file)
    assert status == 1
    assert complaint in errors


def test_one_text_or_one_file(earshot: Earshot, tmp_path: Path) -> None:
    assert earshot("score")[0] == 1
    assert earshot("score", "text", "--file", tmp_path / "a.jsonl")[0] == 1
    status, _, errors = earshot("score", "--file", tmp_path / "missing.jsonl")
    assert (status, "missing.jsonl: cannot be read" in errors) == (1, True)
