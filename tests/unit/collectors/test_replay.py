"""A file heard again: in the order it was heard, from where it was left, whatever is broken in it."""

import asyncio
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from collectors_world import MAP, Place, jsonl, own
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from collectors.pace import Pace
from collectors.replay import Replay
from earshot.config import from_dict
from earshot.errors import ConfigError, Refused
from earshot.topics import Measured, Said, Withdrawn


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    here = Place(tmp_path)
    yield here
    here.store.close()


class Stopping:
    """An intake that sets `stop` once it was handed so much."""

    def __init__(self, place: Place, after: int) -> None:
        self._intake, self._left, self.stop = place.intake(), after, asyncio.Event()

    def hear(self, events: Any) -> int:
        self._left -= len(events)
        published = self._intake.hear(events)
        if self._left <= 0:
            self.stop.set()
        return published

    def busy(self) -> int | None:
        return None

    def park(self, raw: bytes, reason: str, origin: str) -> None:
        self._intake.park(raw, reason, origin)

    def succeeded(self) -> None:
        self._intake.succeeded()


def row(native: str, at: str, text: str = "words") -> dict[str, str]:
    return {"id": native, "at": at, "text": text, "brand": "Acme"}


def test_a_brands_own_account_is_known_by_who_wrote(tmp_path: Path) -> None:
    here = Place(tmp_path, brands=[{"name": "Acme", "accounts": ["@acme_help"]}])
    told = {"brand": "", "text": "batch 4471"}
    here.replay(
        "statement.jsonl",
        jsonl(
            [
                own("1", 1, author={"id": "7", "handle": "Acme_Help"}, **told),
                own("2", 2, parent="x:1", **told),
                own("3", 3, **told),
            ]
        ),
    )
    assert [(each.mention.id, each.mention.why) for each in here.heard] == [
        ("x:1", "own account"),
        ("x:2", "followed conversation"),
    ]
    here.store.close()


# --- order ----------------------------------------------------------------------------------------------------


def test_order_is_that_of_hearing_whatever_the_order_of_the_file(place: Place) -> None:
    rows = [own(str(minute), minute) for minute in range(60)]
    random.Random(1).shuffle(rows)
    place.replay("shuffled.jsonl", jsonl(rows))
    assert place.ids == [f"x:{minute}" for minute in range(60)]


def test_heard_counts_before_said_and_equals_keep_the_order_of_the_file(place: Place) -> None:
    late = own("late", 5, created_at="2026-03-02T08:00:00Z")
    early = own("early", 1)
    twin = own("twin", 1)
    place.replay("two.jsonl", jsonl([late, early, twin]))
    assert place.ids == ["x:early", "x:twin", "x:late"]


def test_what_has_no_readable_time_keeps_its_place(place: Place) -> None:
    rows = [own("a", 1), own("b", 2, collected_at="garbage"), own("c", 3)]
    place.replay("three.jsonl", jsonl([rows[2], rows[0], rows[1]]))
    assert place.ids == ["x:a", "x:c"]
    assert [where for where, _ in place.letters] == ["three.jsonl:3"]


