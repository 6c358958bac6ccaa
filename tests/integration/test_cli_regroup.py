"""`earshot stories join` and `split` as they are run."""

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import rescore_world

from earshot.claim import claimed
from earshot.cli import main
from earshot.model import Author, Mention
from earshot.store import Store, brands, stories
from earshot.topics import Said

Earshot = Callable[..., tuple[int, str, str]]


@pytest.fixture
def earshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Earshot:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EARSHOT_CONFIG", raising=False)

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["earshot", "stories", *map(str, words), "--data-dir", "data"])
        with pytest.raises(SystemExit) as end:
            main()
            sys.exit(0)
        found = capsys.readouterr()
        return int(end.value.code or 0), found.out, found.err

    return run


TEXTS = (
    "Nobody answers the phone since noon, dreadful",
    "My parcel lies in the rain behind the gate",
    "Late trains again, and the bar is shut",
)


@pytest.fixture
def known(tmp_path: Path) -> list[int]:
    """Three stories, oldest first, the first of two mentions."""
    (tmp_path / "data").mkdir()
    store = Store(tmp_path / "data" / "earshot.db")
    begun = [said(n, text) for n, text in enumerate(TEXTS)]
    rescore_world.hear(store, [*begun, said(9, "so it is", parent="x:0")], old=False)
    found = of_one_brand(store)
    store.close()
    return found


def said(number: int, text: str, **values: str) -> Said:
    at = rescore_world.START + timedelta(minutes=number)
    author = Author(id=f"u{number}")
    return Said(
        mention=Mention(
            id=f"x:{number}", brand="Acme", author=author, created_at=at, collected_at=at, text=text, **values
        )
    )


def of_one_brand(store: Store) -> list[int]:
    with store.read() as connection:
        row = max(brands.every(connection), key=lambda brand: brand.seq)
        return sorted(story.id for story in stories.newest(connection, brands.numbers(row.no), 1_000))


def test_joined_and_split_again(earshot: Earshot, known: list[int], tmp_path: Path) -> None:
    older, younger = known[:2]
    status, out, _ = earshot("join", younger, older)
    assert (status, f"Story {younger} is part of {older} now" in out) == (0, True)
    status, _, err = earshot("join", older, younger)
    assert (status, "they are one already" in err) == (1, True)
    status, out, _ = earshot("split", older, younger)
    assert (status, f"Story {younger} has 1 mentions now" in out) == (0, True)
    store = Store(tmp_path / "data" / "earshot.db")
    assert of_one_brand(store) == known
    store.close()


def test_beside_a_running_service_it_refuses(earshot: Earshot, known: list[int], tmp_path: Path) -> None:
    with claimed(tmp_path / "data", ["processors"]):
        status, _, err = earshot("join", *known[:2])
    assert (status, "Stop it" in err) == (1, True)
