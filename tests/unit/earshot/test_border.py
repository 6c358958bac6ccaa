import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earshot.border import BACKFILL_AFTER, LONGEST, build_mention, clean, parse_event, unread_fields
from earshot.errors import Unreadable
from earshot.model import Mention, Rating
from earshot.topics import MENTIONS, Measured, Said, Withdrawn

HEARD = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def fields(**values: Any) -> dict[str, Any]:
    """The least that a stranger must say."""
    return {"id": "x:1", "author": {"id": "u1"}, "created_at": "2026-03-02T08:59:00Z"} | values


def raw(**values: Any) -> bytes:
    return json.dumps(fields(**values)).encode()


def parsed(data: bytes, source: str = "", *, keep_heard: bool = False) -> Mention:
    event = parse_event(data, HEARD, source, keep_heard=keep_heard)
    assert isinstance(event, Said)
    return event.mention


def refused(data: bytes, reason: str, source: str = "") -> None:
    with pytest.raises(Unreadable, match=reason):
        parse_event(data, HEARD, source)


# --- forms --------------------------------------------------------------------------------------------------


def test_a_bare_mention_and_one_in_its_envelope_are_the_same() -> None:
    said = json.dumps({"type": "said", "mention": fields(text="Caffè")}).encode()
    assert parsed(said) == parsed(raw(text="Caffè"))
    assert parsed(said).text == "Caffè"
    assert parsed(said).brand == ""


def test_what_is_measured_or_withdrawn() -> None:
    common = {"id": "1", "brand": "Acme", "collected_at": "2026-03-02T08:00:00Z"}
    measured = {"type": "measured", "metrics": {"at": "2026-03-02T08:00:00Z", "likes": 3}} | common
    event = parse_event(json.dumps(measured).encode(), HEARD, "x")
    assert isinstance(event, Measured)
    assert (event.id, event.collected_at, event.metrics.likes) == ("x:1", HEARD, 3)
    kept = parse_event(json.dumps({"type": "withdrawn"} | common).encode(), HEARD, "x", keep_heard=True)
    hour_ago = HEARD - timedelta(hours=1)
    assert kept == Withdrawn(id="x:1", brand="Acme", collected_at=hour_ago)


def test_plain_values_are_read_leniently() -> None:
    """As sources give them: numbers and times as text."""
    mention = build_mention(fields(author={"id": "u1", "followers": "12"}, rating={"value": "1"}), HEARD, "x")
    assert (mention.author.followers, mention.rating) == (12, Rating(1.0))


def test_unknown_keys_are_ignored() -> None:
    assert parsed(raw(mood="furious", n=2**70)) == parsed(raw())


