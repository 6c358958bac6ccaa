"""An edit of what was compiled has no effect until it is built again: whoever edits is told."""

import os
from pathlib import Path

import pytest

from processors.compiled import outdated


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The folder of the processors in a clone, with one module compiled a second ago."""
    folder = tmp_path / "processors"
    folder.mkdir()
    (tmp_path / "setup.py").touch()
    (folder / "risk.py").touch()
    (folder / "risk.cpython-311-x86_64-linux-gnu.so").touch()
    (folder / "_likeness.cpython-311-x86_64-linux-gnu.so").touch()
    (folder / "link.py").touch()
    edited(folder / "risk.py", seconds=-1)
    return folder


def edited(path: Path, seconds: float) -> None:
    """So many seconds after its part was compiled."""
    built = path.with_name("risk.cpython-311-x86_64-linux-gnu.so").stat().st_mtime
    os.utime(path, (built + seconds, built + seconds))


def test_what_was_compiled_after_the_last_edit_is_as_it_is_written(clone: Path) -> None:
    assert outdated(clone) == []


def test_an_edit_after_that_is_named(clone: Path) -> None:
    edited(clone / "risk.py", seconds=1)
    assert outdated(clone) == [clone / "risk.py"]


def test_what_is_not_compiled_may_be_edited(clone: Path) -> None:
    edited(clone / "link.py", seconds=1)
    assert outdated(clone) == []


def test_what_is_installed_is_not_asked(clone: Path) -> None:
    (clone.parent / "setup.py").unlink()
    edited(clone / "risk.py", seconds=1)
    assert outdated(clone) == []
