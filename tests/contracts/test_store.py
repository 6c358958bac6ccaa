"""What a store promises: transactions that are whole, readers that see them, and nouns that read back the same."""

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL, make_url
from sqlalchemy.exc import IntegrityError

from earshot.clock import to_us
from earshot.errors import Stale, Unavailable
from earshot.hashing import hash64, pair64
from earshot.model import (
    Author,
    Episode,
    Level,
    Mention,
    Metrics,
    Rating,
    Score,
    SourceReport,
    Step,
    Story,
    Terms,
)
from earshot.store import (
    Store,
    access,
    alerts,
    authors,
    brands,
    dead,
    ledger,
    mentions,
    notices,
    positions,
    regrouped,
    sources,
    stories,
)

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FIRST = brands.number(1, 1)
LONGS = st.integers(-(2**63), 2**63 - 1)
COUNTS = st.integers(0, 2**53)
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)


BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | URL:
    """Where there is no store yet."""
    if request.param == "sqlite":
        return tmp_path / "earshot.db"
    return make_url(request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(place: Path | URL) -> Iterator[Store]:
    opened = Store(place)
    yield opened
    opened.close()


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "earshot.db")
    yield opened
    opened.close()


@pytest.fixture(scope="module", params=BOTH)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """For properties: each begins by deleting what the last one left."""
    if request.param == "sqlite":
        opened = Store(tmp_path_factory.mktemp("kept") / "earshot.db")
        yield opened
        opened.close()
    else:
        server = request.getfixturevalue("postgres_server")
        url = server.new_database()
        opened = Store(make_url(url))
        yield opened
        opened.close()
        server.drop(url)


def names(store: Store) -> list[str]:
    with store.read() as connection:
        return [brand.name for brand in brands.every(connection)]


def path_of(store: Store) -> Path:
    assert store.path
    return store.path


def story(number: int = FIRST, **values: object) -> Story:
    given: dict[str, object] = {"brand": "Acme", "version": 1, "first": "x:1", "opened_at": START}
    return Story(id=number, **(given | {"last_at": START} | values))  # type: ignore[arg-type]


# --- transactions -------------------------------------------------------------------------------------------


def test_a_transaction_that_ends_is_kept(store: Store) -> None:
    with store.begin() as connection:
        brands.create(connection, "Acme")
        brands.create(connection, "Bolt")
    assert names(store) == ["Acme", "Bolt"]


@pytest.mark.parametrize("fault", [KeyError, KeyboardInterrupt, Stale])
def test_a_transaction_that_raises_leaves_nothing(store: Store, fault: type[BaseException]) -> None:
    with pytest.raises(fault), store.begin() as connection:
        brands.create(connection, "Acme")
        raise fault
    assert names(store) == []
    with store.begin() as connection:
        brands.create(connection, "Bolt")
    assert names(store) == ["Bolt"]


def test_what_the_data_is_to_blame_for_is_not_called_unavailable(store: Store) -> None:
    """It would be tried again for ever, where it must be parked."""
    with pytest.raises(IntegrityError), store.begin() as connection:
        brands.create(connection, "Acme")
        stories.save(connection, [story(FIRST)])
        stories.save(connection, [story(FIRST)])
    assert names(store) == []


def test_readers_see_only_what_is_committed_and_wait_for_nobody(store: Store) -> None:
    with store.begin() as connection:
        brands.create(connection, "Acme")
        assert names(store) == []
    assert names(store) == ["Acme"]


def test_a_reader_sees_one_moment(store: Store) -> None:
    with store.read() as reading:
        assert brands.every(reading) == []
        with store.begin() as connection:
            brands.create(connection, "Acme")
        assert brands.every(reading) == []
    assert names(store) == ["Acme"]


def test_readers_cannot_write(store: Store) -> None:
    with pytest.raises(Unavailable, match=r"read-?only"), store.read() as connection:
        brands.create(connection, "Acme")


def test_writers_in_many_threads_take_turns(store: Store) -> None:
    with store.begin() as connection:
        brands.create(connection, "Acme")

    def count(_: int) -> None:
        for _ in range(10):
            with store.begin() as connection:
                brand = brands.load(connection, "Acme")
                assert brand
                brands.save(connection, brand._replace(seq=brand.seq + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(8)))
    with store.read() as connection:
        brand = brands.load(connection, "Acme")
    assert brand
    assert (brand.seq, brand.version) == (80, 80)


