"""What every bus promises (`earshot.seams.Bus`), and the SQLite one against the one in memory as its model."""

import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from kafka.admin import OffsetSpec
from structlog.testing import capture_logs

from earshot.bus.kafka import KafkaBus
from earshot.bus.memory import MemoryBus
from earshot.bus.sqlite import SqliteBus
from earshot.clock import SetClock
from earshot.config import from_dict
from earshot.errors import Unavailable
from earshot.seams import LARGEST_BATCH, Batch, Bus, Message, Record, Subscription

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LONG_AGO = START - timedelta(days=365)
ANY_SIZE = 10**12
PATIENCE = 30.0
KINDS = ["memory", "sqlite", pytest.param("kafka", marks=pytest.mark.kafka)]
FILES = KINDS[:2]
"""Those that drop what is old themselves; Kafka's brokers do it for us."""


@pytest.fixture
def clock() -> SetClock:
    return SetClock(START)


@pytest.fixture(params=KINDS)
def bus(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> Iterator[Bus]:
    made = opened(request, tmp_path, clock)
    yield made
    made.close()


def opened(request: pytest.FixtureRequest, folder: Path, clock: SetClock) -> Bus:
    if request.param == "memory":
        return MemoryBus(clock)
    if request.param == "sqlite":
        return SqliteBus(folder / "bus.db", clock)
    return kafka_bus(request.getfixturevalue("kafka_servers"), clock)


def kafka_bus(servers: tuple[str, ...], clock: SetClock, **changes: Any) -> KafkaBus:
    """Topics of its own; one partition, so that there is one order as in the others."""
    values = {"prefix": f"t{uuid4().hex}.", "partitions": 1, "instance": "test", "session": "6s"} | changes
    return KafkaBus(from_dict({"bus": {"servers": servers, **values}}).bus, clock)


def some(count: int, first: int = 0) -> list[Message]:
    return [Message("Acme", str(number).encode()) for number in range(first, first + count)]


def drained(subscription: Subscription) -> list[Batch]:
    """All that was published; a broker's answer takes its time."""
    found: list[Batch] = []
    deadline = time.monotonic() + PATIENCE
    while not subscription.caught_up():
        assert time.monotonic() < deadline
        if batch := subscription.poll(0.05):
            found.append(batch)
    return found


def dropped(bus: Bus, clock: SetClock) -> int:
    """All that is older than eight days, as retention does it; how many they were."""
    clock.advance(timedelta(days=8))
    if not isinstance(bus, KafkaBus):
        return bus.retain(clock.now(), ANY_SIZE)
    return drop_all(bus)


def drop_all(bus: KafkaBus) -> int:
    name = bus._name("mentions")
    ends = bus._offsets(name, OffsetSpec.LATEST)
    first = bus._offsets(name, OffsetSpec.EARLIEST)
    bus._admin.delete_records(ends)
    return sum(ends.values()) - sum(first.values())


def values(batches: list[Batch]) -> list[bytes]:
    return [record.value for batch in batches for record in batch.records]


def test_what_is_published_is_read_in_order(bus: Bus) -> None:
    bus.publish("mentions", [Message("Acme", b"a"), Message("Bolt", b"b")])
    bus.publish("mentions", [Message("Acme", b"c")])
    (batch,) = drained(bus.subscribe("mentions", "g"))
    assert list(batch.records) == [
        Record(0, 0, "Acme", b"a"),
        Record(0, 1, "Bolt", b"b"),
        Record(0, 2, "Acme", b"c"),
    ]
    assert batch.after == {0: 3}


def test_topics_are_apart(bus: Bus) -> None:
    bus.publish("mentions", [Message("Acme", b"a")])
    bus.publish("stories", [Message("Acme", b"b")])
    assert values(drained(bus.subscribe("stories", "g"))) == [b"b"]
    assert bus.lag("mentions", "g") == 1


@pytest.mark.parametrize("count", [1, 499, 500, 501, 2_001, 4_300])
def test_batches_are_never_empty_and_never_too_large(bus: Bus, count: int) -> None:
    bus.publish("mentions", some(count))
    batches = drained(bus.subscribe("mentions", "g"))
    assert values(batches) == [message.value for message in some(count)]
    assert all(1 <= len(batch.records) <= LARGEST_BATCH for batch in batches)
    assert all(batch.after == {0: batch.records[-1].offset + 1} for batch in batches)


def test_many_single_messages_are_all_read(bus: Bus) -> None:
    for message in some(600):
        bus.publish("mentions", [message])
    assert values(drained(bus.subscribe("mentions", "g"))) == [message.value for message in some(600)]


def test_publishing_nothing_is_nothing(bus: Bus) -> None:
    bus.publish("mentions", [])
    assert bus.lag("mentions", "g") == 0
    assert drained(bus.subscribe("mentions", "g")) == []


def test_no_wait_when_none_is_asked_for(bus: Bus) -> None:
    with ThreadPoolExecutor() as pool:
        assert pool.submit(bus.subscribe("mentions", "g").poll, 0).result(timeout=5) is None


def test_the_next_poll_goes_on_without_a_commit(bus: Bus) -> None:
    subscription = bus.subscribe("mentions", "g")
    bus.publish("mentions", some(2))
    assert values(drained(subscription)) == [b"0", b"1"]
    bus.publish("mentions", some(1, first=2))
    assert values(drained(subscription)) == [b"2"]


def test_what_was_not_committed_comes_again(bus: Bus) -> None:
    bus.publish("mentions", some(LARGEST_BATCH + 200))
    first = bus.subscribe("mentions", "g")
    done, _lost = drained(first)
    first.commit(done)
    first.close()
    assert values(drained(bus.subscribe("mentions", "g"))) == [
        message.value for message in some(200, first=LARGEST_BATCH)
    ]


def test_a_committed_place_never_moves_back(bus: Bus) -> None:
    bus.publish("mentions", some(LARGEST_BATCH + 200))
    subscription = bus.subscribe("mentions", "g")
    early, late = drained(subscription)
    subscription.commit(late)
    subscription.commit(early)
    assert drained(bus.subscribe("mentions", "g")) == []
    assert bus.lag("mentions", "g") == 0


@pytest.mark.parametrize(("start", "first"), [(None, 5), ({}, 5), ({0: 2}, 2), ({0: 0}, 0), ({0: 9}, 5)])
def test_a_start_may_be_lower_than_the_committed_place_never_higher(
    bus: Bus, start: dict[int, int] | None, first: int
) -> None:
    bus.publish("mentions", some(5))
    subscription = bus.subscribe("mentions", "g")
    subscription.commit(drained(subscription)[0])
    bus.publish("mentions", some(5, first=5))
    again = values(drained(bus.subscribe("mentions", "g", start and (lambda: start))))
    assert again == [message.value for message in some(10 - first, first=first)]


def test_groups_go_their_own_way(bus: Bus) -> None:
    bus.publish("mentions", some(3))
    one, other = bus.subscribe("mentions", "one"), bus.subscribe("mentions", "other")
    one.commit(drained(one)[0])
    assert bus.lag("mentions", "one") == 0
    assert bus.lag("mentions", "other") == 3
    assert values(drained(other)) == [b"0", b"1", b"2"]


def test_lag_counts_what_is_not_committed(bus: Bus) -> None:
    assert bus.lag("mentions", "g") == 0
    bus.publish("mentions", some(LARGEST_BATCH + 200))
    assert bus.lag("mentions", "g") == LARGEST_BATCH + 200
    subscription = bus.subscribe("mentions", "g")
    first, second = drained(subscription)
    assert bus.lag("mentions", "g") == LARGEST_BATCH + 200
    subscription.commit(first)
    assert bus.lag("mentions", "g") == 200
    subscription.commit(second)
    assert bus.lag("mentions", "g") == 0


@pytest.mark.parametrize("key", ["", "Caffè Ronvià", "日本", "a\tb\n", "😀"])
@pytest.mark.parametrize("value", [b"", b"\x00", b"a\x00b\xff\xfe", "perché".encode()])
def test_any_key_and_any_bytes(bus: Bus, key: str, value: bytes) -> None:
    bus.publish("mentions", [Message(key, value)])
    (batch,) = drained(bus.subscribe("mentions", "g"))
    assert list(batch.records) == [Record(0, 0, key, value)]


# --- retention ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bus", FILES, indirect=True)
def test_the_old_is_dropped_by_age(bus: Bus, clock: SetClock) -> None:
    for first in (0, 2, 4):
        bus.publish("mentions", some(2, first))
        clock.advance(timedelta(hours=1))
    assert bus.retain(START + timedelta(minutes=90), ANY_SIZE) == 4
    assert values(drained(bus.subscribe("mentions", "g"))) == [b"4", b"5"]
    assert bus.retain(START + timedelta(minutes=90), ANY_SIZE) == 0


@pytest.mark.parametrize("bus", FILES, indirect=True)
def test_the_oldest_are_dropped_by_size(bus: Bus) -> None:
    for number in range(10):
        bus.publish("mentions", [Message("Acme", bytes([number]) * 10_000)])
    assert bus.retain(LONG_AGO, 35_000) == 7
    assert [value[0] for value in values(drained(bus.subscribe("mentions", "g")))] == [7, 8, 9]


@pytest.mark.parametrize("bus", FILES, indirect=True)
def test_each_topic_has_its_own_size(bus: Bus) -> None:
    for topic in ("mentions", "stories"):
        bus.publish(topic, [Message("Acme", bytes(10_000))])
    assert bus.retain(LONG_AGO, 15_000) == 0


def test_offsets_go_on_after_everything_was_dropped(bus: Bus, clock: SetClock) -> None:
    bus.publish("mentions", some(3))
    assert dropped(bus, clock) == 3
    bus.publish("mentions", [Message("Acme", b"new")])
    (batch,) = drained(bus.subscribe("mentions", "g"))
    assert list(batch.records) == [Record(0, 3, "Acme", b"new")]


def test_who_fell_off_the_log_goes_on_and_it_is_logged(bus: Bus, clock: SetClock) -> None:
    subscription = bus.subscribe("mentions", "g")
    bus.publish("mentions", some(3))
    dropped(bus, clock)
    bus.publish("mentions", [Message("Acme", b"new")])
    with capture_logs() as logged:
        assert values(drained(subscription)) == [b"new"]
    told = [entry for entry in logged if entry["event"] == "fell off the log"]
    assert [(entry["lost"], entry["log_level"]) for entry in told] == [(3, "warning")]


def test_what_was_dropped_keeps_nobody_waiting(bus: Bus, clock: SetClock) -> None:
    """Else sources would be told to slow down for ever, for messages that nobody can read any more."""
    bus.publish("mentions", some(3))
    bus.subscribe("mentions", "g")
    dropped(bus, clock)
    assert bus.lag("mentions", "g") == 0
    bus.publish("mentions", some(1))
    assert bus.lag("mentions", "g") == 1


# --- threads ------------------------------------------------------------------------------------------------


def test_a_waiting_poll_is_woken_by_a_publish(bus: Bus) -> None:
    subscription = bus.subscribe("mentions", "g")
    asked = threading.Event()

    def wait() -> Batch | None:
        asked.set()
        return subscription.poll(60)

    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(wait)
        assert asked.wait(10)
        bus.publish("mentions", some(1))
        batch = waiting.result(timeout=10)
    assert batch
    assert values([batch]) == [b"0"]


def test_a_poll_waits_when_all_that_it_had_not_read_was_dropped(bus: Bus, clock: SetClock) -> None:
    """A poll that returned at once would make its thread spin."""
    subscription = bus.subscribe("mentions", "g")
    bus.publish("mentions", some(3))
    dropped(bus, clock)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(subscription.poll, 60)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.1)
        bus.publish("mentions", some(1))
        assert waiting.result(timeout=10)