# --- two times ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("created_at", "claimed"),
    [
        ("2026-03-02T09:00:00.000001Z", HEARD + timedelta(microseconds=1)),
        ("2026-03-02T12:00:00+01:00", HEARD + timedelta(hours=2)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("9999-12-31T23:59:59-14:00", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_said_after_it_was_heard_is_clamped_and_the_claim_is_kept(created_at: str, claimed: datetime) -> None:
    mention = parsed(raw(created_at=created_at))
    assert (mention.created_at, mention.collected_at, mention.claimed_at) == (HEARD, HEARD, claimed)
    assert not mention.backfill


def test_what_is_in_order_claims_nothing() -> None:
    for created_at in ("2026-03-02T09:00:00Z", "2026-03-02T08:59:59Z", "2026-03-01T09:00:00Z"):
        mention = parsed(raw(created_at=created_at))
        assert mention.created_at == datetime.fromisoformat(created_at)
        assert mention.claimed_at is None
        assert not mention.backfill


@pytest.mark.parametrize("late", [timedelta(microseconds=1), timedelta(days=365)])
def test_heard_more_than_a_day_later_is_backfill(late: timedelta) -> None:
    mention = parsed(raw(created_at=(HEARD - BACKFILL_AFTER - late).isoformat()))
    assert mention.backfill


@pytest.mark.parametrize("created_at", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_the_first_year_is_old(created_at: str) -> None:
    mention = parsed(raw(created_at=created_at))
    assert mention.created_at == datetime(1, 1, 1, tzinfo=UTC)
    assert mention.backfill


@pytest.mark.parametrize(
    "created_at",
    [
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-03-02T09:00:00",
        "2026-03-02",
        "now",
        "",
    ],
)
def test_a_time_that_is_none_is_refused(created_at: str) -> None:
    reason = 'created_at: must be a time with its zone, such as "2026-03-02T09:00:00Z"$'
    refused(raw(created_at=created_at), reason)


def test_times_are_utc() -> None:
    mention = parsed(raw(created_at="2026-03-02T09:30:00+02:00", edited_at="2026-03-02T09:40:00+02:00"))
    assert mention.edited_at
    assert [at.isoformat() for at in (mention.created_at, mention.edited_at)] == [
        "2026-03-02T07:30:00+00:00",
        "2026-03-02T07:40:00+00:00",
    ]


@pytest.mark.parametrize(
    ("given_time", "heard"),
    [
        ({"collected_at": "2026-03-01T10:00:00+01:00"}, HEARD - timedelta(days=1)),
        ({"collected_at": "2027-01-01T00:00:00Z"}, HEARD),
        ({}, HEARD - timedelta(minutes=1)),
    ],
    ids=["as recorded", "never in the future", "when it was said"],
)
def test_a_replay_keeps_the_time_heard(given_time: dict[str, str], heard: datetime) -> None:
    assert parsed(raw(**given_time), keep_heard=True).collected_at == heard
    assert parsed(raw(**given_time)).collected_at == HEARD


def test_a_replay_clamps_to_the_time_heard_then() -> None:
    mention = parsed(raw(collected_at="2026-03-02T08:00:00Z"), keep_heard=True)
    assert mention.created_at == mention.collected_at == HEARD - timedelta(hours=1)
    assert mention.claimed_at == HEARD - timedelta(minutes=1)


def test_old_words_heard_in_time_are_no_backfill_in_a_replay() -> None:
    old = raw(created_at="2020-03-02T08:00:00Z", collected_at="2020-03-02T09:00:00Z")
    assert not parsed(old, keep_heard=True).backfill
    assert parsed(old).backfill


# --- what no database can carry -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        b"a\x00b",
        rb"a\u0000b",
        rb"a\ud800b",
        rb"a\uDFFFb",
        rb"a\udc00\ud800b",
        b"a\xed\xa0\x80b",
        b"a\xed\xbf\xbfb",
        rb"a\u0000\ud83d\u0000b",
    ],
)
def test_nul_and_lone_surrogates_are_dropped(written: bytes) -> None:
    assert parsed(raw(text="HERE").replace(b"HERE", written)).text == "ab"
    assert parsed(raw(author={"id": "HERE"}).replace(b"HERE", written)).author.id == "ab"
    assert parsed(raw(links=["HERE"]).replace(b"HERE", written)).links == ("ab",)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb"\ud83d\ude00", "😀"),
        ("😀".encode(), "😀"),
        (rb"\ud83d\ude00\u0000\ud83d", "😀"),
        (rb"\\u0000", r"\u0000"),
        ("퟿".encode(), "\ud7ff"),
        (rb"caff\u00e8", "caffè"),
    ],
)
def test_everything_else_stays(written: bytes, read: str) -> None:
    assert parsed(raw(text="HERE").replace(b"HERE", written)).text == read


def test_plain_values_are_cleaned_too() -> None:
    given_fields = fields(text="a\0b\ud800", links=["\udfff", "b\0"], author={"id": "u\0"})
    mention = build_mention(given_fields, HEARD, "x")
    assert (mention.text, mention.links, mention.author.id) == ("ab", ("", "b"), "u")