def test_two_stores_on_one_file_take_turns(file_store: Store) -> None:
    store, other = file_store, Store(path_of(file_store))
    inside = threading.Event()

    def write() -> None:
        inside.set()
        with other.begin() as connection:
            brands.create(connection, "Bolt")

    with ThreadPoolExecutor() as pool:
        with store.begin() as connection:
            brands.create(connection, "Acme")
            writing = pool.submit(write)
            assert inside.wait(10)
        writing.result(timeout=30)
    other.close()
    assert names(store) == ["Acme", "Bolt"]


def test_a_locked_file_is_named_and_nothing_is_stored(file_store: Store) -> None:
    store = file_store
    with store.begin() as connection:
        connection.exec_driver_sql("pragma busy_timeout = 1")
    other = sqlite3.connect(path_of(store), isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(Unavailable, match=r"earshot\.db: database is locked"), store.begin():
        pass
    other.execute("rollback")
    other.close()
    with store.begin() as connection:
        brands.create(connection, "Acme")
    assert names(store) == ["Acme"]


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    garbage, folder = tmp_path / "garbage.db", tmp_path / "folder"
    garbage.write_bytes(b"This is no database. " * 500)
    folder.mkdir()
    for path in (garbage, folder, garbage / "below.db"):
        with pytest.raises(Unavailable) as raised:
            Store(path)
        assert str(path) in str(raised.value)


def test_a_file_that_is_damaged_later_is_the_files_fault(file_store: Store) -> None:
    store = file_store
    with store.begin() as connection:
        brands.create(connection, "Acme")
    store.close()
    with path_of(store).open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 4_000)
    damaged = Store.__new__(Store)
    with pytest.raises(Unavailable, match=r"earshot\.db"):
        damaged.__init__(path_of(store))  # type: ignore[misc]


@pytest.mark.parametrize(
    "name", ["a b", "what?mode=memory", "100%", "50%20", "#1", "caffè", "a&b=c", "a:b@c"]
)
def test_any_name_of_a_folder(tmp_path: Path, name: str) -> None:
    opened = Store(tmp_path / name / "earshot.db")
    with opened.begin() as connection:
        brands.create(connection, "Acme")
    assert names(opened) == ["Acme"]
    opened.close()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name / "earshot.db").exists()


# --- brands and stories: the fences -------------------------------------------------------------------------


def test_a_brand_read_back(store: Store) -> None:
    with store.begin() as connection:
        acme, bolt = brands.create(connection, "Acme"), brands.create(connection, "Bolt")
        heard = acme._replace(seq=7, clock=9, votes=3, voters=2, sizes=(4, 0, 1))
        assert brands.save(connection, heard).version == 1
        assert (acme.no, bolt.no) == (1, 2)
    with store.read() as connection:
        assert brands.load(connection, "Acme") == (1, "Acme", 1, 7, 9, 3, 2, (4, 0, 1), "[]")
        assert brands.load(connection, "Celer") is None


@given(st.integers(1, 8_000), st.integers(1, 2**40 - 1))
def test_a_number_tells_its_brand(no: int, seq: int) -> None:
    number = brands.number(no, seq)
    first, last = brands.numbers(no)
    assert first < number <= last < 2**53
    assert brands.brand_no(number) == no


def test_the_second_writer_of_a_brand_is_stale(store: Store) -> None:
    with store.begin() as connection:
        brand = brands.create(connection, "Acme")
        brands.save(connection, brand._replace(seq=1))
    with pytest.raises(Stale, match="brand Acme"), store.begin() as connection:
        brands.create(connection, "Bolt")
        brands.save(connection, brand._replace(seq=2))
    assert names(store) == ["Acme"]


