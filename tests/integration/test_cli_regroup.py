"""`earshot stories join` and `split` as they are run."""

from datetime import timedelta
from pathlib import Path

import pytest
import rescore_world
from cli_world import Earshot

from earshot.claim import claimed
from earshot.model import Author, Mention
from earshot.store import Store, brands, stories
from earshot.topics import Said

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
    status, out, _ = earshot("stories", "join", younger, older, "--data-dir", "data")
    assert (status, f"Story {younger} is part of {older} now" in out) == (0, True)
    status, _, err = earshot("stories", "join", older, younger, "--data-dir", "data")
    assert (status, "they are one already" in err) == (1, True)
    status, out, _ = earshot("stories", "split", older, younger, "--data-dir", "data")
    assert (status, f"Story {younger} has 1 mention now" in out) == (0, True)
    store = Store(tmp_path / "data" / "earshot.db")
    assert of_one_brand(store) == known
    store.close()


def test_beside_a_running_service_it_refuses(earshot: Earshot, known: list[int], tmp_path: Path) -> None:
    with claimed(tmp_path / "data", ["processors"]):
        status, _, err = earshot("stories", "join", *known[:2], "--data-dir", "data")
    assert (status, "Stop it" in err) == (1, True)


def test_where_nothing_was_heard_no_database_is_made(earshot: Earshot, tmp_path: Path) -> None:
    status, _, err = earshot("stories", "join", 1, 2, "--data-dir", "data")
    assert (status, "there is no database of Earshot's" in err) == (1, True)
    assert not list(tmp_path.rglob("*.db"))
