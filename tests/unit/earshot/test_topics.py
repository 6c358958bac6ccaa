import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from earshot.errors import TooNew, Unreadable
from earshot.model import Author, Episode, Level, Mention, Metrics, Rating, Step, Story, Terms
from earshot.topics import MENTIONS, STORIES, Event, Measured, Said, Snapshot, Topic, Withdrawn

GOLDEN = Path(__file__).parents[2] / "golden/mentions_v1.jsonl"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
MOMENTS = st.datetimes(timezones=st.just(UTC))
COUNTS = st.integers(0, 2**53)
MAYBE = st.none() | COUNTS
METRICS = st.builds(Metrics, at=MOMENTS, likes=MAYBE, reposts=MAYBE, replies=MAYBE, quotes=MAYBE, views=MAYBE)
MENTION = st.builds(
    Mention,
    id=IDS,
    brand=IDS,
    author=st.builds(Author, id=IDS, name=TEXT, handle=TEXT, followers=MAYBE, verified=st.booleans()),
    created_at=MOMENTS,
    collected_at=MOMENTS,
    kind=st.sampled_from(["post", "repost", "quote", "reply", "comment", "review", "article"]),
    text=TEXT,
    language=st.none() | st.sampled_from(["it", "en"]),
    parent=st.none() | IDS,
    links=st.lists(TEXT, max_size=3).map(tuple),
    metrics=st.none() | METRICS,
    rating=st.none() | st.builds(Rating, st.floats(0, 1_000), st.floats(0.5, 1_000)),
    edited_at=st.none() | MOMENTS,
    backfill=st.booleans(),
)
EVENTS = st.one_of(
    st.builds(Said, mention=MENTION),
    st.builds(Measured, id=IDS, brand=IDS, collected_at=MOMENTS, metrics=METRICS),
    st.builds(Withdrawn, id=IDS, brand=IDS, collected_at=MOMENTS, reason=TEXT),
)


def said(**values: Any) -> dict[str, Any]:
    """The least that a message says."""
    mention = {
        "id": "x:1",
        "brand": "Acme",
        "author": {"id": "u1"},
        "created_at": "2026-03-02T09:00:00Z",
        "collected_at": "2026-03-02T09:00:00Z",
    }
    return {"type": "said", "mention": mention | values}


def wire(message: Any) -> bytes:
    return json.dumps(message).encode()


# --- the form -----------------------------------------------------------------------------------------------


@given(EVENTS)
def test_what_is_written_is_read(event: Event) -> None:
    assert MENTIONS.decode(MENTIONS.encode(event)) == event


def test_a_story_with_all_that_it_has() -> None:
    step = Step(level=Level.critical, reason="voice", at=START, mention="x:1", risk=91.5)
    story = Story(
        id=(1 << 40) + 1,
        brand="Caffè",
        version=7,
        first="x:1",
        opened_at=START,
        last_at=START + timedelta(microseconds=1),
        votes=2**53,
        outlets={"news.example": "national"},
        level=Level.critical,
        terms=Terms(bias=-5.0, neg=1e-17),
        episodes=(Episode(number=1, steps=(step, step), below_since=START, resolved_at=START),),
    )
    assert STORIES.decode(STORIES.encode(Snapshot(story=story))) == Snapshot(story=story)


@given(EVENTS, st.dictionaries(st.text(min_size=1).filter(lambda key: key not in FIELDS), st.integers()))
def test_unknown_fields_are_ignored(event: Event, unknown: dict[str, int]) -> None:
    raw = json.loads(MENTIONS.encode(event))
    assert MENTIONS.decode(wire(unknown | raw)) == event
    if isinstance(event, Said):
        raw["mention"] = unknown | raw["mention"]
        raw["mention"]["author"] = unknown | raw["mention"]["author"]
        assert MENTIONS.decode(wire(raw)) == event


FIELDS = {
    *("type", "v", "mention"),
    *Mention.__struct_fields__,
    *Author.__struct_fields__,
    *Measured.__struct_fields__,
    *Withdrawn.__struct_fields__,
}


def test_what_may_be_missing_may_be_missing() -> None:
    event = MENTIONS.decode(wire(said()))
    author = Author(id="u1")
    assert event == Said(
        mention=Mention(id="x:1", brand="Acme", author=author, created_at=START, collected_at=START)
    )
    assert event.mention.source == "x"


def test_times_of_any_zone() -> None:
    event = MENTIONS.decode(wire(said(created_at="2026-03-02T11:00:00+02:00")))
    assert isinstance(event, Said)
    assert event.mention.created_at == START.astimezone(timezone(timedelta(hours=2)))


# --- what cannot be read ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (said(id=""), r"\$\.mention\.id"),
        (said(id=7), r"\$\.mention\.id"),
        (said(author={}), "field `id` - at `\\$.mention.author`"),
        (said(author={"id": "u", "followers": -1}), r"\$\.mention\.author\.followers"),
        (said(created_at="yesterday"), r"\$\.mention\.created_at"),
        (said(created_at="2026-03-02T09:00:00"), r"timezone component - at `\$\.mention\.created_at"),
        (said(kind="shout"), r"'shout' - at `\$\.mention\.kind"),
        (said(text="x" * 100_001), r"100000 - at `\$\.mention\.text"),
        (said(links=["a"] * 101), r"\$\.mention\.links"),
        ({"type": "said"}, "field `mention`"),
        ({"type": "shouted"}, r"'shouted' - at `\$\.type"),
        ({}, "field `type`"),
        ([], "Expected `object`, got `array`"),
        (None, "Expected `object`, got `null`"),
        ({"type": "withdrawn", "id": "x:1", "brand": ""}, r"\$\.brand"),
        (said() | {"v": "1"}, r"\$\.v"),
        (said() | {"v": 0}, "version 0 of mentions can no longer be read"),
    ],
)
def test_the_reason_names_the_key(message: Any, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        MENTIONS.decode(wire(message))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"\x00",
        b"hello",
        b'{"type":"said","mention":',
        wire(said())[:-1],
        wire(said()) + b"}",
        wire(said()).replace(b"u1", b"\xff"),
        wire(said()).replace(b"u1", rb"\ud800"),
        b"[" * 100_000,
        b'{"type":"said","x":' + b"[" * 100_000,
        b'{"v":2,"x":' * 100_000,
    ],
    ids=range(13),
)
def test_garbage_is_unreadable_and_nothing_else(data: bytes) -> None:
    with pytest.raises(Unreadable):
        MENTIONS.decode(data)