def test_the_second_writer_of_a_story_is_stale(store: Store) -> None:
    with store.begin() as connection:
        stories.save(connection, [story(FIRST), story(FIRST + 1)])
    with store.begin() as connection:
        stories.save(connection, [story(FIRST, version=2, mentions=5)])
    with pytest.raises(Stale), store.begin() as connection:
        stories.save(connection, [story(FIRST + 1, version=2), story(FIRST, version=2, mentions=6)])
    with store.read() as connection:
        found = stories.load(connection, [FIRST, FIRST + 1, FIRST + 2])
    assert {number: (each.version, each.mentions) for number, each in found.items()} == {
        FIRST: (2, 5),
        FIRST + 1: (1, 0),
    }


def test_stories_of_a_brand(store: Store) -> None:
    step = Step(level=Level.watch, reason="risk", at=START, mention="x:1", risk=31.0)
    calling, over = Episode(number=1, steps=(step,)), Episode(number=1, steps=(step,), resolved_at=START)
    with store.begin() as connection:
        stories.save(
            connection,
            [
                story(FIRST),
                story(FIRST + 1, episodes=(calling,)),
                story(FIRST + 2, episodes=(over,)),
                story(brands.number(2, 1), brand="Bolt", episodes=(calling,)),
            ],
        )
    with store.read() as connection:
        assert [each.id for each in stories.open_of_brand(connection, "Acme")] == [FIRST + 1]
        assert [each.id for each in stories.newest(connection, brands.numbers(1), 2)] == [
            FIRST + 2,
            FIRST + 1,
        ]
        assert sorted(stories.brands_with_open(connection)) == ["Acme", "Bolt"]
        assert stories.count(connection) == 4
        assert stories.get(connection, 1) is None
    with store.begin() as connection:
        stories.save(connection, [story(FIRST + 1, version=2, episodes=(over,))])
    with store.read() as connection:
        assert stories.open_of_brand(connection, "Acme") == []


# --- round trips --------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
IDS = NAMES.map(lambda native: f"x:{native}")
ZONES = st.just(UTC) | st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(9999, 1, 1), timezones=ZONES)  # noqa: DTZ001
MAYBE = st.none() | COUNTS
FLOATS = st.floats(0, 1)

AUTHORS = st.builds(Author, id=IDS, handle=TEXT, name=TEXT, url=TEXT, followers=MAYBE, verified=st.booleans())
METRICS = st.builds(Metrics, at=MOMENTS, likes=MAYBE, reposts=MAYBE, replies=MAYBE, quotes=MAYBE, views=MAYBE)
MENTIONS = st.builds(
    Mention,
    id=IDS,
    brand=NAMES,
    author=AUTHORS,
    created_at=MOMENTS,
    collected_at=MOMENTS,
    why=st.sampled_from(["term", "own account", "followed conversation", "configured source"]),
    kind=st.sampled_from(["post", "repost", "quote", "reply", "comment", "review", "article"]),
    text=TEXT,
    title=TEXT,
    language=st.none() | st.sampled_from(["it", "en", "zh-Hant-TW"]),
    url=TEXT,
    root=st.none() | IDS,
    parent=st.none() | IDS,
    quoted=st.none() | IDS,
    reposted=st.none() | IDS,
    links=st.lists(TEXT, max_size=3).map(tuple),
    metrics=st.none() | METRICS,
    rating=st.none() | st.builds(Rating, st.floats(0, 1_000), st.floats(0.5, 1_000)),
    edited_at=st.none() | MOMENTS,
    claimed_at=st.none() | MOMENTS,
    backfill=st.booleans(),
)
SCORES = st.builds(
    Score,
    language=st.sampled_from(["it", "en", "unknown"]),
    negative=st.none() | FLOATS,
    neutral=st.none() | FLOATS,
    positive=st.none() | FLOATS,
    uncertain=st.booleans(),
    basis=TEXT,
    model=TEXT,
)
STEPS = st.builds(
    Step,
    level=st.sampled_from(Level),
    reason=st.sampled_from(["risk", "loud_author", "voice"]),
    at=MOMENTS,
    mention=IDS,
    risk=st.floats(0, 100),
)
EPISODES = st.builds(
    Episode,
    number=st.integers(1, 9),
    steps=st.lists(STEPS, min_size=1, max_size=3).map(tuple),
    below_since=st.none() | MOMENTS,
    resolved_at=st.none() | MOMENTS,
)
STORIES = st.builds(
    Story,
    id=st.just(FIRST),
    brand=NAMES,
    version=st.just(1),
    first=IDS,
    opened_at=MOMENTS,
    last_at=MOMENTS,
    mentions=COUNTS,
    votes=COUNTS,
    followers=COUNTS,
    reach=COUNTS,
    outlets=st.dictionaries(NAMES, st.sampled_from(["national", "regional", "local", "news", "blog"])),
    base=FLOATS,
    risk=st.floats(0, 100),
    level=st.sampled_from(Level),
    terms=st.builds(Terms, bias=st.floats(-50, 50), neg=FLOATS, surge=FLOATS),
    episodes=st.lists(EPISODES, max_size=3).map(tuple),
)


