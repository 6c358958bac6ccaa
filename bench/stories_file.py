"""Labelled headlines of a file, in the order in which they were said."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from linkers import Document

sys.path.append(str(Path(__file__).resolve().parents[1] / "training"))

from records import Left, Record, records, seconds

from earshot.errors import Refused

_TEXT = ("title", "text", "textcleaned")
_STORY = ("story", "label", "cluster", "clusterno")
_TIME = ("timestamp", "time", "created_at")
_STEP = 1_000_000  # µs between rows that have no time
_UNREADABLE = "the time cannot be read (ISO 8601, X's form, or s or ms since 1970)"


def warn(line: str) -> None:
    print(line, file=sys.stderr)


def read(path: Path, say: Callable[[str], object] = warn) -> list[Document]:
    """By their times, or as they stand where no row has one; `say` hears what was left out and why.

    Raises `Refused`: there is nothing to measure.
    """
    left = Left(path)
    found = records(path, (*_TEXT, *_STORY, *_TIME), left)
    _with_columns(path, found)
    rows = [record for record in found if _whole(record, left)]
    timed = any(_first(record, _TIME) is not None for record in rows)
    documents = _timed(rows, left) if timed else _in_turn(rows)
    for line in left.said():
        say(line)
    if not documents:
        raise Refused(
            f"{path}: no row can be measured; each needs a text, a story and a time where others have one"
        )
    if 2 * len(documents) < len(rows):
        raise Refused(f"{path}: only {len(documents):,} of {len(rows):,} times can be read; mend that column")
    if not timed:
        say(f"{path}: no row has a time ({', '.join(_TIME)}): taken in the file's order")
    return sorted(documents, key=lambda document: document.clock)


def _with_columns(path: Path, found: Sequence[Record]) -> None:
    """Raises `Refused`: no row has a text, or none a story."""
    names = set().union(*(record.values for record in found))
    for known in (_TEXT, _STORY):
        if names.isdisjoint(known):
            has = ", ".join(sorted(names))[:200]
            raise Refused(
                f"{path}:{found[0].line}: none of {', '.join(known)} is there; it has {has}; rename one"
            )


def _whole(record: Record, left: Left) -> bool:
    if not isinstance(_first(record, _TEXT), str):
        left.out(record.line, "there is no text")
    elif not isinstance(_first(record, _STORY), (str, int, float)):
        left.out(record.line, "there is no story")
    else:
        return True
    return False


def _timed(rows: Sequence[Record], left: Left) -> list[Document]:
    documents = []
    for record in rows:
        time = _first(record, _TIME)
        if time is None:
            left.out(record.line, "there is no time, and others have one")
            continue
        try:
            documents.append(_document(record, round(seconds(time) * 1e6)))
        except ValueError:
            left.out(record.line, _UNREADABLE)
    return documents


def _in_turn(rows: Sequence[Record]) -> list[Document]:
    return [_document(record, n * _STEP) for n, record in enumerate(rows, 1)]


def _document(record: Record, clock: int) -> Document:
    return Document(_first(record, _TEXT), str(_first(record, _STORY)), clock)


def _first(record: Record, names: Sequence[str]) -> Any:
    """The first of these values that is there; nothing else than space is nothing."""
    given = (record.values.get(name) for name in names)
    return next((each for each in given if each is not None and str(each).strip()), None)