def test_an_id_of_nothing_else_is_no_id() -> None:
    refused(raw(id="\0"), "^id: must not be empty$", "x")


@given(st.text(st.characters()))
def test_clean_text_can_be_written_anywhere(text: str) -> None:
    cleaned = clean(text)
    assert "\0" not in cleaned
    assert cleaned.encode().decode() == cleaned
    assert clean(cleaned) == cleaned


# --- ids ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("native", "full"),
    [("1", "feed:1"), ("x:1", "x:1"), (":1", "feed::1"), ("1:", "feed:1:"), ("à", "feed:à")],
)
def test_an_id_without_its_source_is_given_one(native: str, full: str) -> None:
    mention = parsed(raw(id=native, root=native, parent=native, quoted=native, reposted=native), "feed")
    assert {mention.id, mention.root, mention.parent, mention.quoted, mention.reposted} == {full}


@pytest.mark.parametrize("native", ["1", ":1", "1:", ":"])
def test_an_id_without_any_source_is_refused_with_a_hint(native: str) -> None:
    refused(raw(id=native), rf"id: 'source:native id' is expected, such as 'x:{native}'")


def test_an_id_that_is_too_long_with_its_source_is_refused_here() -> None:
    """Not when the processors read it."""
    assert_sound(Said(mention=parsed(raw(id="i" * 998), "x")))
    refused(raw(id="i" * 999), "id: 1,001 characters with its source; at most 1,000 are kept", "x")


# --- what cannot be read ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b'"x:1"',
        b"{",
        b"\xff\xfe{\x00}\x00",
        raw()[:-1],
        raw()[:40],
        raw() + b"}",
        raw(text="a").replace(b'"a"', b'"\xff"'),
        raw(text="a").replace(b'"a"', b'"\\x"'),
        raw(text="a").replace(b'"a"', b"NaN"),
        b'{"type":"said","mention":null}',
        b'{"type":"shouted"}',
        b'{"type":7}',
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"text":"\\u0000","a":' + b"[" * 200_000,
        b'{"text":"\\u0000","a":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"mention":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=range(21),
)
def test_garbage_is_unreadable_and_nothing_else(data: bytes) -> None:
    refused(data, ".", "x")


def test_plain_values_nested_too_deep() -> None:
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(Unreadable):
        build_mention(fields(links=deep), HEARD, "x")


def test_a_record_that_is_too_long_is_not_even_read() -> None:
    longest = raw(pad="x" * (LONGEST - len(raw(pad=""))))
    assert parsed(longest)
    refused(longest + b" ", "1,000,001 bytes; at most 1,000,000 are read")


