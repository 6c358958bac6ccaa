"""The folder of a database and its file, made where they are missing, for the user that Earshot runs as alone."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from earshot.errors import Unavailable

_OWNERS = stat.S_IRUSR | stat.S_IWUSR
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_BESIDE = ("", "-wal", "-shm")  # what SQLite keeps beside a database holds the same


def make_folder_of(path: Path) -> None:
    """What is made is closed to other users. Raises `Unavailable` where that cannot be done."""
    try:
        for folder in reversed([each for each in path.parents if not each.exists()]):
            folder.mkdir(mode=stat.S_IRWXU, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"{path}: its folder cannot be made: {error.strerror}") from error
    if not path.parent.is_dir():
        raise Unavailable(f"{path}: its folder cannot be made: {path.parent} is a file")


def make_private(path: Path) -> None:
    """An empty file in its folder, where none is: SQLite gives what it keeps beside it the same mode.

    A file that is there keeps its mode: who opened it to others may have had a reason.

    Raises:
        Unavailable: that cannot be done.
    """
    make_folder_of(path)
    try:  # one that is there is not even opened: to close it would take SQLite's locks on it from this process
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OWNERS))
    except FileExistsError:
        return
    except OSError as error:
        raise Unavailable(f"{path}: cannot be made: {error.strerror}") from error


def open_to_others(databases: Iterable[Path]) -> list[Path]:
    """The files of databases that other users of this machine may read, as neither file nor folder keeps them out."""
    return [
        file
        for path in databases
        for file in (path.with_name(path.name + beside) for beside in _BESIDE)
        if _is_open(file) and _is_open(file.parent)
    ]


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & _OTHERS)
    except OSError:
        return False