@PATIENT
@given(MENTIONS, SCORES, LONGS, st.none() | NAMES, st.none() | st.integers(0, 10_000), st.booleans())
def test_a_mention_read_back(
    kept: Store,
    mention: Mention,
    score: Score,
    author: int,
    outlet: str | None,
    vote: int | None,
    withdrawn: bool,
) -> None:
    times = to_us(mention.collected_at), to_us(mention.created_at)
    said = mentions.encode(mention), mentions.encode(score)
    row = mentions.Row(FIRST, FIRST, *times, author, 9, outlet, outlet, vote, withdrawn, "reply", *said)
    with kept.begin() as connection:
        connection.exec_driver_sql("delete from mentions")
        mentions.add(connection, [row])
    with kept.read() as connection:
        assert mentions.get(connection, [FIRST]) == {FIRST: row}
        assert mentions.of_story(connection, FIRST) == [row]
        (found,) = mentions.newest_of_story(connection, FIRST, 5)
        assert found == mentions.Kept(FIRST, mention, score, "reply", withdrawn)
        assert mentions.heard_of_story(connection, FIRST) == [(FIRST, *times)]


@PATIENT
@given(STORIES)
def test_a_story_read_back(kept: Store, told: Story) -> None:
    with kept.begin() as connection:
        connection.exec_driver_sql("delete from stories")
        stories.save(connection, [told])
    with kept.read() as connection:
        assert stories.get(connection, FIRST) == told
        assert stories.open_of_brand(connection, told.brand) == ([told] if told.episode else [])


ENTRIES = st.builds(
    ledger.Entry,
    n=st.integers(1, 2**53),
    hash=LONGS,
    story=COUNTS,
    heard_at=LONGS,
    withdrawn=st.booleans(),
    edited=st.booleans(),
    revised_at=LONGS,
    content=LONGS,
    keys=st.binary(max_size=40),
)


@PATIENT
@given(st.lists(ENTRIES, min_size=1, max_size=10, unique_by=lambda entry: entry.n))
def test_the_ledger_read_back(kept: Store, entries: list[ledger.Entry]) -> None:
    with kept.begin() as connection:
        connection.exec_driver_sql("delete from heard")
        ledger.add(connection, entries)
        first = entries[0]._replace(withdrawn=True, edited=True, revised_at=1, content=2)
        ledger.replace(connection, [first])
    expected = {entry.n: entry for entry in (*entries, first)}
    with kept.read() as connection:
        assert ledger.get(connection, expected) == expected
        scanned = [row for chunk in ledger.scan(connection, 0, 2**53) for row in chunk]
    assert scanned == [(e.n, e.hash, e.story, e.heard_at, e.keys) for _, e in sorted(expected.items())]


SEATS = st.builds(
    authors.Seat,
    n=st.integers(1, 2**53),
    hash=LONGS,
    votes=st.integers(0, 10**9),
    voted=st.integers(0, 10**5),
    followers=COUNTS,
    fits=st.integers(0, 10**5),
)


@PATIENT
@given(st.lists(SEATS, min_size=1, max_size=10, unique_by=lambda seat: seat.n))
def test_authors_read_back(kept: Store, seats: list[authors.Seat]) -> None:
    with kept.begin() as connection:
        connection.exec_driver_sql("delete from story_authors")
        authors.add(connection, seats)
        authors.replace(connection, [seats[0]._replace(votes=1, voted=2, followers=3, fits=4)])
    expected = {seat.n: seat for seat in (*seats, seats[0]._replace(votes=1, voted=2, followers=3, fits=4))}
    with kept.read() as connection:
        assert authors.get(connection, expected) == expected
        scanned = [row for chunk in authors.scan(connection, 0, 2**53) for row in chunk]
    assert scanned == sorted((seat.n, seat.hash) for seat in seats)


