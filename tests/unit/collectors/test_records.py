"""Records of files of any size and in any state: where each begins, what it says, how long it is."""

import csv
import io
import string
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.records import RawRecord, csv_records, delimiter_of, fields, is_csv, lines
from earshot.border import LONGEST

BOM = b"\xef\xbb\xbf"
HUGE = 50_000_000
Read = Callable[[BinaryIO], Iterator[RawRecord]]


def of_lines(data: bytes) -> list[RawRecord]:
    return list(lines(io.BytesIO(data)))


def of_csv(data: bytes, delimiter: str = ",") -> list[RawRecord]:
    return list(csv_records(io.BytesIO(data), delimiter))


def raws(records: list[RawRecord]) -> list[bytes]:
    return [record.raw for record in records]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"\n\r\n  \n", []),
        (b"a\nb\n", [(1, b"a"), (2, b"b")]),
        (b"a\r\nb\r\n", [(1, b"a"), (2, b"b")]),
        (b"a\n\n \t\nb", [(1, b"a"), (4, b"b")]),
        (BOM + b"a\nb", [(1, b"a"), (2, b"b")]),
        (b"a\xff\x00b\n", [(1, b"a\xff\x00b")]),
    ],
    ids=["empty", "blank", "LF", "CRLF", "blank lines and no last newline", "BOM", "not text"],
)
def test_lines_are_numbered_as_an_editor_numbers_them(data: bytes, expected: list[tuple[int, bytes]]) -> None:
    assert [(record.line, record.raw) for record in of_lines(data)] == expected


@pytest.mark.parametrize("read", [lines, csv_records])
@given(
    parts=st.lists(
        st.sampled_from([b"a,b", b'"x\ny",z', b"", b'1,"', b'"a""b",c', b'5" disk,d', b'"q"w,e']), max_size=8
    ),
    end=st.sampled_from([b"\n", b"\r\n"]),
    head=st.sampled_from([b"", BOM]),
)
def test_an_offset_leads_back_to_the_same_record(
    read: Read, parts: list[bytes], end: bytes, head: bytes
) -> None:
    file = io.BytesIO(head + end.join(parts))
    for record in list(read(file)):
        file.seek(record.offset)
        assert next(read(file))._replace(line=record.line) == record


@pytest.fixture
def huge(tmp_path: Path) -> Path:
    path = tmp_path / "huge.jsonl"
    with path.open("wb") as file:
        file.write(b"first\n")
        for _ in range(HUGE // 1_000_000):
            file.write(b"x" * 1_000_000)
        file.write(b"\r\nlast")
    return path


@pytest.mark.parametrize("read", [lines, csv_records])
def test_a_line_of_fifty_megabytes_takes_no_more_memory_than_a_record_may(read: Read, huge: Path) -> None:
    tracemalloc.start()
    try:
        with huge.open("rb") as file:
            first, long, last = read(file)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (first.raw, last.raw, last.line) == (b"first", b"last", 3)
    assert (long.size, len(long.raw), long.too_long) == (HUGE, 65_536, True)
    assert peak < 8 * LONGEST


@pytest.mark.parametrize("read", [lines, csv_records])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("over", [-1, 0, 1, 2, 3])
def test_the_limit_is_exact(read: Read, over: int, end: bytes) -> None:
    (record,) = read(io.BytesIO(b"y" * (LONGEST + over) + end))
    assert (record.size, record.too_long) == (LONGEST + over, over > 0)
    assert len(record.raw) == (65_536 if over > 0 else record.size)


def test_quoted_line_breaks_and_quotes_belong_to_their_record() -> None:
    found = of_csv(b'id,text\r\n1,"one\r\n\r\n""two"", three"\r\n\r\n2,five\r\n')
    assert [(record.line, fields(record.raw)) for record in found] == [
        (1, ["id", "text"]),
        (2, ["1", 'one\r\n\r\n"two", three']),
        (6, ["2", "five"]),
    ]


def test_a_quote_inside_a_word_is_only_a_quote() -> None:
    assert [fields(raw) for raw in raws(of_csv(b'1,a 5" disk\n2,"it""s"\n3,c\n'))] == [
        ["1", 'a 5" disk'],
        ["2", 'it"s'],
        ["3", "c"],
    ]


@pytest.mark.parametrize(
    "after",
    [
        b"2,fine\n3,fine\n",
        b'2,"quoted, fine"\n3,fine\n',
        b'2,fine\n3,"two\nlines"\n',
        b'2,"it ""is"" fine"\n3,""\n',
    ],
    ids=["no other quotes", "quoted next", "a line break further on", "doubled quotes"],
)
def test_a_stray_quote_costs_one_record_and_not_the_rest(after: bytes) -> None:
    stray = b'1,"never closed'
    good = raws(of_csv(after))
    assert raws(of_csv(stray + b"\n" + after)) == [stray, *good]
    assert len(good) == 2


def test_a_quote_that_never_closes_is_given_up_at_the_limit() -> None:
    rest = b"".join(b"%d,fine\n" % number for number in range(150_000))
    found = of_csv(b'0,"stray\n' + rest)
    assert len(found) == 150_001
    assert found[0].raw == b'0,"stray'
    assert found[-1].raw == b"149999,fine"


def test_a_huge_line_inside_quotes_does_not_take_the_others_with_it() -> None:
    first, huge, last = of_csv(b'1,"begun\n' + b"z" * (2 * LONGEST) + b"\n3,fine\n")
    assert (first.raw, huge.too_long, last.raw) == (b'1,"begun', True, b"3,fine")


def test_a_bare_carriage_return_is_an_error_and_not_a_lost_record() -> None:
    with pytest.raises(csv.Error, match="line break"):
        fields(b"1,a\r2,b")


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12) | st.text(
    ',;\t"\r\n ' + string.ascii_lowercase[:2], max_size=12
)


@given(
    rows=st.lists(st.lists(CELL, min_size=2, max_size=4), max_size=6),
    delimiter=st.sampled_from([",", ";", "\t"]),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    bom=st.booleans(),
)
def test_what_a_csv_writer_writes_is_read_back(
    rows: list[list[str]], delimiter: str, end: str, quoting: int, *, bom: bool
) -> None:
    quoting = quoting if end == "\r\n" else csv.QUOTE_ALL  # else the writer itself leaves a bare CR unquoted
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    data = (BOM if bom else b"") + buffer.getvalue().encode()
    assert [fields(record.raw, delimiter) for record in of_csv(data, delimiter)] == rows


@pytest.mark.parametrize(
    ("header", "expected"), [(b"a,b;c,d", ","), (b"a;b;c", ";"), (b"a\tb", "\t"), (b"a", ",")]
)
def test_the_header_tells_what_parts_the_columns(header: bytes, expected: str) -> None:
    assert delimiter_of(header) == expected


def test_files_are_told_by_their_names() -> None:
    assert [is_csv(Path(name)) for name in ("a.csv", "A.CSV", "a.tsv", "a.jsonl", "csv")] == [
        True,
        True,
        True,
        False,
        False,
    ]
