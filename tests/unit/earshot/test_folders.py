"""Who may read what was heard: nobody but the user that Earshot runs as."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from earshot.bus.sqlite import SqliteBus
from earshot.clock import SystemClock
from earshot.errors import Unavailable
from earshot.folders import make_private, open_to_others
from earshot.seams import Message
from earshot.store import Store


@pytest.fixture(autouse=True)
def _usual_mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_made_is_closed_to_others(tmp_path: Path) -> None:
    data = tmp_path / "data" / "sample"
    store, bus = Store(data / "earshot.db"), SqliteBus(data / "bus.db", SystemClock())
    bus.publish("mentions", [Message("Acme", b"geheim")])
    try:
        assert {file.name: mode(file) for file in data.iterdir()} == dict.fromkeys(
            [f"{name}.db{beside}" for name in ("earshot", "bus") for beside in ("", "-wal", "-shm")], 0o600
        )
        assert mode(data) == mode(data.parent) == 0o700
        assert open_to_others([data / "earshot.db", data / "bus.db"]) == []
    finally:
        store.close()
        bus.close()


def test_what_is_there_keeps_its_mode_and_is_told(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(0o755)
    (data / "earshot.db").touch(0o644)
    Store(data / "earshot.db").close()
    assert (mode(data), mode(data / "earshot.db")) == (0o755, 0o644)
    assert open_to_others([data / "earshot.db"]) == [data / "earshot.db"]
    data.chmod(0o700)
    assert open_to_others([data / "earshot.db"]) == []


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(Unavailable, match="its folder cannot be made"):
        make_private(tmp_path / "data" / "earshot.db")
    with pytest.raises(Unavailable, match="its folder cannot be made"):
        make_private(tmp_path / "data" / "sample" / "earshot.db")
