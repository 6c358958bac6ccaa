from collections.abc import Iterator
from pathlib import Path

import pytest
from console_world import World

from earshot.store import Store


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    store = Store(tmp_path / "earshot.db")
    yield World(store)
    store.close()
