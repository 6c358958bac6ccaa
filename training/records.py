"""Files that people name on the command line: JSON Lines and CSV, read with the line of everything that is wrong."""

import csv
import io
import json
import math
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from earshot.errors import Refused

_DELIMITERS = ",;\t|"
_X = "%a %b %d %H:%M:%S %z %Y"  # as X's API 1.1 writes it
_MILLISECONDS, _MICROSECONDS = 1e11, 1e14  # from here on a number is no count of seconds, or of ms
_LATEST = 4_102_444_800.0  # the year 2100, s
_QUOTES = "a quote is not closed where its value ends; double each quote that stands inside others"
_LONG = f"a value has more than {csv.field_size_limit():,} characters: a text too long, or a quote that is not closed"
_NO_OBJECT = "this is no JSON object; write one a line"


class Record(NamedTuple):
    line: int
    values: dict[str, Any]
    """Names in lower case."""


class Left:
    """What was left out of a file, by reason, with the line of the first."""

    def __init__(self, path: Path) -> None:
        self._path, self._found = path, dict[str, list[int]]()

    def out(self, line: int, reason: str) -> None:
        self._found.setdefault(reason, []).append(line)

    def said(self) -> list[str]:
        return [
            f"{self._path}: {len(lines):,} left out: {reason} (the first: line {lines[0]})"
            for reason, lines in self._found.items()
        ]


def records(path: Path, known: Collection[str], left: Left) -> list[Record]:
    """Of JSON Lines, or of CSV by any of four delimiters whose header names one of `known` twice or more.

    Lines that are no JSON object, and rows of CSV whose quotes leave open where a value ends or whose values are too
    long, are `left` out. Raises `Refused`: the file cannot be read, or has nothing in it.
    """
    text = _text(path)
    first = text.lstrip()[:1]
    if first == "[":
        raise Refused(f"{path}:1: this is a list; write one JSON object a line (JSON Lines)")
    found = list(_objects(text, left) if first == "{" else _table(path, text, known, left))
    if not found:
        why = [*left.said(), f"{path}: there is nothing below its header"][0]
        raise Refused(f"{why}; name a file with rows")
    return found


def objects(path: Path, left: Left) -> list[Record]:
    """Of JSON Lines; blank lines are skipped, those that are no object `left` out. Raises `Refused`: none is one."""
    found = list(_objects(_text(path), left))
    if not found:
        raise Refused(f"{left.said()[0]}; name a file of JSON Lines")
    return found


def seconds(time: object) -> float:
    """s since 1970 of ISO 8601 (UTC where it says nothing else), X's form, or a number of s, ms or µs.

    Raises `ValueError`.
    """
    if isinstance(time, bool) or not isinstance(time, (str, int, float)):
        raise ValueError(f"no time: {time!r}")  # noqa: TRY004 - all that is no time is alike to the caller
    try:
        number = float(time)
    except (ValueError, OverflowError):
        number = _written(str(time).strip())
    if number >= _MILLISECONDS:
        number /= 1e6 if number >= _MICROSECONDS else 1e3
    if not (math.isfinite(number) and abs(number) < _LATEST):
        raise ValueError(f"no time: {time!r}")
    return number


def _written(time: str) -> float:
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        moment = datetime.strptime(time, _X)  # noqa: DTZ007 - with %z
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}; name a file that can be read") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Refused(f"{path}:{line}: this is not UTF-8; save the file as UTF-8") from None
    if not text.strip():
        raise Refused(f"{path}: the file is empty; name a file with rows")
    return text


def _objects(text: str, left: Left) -> Iterator[Record]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if isinstance(row, dict):
            yield Record(number, {name.strip().lower(): value for name, value in row.items()})
        else:
            left.out(number, _NO_OBJECT)


def _table(path: Path, text: str, known: Collection[str], left: Left) -> Iterator[Record]:
    lines = list(
        io.StringIO(text, newline="")
    )  # as CSV means them: `splitlines` also cuts at U+2028 and others
    start = next(n for n, line in enumerate(lines) if line.strip())
    names, delimiter = max(
        ((_names(lines[start], each), each) for each in _DELIMITERS),
        key=lambda header: sum(name in known for name in header[0]),
    )
    if sum(name in known for name in names) < 2:
        has = ", ".join(names)[:200]
        raise Refused(f"{path}:{start + 1}: its columns are {has}; name them {', '.join(known)}")
    at = start + 1
    while at < len(lines):
        row, length = _row(lines, at, delimiter, len(names))
        if isinstance(row, str):
            left.out(at + 1, row)
        elif row:
            yield Record(at + 1, dict(zip(names, row, strict=False)))
        at += length


def _row(lines: Sequence[str], at: int, delimiter: str, columns: int) -> tuple[list[str] | str, int]:
    """The values of the row that begins at this line, or what is wrong with it, and its length in lines.

    By tabs, most programs quote nothing: there a quote is a character of the text wherever lines have all columns.
    """
    reader = csv.reader(map(lines.__getitem__, range(at, len(lines))), delimiter=delimiter, strict=True)
    try:
        row, length = next(reader), reader.line_num
    except csv.Error as error:
        row, length = _LONG if "field limit" in str(error) else _QUOTES, 1
    if delimiter == "\t" and (isinstance(row, str) or length > 1):
        plain = [line.rstrip("\r\n").split("\t") for line in lines[at : at + length]]
        if all(len(values) == columns for values in plain):
            return plain[0], 1
    return row, length


def _names(line: str, delimiter: str) -> list[str]:
    return [name.strip().lower() for name in next(csv.reader([line], delimiter=delimiter), [])]
