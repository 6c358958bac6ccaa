"""Topics in Kafka as a bus: publish to a brand's partition, subscribe as one of a group, measure what waits."""

import logging
import math
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, MemberToRemove, OffsetSpec
from kafka.errors import (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    GroupIdNotFoundError,
    KafkaError,
    KafkaTimeoutError,
    NotCoordinatorError,
)
from kafka.partitioner.default import murmur2

from earshot.bus.kafka import topics
from earshot.bus.kafka.connection import LARGEST, client, connected, instance, speaking, starting
from earshot.bus.kafka.subscription import KafkaSubscription
from earshot.config import BusSettings
from earshot.errors import Unavailable
from earshot.seams import Clock, Message, Record, Start

_LINGER = 5  # ms; what is published at once goes as one request, and the flush behind it waits for nothing
_DELIVERED = 15.0  # s for a message to be durable before it counts as not published; a stop may wait for it
_METADATA = 4_000  # ms of it to learn the partitions of a topic
_REQUEST = 10_000  # ms for an answer
_TURN = 5.0  # s to wait behind another who asks
_FLUSH = 0.1  # s between looks at that deadline
_FLUSHED = 2.0  # s at a clean end, when nothing is on its way
_LEAVE = 3.0  # s for a clean end to tell the group
_READY = 10.0  # s for a new cluster to make its topic of offsets
_PAUSE = 0.1  # s between two questions to a broker that is not ready
_READ = 0.5  # s to wait for a part of the newest
_SHARE = 3  # times its fair share of the newest that a partition is read for: brands are not even

_READER = {
    "enable_auto_commit": False,
    "group_id": None,
    "metrics_enabled": False,
    "max_partition_fetch_bytes": LARGEST,
}
_PRODUCER = {
    "request_timeout_ms": _REQUEST,
    "acks": "all",
    "enable_idempotence": True,
    "compression_type": "lz4",
    "linger_ms": _LINGER,
    "delivery_timeout_ms": round(_DELIVERED * 1_000) - 1_000,
    "max_block_ms": _METADATA,
    "max_request_size": LARGEST,
    "metrics_enabled": False,
}


