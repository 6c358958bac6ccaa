"""A process's share of a topic: the partitions that its group gave it, and what of them is in hand."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from kafka.errors import (
    CommitFailedError,
    FencedInstanceIdError,
    IllegalGenerationError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)
from kafka.structs import OffsetAndMetadata

from earshot import logs
from earshot.bus.kafka.connection import LARGEST, client, connected, instance, speaking
from earshot.config import BusSettings
from earshot.errors import ConfigError, Reassigned, Unavailable
from earshot.metrics import REBALANCES
from earshot.seams import LARGEST_BATCH, Batch, Record, Start

_LOG = logs.get(__name__)

_A_LOOK = 0.1  # s given to a look after the group while a batch is in hand
_ANSWER = 10_000  # ms for an answer, however often it is asked for: the library would ask for ever
_A_FETCH = 100  # ms that a broker waits for news; what else is asked waits behind it
_MOVED = (CommitFailedError, IllegalGenerationError, RebalanceInProgressError,
          UnknownMemberIdError)  # fmt: skip

Found = Mapping[TopicPartition, Sequence[Any]]


class KafkaSubscription:
    """One consumer, used by one thread. The library's own thread keeps the membership between two polls.

    Partitions move only while this thread is in `poll` or `keep`: so a batch is finished before they move, or,
    where it takes longer than `longest_batch` allows, given up whole.
    """

    def __init__(
        self,
        topic: str,
        group: str,
        settings: BusSettings,
        start: Start | None,
        *,
        owner_of: Callable[[str], int],
        leave: Callable[[], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`owner_of` tells a brand's partition, `leave` gives up our name. Raises `Unavailable`."""
        self._topic, self._group, self._settings, self._start = topic, group, settings, start
        self._owner_of, self._leave, self._monotonic = owner_of, leave, monotonic
        self._share = _Share()
        self._expected: dict[TopicPartition, int] = {}
        self._committed: dict[TopicPartition, int] = {}
        self._in_hand: Mapping[TopicPartition, int] = {}
        self._closed = False
        self._polled = monotonic()
        with speaking(settings), ExitStack() as failed:
            self._consumer = connected(KafkaConsumer, _consumer(group, settings))
            failed.callback(self._consumer.close, autocommit=False, timeout_ms=0)
            self._consumer.subscribe([topic], listener=self._share)
            # Else it may join before it knows the partitions, and share out none.
            self._consumer.partitions_for_topic(topic)
            failed.pop_all()

    def poll(self, timeout: float, most: int = LARGEST_BATCH) -> Batch | None:
        try:
            found = self._found(timeout, most)
        except Reassigned as moved:
            _LOG.warning("not read", topic=self._topic, group=self._group, reason=str(moved))
            return None
        self._in_hand = _firsts(found)
        return _batch(found) if found else None

    def _found(self, timeout: float, most: int) -> Found:
        with self._speaking():
            found = self._consumer.poll(timeout_ms=max(0, round(timeout * 1_000)), max_records=most)
        self._polled = self._monotonic()
        try:
            with self._speaking():
                found = self._taken_over(found) if self._share.fresh else found
                self._tell_gaps(found)
        except (Unavailable, Reassigned):
            self._put_back(_firsts(found))
            raise
        return found

    def keep(self) -> None:
        if self._monotonic() - self._polled < self._settings.longest_batch.total_seconds() / 3:
            return
        try:
            with self._speaking():
                self._look_after_the_group()
        except Reassigned:
            self._share.moved = True
        self._polled = self._monotonic()
        if self._in_hand and self._share.moved:
            self._put_back(self._in_hand)
            self._in_hand = {}
            raise Reassigned(f"{self._topic}: the batch in hand went to another process of {self._group}")

    def _look_after_the_group(self) -> None:
        """A poll that fetches nothing, as the library joins and leaves in polls alone."""
        self._share.moved = False
        self._consumer.pause(*self._consumer.assignment())
        found = self._consumer.poll(timeout_ms=round(_A_LOOK * 1_000))
        self._put_back(_firsts(found))  # of partitions that came just now
        self._consumer.resume(*self._consumer.paused())

    def commit(self, batch: Batch) -> None:
        ours = {TopicPartition(self._topic, number): after for number, after in batch.after.items()}
        ahead = {tp: after for tp, after in ours.items() if after > self._committed.get(tp, -1)}
        self._in_hand = {}
        try:
            with self._speaking():
                places = {tp: OffsetAndMetadata(after, "", -1) for tp, after in ahead.items()}
                self._consumer.commit(places, timeout_ms=_ANSWER)
        except Reassigned as moved:
            _LOG.warning("not committed", topic=self._topic, group=self._group, reason=str(moved))
            return
        self._committed.update(ahead)

    def owns(self, brand: str) -> bool:
        with self._speaking():
            return TopicPartition(self._topic, self._owner_of(brand)) in self._consumer.assignment()

    def caught_up(self) -> bool:
        if not self._share.joined or self._share.fresh:
            return False
        with self._speaking():
            ours = self._consumer.assignment()
            ends = self._consumer.end_offsets(list(ours), _ANSWER) if ours else {}
            return all(self._consumer.position(tp, _ANSWER) >= end for tp, end in ends.items())

    def close(self) -> None:
        """A clean end gives the share away at once; after a crash it waits for us under our name."""
        if self._closed:
            return
        self._closed = True
        with suppress(Unavailable), speaking(self._settings):
            self._consumer.close(autocommit=False, timeout_ms=5_000)
        self._leave()

    # --- what came with a new share ---------------------------------------------------------------------

    def _taken_over(self, found: Found) -> Found:
        """Go back where the store knows less than the group committed, as it does after a restore."""
        known, fresh = self._start() if self._start else {}, set(self._share.fresh)
        places = {each: self._consumer.committed(each, timeout_ms=_ANSWER) for each in fresh}
        self._share.fresh -= fresh
        kept = dict(found)
        for partition, committed in places.items():
            stored = known.get(partition.partition, committed)
            self._committed[partition] = -1 if committed is None else committed
            self._expected[partition] = committed or 0
            if committed is not None and stored is not None and stored < committed:
                self._consumer.seek(partition, stored)
                self._expected[partition] = stored
                kept.pop(partition, None)
        REBALANCES.labels(self._topic, self._group).inc()
        _LOG.info("share", topic=self._topic, group=self._group, partitions=self._share.numbers())
        return kept

    def _tell_gaps(self, found: Found) -> None:
        """What was dropped before we read it is told; what compaction took is not missing."""
        for partition, records in found.items():
            expected = self._expected.get(partition, 0)
            if records[0].offset > expected:
                first = self._consumer.beginning_offsets([partition], _ANSWER)[partition]
                if first > expected:
                    _LOG.warning(
                        "fell off the log", topic=self._topic, group=self._group, lost=first - expected
                    )
            self._expected[partition] = records[-1].offset + 1

    def _put_back(self, firsts: Mapping[TopicPartition, int]) -> None:
        """To be read again, where it is still ours: a partition that stays keeps its place in a rebalance."""
        for partition in firsts.keys() & self._consumer.assignment():
            self._consumer.seek(partition, firsts[partition])

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """A share that moved is `Reassigned`, a namesake ends us, all else is the bus being unavailable."""
        with speaking(self._settings):
            try:
                yield
            except FencedInstanceIdError as error:
                name = instance(self._settings)
                fault = (
                    f"bus.instance: another process calls itself {name!r} and has our share of {self._topic}"
                )
                raise ConfigError([f"{fault}: give each a name of its own"]) from error
            except _MOVED as error:
                raise Reassigned(f"{self._topic}: {type(error).__name__}: another process does it") from error


