"""What people say of mentions: a column of the file, or the corrections that staff made. For the verdict only."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from earshot.errors import Refused
from earshot.store import Store, corrections, mentions

_SIGNS = ",;\t|"


class Column(NamedTuple):
    """Where a file has its labels."""

    name: str
    negative: str
    """The value that says that a mention is negative."""


def column(written: str) -> Column | None:
    """`label=neg`; None where nothing is written. Raises `Refused`."""
    name, equals, value = (part.strip() for part in written.partition("="))
    if written and not (name and equals and value):
        raise Refused(
            f"--label {written!r}: write column=value, as in label=neg: the value that says negative"
        )
    return Column(name, value) if written else None


def of_file(path: Path, column: Column, columns: Mapping[str, str], source: str) -> dict[str, bool]:
    """By mention, whether it is negative; a record without a label has none. `columns`: the map of the file.

    Raises:
        Refused: nothing in the file has that column, or it is no CSV.
    """
    key = columns.get("id", "id")
    try:
        found = _labels(_records(path), key, column, source)
    except csv.Error as error:
        raise Refused(f"--label {column.name}: {path}: not CSV: {error}") from error
    if not found:
        raise Refused(f"--label {column.name}: {path}: no record has an id ({key}) and a {column.name}")
    return found


def _labels(records: Iterator[dict[str, Any]], key: str, column: Column, source: str) -> dict[str, bool]:
    return {
        _full_id(str(record[key]), source): str(record[column.name]).strip() == column.negative
        for record in records
        if record.get(key) and record.get(column.name) not in (None, "")
    }


def of_staff(store: Store) -> dict[str, bool]:
    with store.read() as connection:
        made = {each.mention: each.polarity == "neg" for each in corrections.standing(connection)}
        rows = mentions.get(connection, made)
    return {mentions.read(row).mention.id: made[n] for n, row in rows.items()}


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        if path.suffix.lower() == ".csv":
            head = file.readline()
            file.seek(0)
            yield from csv.DictReader(file, delimiter=max(_SIGNS, key=head.count))
            return
        for line in file:
            if isinstance(record := _json(line), dict):
                inner = record.get("mention")
                yield record | inner if isinstance(inner, dict) else record


def _json(line: str) -> Any:
    """None where it cannot be read: the run has put it to the dead letters."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _full_id(native: str, source: str) -> str:
    """As a mention's id is made where it enters."""
    head, colon, tail = native.partition(":")
    return native if head and colon and tail else f"{source}:{native}"