def test_what_has_to_be_cleaned_has_its_place_in_time_too(place: Place) -> None:
    place.replay("dirty.jsonl", jsonl([own("later", 2), own("dirty", 1, text="a\ud800b")]))
    assert place.ids == ["x:dirty", "x:later"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_with_a_byte_order_mark_quotes_and_any_delimiter(place: Place, delimiter: str) -> None:
    lines = [
        ["id", "at", "text", "brand"],
        ["2", "2026-03-02T09:02", '"two\nlines"', "Acme"],
        ["1", "2026-03-02T09:01", "b", "Acme"],
    ]
    place.replay("sheet.csv", "\ufeff" + "\r\n".join(delimiter.join(cells) for cells in lines), map=MAP)
    assert place.ids == ["x:1", "x:2"]
    last = place.heard[-1]
    assert isinstance(last, Said)
    assert last.mention.text == "two\nlines"


# --- how far --------------------------------------------------------------------------------------------------


def test_it_goes_on_where_it_was_stopped(place: Place) -> None:
    rows = [own(str(number), collected_at=None) for number in range(1_700)]
    stopping = Stopping(place, 600)
    place.replay("long.jsonl", jsonl(rows), intake=stopping, stop=stopping.stop)
    assert len(_ids(place)) == 1_000
    place.replay("long.jsonl")
    kept = _ids(place)
    assert set(kept) == {f"x:{number}" for number in range(1_700)}
    assert len(kept) <= 1_700 + 500, "no more than the frame in hand is heard again"


def _ids(place: Place) -> list[str]:
    return [json.loads(r.value)["mention"]["id"] for r in place.bus.read("mentions", 0, 0)]


def test_heard_to_its_end_it_has_nothing_more_to_say(place: Place) -> None:
    place.replay("a.jsonl", jsonl([own("1"), own("2")]))
    place.replay("a.jsonl")
    assert place.ids == ["x:1", "x:2"]


@pytest.mark.parametrize(
    "changed",
    [[own("1"), own("2"), own("3")], [own("1"), own("9")], [own("1")]],
    ids=["longer", "as long but other words", "shorter"],
)
def test_a_changed_file_starts_from_its_top(place: Place, changed: list[dict[str, Any]]) -> None:
    place.replay("a.jsonl", jsonl([own("1"), own("2")]))
    place.replay("a.jsonl", jsonl(changed))
    assert place.ids == ["x:1", "x:2", *(mention["id"] for mention in changed)]


def test_the_same_file_read_by_another_map_starts_from_its_top(place: Place) -> None:
    place.replay("a.jsonl", jsonl([row("1", "2026-03-02T09:01")]), map=MAP)
    place.replay("a.jsonl", map=MAP | {"title": "text"})
    assert place.ids == ["x:1", "x:1"]


def test_a_letter_is_not_kept_twice(place: Place) -> None:
    for _ in range(2):
        place.replay("a.jsonl", b"{broken\n")
        place.replay("a.jsonl", b"{broken\n ")
    assert len(place.letters) == 1


# --- what is broken -------------------------------------------------------------------------------------------

BROKEN = {
    "invalid UTF-8": (b'{"id": "x:1", "text": "\xff\xfe"}', "not UTF-8: the byte 0xff"),
    "truncated": (b'{"id": "x:1", "te', "not JSON: it ends in the middle"),
    "not an object": (b"[1, 2]", "not a mention: a JSON object is expected, not a list"),
    "nothing but a word": (b"hello", "not JSON: invalid character"),
    "deeper than any reader goes": (b"[" * 100_000, ""),
    "year 0": (jsonl([own("1", created_at="0000-01-01T00:00:00Z")]).encode(), "created_at"),
    "no zone": (jsonl([own("1", created_at="2026-03-02T09:00:00")]).encode(), "created_at"),
    "a million characters of a name": (
        jsonl([own("1", author={"id": "u", "name": "n" * 900_000})]).encode(),
        "author.name",
    ),
    "no author": (b'{"id": "x:1", "created_at": "2026-03-02T09:00:00Z"}', "author"),
}


@pytest.mark.parametrize(("raw", "reason"), BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_kept_with_its_place_and_reason_and_the_rest_goes_on(
    place: Place, raw: bytes, reason: str
) -> None:
    content = jsonl([own("before", 1)]).encode() + raw.rstrip() + b"\n" + jsonl([own("after", 2)]).encode()
    place.replay("broken.jsonl", content)
    assert place.ids == ["x:before", "x:after"]
    ((where, why),) = place.letters
    assert where == "broken.jsonl:2"
    assert reason in why


BROKEN_BY_MAP = {
    "year 0": (
        b'{"id": 1, "at": "0000-01-01", "text": "t", "brand": "Acme"}',
        "time: '0000-01-01' cannot be read",
    ),
    "truncated": (b'{"id": 1, "at', "not JSON"),
    "invalid UTF-8": (b'{"id": "\xff"}', "not UTF-8"),
    "not an object": (b"[]", "not an object with keys"),
    "too deep": (b'{"a":' * 50_000, "nested too deeply"),
    "a list as a name": (b'{"id": 1, "at": 1772442000, "text": ["t"], "brand": "Acme"}', "text"),
    "NaN": (b'{"id": 1, "at": NaN, "text": "t", "brand": "Acme"}', "time: 'nan' cannot be read"),
}


@pytest.mark.parametrize(("raw", "reason"), BROKEN_BY_MAP.values(), ids=BROKEN_BY_MAP)
def test_what_a_map_cannot_read_is_kept_too(place: Place, raw: bytes, reason: str) -> None:
    good = jsonl([row("9", "2026-03-02T09:01")]).encode()
    place.replay("broken.jsonl", raw + b"\n" + good, map=MAP)
    assert place.ids == ["x:9"]
    ((where, why),) = place.letters
    assert where == "broken.jsonl:1"
    assert reason in why


def test_broken_rows_of_a_table_name_their_lines(place: Place) -> None:
    rows = [
        b"id,at,text,brand", b'1,2026-03-02T09:01,"two', b'lines",Acme', b"2,2026-03-02T09:02,short",
        b'3,2026-03-02T09:03,"stray,Acme', b'4,2026-03-02T09:04,"fine",Acme', b"5,2026-03-02T09:05,\xff,Acme",
    ]  # fmt: skip
    place.replay("sheet.csv", b"\n".join(rows), map=MAP)
    assert place.ids == ["x:1", "x:4"]
    assert [where for where, _ in place.letters] == ["sheet.csv:4", "sheet.csv:5", "sheet.csv:7"]
    assert place.letters[0][1] == "3 values for 4 columns"


def test_a_line_of_fifty_megabytes_is_told_with_its_true_size(place: Place) -> None:
    path = place.folder / "huge.jsonl"
    with path.open("wb") as file:
        file.write(jsonl([own("1")]).encode())
        file.truncate(50_000_000)
        file.seek(0, 2)
        file.write(b"\n" + jsonl([own("2")]).encode())
    place.replay("huge.jsonl")
    assert place.ids == ["x:1", "x:2"]
    ((where, why),) = place.letters
    assert where == "huge.jsonl:2"
    assert "at most 1,000,000 are read" in why
    assert why.startswith("49,999,")


def test_nul_and_lone_surrogates_are_cleaned_away(place: Place) -> None:
    rows = [own("1", text="a\x00b\ud800c"), own("2", text="d\udfffe", title="\ud83d\ude00")]
    place.replay("dirty.jsonl", jsonl(rows))
    mapped = (
        jsonl([row("3", "2026-03-02T09:01", "f\ud800g\x00")])
        + '{"id": 4, "at": 1772442000, "brand": "Acme", "text": "h\x00i"}\n'
    )
    place.replay("mapped.jsonl", mapped, map=MAP)
    said = [event.mention for event in place.heard if isinstance(event, Said)]
    assert {(mention.id, mention.text, mention.title) for mention in said} == {
        ("x:1", "abc", ""), ("x:2", "de", "😀"), ("x:3", "fg", ""), ("x:4", "hi", ""),
    }  # fmt: skip
    assert place.letters == []


def test_the_year_9999_is_clamped(place: Place) -> None:
    place.replay("far.jsonl", jsonl([own("1", created_at="9999-12-31T23:59:59Z", collected_at=None)]))
    (event,) = place.heard
    assert isinstance(event, Said)
    assert event.mention.claimed_at
    assert event.mention.created_at < datetime(2027, 1, 1, tzinfo=UTC)


def test_counts_and_withdrawals_in_our_own_form(place: Place) -> None:
    at = "2026-03-02T09:30:00Z"
    measured = {
        "type": "measured",
        "id": "x:1",
        "brand": "Acme",
        "collected_at": at,
        "metrics": {"at": at, "likes": 3},
    }
    withdrawn = {"type": "withdrawn", "id": "x:1", "brand": "Acme", "collected_at": "2026-03-02T09:40:00Z"}
    place.replay("own.jsonl", jsonl([withdrawn, measured, {"type": "said", "mention": own("1")}]))
    assert [type(event) for event in place.heard] == [Said, Measured, Withdrawn]


@given(cut=st.integers(0, 400))
def test_a_file_cut_anywhere_loses_only_its_last_record(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    whole = jsonl([own("1"), own("2"), own("3")]).encode()
    here = Place(tmp_path_factory.mktemp("cut"))
    here.replay("cut.jsonl", whole[: min(cut, len(whole))])
    complete = whole[:cut].count(b"\n") + (whole[cut : cut + 1] == b"\n")
    assert here.ids == [f"x:{number}" for number in range(1, complete + 1)]
    assert len(here.letters) <= 1
    here.store.close()


# --- refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "sheet.csv: is empty"),
        (b"id,at,text\n", "sheet.csv:1: no column 'brand'; it has id, at, text"),
        (b"a,b\n", "no column 'id', 'at', 'text', 'brand'; it has a, b"),
        (b"id,at,text,brand,text\n", "more than one column 'text'"),
        (b"\nid,at\n", "sheet.csv:2: no column 'text', 'brand'"),
        (b"i\xffd,at,text,brand\n", "header cannot be read"),
        (b'id,"at,text,brand\n', "header cannot be read"),
    ],
)
def test_faults_of_a_header_name_the_columns(place: Place, content: bytes, message: str) -> None:
    with pytest.raises(Refused) as error:
        place.replay("sheet.csv", content, map=MAP)
    assert message in str(error.value)


def test_a_missing_file_and_a_folder_are_refused(place: Place) -> None:
    with pytest.raises(Refused, match="No such file"):
        place.replay("absent.jsonl")
    with pytest.raises(Refused, match="directory"):
        place.replay("")


def test_a_table_without_a_map_is_refused_before_a_single_line_is_lost() -> None:
    with pytest.raises(ValidationError, match="CSV file needs one"):
        Replay(name="replay", path=Path("a.csv"))


def test_a_bad_map_in_the_configuration_names_its_key() -> None:
    bad = {"kind": "replay", "path": "a.jsonl", "map": {"tekst": "a"}}
    with pytest.raises(ConfigError, match=r"collectors\[\d\]\.map: .*did you mean 'text'"):
        from_dict({"collectors": [bad]})


# --- pace -----------------------------------------------------------------------------------------------------


class BentTime:
    """Sleeping moves it, nothing else."""

    def __init__(self) -> None:
        self.now, self.naps = 100.0, 0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert 0 < seconds <= 1, "a stop is not waited for longer"
        self.naps += 1
        self.now += max(seconds, 1e-6)  # as a float, less would not move it


class Watching:
    """Notes when each was handed over."""

    def __init__(self, time: BentTime) -> None:
        self.time, self.told = time, dict[str, float]()

    def hear(self, events: Any) -> int:
        self.told |= {event.mention.id: self.time.now - 100 for event in events}
        return len(events)

    def busy(self) -> int | None:
        return None

    def succeeded(self) -> None:
        pass


def test_time_passes_as_it_did_so_many_times_as_fast(place: Place) -> None:
    time = BentTime()
    watching = Watching(time)
    rows = [own("a", 0), own("b", 0), own("c", 1), own("d", 3)]
    place.replay(
        "paced.jsonl", jsonl(rows), speed=60, intake=watching, monotonic=time.monotonic, sleep=time.sleep
    )
    assert watching.told == pytest.approx({"x:a": 0, "x:b": 0, "x:c": 1, "x:d": 3})


def test_as_fast_as_can_be_never_sleeps(place: Place) -> None:
    time = BentTime()
    place.replay("fast.jsonl", jsonl([own("a", 0), own("b", 59)]), monotonic=time.monotonic, sleep=time.sleep)
    assert time.naps == 0


def test_a_stop_ends_the_wait_and_what_was_waited_for_comes_after_the_restart(place: Place) -> None:
    time, stop = BentTime(), asyncio.Event()

    def sleep(seconds: float) -> None:
        time.sleep(seconds)
        if time.naps == 3:
            stop.set()

    place.replay(
        "p.jsonl",
        jsonl([own("a", 0), own("b", 59)]),
        speed=1,
        stop=stop,
        monotonic=time.monotonic,
        sleep=sleep,
    )
    assert (place.ids, time.naps) == (["x:a"], 3)
    place.replay("p.jsonl", speed=0)
    assert place.ids == ["x:a", "x:a", "x:b"]


@given(gaps=st.lists(st.integers(0, 3_600), min_size=1, max_size=10), speed=st.sampled_from([0.5, 1.0, 60.0]))
def test_nobody_is_early_and_nobody_waits_longer_than_due(gaps: list[int], speed: float) -> None:
    time = BentTime()
    pace = Pace(speed, time.monotonic, time.sleep)
    start = heard = datetime(2026, 3, 2, tzinfo=UTC)
    for gap in [0, *gaps]:
        heard += timedelta(seconds=min(gap, 60))
        pace.wait(heard, asyncio.Event())
        assert time.now - 100 == pytest.approx((heard - start).total_seconds() / speed, abs=0.001)


# --- back-pressure --------------------------------------------------------------------------------------------


def test_it_waits_while_the_processors_are_behind(tmp_path: Path) -> None:
    place = Place(tmp_path, intake={"high_water": 10})
    naps = []

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) % 3 == 0:
            place.bus.move("mentions", "processors", 10**6)

    place.bus.subscribe("mentions", "processors")
    place.replay("long.jsonl", jsonl([own(str(n)) for n in range(1_000)]), sleep=sleep)
    assert len(naps) == 0 or len(naps) % 3 == 0
    assert len(_ids(place)) == 1_000
    place.store.close()
