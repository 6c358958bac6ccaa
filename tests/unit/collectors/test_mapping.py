"""Records of any shape become mentions by a map; what cannot be read names its field."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.mapping import FIELDS, Mapper, checked_map, parse_time
from earshot.errors import Refused, Unreadable
from earshot.model import Author, Mention, Metrics, Rating

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SAID = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BARE = {"id": "1", "time": "2026-03-02T09:00:00Z", "text": "hello"}


def mapped(raw: dict[str, Any], **columns: str) -> Mention:
    columns = columns or {field: field for field in FIELDS}
    return Mapper(checked_map(columns), "x").mention(raw, NOW)


def refused(**values: Any) -> str:
    with pytest.raises(Unreadable) as error:
        mapped({key: value for key, value in (BARE | values).items() if value is not ...})
    return str(error.value)


def test_every_field_finds_its_place() -> None:
    raw = BARE | {
        "heard": "2026-03-02T10:00:00Z", "edited": "2026-03-02T09:30:00Z", "title": "T", "kind": "reply",
        "language": "it", "url": "https://x.example/1", "brand": "Acme", "root": "r", "parent": "p", "quoted": "q",
        "reposted": "o", "links": "https://a.example https://b.example", "author": "u1", "handle": "@u", "name": "U",
        "followers": "1234", "verified": "true", "place": "Bologna", "likes": "1", "reposts": "2", "replies": "3", "quotes": "4",
        "views": "5", "rating": "2", "best": "10",
    }  # fmt: skip
    assert set(raw) == set(FIELDS)
    heard = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    assert mapped(raw) == Mention(
        id="x:1", brand="Acme", created_at=SAID, collected_at=heard, edited_at=SAID + timedelta(minutes=30),
        text="hello", title="T", kind="reply", language="it", url="https://x.example/1", root="x:r", parent="x:p",
        quoted="x:q", reposted="x:o", links=("https://a.example", "https://b.example"),
        author=Author(id="u1", handle="@u", name="U", followers=1234, verified=True, place="Bologna"),
        metrics=Metrics(at=heard, likes=1, reposts=2, replies=3, quotes=4, views=5), rating=Rating(2, 10),
    )  # fmt: skip


def test_what_is_empty_or_missing_is_left_out() -> None:
    mention = mapped(BARE | {"followers": "", "likes": None, "rating": "", "parent": None})
    assert (mention.author, mention.metrics, mention.rating, mention.parent) == (
        Author(id="x:1"),
        None,
        None,
        None,
    )


def test_dotted_paths_lead_into_records_and_a_column_with_dots_comes_first() -> None:
    raw = {
        "data": {"id": 7, "user": {"name": "U"}},
        "t": SAID.timestamp(),
        "a.b": "column",
        "a": {"b": "path"},
    }
    mention = mapped(
        raw, id="data.id", time="t", text="a.b", name="data.user.name", handle="data.none.at.all"
    )
    assert (mention.id, mention.text, mention.author.name, mention.author.handle) == (
        "x:7",
        "column",
        "U",
        "",
    )


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-02T09:00:00Z", "2026-03-02T10:00:00+01:00", "2026-03-02 09:00:00", "2026-03-02 09:00", " 2026-03-02T09:00 ",
        1772442000, 1772442000.0, "1772442000", "1772442000.0", 1772442000000, "1772442000000",
        "Mon, 2 Mar 2026 10:00:00 +0100", "Mon, 2 Mar 2026 09:00:00 -0000", "2 Mar 2026 09:00:00 GMT",
        "Mon Mar 02 09:00:00 +0000 2026", datetime(2026, 3, 2, 9, 0), SAID,  # noqa: DTZ001 - zoneless is the case
    ],
)  # fmt: skip
def test_times_in_all_their_forms(written: Any) -> None:
    assert parse_time(written) == SAID


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("20260302", SAID.replace(hour=0)),
        ("2026-03-02", SAID.replace(hour=0)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_days_and_the_first_second(written: Any, expected: datetime) -> None:
    assert parse_time(written) == expected


@pytest.mark.parametrize(
    "written",
    ["garbage", "0000-01-01T00:00:00Z", "2026-13-01", "9999-12-31T23:59:59-05:00", "nan", float("nan"), 1e30, True,
     [1], {"a": 1}, "Mon, 99 Zzz", "²"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["time", "heard", "edited"])
def test_a_time_that_cannot_be_read_names_its_field(field: str, written: Any) -> None:
    assert refused(**{field: written}).startswith(f"{field}: {str(written)[:80]!r} cannot be read: ")


@given(st.one_of(st.text(), st.integers(), st.floats(), st.binary(), st.none(), st.lists(st.text())))
def test_any_value_is_a_time_in_utc_or_unreadable(value: Any) -> None:
    with suppress(Unreadable):
        assert parse_time(value).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("id", ..., "id: missing"),
        ("id", "", "id: missing"),
        ("id", [1], "id: '[1]' is no id"),
        ("id", True, "id: 'True' is no id"),
        ("time", ..., "time: missing"),
        ("followers", "1,234", "followers: '1,234' is not a whole number"),
        ("followers", "12.5", "followers: '12.5' is not a whole number"),
        ("followers", "many", "followers: 'many' is not a whole number"),
        ("likes", "inf", "likes: 'inf' is not a whole number"),
        ("likes", True, "likes: 'True' is not a whole number"),
        ("followers", "-1", "followers"),
        ("kind", "tweet", "kind"),
        ("rating", "4,5", "rating"),
        ("rating", "nan", "rating"),
        ("best", "0", "best"),
        ("name", "n" * 2_000, "name"),
    ],
)
def test_what_cannot_be_read_names_the_field(field: str, value: Any, message: str) -> None:
    assert message in refused(**({"rating": "3"} | {field: value}))


@pytest.mark.parametrize("written", [1234, "1234", "1234.0", 1234.0, " 1234 "])
def test_counts_in_the_forms_that_tables_write(written: Any) -> None:
    assert mapped(BARE | {"followers": written}).author.followers == 1234


def test_numbers_that_are_names_stay_exact() -> None:
    mention = mapped(BARE | {"id": 2**62 + 1, "parent": 2**62, "author": 42, "handle": 7})
    assert (mention.id, mention.parent) == (f"x:{2**62 + 1}", f"x:{2**62}")
    assert (mention.author.id, mention.author.handle) == ("42", "7")


@given(st.text(min_size=1, max_size=20).filter(lambda t: "\x00" not in t))
def test_a_reply_names_its_parent_as_the_parent_names_itself(native: str) -> None:
    mention = mapped(BARE | {"id": native, "parent": native})
    assert mention.id == mention.parent
    assert mention.id.startswith("x:")


def test_stars_of_ten() -> None:
    rating = mapped(BARE | {"rating": 8, "best": 10}).rating
    assert rating
    assert rating.of_five == 4


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"id": "a", "time": "b", "tekst": "c"}, "unknown field 'tekst', did you mean 'text'?"),
        ({"id": "a", "time": "b", "text": "c", "zzz": "d"}, "unknown field 'zzz';"),
        ({"time": "b", "text": "c"}, "'id' is missing"),
        ({"id": "a", "text": "c"}, "'time' is missing"),
        ({"id": "a", "time": "b"}, "one of 'text', 'title', 'rating' is needed"),
    ],
)
def test_a_map_that_does_not_suffice_is_refused(columns: dict[str, str], message: str) -> None:
    with pytest.raises(Refused) as error:
        checked_map(columns)
    assert message in f"{str(error.value).split('. Fields')[0]};"
    assert all(field in str(error.value) for field in FIELDS)


def test_all_faults_of_a_map_are_told_at_once() -> None:
    with pytest.raises(Refused, match=r"'tekst'.*'id' is missing.*'time' is missing.*is needed"):
        checked_map({"tekst": "a"})