@given(SEATS)
def test_a_vote_is_the_mean_rounded(seat: authors.Seat) -> None:
    assert abs(seat.vote - (seat.votes / seat.voted if seat.voted else 0)) <= 0.5


def test_a_changed_mention_keeps_its_place(store: Store) -> None:
    row = mentions.Row(FIRST, FIRST, 5, 3, 1, 10, None, None, 9_000, False, "new", "{}", "{}", "", 1)
    gone = row._replace(withdrawn=True, vote=None, followers=0, fits=0)
    with store.begin() as connection:
        mentions.add(connection, [row, row._replace(n=FIRST + 1, said_at=1)])
        mentions.replace(connection, [gone])
    with store.read() as connection:
        first, second = mentions.of_story(connection, FIRST)
        assert first == gone
        assert (second.vote, second.fits) == (9_000, 1)
        assert mentions.count(connection) == 2


def test_positions_are_where_they_were_saved_last(store: Store) -> None:
    with store.begin() as connection:
        assert positions.load(connection, "mentions", "processors") == {}
        positions.save(connection, "mentions", "processors", {0: 5, 3: 7})
        positions.save(connection, "mentions", "processors", {0: 9})
        positions.save(connection, "mentions", "alerts", {0: 1})
    with store.read() as connection:
        assert positions.load(connection, "mentions", "processors") == {0: 9, 3: 7}
        assert positions.load(connection, "mentions", "alerts") == {0: 1}


@PATIENT
@given(NAMES, TEXT, TEXT)
def test_a_cursor_read_back(kept: Store, collector: str, first: str, second: str) -> None:
    with kept.begin() as connection:
        for cursor in (first, second):
            positions.save_cursor(connection, collector, cursor)
            assert positions.cursor(connection, collector) == cursor
        assert positions.cursor(connection, f"{collector}-other") is None
        connection.exec_driver_sql("delete from cursors")


@given(st.lists(TEXT, max_size=3), st.lists(TEXT, max_size=3))
def test_hashes_tell_parts_from_each_other(one: list[str], other: list[str]) -> None:
    assert (hash64(*one) == hash64(*other)) == ("\0".join(one) == "\0".join(other))


def test_hashes_are_the_same_everywhere() -> None:
    """They are stored."""
    assert hash64("x:1") == -3_836_600_779_089_180_341
    assert hash64("x:1", "Acme") == 3_393_096_772_212_088_131


@given(LONGS, LONGS)
def test_hashes_fit_a_column(one: int, other: int) -> None:
    assert -(2**63) <= pair64(one, other) < 2**63


# --- dead letters -------------------------------------------------------------------------------------------


def test_a_letter_read_back(store: Store) -> None:
    with store.begin() as connection:
        dead.park(connection, 5, [("webhook", "no id", b"\x00\xff"), ("feed", "perché", b"")])
    with store.read() as connection:
        newest, first = dead.page(connection)
        assert (newest.origin, newest.reason, newest.raw, newest.size) == ("feed", "perché", b"", 0)
        assert first == (first.id, 5, "webhook", "no id", b"\x00\xff", 2, None)
        assert dead.get(connection, first.id) == first
        assert dead.get(connection, 99) is None
        assert dead.page(connection, limit=1) == [newest]
        assert dead.count(connection) == 2


def test_the_same_letter_is_kept_once(store: Store) -> None:
    letters = [("webhook", "no id", b"a"), ("webhook", "another reason", b"a")]
    with store.begin() as connection:
        dead.park(connection, 5, letters)
        dead.park(connection, 6, letters)
        assert dead.count(connection) == 1
        dead.park(connection, 7, [("webhook", "no id", b"b"), ("feed", "no id", b"a")])
        assert dead.count(connection) == 3


@pytest.mark.parametrize("size", [65_537, 999_999, 1_000_000, 1_000_001, 2_000_000])
def test_a_letter_longer_than_any_record_is_cut_and_keeps_its_size(store: Store, size: int) -> None:
    for at in (1, 2):
        with store.begin() as connection:
            dead.park(connection, at, [("webhook", "r" * 5_000, b"x" * size)])
    with store.read() as connection:
        (letter,) = dead.page(connection)
    assert letter.raw == b"x" * min(size, 1_000_000)
    assert letter.size == size
    assert len(letter.reason) == 2_000


