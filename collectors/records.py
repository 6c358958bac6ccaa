"""The records of a file, in bytes, with where each begins: JSON Lines or CSV, of any size, in constant memory."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

from earshot.border import LONGEST

_CHUNK = 1 << 20
_KEEP = 65_536


class RawRecord(NamedTuple):
    """`raw` is cut after 64 kB where the record is longer than is read; `size` is its true size in bytes."""

    line: int
    offset: int
    raw: bytes
    size: int

    @property
    def too_long(self) -> bool:
        return self.size > LONGEST


def lines(file: BinaryIO) -> Iterator[RawRecord]:
    """Each line that is not blank, without its end."""
    return (line for line in _physical(file) if line.raw)


def _physical(file: BinaryIO) -> Iterator[RawRecord]:
    number, offset = 0, file.tell()
    while raw := file.readline(LONGEST + 2):
        number += 1
        size = len(raw)
        if size > LONGEST and not raw.endswith(b"\n"):
            size += _skip_line(file)
        text, too_long = raw.rstrip(b"\r\n"), size > LONGEST + 2
        yield RawRecord(number, offset, text[:_KEEP] if too_long else text, size if too_long else len(text))
        offset += size


def csv_records(file: BinaryIO) -> Iterator[RawRecord]:
    """Each record of a CSV file, quoted line breaks included; the first is the header.

    A record is over where the quotes so far are even. One that grows past the limit is given up at its first
    line, so that a stray quote costs one record and not the rest of the file.
    """
    held: list[RawRecord] = []
    quotes = size = 0
    for line in _physical(file):
        held.append(line)
        quotes, size = quotes + line.raw.count(b'"'), size + line.size
        if quotes % 2 == 0 or size > LONGEST:
            yield from _whole(held, size, broken=quotes % 2 == 1)
            held, quotes, size = [], 0, 0
    if held:
        yield from _whole(held, size, broken=True)


def _whole(held: list[RawRecord], size: int, *, broken: bool) -> Iterator[RawRecord]:
    first = held[0]
    if not broken:
        if first.raw:
            yield RawRecord(first.line, first.offset, b"\n".join(line.raw for line in held), size)
        return
    yield from held


def _skip_line(file: BinaryIO) -> int:
    """To the end of a line that is too long; how much that was."""
    skipped = 0
    while more := file.readline(_CHUNK):
        skipped += len(more)
        if more.endswith(b"\n"):
            break
    return skipped


def fields(raw: bytes) -> list[str]:
    """The values of one CSV record. Raises UnicodeDecodeError, csv.Error."""
    return next(csv.reader(StringIO(raw.decode(), newline=""), strict=True))


def is_csv(path: Path) -> bool:
    return path.suffix.lower() in (".csv", ".tsv")
