"""The folder of a database, made where it is missing."""

from pathlib import Path

from earshot.errors import Unavailable


def make_folder_of(path: Path) -> None:
    """Raises `Unavailable` where that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"{path}: its folder cannot be made: {error.strerror}") from error