def test_publishers_in_many_threads_lose_nothing(bus: Bus) -> None:
    def publish(thread: int) -> None:
        for number in range(20):
            bus.publish("mentions", [Message(str(thread), str(number).encode())])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(publish, range(8)))
    records = [r for batch in drained(bus.subscribe("mentions", "g")) for r in batch.records]
    assert [record.offset for record in records] == list(range(160))
    for thread in range(8):
        assert [int(r.value) for r in records if r.key == str(thread)] == list(range(20))


# --- the SQLite file ----------------------------------------------------------------------------------------


def test_a_file_that_is_opened_again_has_everything(tmp_path: Path, clock: SetClock) -> None:
    bus = SqliteBus(tmp_path / "bus.db", clock)
    bus.publish("mentions", some(LARGEST_BATCH + 200))
    subscription = bus.subscribe("mentions", "g")
    subscription.commit(drained(subscription)[0])
    bus.close()
    again = SqliteBus(tmp_path / "bus.db", clock)
    assert again.lag("mentions", "g") == 200
    assert values(drained(again.subscribe("mentions", "g"))) == [
        message.value for message in some(200, first=LARGEST_BATCH)
    ]
    assert len(values(drained(again.subscribe("mentions", "new")))) == LARGEST_BATCH + 200
    again.close()


