"""Files that people name: read in every usual form, and what is wrong said with its file and line."""

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[3]
sys.path += [str(ROOT / "training"), str(ROOT / "bench")]

from records import Left, objects, records, seconds  # noqa: E402

from earshot.errors import Refused  # noqa: E402

KNOWN = ("title", "story")


class Table(NamedTuple):
    rows: list[tuple[int, dict[str, object]]]
    left: list[str]


def table(path: Path) -> Table:
    left = Left(Path(path.name))
    return Table([tuple(record) for record in records(path, KNOWN, left)], left.said())


def written(tmp_path: Path, content: str | bytes, name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


class TestTable:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("mark", ["", "\ufeff"])
    def test_is_read_by_any_delimiter_and_case_with_or_without_a_mark(
        self, tmp_path: Path, delimiter: str, mark: str
    ) -> None:
        path = written(tmp_path, f'{mark}Title{delimiter}STORY\n"two\nlines"{delimiter}a\n\nb{delimiter}c\n')
        assert table(path) == Table(
            [(2, {"title": "two\nlines", "story": "a"}), (5, {"title": "b", "story": "c"})], []
        )

    @pytest.mark.parametrize(
        "text", ['"Acme" says it is down', '"Acme says it is down', 'Acme "is" down', '"']
    )
    def test_by_tabs_a_quote_is_a_part_of_the_text(self, tmp_path: Path, text: str) -> None:
        path = written(tmp_path, f'title\tstory\n{text}\ta\nit is down"\tb\n"\tc\n')
        rows = [
            (2, {"title": text, "story": "a"}),
            (3, {"title": 'it is down"', "story": "b"}),
            (4, {"title": '"', "story": "c"}),
        ]
        assert table(path) == Table(rows, [])

    def test_by_tabs_values_that_a_spreadsheet_has_quoted_are_read_as_meant(self, tmp_path: Path) -> None:
        path = written(tmp_path, '"Title"\t"Story"\n"say ""no"" to\tit"\t"a"\nb\t"two\nlines"\n')
        assert [values for _, values in table(path).rows] == [
            {"title": 'say "no" to\tit', "story": "a"},
            {"title": "b", "story": "two\nlines"},
        ]

    @given(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\t\r\n"), min_size=1), min_size=1)
    )
    def test_by_tabs_each_line_with_all_columns_is_a_row(
        self, tmp_path_factory: pytest.TempPathFactory, texts: list[str]
    ) -> None:
        lines = "".join(f"{text}\t{n}\n" for n, text in enumerate(texts))
        found = table(written(tmp_path_factory.mktemp("rows"), f"title\tstory\n{lines}"))
        assert [values["story"] for _, values in found.rows] == [str(n) for n in range(len(texts))]
        assert found.left == []

    def test_a_row_whose_quotes_are_wrong_is_left_out_and_counted_and_the_next_is_read(
        self, tmp_path: Path
    ) -> None:
        path = written(tmp_path, 'title,story\n"Acme" says,a\nb,c\n"never closed,d\ne,f\n')
        rows, left = table(path)
        assert [values["title"] for _, values in rows] == ["b", "e"]
        assert [said.split(";")[0] for said in left] == [
            "a.csv: 2 left out: a quote is not closed where its value ends"
        ]
        assert left[0].endswith("(the first: line 2)")

    def test_a_value_that_is_too_long_is_called_so(self, tmp_path: Path) -> None:
        rows, left = table(written(tmp_path, f"title,story\n{'a ' * 100_000},a\nb,c\n"))
        assert [values["title"] for _, values in rows] == ["b"]
        assert "1 left out: a value has more than 131,072 characters" in left[0]

    def test_a_line_ends_where_an_editor_ends_it(self, tmp_path: Path) -> None:
        path = written(tmp_path, "title,story\r\na\u2028b\x85,c\r\nd,e\r\n")
        assert table(path).rows == [
            (2, {"title": "a\u2028b\x85", "story": "c"}),
            (3, {"title": "d", "story": "e"}),
        ]

    @pytest.mark.parametrize(
        ("content", "what"),
        [
            ("", "a.csv: the file is empty"),
            ("title,story\n", "a.csv: there is nothing below its header"),
            ("a,b\n1,2\n", "a.csv:1: its columns are a, b; name them title, story"),
            ('title,story\nz,"never closed\n', "a.csv: 1 left out: a quote is not closed"),
            ("title,story\nx,y\n\xe0,z\n".encode("latin-1"), "a.csv:3: this is not UTF-8"),
            ('[{"title": "x"}]', "a.csv:1: this is a list; write one JSON object a line"),
            ("{bad\n", "a.csv: 1 left out: this is no JSON object"),
        ],
    )
    def test_what_cannot_be_read_is_refused_with_its_line(
        self, tmp_path: Path, content: str | bytes, what: str
    ) -> None:
        with pytest.raises(Refused) as refused:
            table(written(tmp_path, content))
        assert what in str(refused.value)

    def test_a_file_that_is_not_there_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(Refused, match="No such file"):
            table(tmp_path / "a.csv")


class TestObjects:
    def test_names_are_in_lower_case_and_blank_lines_skipped(self, tmp_path: Path) -> None:
        path = written(tmp_path, '\ufeff{"T": [1]}\n\n{"t": 2}\n')
        assert [tuple(record) for record in objects(path, Left(path))] == [(1, {"t": [1]}), (3, {"t": 2})]

    @pytest.mark.parametrize("line", ["null", "[1]", "3", "[" * 100_000])
    def test_a_line_that_is_none_is_left_out_and_a_file_of_such_is_refused(
        self, tmp_path: Path, line: str
    ) -> None:
        path = written(tmp_path, f'{{"t": 1}}\n{line}\n{{"t": 2}}')
        left = Left(path)
        assert [record.line for record in objects(path, left)] == [1, 3]
        assert "1 left out: this is no JSON object" in left.said()[0]
        with pytest.raises(Refused, match=r"1 left out: this is no JSON object.*\(the first: line 1\)"):
            objects(path := written(tmp_path, line), Left(path))


class TestSeconds:
    @pytest.mark.parametrize(
        ("time", "said"),
        [
            ("Thu Apr 06 15:24:15 +0000 2017", 1_491_492_255.0),
            ("2017-04-06T15:24:15", 1_491_492_255.0),
            ("2017-04-06T17:24:15+02:00", 1_491_492_255.0),
            ("1491492255", 1_491_492_255.0),
            (1_491_492_255_000, 1_491_492_255.0),
            (1_491_492_255_000_000, 1_491_492_255.0),
        ],
    )
    def test_are_read_of_every_usual_form(self, time: object, said: float) -> None:
        assert seconds(time) == said

    @given(
        st.text(max_size=30)
        | st.none()
        | st.booleans()
        | st.lists(st.integers(), max_size=2)
        | st.floats(allow_nan=True, allow_infinity=True)
        | st.integers()
    )
    def test_are_within_this_century_or_refused(self, time: object) -> None:
        with suppress(ValueError):
            assert abs(seconds(time)) < 4_102_444_800


def test_what_is_left_out_is_counted_by_reason_with_its_first_line() -> None:
    left = Left(Path("a.csv"))
    for line, reason in ((3, "no story"), (4, "no time"), (9, "no story")):
        left.out(line, reason)
    assert left.said() == [
        "a.csv: 2 left out: no story (the first: line 3)",
        "a.csv: 1 left out: no time (the first: line 4)",
    ]


def test_as_json_writes_them(tmp_path: Path) -> None:
    rows = [{"title": "a\u2028b", "story": 1}, {"title": "c", "story": 2}]
    path = written(tmp_path, "\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    assert [values for _, values in table(path).rows] == rows