@given(st.binary(max_size=60))
def test_any_bytes_are_unreadable_and_nothing_else(data: bytes) -> None:
    with pytest.raises(Unreadable):
        MENTIONS.decode(data)


# --- versions -----------------------------------------------------------------------------------------------


class Greeting(Struct, tag="hello", kw_only=True):
    """Version 2 renamed `name` to `who`."""

    who: str
    v: int = 2


def renamed(raw: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in raw.items() if key != "name"} | {"who": raw["name"]}


GREETINGS: Topic[Greeting] = Topic("greetings", Greeting, 2, {1: renamed})


def test_an_older_version_is_lifted() -> None:
    assert GREETINGS.decode(b'{"type":"hello","v":1,"name":"Ada"}') == Greeting(who="Ada")
    assert GREETINGS.decode(b'{"type":"hello","name":"Ada"}') == Greeting(who="Ada")
    assert GREETINGS.decode(b'{"type":"hello","v":2,"who":"Ada"}') == Greeting(who="Ada")


def test_versions_are_lifted_one_after_the_other() -> None:
    def to_three(raw: dict[str, Any]) -> dict[str, Any]:
        return raw | {"who": raw["who"].upper()}

    third: Topic[Greeting] = Topic("greetings", Greeting, 3, {1: renamed, 2: to_three})
    assert third.decode(b'{"type":"hello","v":1,"name":"Ada"}') == Greeting(who="ADA", v=3)
    assert third.decode(b'{"type":"hello","v":3,"who":"Ada"}') == Greeting(who="Ada", v=3)


def test_a_version_without_a_way_up() -> None:
    gone: Topic[Greeting] = Topic("greetings", Greeting, 3, {2: dict})
    with pytest.raises(Unreadable, match="version 1 of greetings can no longer be read"):
        gone.decode(b'{"type":"hello","name":"Ada"}')


@pytest.mark.parametrize("data", [b'{"type":"hello"}', b'{"type":"hello","name":7}', b'{"v":1}'])
def test_garbage_of_an_older_version_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        GREETINGS.decode(data)


@pytest.mark.parametrize("message", [said() | {"v": 2}, {"v": 99}, {"v": 2, "type": "something new"}])
def test_a_newer_version_asks_for_an_upgrade(message: dict[str, Any]) -> None:
    with pytest.raises(TooNew, match=r"of mentions, this Earshot reads up to 1: upgrade it"):
        MENTIONS.decode(wire(message))


# --- for ever -----------------------------------------------------------------------------------------------


def test_messages_of_version_1_are_read_for_ever() -> None:
    """Never change the file. Logs, dead letters and backups are full of such lines."""
    least, most, measured, withdrawn, later = (
        MENTIONS.decode(line) for line in GOLDEN.read_bytes().splitlines()
    )
    heard = START + timedelta(seconds=5)
    assert least == Said(
        mention=Mention(
            id="x:1", brand="Ronvia", author=Author(id="u1"), created_at=START, collected_at=heard
        )
    )
    assert most == Said(
        mention=Mention(
            id="x:2",
            brand="Ronvia",
            author=Author(
                id="u2",
                handle="@ada",
                name="Ada 🌋",
                url="https://x.example/ada",
                followers=120_000,
                verified=True,
            ),
            created_at=START + timedelta(microseconds=123_456),
            collected_at=heard,
            why="own account",
            kind="reply",
            text='Perché non rispondete? "Mai" più',
            title="T",
            language="it",
            url="https://x.example/2",
            root="x:1",
            parent="x:1",
            quoted="x:0",
            reposted="x:9",
            links=("https://news.example/a",),
            metrics=Metrics(
                at=START + timedelta(seconds=4), likes=3, reposts=0, replies=1, quotes=2, views=900
            ),
            rating=Rating(1.0, 5.0),
            edited_at=START + timedelta(seconds=3),
            claimed_at=datetime(2026, 3, 3, tzinfo=UTC),
            backfill=True,
        )
    )
    hour = timedelta(hours=1)
    assert measured == Measured(
        id="x:1", brand="Ronvia", collected_at=START + hour, metrics=Metrics(at=START, reposts=40)
    )
    assert withdrawn == Withdrawn(
        id="x:2", brand="Ronvia", collected_at=START + 2 * hour, reason="deleted by its author"
    )
    assert later == Withdrawn(id="feed:urn:uuid:7", brand="Caffè Ronvià", collected_at=START + 2 * hour)


def test_the_wire_form_is_what_version_1_says() -> None:
    """A field that is renamed or dropped would be lost on the way without an error."""
    for line in GOLDEN.read_bytes().splitlines()[:4]:
        raw = msgspec.json.decode(line)
        written = msgspec.json.decode(MENTIONS.encode(MENTIONS.decode(line)))
        assert told(written) == told(raw)


def told(raw: Any) -> Any:
    """All that is said, without the version, in one form of time."""
    if isinstance(raw, dict):
        return {key: told(value) for key, value in raw.items() if key not in {"v", "at", "best"}}
    return raw
