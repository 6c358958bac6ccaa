"""What only Kafka does: topics and their settings, rights and logins, partitions that are shared out and move."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from kafka.admin import ConfigResource, KafkaAdminClient
from servers.kafka_server import KafkaServer
from structlog.testing import capture_logs

from earshot.bus.kafka import KafkaBus, connection
from earshot.bus.kafka.log import partition_of
from earshot.clock import SystemClock
from earshot.config import BusSettings, from_dict
from earshot.errors import ConfigError, Reassigned, Unavailable
from earshot.seams import Batch, Bus, Message, Record, Start, Subscription

pytestmark = pytest.mark.kafka
PATIENCE = 30.0
BRANDS = ("Acme", "Bolt", "Celer", "Dorio", "Ègida", "Fermo", "Gallo", "日本")


def settings(servers: Sequence[str], **changes: Any) -> BusSettings:
    values = {"servers": servers, "prefix": f"t{uuid4().hex}.", "partitions": 4, "session": "6s"}
    return from_dict({"bus": values | changes}).bus


@pytest.fixture
def open_bus(kafka_servers: tuple[str, ...]) -> Iterator[Callable[..., KafkaBus]]:
    """Buses on the same topics, each as a process of its own would have it."""
    prefix, made = f"t{uuid4().hex}.", list[KafkaBus]()

    def one_more(**changes: Any) -> KafkaBus:
        made.append(KafkaBus(settings(kafka_servers, prefix=prefix, **changes), SystemClock()))
        return made[-1]

    yield one_more
    for bus in made:
        bus.close()


class Member:
    """A process of a group, as a thread: it polls, keeps what it got, and commits while it is told to."""

    def __init__(self, bus: Bus, group: str = "processors", start: Start | None = None) -> None:
        self.got: list[Record] = []
        self.subscription = bus.subscribe("mentions", group, start)
        self._stop, self._paused = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            batch = self.subscription.poll(0.05)
            if batch:
                self.got += batch.records
                self.subscription.commit(batch)
        self.subscription.close()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)

    @property
    def brands(self) -> set[str]:
        return {record.key for record in self.got}


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)


def polled(subscription: Subscription) -> Batch:
    deadline = time.monotonic() + PATIENCE
    while (batch := subscription.poll(0.1)) is None:
        assert time.monotonic() < deadline
    return batch


def some(count: int, first: int = 0) -> list[Message]:
    return [Message(BRANDS[n % len(BRANDS)], str(n).encode()) for n in range(first, first + count)]


def owned(*members: Member) -> list[list[str]]:
    return [[brand for brand in BRANDS if member.subscription.owns(brand)] for member in members]


# --- topics -------------------------------------------------------------------------------------------------


def described(servers: Sequence[str], name: str) -> tuple[int, int, dict[str, str]]:
    """Partitions, copies, settings."""
    admin = KafkaAdminClient(bootstrap_servers=list(servers))
    (topic,) = admin.describe_topics([name])
    found = admin.describe_configs([ConfigResource("topic", name)], config_filter="all")
    admin.close()
    entries = next(iter(next(iter(found.values())).values()))
    return (
        len(topic["partitions"]),
        len(topic["partitions"][0]["replica_nodes"]),
        {key: entry["value"] for key, entry in entries.items()},
    )


def test_topics_are_made_as_configured_and_follow_the_configuration(kafka_servers: tuple[str, ...]) -> None:
    first = settings(kafka_servers, partitions=3, retain_days=2, retain_mb=30)
    KafkaBus(first, SystemClock()).close()
    partitions, copies, found = described(kafka_servers, first.prefix + "mentions")
    assert (partitions, copies, found["cleanup.policy"]) == (3, 1, "delete")
    assert (found["retention.ms"], found["retention.bytes"]) == ("172800000", "10000000")
    assert described(kafka_servers, first.prefix + "stories")[2]["cleanup.policy"] == "compact,delete"
    KafkaBus(first.model_copy(update={"retain_days": 5}), SystemClock()).close()
    assert described(kafka_servers, first.prefix + "stories")[2]["retention.ms"] == "432000000"


def test_topics_that_have_other_partitions_keep_them_and_it_is_said(kafka_servers: tuple[str, ...]) -> None:
    first = settings(kafka_servers, partitions=3)
    KafkaBus(first, SystemClock()).close()
    with capture_logs() as logged:
        KafkaBus(first.model_copy(update={"partitions": 5}), SystemClock()).close()
    told = [entry for entry in logged if entry["event"] == "topic has its own number of partitions"]
    assert {(entry["partitions"], entry["configured"]) for entry in told} == {(3, 5)}


def test_several_roles_make_the_topics_at_once(kafka_servers: tuple[str, ...]) -> None:
    wanted = settings(kafka_servers)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: KafkaBus(wanted, SystemClock()), range(4)))
    for bus in made:
        assert bus.lag("mentions", "processors") == 0
        bus.close()


# --- what is wrong is said in a line ------------------------------------------------------------------------


@pytest.fixture
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 5_000)


@pytest.mark.usefixtures("_in_a_hurry")
def test_a_broker_that_is_not_there_is_named() -> None:
    with pytest.raises(
        Unavailable, match=r"no Kafka broker answers at 127\.0\.0\.1:1 within 5 s.*bus\.servers"
    ):
        KafkaBus(settings(["127.0.0.1:1"]), SystemClock())
    assert not of_the_library()


def of_the_library() -> set[threading.Thread]:
    """Its threads: each keeps sockets open."""
    return {each for each in threading.enumerate() if "kafka" in f"{each.name} {type(each).__module__}"}


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("_in_a_hurry")
def test_a_broker_that_is_away_may_be_asked_for_ever(
    kafka_server: KafkaServer, open_bus: Callable[..., KafkaBus]
) -> None:
    """No try leaves anything behind, and the first one after it came back is answered."""
    bus = open_bus()
    bus.publish("mentions", some(8))
    before = len(of_the_library())
    kafka_server.freeze()
    try:
        for ask in (lambda: bus.lag("mentions", "g"), lambda: bus.newest("mentions", 8)):
            with pytest.raises(Unavailable):
                ask()
        with pytest.raises(Unavailable):
            bus.publish("mentions", some(8))
        assert len(of_the_library()) <= before
    finally:
        kafka_server.thaw()
    until(lambda: tried(lambda: bus.publish("mentions", some(8))))
    until(lambda: tried(lambda: bus.lag("mentions", "processors")))
    assert bus.lag("mentions", "processors") >= 16
    until(lambda: len(of_the_library()) <= before)


def tried(work: Callable[[], object]) -> bool:
    try:
        work()
    except Unavailable:
        return False
    return True


def locked(server: KafkaServer, **changes: Any) -> BusSettings:
    values = {"tls": True, "ca_file": server.ca_file, "sasl": "SCRAM-SHA-512"}
    values |= {"username": server.username, "password": server.password}
    return settings(server.servers, **(values | changes))


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_who_logs_in_over_tls_is_served(locked_kafka: KafkaServer, mechanism: str) -> None:
    bus = KafkaBus(locked(locked_kafka, sasl=mechanism), SystemClock())
    bus.publish("mentions", some(3))
    assert len(polled(bus.subscribe("mentions", "processors")).records)
    bus.close()


@pytest.mark.usefixtures("_in_a_hurry")
@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256"])
def test_a_wrong_password_is_one_readable_fault(locked_kafka: KafkaServer, mechanism: str) -> None:
    with pytest.raises(ConfigError, match=r"refused 'earshot' by .*bus\.password") as raised:
        KafkaBus(locked(locked_kafka, sasl=mechanism, password="wrong"), SystemClock())
    assert len(raised.value.faults) == 1
    assert "wrong" not in raised.value.faults[0]


def test_who_may_not_make_topics_is_told_how_to_make_them(locked_kafka: KafkaServer) -> None:
    guest = {"username": locked_kafka.locks.guest, "password": locked_kafka.locks.guest_password}
    with pytest.raises(ConfigError, match=r"no topic .*mentions.*kafka-topics\.sh --create --topic"):
        KafkaBus(locked(locked_kafka, **guest), SystemClock())


@pytest.mark.usefixtures("_in_a_hurry")
def test_plain_text_to_a_tls_listener_says_what_to_set(locked_kafka: KafkaServer) -> None:
    with pytest.raises(Unavailable, match=r"spoken to in plain text.*bus\.tls"):
        KafkaBus(settings(locked_kafka.servers), SystemClock())


@pytest.mark.usefixtures("_in_a_hurry")
def test_an_authority_that_is_not_trusted_is_refused(locked_kafka: KafkaServer, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"spoken to in TLS.*certificate"):
        KafkaBus(locked(locked_kafka, ca_file=None), SystemClock())
    with pytest.raises(ConfigError, match=r"none\.pem cannot be used for TLS"):
        KafkaBus(locked(locked_kafka, ca_file=tmp_path / "none.pem"), SystemClock())


# --- partitions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "murmur2"), [("21", -973932308), ("foobar", -790332482), ("abc", 479470107)])
def test_a_brand_has_the_partition_that_javas_client_gives_it(key: str, murmur2: int) -> None:
    """Whoever publishes with the brand as the key lands beside us. (The hashes are those of Kafka's own tests.)"""
    assert partition_of(key, 12) == (murmur2 & 0x7FFFFFFF) % 12
    assert {partition_of(f"{key}{n}", 12) for n in range(300)} == set(range(12))


def test_each_brand_keeps_its_order(open_bus: Callable[..., KafkaBus]) -> None:
    bus = open_bus()
    for first in range(0, 400, 40):
        bus.publish("mentions", some(40, first))
    member = Member(bus)
    until(lambda: len(member.got) == 400)
    member.stop()
    for brand in BRANDS:
        heard = [(r.partition, int(r.value)) for r in member.got if r.key == brand]
        assert heard == sorted(heard)
        assert len({partition for partition, _ in heard}) == 1


def test_a_snapshot_has_its_storys_key_and_its_brands_partition(open_bus: Callable[..., KafkaBus]) -> None:
    bus = open_bus()
    bus.publish("stories", [Message("Acme", b"a", "7"), Message("Acme", b"b", "8")])
    records = polled(bus.subscribe("stories", "alerts")).records
    assert [(r.partition, r.key) for r in records] == [(partition_of("Acme", 4), k) for k in ("7", "8")]


def test_a_message_as_large_as_any_mention_passes(open_bus: Callable[..., KafkaBus]) -> None:
    bus = open_bus()
    bus.publish("mentions", [Message("Acme", bytes(3_000_000))])
    assert len(polled(bus.subscribe("mentions", "g")).records[0].value) == 3_000_000


def test_the_group_shares_the_brands_out_and_each_message_comes_once(
    open_bus: Callable[..., KafkaBus],
) -> None:
    one, other = (Member(open_bus()) for _ in range(2))
    until(lambda: all(owned(one, other)) and sorted(chain(*owned(one, other))) == sorted(BRANDS))
    open_bus().publish("mentions", some(400))
    until(lambda: len(one.got) + len(other.got) == 400)
    assert one.brands.isdisjoint(other.brands)
    assert sorted(int(r.value) for r in one.got + other.got) == list(range(400))
    one.stop()
    other.stop()


def test_a_clean_end_hands_over_at_once_and_nothing_is_lost(open_bus: Callable[..., KafkaBus]) -> None:
    """Also of one with a name of its own, whom the group would wait for after a crash."""
    bus = open_bus()
    one, other = Member(open_bus(instance="one")), Member(open_bus(instance="other"))
    until(lambda: all(owned(one, other)))
    bus.publish("mentions", some(200))
    until(lambda: len(one.got) + len(other.got) == 200)
    started = time.monotonic()
    one.stop()
    bus.publish("mentions", some(200, first=200))
    until(lambda: len(one.got) + len(other.got) == 400)
    assert time.monotonic() - started < 5  # the session is 6 s: nobody waited for it
    assert sorted(int(r.value) for r in one.got + other.got) == list(range(400))
    other.stop()


def test_who_comes_back_under_its_name_disturbs_nobody(open_bus: Callable[..., KafkaBus]) -> None:
    """After a crash it has its partitions again before anybody waited for a dead member to time out."""
    given: list[float] = []

    def start() -> dict[int, int]:  # asked whenever a share was given
        given.append(time.monotonic())
        return {}

    other = Member(open_bus(instance="other"), start=start)  # first, so that it shares out
    until(lambda: owned(other) == [list(BRANDS)] and len(given) == 1)
    crashed = open_bus(instance="one").subscribe("mentions", "processors")
    until(lambda: crashed.poll(0.05) is None and len(given) == 2 and crashed.caught_up())
    before = owned(other)
    back = Member(open_bus(instance="one"))
    until(lambda: all(owned(back)) and owned(other) == before)
    assert sorted(chain(*owned(back, other))) == sorted(BRANDS)
    other.stop()  # its poll in hand is finished: a share that came with it would be counted
    assert len(given) == 2, "the one that came back made it give its share up"
    back.stop()


def test_two_with_one_name_are_told_apart(open_bus: Callable[..., KafkaBus]) -> None:
    first = open_bus(instance="same").subscribe("mentions", "processors")
    until(lambda: first.poll(0.05) is None and first.owns("Acme"))
    second = Member(open_bus(instance="same"))
    until(lambda: all(owned(second)))
    open_bus().publish("mentions", some(8))
    with pytest.raises(ConfigError, match=r"bus\.instance: another process calls itself 'same'"):
        first.commit(polled(first))
    second.stop()


# --- slow batches -------------------------------------------------------------------------------------------

QUICK = {"session": "3s", "longest_batch": "4s"}


def test_a_slow_batch_keeps_its_partitions_and_is_committed(open_bus: Callable[..., KafkaBus]) -> None:
    bus = open_bus(**QUICK)
    bus.publish("mentions", some(8))
    slow = bus.subscribe("mentions", "processors")
    batch = polled(slow)
    ended = time.monotonic() + 6
    while time.monotonic() < ended:  # more than the 4 s that a batch may take without a word
        slow.keep()
        threading.Event().wait(0.05)
    slow.commit(batch)
    assert bus.lag("mentions", "processors") == 8 - len(batch.records)


def test_a_batch_in_hand_when_the_group_changes_is_given_up_whole(open_bus: Callable[..., KafkaBus]) -> None:
    bus = open_bus(**QUICK)
    bus.publish("mentions", some(80))
    slow = bus.subscribe("mentions", "processors")
    polled(slow)
    other = Member(open_bus(**QUICK))
    with pytest.raises(Reassigned):
        until(slow.keep)
    got: list[Record] = []

    def all_of_it() -> bool:
        batch = slow.poll(0.05)
        got.extend(batch.records if batch else ())
        return len(got) + len(other.got) >= 80

    until(all_of_it)
    assert sorted(int(r.value) for r in got + other.got) == list(range(80))
    assert {r.key for r in got}.isdisjoint(other.brands)
    other.stop()


def test_who_is_silent_for_too_long_is_replaced_and_its_late_commit_does_no_harm(
    open_bus: Callable[..., KafkaBus],
) -> None:
    bus = open_bus(**QUICK)
    bus.publish("mentions", some(80))
    silent = bus.subscribe("mentions", "processors")
    batch = polled(silent)
    other = Member(open_bus(**QUICK))
    until(lambda: bus.lag("mentions", "processors") == 0)
    assert len(other.got) == 80
    silent.commit(batch)
    assert bus.lag("mentions", "processors") == 0
    assert silent.poll(0.1) is None
    other.stop()


# --- places -------------------------------------------------------------------------------------------------


def test_the_store_is_asked_for_its_place_whenever_a_share_is_taken_over(
    open_bus: Callable[..., KafkaBus],
) -> None:
    """A store that was restored from a backup knows less than the group has committed."""
    bus = open_bus()
    bus.publish("mentions", some(80))
    one = Member(bus)
    until(lambda: len(one.got) == 80)
    one.stop()
    restored = Member(open_bus(), start=lambda: dict.fromkeys(range(4), 1))
    expected = sum(r.offset >= 1 for r in one.got)
    until(lambda: len(restored.got) >= expected)
    assert sorted((r.partition, r.offset) for r in restored.got) == sorted(
        (r.partition, r.offset) for r in one.got if r.offset >= 1
    )
    restored.stop()


def test_lag_is_that_of_all_partitions(open_bus: Callable[..., KafkaBus]) -> None:
    bus = open_bus()
    bus.publish("mentions", some(80))
    assert bus.lag("mentions", "processors") == 80
    member = Member(bus)
    until(lambda: bus.lag("mentions", "processors") == 0)
    member.stop()
    bus.publish("mentions", some(5))
    assert bus.lag("mentions", "processors") == 5


def test_a_store_that_is_away_when_a_share_is_taken_over_loses_nothing(
    open_bus: Callable[..., KafkaBus],
) -> None:
    bus, away = open_bus(), [True]
    bus.publish("mentions", some(80))

    def start() -> dict[int, int]:
        if away[0]:
            raise Unavailable("the store is away")
        return {}

    subscription = bus.subscribe("mentions", "processors", start)
    with pytest.raises(Unavailable, match="the store is away"):
        until(lambda: subscription.poll(0.05))
    away[0] = False
    got: list[Record] = []
    while len(got) < 80:
        got += polled(subscription).records
    assert sorted(int(r.value) for r in got) == list(range(80))