def test_a_letter_that_was_tried_again_waits_no_longer(store: Store) -> None:
    with store.begin() as connection:
        dead.park(connection, 5, [("webhook", "no id", b"a"), ("webhook", "no id", b"b")])
        newest, first = dead.page(connection)
        dead.mark_retried(connection, first.id, 9)
    with store.read() as connection:
        assert dead.page(connection) == [newest]
        assert dead.page(connection, retried=True) == [first._replace(retried_at=9)]
        assert dead.count(connection) == 1


def test_a_list_of_those_that_wait_does_without_what_they_say(store: Store) -> None:
    with store.begin() as connection:
        dead.park(connection, 5, [("webhook", "no id", b"a" * number) for number in range(1, 5)])
        dead.mark_retried(connection, dead.page(connection)[0].id, 9)
    with store.read() as connection:
        assert [(head.reason, head.size) for head in dead.heads(connection, 2)] == [
            ("no id", 3),
            ("no id", 2),
        ]
        assert [head.id for head in dead.heads(connection, 9)] == [x.id for x in dead.page(connection)]


def test_letters_are_dropped_by_number_or_all_that_were_there(store: Store) -> None:
    with store.begin() as connection:
        assert (dead.newest(connection), dead.drop_up_to(connection, 0)) == (0, 0)
        dead.park(connection, 5, [("webhook", "no id", bytes([number])) for number in range(5)])
        fifth, fourth, third, second, first = [letter.id for letter in dead.page(connection)]
        dead.mark_retried(connection, first, 9)
    with store.begin() as connection:
        assert sorted(dead.drop(connection, [second, third, 99])) == [second, third]
        assert dead.drop(connection, []) == []
        assert [letter.id for letter in dead.page(connection)] == [fifth, fourth]
        assert dead.newest(connection) == fifth
        assert dead.drop_up_to(connection, fourth) == 2
    with store.read() as connection:
        assert [letter.id for letter in dead.page(connection)] == [fifth]
        assert dead.page(connection, retried=True) == []


# --- alerts and notices -------------------------------------------------------------------------------------

ALERT = alerts.Alert(0, "Acme", FIRST, 1, 2, "risk", 5, 6, None, 61.25)


def test_an_alert_read_back(store: Store) -> None:
    with store.begin() as connection:
        first = alerts.add(connection, ALERT)
        second = alerts.add(connection, ALERT._replace(episode=2, raised_at=9))
        assert second.id > first.id > 0
        grown = first._replace(level=3, raised_at=8, resolved_at=8, risk=70.5)
        alerts.replace(connection, [grown])
    with store.read() as connection:
        assert alerts.get(connection, first.id) == grown
        assert alerts.get(connection, 99) is None
        assert alerts.page(connection) == [second, grown]
        assert alerts.page(connection, open_only=True) == [second]
        assert (alerts.count(connection), alerts.count(connection, open_only=True)) == (2, 1)
        assert alerts.of_stories(connection, [FIRST, 1]) == {(FIRST, 1): grown, (FIRST, 2): second}


def test_the_same_episode_is_one_alert(store: Store) -> None:
    with pytest.raises(IntegrityError), store.begin() as connection:
        alerts.add(connection, ALERT)
        alerts.add(connection, ALERT)


@pytest.mark.parametrize("native", ["x:1", "x:è 🦜", 'x:"\\"', "x:%_", "x:" + "1" * 900])
def test_the_mention_behind_an_alert(store: Store, native: str) -> None:
    """Not the one whose id begins alike, not one that only quotes it; the newest of two."""
    with store.begin() as connection:
        for at, (given, values) in enumerate(
            [(native, {}), (native, {}), (f"{native}1", {}), ("x:other", {"text": native, "parent": native})]
        ):
            said = Mention(
                id=given, brand="Acme", author=Author(id="u"), created_at=START, collected_at=START, **values
            )
            row = (FIRST + at, FIRST, 5, 3, 1, 10, None, None, None, False, "new", mentions.encode(said))
            mentions.add(connection, [mentions.Row(*row, '{"language":"en"}')])
    with store.read() as connection:
        found = alerts.mention_behind(connection, FIRST, native)
        assert found
        assert (found.n, found.mention.id) == (FIRST + 1, native)
        assert alerts.mention_behind(connection, FIRST, native[:-1]) is None
        assert alerts.mention_behind(connection, FIRST + 1, native) is None


