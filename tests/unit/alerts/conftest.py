from collections.abc import Iterator
from pathlib import Path

import pytest
from alerts_world import START

from earshot.clock import SetClock
from earshot.store import Store


@pytest.fixture
def clock() -> SetClock:
    return SetClock(START)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "earshot.db")
    yield opened
    opened.close()