def test_a_name_of_a_million_characters() -> None:
    author = {"id": "u1", "name": "A" * 1_000_000}
    refused(raw(author=author), "bytes; at most")
    with pytest.raises(Unreadable, match=r"^author\.name: must be at most 1,000 characters$"):
        build_mention(fields(author=author), HEARD, "x")
    refused(raw(author=author | {"name": "A" * 900_000}), r"^author\.name: must be at most 1,000 characters$")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"id": None}, "id: must be text in quotes, not null"),
        ({"parent": 7}, "parent: must be text in quotes, not a whole number"),
        ({"author": {}}, 'author.id: is required, such as "giulia"'),
        ({"author": "giulia"}, "author: must be an object in braces, not text"),
        ({"author": {"id": "u", "followers": -1}}, "author.followers: must be at least 0"),
        (
            {"author": {"id": "u", "followers": 10**30}},
            "author.followers: must be at most 9,007,199,254,740,992",
        ),
        (
            {"kind": "shout"},
            "kind: 'shout' is none of post, repost, quote, reply, comment, review, article",
        ),
        (
            {"kind": "x" * 900},
            f"kind: '{'x' * 79}… is none of post, repost, quote, reply, comment, review, article",
        ),
        (
            {"kind": 7},
            "kind: must be one of post, repost, quote, reply, comment, review, article, not a whole number",
        ),
        ({"why": "me"}, "why: 'me' is none of term, own account, followed conversation, configured source"),
        ({"type": "shouted"}, "type: 'shouted' is none of said, measured, withdrawn"),
        ({"type": "measured"}, 'brand: is required, such as "Ronvia"'),
        (
            {"type": "withdrawn", "brand": "Acme"},
            'collected_at: is required: a time with its zone, such as "2026-03-02T09:00:00Z"',
        ),
        (
            {"mention": fields(kind="shout")},
            "mention.kind: 'shout' is none of post, repost, quote, reply, comment, review, article",
        ),
        ({"mention": {"author": {"id": "u"}}}, 'mention.id: is required, such as "crm:4711"'),
        ({"mention": 7}, "mention: must be an object in braces, not a whole number"),
        ({"rating": {"value": -1}}, "rating.value: must be at least 0"),
        ({"rating": {"value": 1, "best": 0}}, "rating.best: must be above 0"),
        ({"rating": {"value": 1, "best": -5}}, "rating.best: must be above 0"),
        (
            {"metrics": {"at": "2026-03-02T08:59:00Z", "likes": 1.5}},
            "metrics.likes: must be a whole number, not a number with decimals",
        ),
        ({"links": ["a", 7]}, "links[1]: must be text in quotes, not a whole number"),
        ({"links": ["a"] * 101}, "links: must be at most 100 entries"),
        ({"text": "x" * 100_001}, "text: must be at most 100,000 characters"),
        ({"brand": "x" * 1_001}, "brand: must be at most 1,000 characters"),
        ({"backfill": "yes"}, "backfill: must be true or false, not text"),
    ],
)
def test_the_reason_says_where_what_and_what_would_be_right(values: dict[str, Any], reason: str) -> None:
    refused(raw(**values), f"^{re.escape(reason)}$")
    refused(raw(pad="\0", **values), f"^{re.escape(reason)}$")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"id": "x:1",}', "not JSON: trailing comma in object (byte 13)"),
        (b'{"id": "x', "not JSON: it ends in the middle"),
        (b'{"id": "\xff"}', "not UTF-8: the byte 0xff stands where none such can: write it in UTF-8"),
        (b'{"a":' * 90_000, "nested too deeply to be read: a mention needs three levels"),
        (b"[]", "not a mention: a JSON object is expected, not a list"),
        (b"7", "not a mention: a JSON object is expected, not a whole number"),
    ],
)
def test_what_is_no_record_at_all_is_told_as_what_it_is(data: bytes, reason: str) -> None:
    refused(data, f"^{re.escape(reason)}$")


@pytest.mark.parametrize(
    "rating", [{"value": 7}, {"value": 5.01}, {"value": 11, "best": 10}, {"value": 1_000, "best": 0.5}]
)
def test_a_rating_above_its_best_is_refused(rating: dict[str, float]) -> None:
    given_best = f"{rating.get('best', 5):g}"
    reason = rf"^rating.value: {rating['value']:g} of {given_best}: must lie between 0 and best"
    refused(raw(rating=rating), reason)
    with pytest.raises(Unreadable, match=reason):
        build_mention(fields(rating={name: str(value) for name, value in rating.items()}), HEARD, "x")


@pytest.mark.parametrize("value", ["nan", "-1", "inf", "1e999", float("nan"), float("inf")])
def test_a_rating_that_is_no_number_of_stars_is_refused(value: Any) -> None:
    for rating in ({"value": value}, {"value": 1, "best": value}):
        with pytest.raises(Unreadable, match=r"^rating\.(value|best): must"):
            build_mention(fields(rating=rating), HEARD, "x")