def test_the_life_of_a_notice(store: Store) -> None:
    with store.begin() as connection:
        alert = alerts.add(connection, ALERT)
        new = [notices.New(f"a/{n}", alert.id, "desk", n, "{}") for n in (2, 1, 3)]
        notices.add(connection, [*new, notices.New("b", alert.id, "mail", 1, "{}")])
        notices.add(connection, new)
        assert notices.count(connection) == 4
        assert notices.known(connection, ["a/1", "a/9", "b"]) == {"a/1", "b"}
        assert notices.waiting_receivers(connection) == {"desk": 3, "mail": 1}
        one, two = notices.due(connection, "desk", 2, 10)
        assert (one.identity, two.identity, one.state, one.possible_repeat) == ("a/1", "a/2", "due", False)
        assert notices.mark_sending(connection, one.id)
        assert not notices.mark_sending(connection, one.id)
        notices.mark_sent(connection, one.id, 7)
        assert notices.mark_sending(connection, two.id)
        assert notices.recover(connection, "desk") == 1
        assert notices.next_due(connection, "desk") == 2
        notices.reschedule(connection, two.id, 9, "busy")
        assert notices.next_due(connection, "desk") == 3
        assert notices.waiting(connection, "desk") == 2
        notices.add(connection, [notices.New("a/4", alert.id, "desk", 4, "{}")])
        four = notices.due(connection, "desk", 4, 10)[-1]
        notices.mark_sending(connection, four.id)
        notices.reschedule(connection, four.id, 8, "busy")
        notices.hasten(connection, "desk", 5)  # nothing that never failed
        waiting = [(row.identity, row.due_at) for row in notices.due(connection, "desk", 9, 10)]
        assert waiting == [("a/3", 3), ("a/2", 5), ("a/4", 5)]
        notices.hasten(connection, "desk", 4, [four.id])
        assert [row.due_at for row in notices.due(connection, "desk", 9, 10)] == [3, 4, 5]
        notices.mark_failed(connection, four.id, "gone")
        notices.reschedule(connection, two.id, 9, "busy")
    with store.read() as connection:
        found = {row.identity: row for row in notices.of_alert(connection, alert.id)}
    assert (found["a/1"].state, found["a/1"].sent_at, found["a/1"].attempts) == ("sent", 7, 1)
    assert (found["a/2"].state, found["a/2"].due_at, found["a/2"].error) == ("due", 9, "busy")
    assert bool(found["a/2"].possible_repeat)


def test_a_notice_without_its_alert_is_the_datas_fault(store: Store) -> None:
    with pytest.raises(IntegrityError), store.begin() as connection:
        notices.add(connection, [notices.New("a", 99, "desk", 1, "{}")])


# --- sources, access ----------------------------------------------------------------------------------------


def test_a_source_has_the_report_that_it_gave_last(store: Store) -> None:
    first = SourceReport(
        name="press", kind="feeds", at=START, started_at=START, error="timeout", error_at=START
    )
    later = SourceReport(name="press", kind="feeds", at=START + timedelta(minutes=1), started_at=START)
    for report in (first, later):
        with store.begin() as connection:
            sources.save(connection, [report])
    with store.read() as connection:
        assert sources.every(connection) == [later]


def test_a_secret_is_made_once_and_changes_only_when_told(store: Store) -> None:
    with store.begin() as connection:
        assert access.get(connection, "key") is None
        assert access.keep_first(connection, "key", "a") == "a"
        assert access.keep_first(connection, "key", "b") == "a"
        access.replace(connection, "key", "c")
    with store.read() as connection:
        assert access.get(connection, "key") == "c"


# --- stories that become one --------------------------------------------------------------------------------