def test_what_another_process_published_is_found(tmp_path: Path, clock: SetClock) -> None:
    """It cannot wake us: the file is looked at now and then."""
    ours, theirs = (SqliteBus(tmp_path / "bus.db", clock) for _ in range(2))
    subscription = ours.subscribe("mentions", "g")
    asked = threading.Event()
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(lambda: asked.set() or subscription.poll(60))
        assert asked.wait(10)
        theirs.publish("mentions", some(1))
        assert waiting.result(timeout=10)
    ours.close()
    theirs.close()


def garbage(path: Path) -> Path:
    path.write_bytes(b"This is no database. " * 500)
    return path


def below_a_file(path: Path) -> Path:
    path.write_bytes(b"")
    return path / "bus.db"


def a_folder(path: Path) -> Path:
    path.mkdir()
    return path


@pytest.mark.parametrize("make", [garbage, below_a_file, a_folder])
def test_a_file_that_cannot_be_opened_is_named(
    tmp_path: Path, clock: SetClock, make: Callable[[Path], Path]
) -> None:
    path = make(tmp_path / "bus.db")
    with pytest.raises(Unavailable) as raised:
        SqliteBus(path, clock)
    assert str(path) in str(raised.value)


def test_a_locked_file_takes_nothing_and_recovers(tmp_path: Path, clock: SetClock) -> None:
    bus = SqliteBus(tmp_path / "bus.db", clock)
    bus._db.execute("pragma busy_timeout = 1")
    other = sqlite3.connect(tmp_path / "bus.db", isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(Unavailable, match=r"bus\.db: database is locked"):
        bus.publish("mentions", some(3))
    other.execute("rollback")
    other.close()
    assert bus.lag("mentions", "g") == 0
    bus.publish("mentions", some(1))
    assert values(drained(bus.subscribe("mentions", "g"))) == [b"0"]
    bus.close()


def test_a_full_disk_takes_nothing_and_recovers(tmp_path: Path, clock: SetClock) -> None:
    bus = SqliteBus(tmp_path / "bus.db", clock)
    bus._db.execute("pragma max_page_count = 10")
    with pytest.raises(Unavailable, match=r"bus\.db: database or disk is full"):
        bus.publish("mentions", [Message("Acme", bytes(100_000))])
    assert bus.lag("mentions", "g") == 0
    bus._db.execute("pragma max_page_count = 100000")
    bus.publish("mentions", some(1))
    assert values(drained(bus.subscribe("mentions", "g"))) == [b"0"]
    bus.close()


def test_a_closed_bus_says_so(tmp_path: Path, clock: SetClock) -> None:
    bus = SqliteBus(tmp_path / "bus.db", clock)
    subscription = bus.subscribe("mentions", "g")
    bus.close()
    with pytest.raises(Unavailable):
        subscription.poll(0)


# --- the model ----------------------------------------------------------------------------------------------

TOPICS = st.sampled_from(["mentions", "stories"])
GROUPS = st.sampled_from(["processors", "alerts"])
MESSAGES = st.lists(st.builds(Message, st.text(max_size=3), st.binary(max_size=4)), max_size=4)


class Same(RuleBasedStateMachine):
    """Whatever is done, in whatever order: both say the same. Subscriptions are (SQLite's, the model's)."""

    subscriptions: Bundle[Any] = Bundle("subscriptions")
    batches: Bundle[Any] = Bundle("batches")

    @initialize()
    def begin(self) -> None:
        self.clock = SetClock(START)
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "bus.db"
        self.real, self.model = SqliteBus(self.path, self.clock), MemoryBus(self.clock)
        self.life = 0

    def teardown(self) -> None:
        self.real.close()
        self.folder.cleanup()

    @rule(topic=TOPICS, messages=MESSAGES)
    def publish(self, topic: str, messages: list[Message]) -> None:
        self.real.publish(topic, messages)
        self.model.publish(topic, messages)

    @rule(topic=TOPICS, count=st.integers(490, 1_100))
    def publish_many(self, topic: str, count: int) -> None:
        self.publish(topic, some(count))

    @rule(
        target=subscriptions,
        topic=TOPICS,
        group=GROUPS,
        start=st.none() | st.dictionaries(st.just(0), st.integers(0, 1_500), max_size=1),
    )
    def subscribe(self, topic: str, group: str, start: dict[int, int] | None) -> tuple[int, Any, Any]:
        return (
            self.life,
            self.real.subscribe(topic, group, start and (lambda: start)),
            self.model.subscribe(topic, group, start and (lambda: start)),
        )

    @rule(target=batches, subscription=subscriptions)
    def poll(self, subscription: tuple[int, Subscription, Subscription]) -> tuple[Any, Batch | None]:
        """Where batches are cut is each bus's own affair: as much is read of both as there is."""
        life, real, model = subscription
        if life != self.life:
            return subscription, None
        ours, theirs = drained(real), drained(model)
        assert records(ours) == records(theirs)
        assert all(1 <= len(batch.records) <= LARGEST_BATCH for batch in (*ours, *theirs))
        assert [b.after for b in ours[-1:]] == [b.after for b in theirs[-1:]]
        return subscription, ours[-1] if ours else None

    @rule(polled=batches)
    def commit(self, polled: tuple[tuple[int, Subscription, Subscription], Batch | None]) -> None:
        (life, real, model), batch = polled
        if batch and life == self.life:
            real.commit(batch)
            model.commit(batch)

    @rule()
    def reopen(self) -> None:
        """What was committed stays; what was subscribed is gone with the process."""
        self.real.close()
        self.real = SqliteBus(self.path, self.clock)
        self.life += 1

    @rule(hours=st.integers(0, 3))
    def later(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))

    @rule(hours=st.integers(0, 3))
    def retain(self, hours: int) -> None:
        before = self.clock.now() - timedelta(hours=hours)
        assert self.real.retain(before, ANY_SIZE) == self.model.retain(before, ANY_SIZE)

    @invariant()
    def same_lag(self) -> None:
        for topic in ("mentions", "stories"):
            for group in ("processors", "alerts"):
                assert self.real.lag(topic, group) == self.model.lag(topic, group)


def records(batches: list[Batch]) -> list[Record]:
    return [record for batch in batches for record in batch.records]


TestSame = Same.TestCase
TestSame.settings = settings(
    max_examples=50, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_the_newest_are_told_apart_from_who_has_read_them(bus: Bus) -> None:
    assert bus.newest("mentions", 3) == []
    for i in range(700):
        bus.publish("mentions", [Message("k", b"%d" % i)])
    bus.publish("mentions", [Message("k", b"a"), Message("k", b"b")])
    assert [record.value for record in bus.newest("mentions", 3)] == [b"699", b"a", b"b"]
    assert len(bus.newest("mentions", 10_000)) == 702
