"""Dead letters that somebody has looked at can be cleared, by number or all at once."""

import io
import sys
from pathlib import Path

import pytest
from cli_world import Earshot

from earshot.store import Store, dead


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Where five letters wait, 1 to 5."""
    store = Store(tmp_path / "earshot.db")
    with store.begin() as connection:
        dead.park(connection, 5, [("hook:msg:0", "no id", bytes([number])) for number in range(5)])
    store.close()
    return tmp_path


def left(earshot: Earshot, data: Path, *words: object) -> list[int]:
    found = earshot("dead", "list", "--data-dir", data, "--json", *words).json
    return [letter["id"] for letter in found["letters"]]


class Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


def test_a_list_is_as_long_as_wished_and_says_how_many_there_are_more(earshot: Earshot, data: Path) -> None:
    assert left(earshot, data, "--limit", 2) == [5, 4]
    assert earshot("dead", "list", "--data-dir", data, "--limit", 2, "--json").json["total"] == 5
    shown = earshot("dead", "list", "--data-dir", data, "--limit", 2).out
    assert shown.splitlines()[-1] == "2 of 5 shown, 3 more: --limit 5 shows all"
    assert earshot("dead", "list", "--data-dir", data).out.splitlines()[-1] == "5 in all"
    assert earshot("dead", "list", "--data-dir", data, "--limit", 0).status == 2


def test_letters_are_dropped_by_number(earshot: Earshot, data: Path) -> None:
    ran = earshot("dead", "drop", 2, 4, 2, "--data-dir", data)
    assert (ran.status, ran.out) == (0, "2 letters deleted\n")
    assert left(earshot, data) == [5, 3, 1]
    assert earshot("dead", "show", 2, "--data-dir", data).status == 1


def test_where_one_is_not_there_none_is_dropped(earshot: Earshot, data: Path) -> None:
    ran = earshot("dead", "drop", 2, 8, 9, "--data-dir", data)
    assert ran.status == 1
    assert "there is no letter 8, 9, and none was deleted" in ran.errors
    assert left(earshot, data) == [5, 4, 3, 2, 1]


@pytest.mark.parametrize("words", [[], [3, "--all"]])
def test_it_must_be_clear_which_are_meant(earshot: Earshot, data: Path, words: list[object]) -> None:
    ran = earshot("dead", "drop", *words, "--data-dir", data)
    assert (ran.status, "name the letters to delete, or --all" in ran.errors) == (1, True)
    assert len(left(earshot, data)) == 5


def test_all_go_at_once_where_that_is_agreed(earshot: Earshot, data: Path) -> None:
    ran = earshot("dead", "drop", "--all", "--yes", "--data-dir", data)
    assert (ran.status, ran.out) == (0, "5 letters deleted\n")
    assert left(earshot, data) == []
    assert earshot("dead", "drop", "--all", "--data-dir", data).out == "0 letters deleted\n"


def test_nobody_who_cannot_be_asked_loses_a_letter(
    earshot: Earshot, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    ran = earshot("dead", "drop", "--all", "--data-dir", data)
    assert (ran.status, "--yes deletes them" in ran.errors) == (1, True)
    assert len(left(earshot, data)) == 5


@pytest.mark.parametrize(("answer", "status", "there"), [("y\n", 0, 0), ("n\n", 1, 5), ("\n", 1, 5)])
def test_it_asks(
    earshot: Earshot, data: Path, monkeypatch: pytest.MonkeyPatch, answer: str, status: int, there: int
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    assert earshot("dead", "drop", "--all", "--data-dir", data).status == status
    assert len(left(earshot, data)) == there


def test_help_teaches(earshot: Earshot) -> None:
    assert "Example: earshot dead drop 3 4" in " ".join(earshot("dead", "drop", "--help").out.split())
