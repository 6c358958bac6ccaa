"""What several integration tests ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_world import Earshot, command


@pytest.fixture
def earshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Earshot]:
    with command(tmp_path, monkeypatch, capsys) as run:
        yield run
