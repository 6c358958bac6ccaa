"""Tables of spread that a configuration names: what is no such file is told with the line of the setting."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from earshot import spread_file
from earshot.backtest.fingerprint import fingerprint
from earshot.cli import app
from earshot.config import load
from earshot.errors import ConfigError
from earshot.spread_file import SHIPPED
from processors.spread.features import FEATURES

Change = Callable[[dict[str, Any]], object]


def configured(folder: Path, change: Change | None = None, *, name: str = "own-1.json") -> Path:
    """A configuration that names tables beside it: those that ship, changed; none at all without a change."""
    if change:
        raw = json.loads(SHIPPED.read_bytes())
        change(raw)
        (folder / name).write_text(json.dumps(raw), encoding="utf-8")
    file = folder / "earshot.toml"
    file.write_text(
        f'[[brands]]\nname = "Acme"\nany = ["acme"]\n\n[spread]\nmodel = "{name}"\n', encoding="utf-8"
    )
    return file


def own(raw: dict[str, Any]) -> None:
    raw["version"], raw["trained_on"] = "own-1", [{"file": "x_own.jsonl", "sha256": "", "stories": 150}]


def test_a_form_of_another_version_would_be_noticed() -> None:
    assert len(FEATURES) == spread_file.FEATURES


def test_a_path_is_relative_to_the_configuration(tmp_path: Path) -> None:
    assert load(configured(tmp_path, own), {}).spread.model == tmp_path / "own-1.json"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (None, "cannot read"),
        (lambda raw: raw.pop("knots"), "required field `knots`"),
        (lambda raw: raw["platforms"].pop("any"), 'no platform "any"'),
        (lambda raw: raw["knots"].reverse(), "its knots do not rise"),
        (lambda raw: raw["knots"].clear(), "its knots do not rise"),
        (lambda raw: raw["platforms"]["any"].update(base=float("nan")), "NaN is no number"),
        (lambda raw: raw["platforms"]["weibo"]["tables"].pop(), "weibo: 9 tables where this version reads 10"),
        (lambda raw: raw["platforms"]["weibo"]["tables"][3].pop(), "weibo: a table of another size"),
        (lambda raw: raw["platforms"]["weibo"]["pairs"].pop(), "weibo: a table of two features"),
        (lambda raw: raw["platforms"]["weibo"]["edges"][0].reverse(), "weibo: edges, ages or polls"),
        (lambda raw: raw["platforms"]["weibo"]["levels"].pop(), "weibo: levels for other ages or polls"),
        (lambda raw: raw["platforms"]["weibo"]["levels"][0][0].reverse() or raw["platforms"]["weibo"]["levels"][0][0].__setitem__(0, 1), "weibo: levels that are no"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_its_line(
    tmp_path: Path, change: Change | None, what: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        load(configured(tmp_path, change), {})
    (fault,) = refused.value.faults
    assert fault.startswith(f"{tmp_path / 'earshot.toml'}:6: spread.model: ")
    assert what in fault
    assert fault.endswith("`python training/spread.py FILE… --out MODEL.json` writes one")


@pytest.mark.parametrize("content", ["", "{}\n{}\n", "[1, 2]", "\udcff", "null"])
def test_another_file_is_refused_too(tmp_path: Path, content: str) -> None:
    (tmp_path / "own-1.json").write_text(content, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(ConfigError, match=r":6: spread\.model: .* holds no tables of spread: "):
        load(configured(tmp_path), {})


def test_check_says_which_are_used_and_what_they_learnt_from(tmp_path: Path) -> None:
    def checked(*more: str) -> str:
        done = CliRunner().invoke(app, ["check", "--offline", "--config", str(file), *more])
        assert done.exit_code == 0
        return done.stdout

    file = configured(tmp_path, own)
    assert (
        f"spread     own-1, in {tmp_path / 'own-1.json'}; learnt from\n             x_own.jsonl (150 stories)\n"
        in checked()
    )
    assert json.loads(checked("--json"))["spread"]["trained_on"] == [["x_own.jsonl", 150]]
    file.write_text('[[brands]]\nname = "Acme"\nany = ["acme"]\n', encoding="utf-8")
    assert (
        "spread     spread-1, the one that ships; learnt from\n             tideh.jsonl (100 stories)\n"
        in checked()
    )


def test_two_backtests_are_alike_where_the_tables_are_wherever_they_lie(tmp_path: Path) -> None:
    one, same, other = (tmp_path / name for name in ("one", "same", "other"))
    for folder in (one, same, other):
        folder.mkdir()
    prints = [
        fingerprint(load(configured(folder, change), {}))
        for folder, change in (
            (one, own),
            (same, own),
            (other, lambda raw: raw["knots"].__setitem__(0, 0.001)),
        )
    ]
    assert prints[0] == prints[1] != prints[2]