class _Share(ConsumerRebalanceListener):  # type: ignore[misc]
    """What the group gives and takes. Called on the library's thread, while ours waits: it must not block."""

    def __init__(self) -> None:
        self.joined = False
        self.moved = False
        """Since it was last set to False, something was taken."""
        self.fresh: set[TopicPartition] = set()
        self._all: set[TopicPartition] = set()

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self.joined = True
        self._all = set(assigned)
        self.fresh = set(assigned)

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        self.joined, self.moved = False, True
        self.fresh -= set(revoked)

    def numbers(self) -> list[int]:
        return sorted(partition.partition for partition in self._all)


def _consumer(group: str, settings: BusSettings) -> dict[str, Any]:
    session = round(settings.session.total_seconds() * 1_000)
    return client(settings) | {
        "group_id": group,
        "group_instance_id": instance(settings),
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "allow_auto_create_topics": False,
        "partition_assignment_strategy": [StickyPartitionAssignor],
        "session_timeout_ms": session,
        "heartbeat_interval_ms": min(3_000, session // 3),
        "max_poll_interval_ms": round(settings.longest_batch.total_seconds() * 1_000),
        "max_partition_fetch_bytes": LARGEST,
        "fetch_max_wait_ms": _A_FETCH,
        "metrics_enabled": False,
    }


def _firsts(found: Found) -> dict[TopicPartition, int]:
    return {partition: records[0].offset for partition, records in found.items()}


def _batch(found: Found) -> Batch:
    records = [
        Record(
            partition.partition, each.offset, (each.key or b"").decode("utf-8", "replace"), each.value or b""
        )
        for partition, read in found.items()
        for each in read
    ]
    return Batch(records, {partition.partition: read[-1].offset + 1 for partition, read in found.items()})
