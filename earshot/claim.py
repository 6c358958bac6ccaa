"""One process does a role's work on a data folder: two would read and send everything twice.

The lock is the process's (flock): it ends with it, however that ends, so nothing stale can stay behind.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from earshot.errors import Refused, Unavailable


@contextmanager
def claimed(folder: Path, roles: Iterable[str]) -> Iterator[None]:
    """The work of these roles on the folder is ours. The console writes little, guarded by versions, so any number may.

    Raises:
        Refused: another process does it.
        Unavailable: the folder cannot be written.
    """
    with ExitStack() as held:
        for role in roles:
            if role != "console":
                held.enter_context(_locked(folder, role))
        yield


@contextmanager
def _locked(folder: Path, role: str) -> Iterator[None]:
    path = folder / f"{role}.lock"
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Unavailable(f"{path}: cannot be opened: {error.strerror}") from error
    try:
        _take(lock, folder, role)
        yield
    finally:
        os.close(lock)


def _take(lock: int, folder: Path, role: str) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Refused(
            f"{folder}: another process runs {role} on it already; stop that one, give this one another folder"
            " with --data-dir, or only look: earshot run console"
        ) from None