def test_a_joined_story_leads_to_the_one_that_stays(store: Store) -> None:
    with store.begin() as connection:
        stories.save(connection, [story(FIRST + n) for n in range(4)])
    pairs = [(FIRST + 2, FIRST + 1, 9), (FIRST + 1, FIRST, 8)]
    with store.begin() as connection:
        changed = [story(one, version=2, part_of=into, joined_n=n) for one, into, n in pairs]
        stories.save(connection, changed)
    span = brands.numbers(1)
    with store.read() as connection:
        assert [stories.standing(connection, FIRST + n).id - FIRST for n in range(4)] == [0, 0, 0, 3]  # type: ignore[union-attr]
        assert stories.standing(connection, 7) is None
        assert [each.id - FIRST for each in stories.redirects(connection, *span)] == [1, 2]
        assert [each.id - FIRST for each in stories.parts(connection, FIRST)] == [1, 2]
        assert [each.id - FIRST for each in stories.newest(connection, span, 9)] == [3, 0]
        assert stories.count(connection) == 2


def test_mentions_ledger_and_seats_change_their_story(store: Store) -> None:
    numbers = range(FIRST, FIRST + 4)
    with store.begin() as connection:
        mentions.add(
            connection,
            [
                mentions.Row(n, FIRST + 2, 5, 3, 1, 0, None, None, 1, False, "near", "{}", "{}", "app down")
                for n in numbers
            ],
        )
        ledger.add(connection, [ledger.Entry(n, n, FIRST + 2, 5, False, False, 5, 1, b"") for n in numbers])
        authors.add(connection, [authors.Seat(n, n, 1, 1, 1) for n in numbers])
    with store.begin() as connection:
        mentions.move(connection, FIRST + 2, FIRST)
        mentions.place(connection, numbers[2:], FIRST + 9)
        ledger.place(connection, numbers[2:], FIRST + 9)
        authors.replace(connection, [authors.Seat(FIRST, 77, 2, 2, 2)])
        authors.remove(connection, numbers[2:])
    with store.read() as connection:
        kept = mentions.get(connection, numbers)
        assert [(kept[n].story - FIRST, kept[n].evidence) for n in numbers] == [
            (place, "app down") for place in (0, 0, 9, 9)
        ]
        assert [row.n for row in mentions.newest_of_stories(connection, [FIRST, FIRST + 9])] == [
            FIRST + 1,
            FIRST + 3,
        ]
        assert [entry.story - FIRST for entry in ledger.get(connection, numbers).values()] == [2, 2, 9, 9]
        assert [(seat.n - FIRST, seat.hash) for seat in authors.get(connection, numbers).values()] == [
            (0, 77),
            (1, FIRST + 1),
        ]


def test_texts_are_read_back_with_the_ledgers_story_and_time(store: Store) -> None:
    told = Mention(
        id="x:1",
        brand="Acme",
        author=Author(id="a"),
        created_at=START,
        collected_at=START,
        title="T",
        text="so",
    )
    with store.begin() as connection:
        rows = [(FIRST, "new"), (FIRST + 1, "copy"), (FIRST + 2, "quote")]
        mentions.add(
            connection,
            [
                mentions.Row(n, 4, 5, 3, 1, 0, None, None, 1, False, link, mentions.encode(told), "{}")
                for n, link in rows
            ],
        )
        ledger.add(connection, [ledger.Entry(n, n, 8, 6, False, False, 5, 1, b"") for n, _ in rows])
    with store.read() as connection:
        found = [row for chunk in mentions.texts(connection, *brands.numbers(1), ["copy"]) for row in chunk]
    assert found == [(FIRST, 8, "T so", 6), (FIRST + 2, 8, "T so", 6)]


def test_what_people_did_is_kept_in_order(store: Store) -> None:
    with store.begin() as connection:
        for kind in ("split", "join"):
            regrouped.add(connection, regrouped.Regrouped(0, 1, kind, FIRST, FIRST + 1, 5))
        regrouped.add(connection, regrouped.Regrouped(0, 2, "split", 1, 2, 5))
    with store.read() as connection:
        done = regrouped.of_brand(connection, 1)
        assert [each.kind for each in done] == ["split", "join"]
        assert regrouped.newest(connection, 1) == done[-1].id
        assert regrouped.newest(connection, 3) == 0
