"""An edit of what was compiled has no effect until it is built again: whoever edits is told."""

import os
from pathlib import Path
from sysconfig import get_config_var

import pytest

from processors.compiled import outdated

ENDING = str(get_config_var("EXT_SUFFIX"))


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The folder of the processors in a clone, with one module compiled a second ago."""
    folder = tmp_path / "processors"
    folder.mkdir()
    (tmp_path / "setup.py").touch()
    os.utime(tmp_path / "setup.py", (1, 1))
    (folder / "risk.py").touch()
    (folder / f"risk{ENDING}").touch()
    (folder / f"_likeness{ENDING}").touch()
    (folder / "_likeness.pyx").touch()
    (tmp_path / f"processors__mypyc{ENDING}").touch()
    (folder / "link.py").touch()
    os.utime(folder / "_likeness.pyx", (1, 1))
    edited(folder / "risk.py", seconds=-1)
    return folder


def edited(path: Path, seconds: float) -> None:
    """So many seconds after its part was compiled."""
    built = path.parent.parent.joinpath(f"processors__mypyc{ENDING}").stat().st_mtime
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


def test_another_list_of_what_is_compiled_is_an_edit(clone: Path) -> None:
    edited_list = clone.parent / "setup.py"
    os.utime(edited_list, (2**31, 2**31))
    assert outdated(clone) == [edited_list]


def test_where_nothing_could_be_compiled_nothing_waits(clone: Path) -> None:
    edited(clone / "risk.py", seconds=1)
    (clone.parent / f"processors__mypyc{ENDING}").unlink()
    assert outdated(clone) == []
