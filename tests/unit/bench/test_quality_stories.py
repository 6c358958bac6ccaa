"""Linking measured: what files hold is read or said to be left out, thresholds come from --train, figures are ranges."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path += [str(ROOT / "training"), str(ROOT / "bench")]

from edited_copies import near_duplicates  # noqa: E402
from linkers import Contender, Document, Linked, centroid_alone, nearest, ours  # noqa: E402
from quality_stories import _for_people, _linking, b_cubed, choose  # noqa: E402
from stories_file import read  # noqa: E402

from earshot.errors import Refused  # noqa: E402

THEMES = (
    "orchard harvest festival opens beside the river bridge",
    "central bank raises interest rates against inflation",
    "astronaut returns safely from lunar orbit mission",
)


def documents(count: int = 24) -> list[Document]:
    return [
        Document(f"{THEMES[n % 3]} part{n}", f"s{n % 3}", 1_394_470_370_000_000 + n * 60_000_000)
        for n in range(count)
    ]


def lines(rows: list[dict[str, Any]], path: Path) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


class TestRead:
    def test_rows_are_in_the_order_of_their_times(self, tmp_path: Path) -> None:
        rows = [
            {"TEXT": "b", "Story": 0, "time": 20},
            {"TEXT": "a", "Story": 1, "time": "1970-01-01T00:00:10"},
        ]
        said: list[str] = []
        assert read(lines(rows, tmp_path / "a.jsonl"), said.append) == [
            Document("a", "1", 10_000_000),
            Document("b", "0", 20_000_000),
        ]
        assert not said

    def test_one_row_without_a_time_is_left_out_and_the_others_stay_in_order(self, tmp_path: Path) -> None:
        times: list[object] = [30, 20, None, "yesterday", 10]
        rows = [{"text": f"t{n}", "story": "s", "time": time} for n, time in enumerate(times)]
        said: list[str] = []
        assert [each.text for each in read(lines(rows, tmp_path / "a.jsonl"), said.append)] == [
            "t4",
            "t1",
            "t0",
        ]
        assert "1 left out: there is no time, and others have one (the first: line 3)" in said[0]
        assert "1 left out: the time cannot be read" in said[1]

    def test_without_any_time_the_file_s_order_holds_and_is_said(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text("TITLE,STORY\nb,1\n,1\nc,\na,2\n", encoding="utf-8")
        said: list[str] = []
        assert [each.text for each in read(path, said.append)] == ["b", "a"]
        assert ["no text" in said[0], "no story" in said[1], "file's order" in said[2]] == [True] * 3

    def test_a_row_with_wrong_quotes_is_left_out_and_said_and_ends_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text('TITLE,STORY,TIME\n"Acme" says,1,10\nb,1,20\n', encoding="utf-8")
        said: list[str] = []
        assert read(path, said.append) == [Document("b", "1", 20_000_000)]
        assert "1 left out: a quote is not closed" in said[0]

    @pytest.mark.parametrize(
        ("rows", "what"),
        [
            ([{"text": "a", "x": 1}], "none of story, label"),
            ([{"text": "a", "story": ""}], "no row can be measured"),
            ([{"text": "a", "story": 1, "time": "soon"}], "no row can be measured"),
            ([{"text": "a", "story": 1, "time": t} for t in ("soon", "soon", 3)], "only 1 of 3 times"),
        ],
    )
    def test_where_nothing_can_be_measured_it_is_refused(
        self, tmp_path: Path, rows: list[dict[str, Any]], what: str
    ) -> None:
        with pytest.raises(Refused, match=what):
            read(lines(rows, tmp_path / "a.jsonl"), lambda _: None)


class TestLinkers:
    def test_the_nearest_document_links_what_is_alike_from_its_threshold_on(self) -> None:
        loose, strict = nearest(documents(), (0.1, 1.1))
        assert b_cubed(loose.stories, [each.story for each in documents()]).f1 == 1.0
        assert strict.stories == list(range(24))

    def test_words_that_tell_nothing_apart_link_nothing(self) -> None:
        assert nearest([Document("the", "a", 0), Document("the", "b", 1)], (0.4,))[0].stories == [0, 1]

    @pytest.mark.parametrize("link", [ours, centroid_alone])
    def test_ours_gives_each_document_a_story(self, link: Any) -> None:
        assert len(link(documents())) == 24


class TestThresholds:
    def test_are_chosen_on_training_by_parts_of_time(self) -> None:
        contender = Contender("nearest document {}", nearest, (0.4,), (0.1, 0.4, 1.1))
        assert choose(contender, [documents()]) == (0.1,)

    def test_no_part_sees_another(self) -> None:
        seen: list[list[str]] = []

        def link(part: Any, thresholds: Any) -> list[Linked]:
            seen.append([each.text for each in part])
            return [Linked(list(range(len(part))), 1.0) for _ in thresholds]

        choose(Contender("x {}", link, (0.5,), (0.5, 0.6)), [documents()])
        assert [text for part in seen for text in part] == [each.text for each in documents()]
        assert len(seen) == 4


def test_figures_come_with_the_range_over_three_parts() -> None:
    contenders = [Contender("ours", lambda part, _: [Linked([0] * len(part), 1.0)])]
    found = _linking(contenders, {"ours": (0.0,)}, documents())["ours"]
    assert found["recall"] == 1.0
    assert found["f1_range"] == [pytest.approx(0.51, abs=0.05), pytest.approx(0.51, abs=0.05)]
    table = _for_people(
        {
            "missing": ["MinHash left out"],
            "chosen on --train": [],
            "sets": {"a": {"documents": 24, "stories": 3, "linking": {"ours": found}, "near_duplicates": {}}},
        }
    )
    assert "MinHash left out" in table
    assert "No text has six words" in table


def test_edited_copies_are_looked_for_where_texts_are_long_enough() -> None:
    found = near_duplicates(documents(), None)
    assert found["ours"]["RT and URL"] == 1.0
    assert near_duplicates([Document("a b c d e f", "s", 0), Document("no w", "s", 1)], None) == {}


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--data", "missing.csv"], "missing.csv: No such file"),
        (["--train", "missing.csv"], "both --train FILE"),
        ([], "name either --data"),
    ],
)
def test_a_fault_is_one_line_and_no_traceback(tmp_path: Path, arguments: list[str], what: str) -> None:
    ran = subprocess.run(
        [sys.executable, ROOT / "bench" / "quality_stories.py", *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert ran.returncode != 0
    assert what in ran.stderr
    assert "Traceback" not in ran.stderr