@pytest.mark.parametrize("rating", [{"value": 0}, {"value": 5}, {"value": 10, "best": 10}])
def test_a_rating_within_its_scale_is_taken(rating: dict[str, float]) -> None:
    assert parsed(raw(rating=rating)).rating == Rating(**rating)


def test_a_mapped_kind_that_is_none_is_told_with_those_that_are() -> None:
    with pytest.raises(Unreadable, match=r"^kind: 'shout' is none of post, repost, quote"):
        build_mention(fields(kind="shout"), HEARD, "x")


def test_fields_that_mean_nothing_have_their_names_told() -> None:
    assert unread_fields(raw(v=1, type="said", followers=1, repost_of="x:1")) == ["followers", "repost_of"]
    assert unread_fields(raw(pad="\0", **{"a\ud800b": 1})) == ["pad", "ab"]
    wrapped = {"type": "said", "mention": fields(mood="bad"), "sent_by": "crm", "id": "x:1"}
    assert unread_fields(json.dumps(wrapped).encode()) == ["sent_by", "id", "mood"]
    gone = {"type": "withdrawn", "id": "x:1", "brand": "Acme", "reason": "", "metrics": {}}
    assert unread_fields(json.dumps(gone).encode()) == ["metrics"]
    assert unread_fields(b'{"\xff": 1, "id": "x:1"}') == [], "no text"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3),
)
KEYS = st.sampled_from([*Mention.__struct_fields__, "type", "mention", "reason"])
LIKELY = st.sampled_from(
    ["said", "measured", "withdrawn", "x:1", "2026-03-02T09:00:00Z", {"id": "u"}, "\0", 1]
)
PARSER = re.compile(r"Expected `|Object |Invalid |at `\$")
RECORDS = st.dictionaries(KEYS, LIKELY | JSON).map(lambda changes: fields() | changes)


@PATIENT
@given(st.binary(), st.booleans())
def test_any_bytes_are_unreadable_and_nothing_else(data: bytes, keep_heard: bool) -> None:
    with pytest.raises(Unreadable):
        parse_event(data, HEARD, "x", keep_heard=keep_heard)


@PATIENT
@given(RECORDS | JSON, st.sampled_from(["", "x"]), st.booleans())
def test_any_json_is_a_sound_event_or_unreadable(value: Any, source: str, keep_heard: bool) -> None:
    try:
        event = parse_event(json.dumps(value).encode(), HEARD, source, keep_heard=keep_heard)
        assert not set(unread_fields(json.dumps(value).encode())) & {"id", "type", "v"}
    except Unreadable as error:
        assert not PARSER.search(str(error))
        return
    assert_sound(event)


@PATIENT
@given(RECORDS, st.booleans())
def test_any_plain_values_are_a_sound_mention_or_unreadable(value: dict[str, Any], keep_heard: bool) -> None:
    try:
        mention = build_mention(value, HEARD, "x", keep_heard=keep_heard)
    except Unreadable as error:
        assert not PARSER.search(str(error))
        return
    assert_sound(Said(mention=mention))


def assert_sound(event: Any) -> None:
    """It survives the wire, and its times are in order."""
    if isinstance(event, Said):
        assert event.mention.created_at <= event.mention.collected_at <= HEARD
        if not event.mention.brand:  # the matcher has yet to find it
            event = Said(mention=Mention(**fields_of(event.mention) | {"brand": "Acme"}))
    assert MENTIONS.decode(MENTIONS.encode(event)) == event


def fields_of(mention: Mention) -> dict[str, Any]:
    return {name: getattr(mention, name) for name in mention.__struct_fields__}


def test_an_edit_or_a_count_from_the_future_is_of_now() -> None:
    """Else nothing that comes later could ever be newer."""
    mention = parsed(
        raw(edited_at="2036-01-01T00:00:00Z", metrics={"at": "2036-01-01T00:00:00Z", "likes": 3})
    )
    assert mention.metrics
    assert (mention.edited_at, mention.metrics.at) == (HEARD, HEARD)