class KafkaBus:
    """Any number of threads and processes publish; the partitions of a topic are shared out among a group."""

    def __init__(self, settings: BusSettings, clock: Clock) -> None:
        """Connect, and see to the topics.

        Raises:
            ConfigError: the brokers refuse us, or topics are missing that we may not make.
            Unavailable: no broker answers.
        """
        logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what matters of it we say ourselves
        self._settings, self._clock = settings, clock
        self._servers = ", ".join(settings.servers)
        self._asking, self._making = threading.Lock(), threading.Lock()
        self._spoilt: Any = None
        self._client = client(settings)
        with starting(settings), ExitStack() as failed:
            self._admin = self._new_admin()
            failed.callback(self._admin.close)
            topics.ensure(self._admin, settings)
            self._producer = self._new_producer()
            failed.pop_all()
        self._subscriptions: list[KafkaSubscription] = []

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        name = self._name(topic)
        try:
            self._send(self._sound_producer(), name, messages)
        except (KafkaError, OSError) as error:
            raise Unavailable(f"bus: {name} at {self._servers}: {error}") from error

    def subscribe(self, topic: str, group: str, start: Start | None = None) -> KafkaSubscription:
        name, group = self._name(topic), self._settings.prefix + group
        subscription = KafkaSubscription(
            name,
            group,
            self._settings,
            start,
            owner_of=lambda brand: partition_of(brand, self._partitions(name)),
            leave=lambda: self._leave(group),
        )
        self._subscriptions.append(subscription)
        return subscription

    def lag(self, topic: str, group: str) -> int:
        name = self._name(topic)
        with self._in_turn(self._asking), speaking(self._settings):
            first, end = (self._offsets(name, spec) for spec in (OffsetSpec.EARLIEST, OffsetSpec.LATEST))
            committed = self._committed(name, self._settings.prefix + group)
        return sum(max(0, end[tp] - max(first[tp], committed.get(tp, 0))) for tp in end)

    def newest(self, topic: str, at_most: int) -> list[Record]:
        """The last of each partition, in the order of their times: about `at_most` where brands are uneven."""
        name = self._name(topic)
        with speaking(self._settings):
            reader = connected(KafkaConsumer, self._client | _READER)
            try:
                found = self._read_newest(reader, name, at_most)
            finally:
                reader.close(autocommit=False)
        found.sort(key=lambda record: record.timestamp)
        return [
            Record(r.partition, r.offset, (r.key or b"").decode("utf-8", "replace"), r.value or b"")
            for r in found[-at_most:]
        ]

    def retain(self, before: datetime, at_most: int) -> int:  # noqa: ARG002 - as every bus is asked
        """The brokers drop what is too old or too much: see `topics.wanted`."""
        return 0

    def close(self) -> None:
        """And what was subscribed and is not closed yet: its threads must have ended."""
        for subscription in self._subscriptions:
            subscription.close()
        _end(self._producer, 0 if self._producer is self._spoilt else _FLUSHED)
        with suppress(KafkaError, OSError):
            self._admin.close()

    # --- parts ------------------------------------------------------------------------------------------

    def _name(self, topic: str) -> str:
        return self._settings.prefix + topic

    def _partitions(self, name: str) -> int:
        return len(self._producer.partitions_for(name))

    def _new_admin(self) -> Any:
        return connected(KafkaAdminClient, self._client | {"request_timeout_ms": _REQUEST})

    def _new_producer(self) -> Any:
        """A batch may wait a little less than we do: then it is known what became of it."""
        return connected(KafkaProducer, self._client | _PRODUCER)

    def _send(self, producer: Any, name: str, messages: Sequence[Message]) -> None:
        """Durable on return, whose deadline is one for all that it takes."""
        deadline, at = time.monotonic() + _DELIVERED, round(self._clock.now().timestamp() * 1_000)
        try:
            count = len(producer.partitions_for(name))
            sent = [
                producer.send(
                    name,
                    message.value,
                    (message.key or message.brand).encode(),
                    partition=partition_of(message.brand, count),
                    timestamp_ms=at,
                )
                for message in messages
            ]
            _until_delivered(producer, sent, deadline)
        except (KafkaError, OSError):
            if producer is self._producer:
                self._spoilt = producer
            raise

    def _sound_producer(self) -> Any:
        """One that failed once may hold on to its fault, as its place in the order is lost: then another."""
        with self._in_turn(self._making):
            if self._producer is self._spoilt:
                self._producer = self._new_producer()
                _end(self._spoilt, 0)
                self._spoilt = None
            return self._producer

    @contextmanager
    def _in_turn(self, lock: threading.Lock) -> Iterator[None]:
        """While the brokers are away, those who wait behind one who waits for them are not to add their waits up."""
        if not lock.acquire(timeout=_TURN):
            raise Unavailable(f"bus: {self._servers}: has not answered for {_TURN:.0f} s")
        try:
            yield
        finally:
            lock.release()

    def _offsets(self, name: str, spec: OffsetSpec) -> dict[TopicPartition, int]:
        wanted = {TopicPartition(name, number): spec for number in range(self._partitions(name))}
        return {tp: found.offset for tp, found in self._admin.list_partition_offsets(wanted).items()}

    def _committed(self, name: str, group: str) -> Mapping[TopicPartition, int]:
        try:
            found = self._coordinated(group)
        except GroupIdNotFoundError:
            return {}
        return {tp: place.offset for tp, place in found.items() if tp.topic == name and place.offset >= 0}

    def _coordinated(self, group: str) -> Mapping[TopicPartition, Any]:
        """A broker makes the topic of offsets when the first group asks for it, and answers a little later."""
        deadline = time.monotonic() + _READY
        while True:
            try:
                places: Mapping[TopicPartition, Any] = self._admin.list_group_offsets({group: None})[group]
            except (CoordinatorNotAvailableError, CoordinatorLoadInProgressError):
                if time.monotonic() > deadline:
                    raise
            except GroupIdNotFoundError:
                raise
            except (KafkaError, OSError) as error:
                self._renew_admin()
                if not isinstance(error, NotCoordinatorError) or time.monotonic() > deadline:
                    raise
            else:
                return places
            time.sleep(_PAUSE)

    def _renew_admin(self) -> None:
        """The library asks for a group's coordinator once and never again, though it moves with its broker."""
        renewed = self._new_admin()
        with suppress(KafkaError, OSError):
            self._admin.close()
        self._admin = renewed

    def _read_newest(self, reader: Any, name: str, at_most: int) -> list[Any]:
        parts = [TopicPartition(name, number) for number in range(self._partitions(name))]
        reader.assign(parts)
        first, ends = reader.beginning_offsets(parts), reader.end_offsets(parts)
        each = at_most if len(parts) == 1 else math.ceil(_SHARE * at_most / len(parts))
        for tp in parts:
            reader.seek(tp, max(first[tp], ends[tp] - each))
        found: list[Any] = []
        while any(reader.position(tp) < ends[tp] for tp in parts):
            read = reader.poll(timeout_ms=round(_READ * 1_000), max_records=10_000)
            if not read:
                break  # compaction took the end of it
            found += [record for records in read.values() for record in records]
        return found

    def _leave(self, group: str) -> None:
        """Say that we will not come back under our name, so that nobody waits for us, if anybody listens."""
        if name := instance(self._settings):
            telling = threading.Thread(target=self._tell, args=(group, name), daemon=True)
            telling.start()
            telling.join(_LEAVE)

    def _tell(self, group: str, name: str) -> None:
        with suppress(KafkaError, OSError):
            member = MemberToRemove(group_instance_id=name, reason="stopped")
            self._admin.remove_group_members(group, [member])


def _until_delivered(producer: Any, sent: Sequence[Any], deadline: float) -> None:
    """The library's flush has its patience with each of its batches anew: so it is asked for a little at a time."""
    while not all(future.is_done for future in sent):
        if time.monotonic() > deadline:
            raise KafkaTimeoutError(f"not delivered within {_DELIVERED:.0f} s")
        with suppress(KafkaTimeoutError):
            producer.flush(_FLUSH)
    for future in sent:
        future.get(0)


def _end(producer: Any, patience: float) -> None:
    """The library lets none go that holds what it could not deliver: its thread would try on for ever."""
    try:
        producer.close(timeout=patience)
    except KafkaError:
        producer._sender.force_close()  # noqa: SLF001 - what close() would have come to, had it not raised before


@lru_cache(maxsize=10_000)
def partition_of(brand: str, count: int) -> int:
    """As the Java client's default partitioner places a key, so that others can find a brand's partition."""
    partition: int = (murmur2(brand.encode()) & 0x7FFFFFFF) % count
    return partition
