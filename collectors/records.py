"""The records of a file, in bytes, with where each begins: JSON Lines or CSV, of any size, in constant memory."""

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

from earshot.border import LONGEST

_CHUNK = 1 << 20
_KEEP = 65_536
_BOM = b"\xef\xbb\xbf"
_TO_CLOSING_QUOTE = re.compile(rb'(?:[^"]|"")*+"')
_DELIMITERS = ",;\t"  # spreadsheets write semicolons where the comma is the decimal sign


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
    for line in _physical(file):
        number, offset, whole, size = line
        raw = whole.rstrip(b"\r\n")
        if not raw or raw.isspace():
            continue
        if size <= LONGEST:
            yield RawRecord(number, offset, raw, len(raw))
        else:
            yield line if size > len(whole) else _record(line, raw)


def csv_records(file: BinaryIO, delimiter: str = ",") -> Iterator[RawRecord]:
    """Each record of a CSV file, quoted line breaks included; the first is the header.

    One whose quotes do not close as they should, or that grows past the limit, is given up at its first line,
    and the next line begins another: a stray quote costs one record and not the rest of the file.
    """
    physical = _physical(file)
    ahead: deque[RawRecord] = deque()
    while record := _next_csv(physical, ahead, delimiter.encode()):
        if record.raw:
            yield record


def fields(raw: bytes, delimiter: str = ",") -> list[str]:
    """The values of one CSV record. Raises UnicodeDecodeError, csv.Error."""
    rows = list(csv.reader(StringIO(raw.decode(), newline=""), delimiter=delimiter, strict=True))
    if len(rows) != 1:
        raise csv.Error("a line break that is not in quotes")
    return rows[0]


def delimiter_of(header: bytes) -> str:
    """What parts the columns of a file with such a header: comma, semicolon or tab."""
    return max(_DELIMITERS, key=lambda sign: header.count(sign.encode()))


def is_csv(path: Path) -> bool:
    return path.suffix.lower() in (".csv", ".tsv")


def _physical(file: BinaryIO) -> Iterator[RawRecord]:
    """Each line with its end; of one that is too long only the beginning is ever in memory."""
    _skip_bom(file)
    number, offset = 0, file.tell()
    while raw := file.readline(LONGEST + 2):
        number, size = number + 1, len(raw)
        if size <= LONGEST or raw.endswith(b"\n"):
            yield RawRecord(number, offset, raw, size)
        else:
            skipped, tail = _skip_line(file, raw[-2:])
            size += skipped
            yield RawRecord(number, offset, raw[:_KEEP], size - len(tail) + len(tail.rstrip(b"\r\n")))
        offset += size


def _skip_bom(file: BinaryIO) -> None:
    if file.tell() == 0 and file.read(len(_BOM)) != _BOM:
        file.seek(0)


def _skip_line(file: BinaryIO, tail: bytes) -> tuple[int, bytes]:
    """To the end of a line; how many bytes that was, and the last two of the line."""
    skipped = 0
    while not tail.endswith(b"\n") and (more := file.readline(_CHUNK)):
        skipped += len(more)
        tail = (tail + more)[-2:]
    return skipped, tail


def _next_csv(physical: Iterator[RawRecord], ahead: deque[RawRecord], delimiter: bytes) -> RawRecord | None:
    """The next record; lines that were read beyond it go back to `ahead`."""
    held: list[RawRecord] = []
    size, inside = 0, False
    while line := ahead.popleft() if ahead else next(physical, None):
        held.append(line)
        size += line.size
        still = None if size > LONGEST + 2 else _inside_quotes(line.raw, delimiter, inside=inside)
        if still is None:
            break
        if not still:
            return _bare(held)
        inside = still
    ahead.extendleft(reversed(held[1:]))
    return _bare(held[:1]) if held else None


def _inside_quotes(line: bytes, delimiter: bytes, *, inside: bool) -> bool | None:
    """Whether a line ends inside quotes, given whether it begins there; None where its quotes are no CSV."""
    if not inside and b'"' not in line:
        return False
    text, at = line.rstrip(b"\r\n"), 0
    while True:
        if inside or text.startswith(b'"', at):
            closed = _TO_CLOSING_QUOTE.match(text, at if inside else at + 1)
            if closed is None:
                return True
            at, inside = closed.end(), False
            if at < len(text) and not text.startswith(delimiter, at):
                return None
        at = text.find(delimiter, at)
        if at < 0:
            return False
        at += 1


def _bare(held: Sequence[RawRecord]) -> RawRecord:
    """One record of these lines, without its end."""
    first, whole = held[0], b"".join(line.raw for line in held)
    if first.size > len(first.raw):
        return first
    return _record(first, whole.rstrip(b"\r\n"))


def _record(first: RawRecord, raw: bytes) -> RawRecord:
    """What is whole and begins with this line."""
    return RawRecord(first.line, first.offset, raw[:_KEEP] if len(raw) > LONGEST else raw, len(raw))
