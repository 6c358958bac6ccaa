"""`earshot score`: one text for a person, a file for a program."""

import json
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


def test_for_programs(earshot: Earshot) -> None:
    status, out, _ = earshot("score", "--json", "--lang", "it", "ok")
    assert (status, json.loads(out)["language"]) == (0, "it")


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
