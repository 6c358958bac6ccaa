"""A bus in memory, with the behaviour of the others: for tests, and the model they are tested against."""

import threading
from collections.abc import Sequence
from datetime import datetime

from earshot import logs
from earshot.seams import LARGEST_BATCH, Batch, Clock, Message, Record, Start

_LOG = logs.get(__name__)


class MemoryBus:
    """Keeps everything until `retain`; forgets it with the process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._logs: dict[str, list[tuple[int, datetime, Record]]] = {}
        self._committed: dict[tuple[str, str], int] = {}
        self._heads: dict[str, int] = {}
        self._arrived = threading.Condition()

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        with self._arrived:
            now, log = self._clock.now(), self._logs.setdefault(topic, [])
            for message in messages:
                offset = self._heads.get(topic, 0)
                self._heads[topic] = offset + 1
                log.append((offset, now, Record(0, offset, message.key or message.brand, message.value)))
            self._arrived.notify_all()

    def subscribe(self, topic: str, group: str, start: Start | None = None) -> "MemorySubscription":
        with self._arrived:
            committed = self._committed.setdefault((topic, group), 0)
        return MemorySubscription(self, topic, group, lower(committed, start))

    def lag(self, topic: str, group: str) -> int:
        with self._arrived:
            log, place = self._logs.get(topic), self._committed.get((topic, group), 0)
            return self._heads[topic] - max(place, log[0][0]) if log else 0

    def newest(self, topic: str, at_most: int) -> list[Record]:
        with self._arrived:
            return [record for _, _, record in self._logs.get(topic, [])[-at_most:]]

    def retain(self, before: datetime, at_most: int) -> int:
        with self._arrived:
            return sum(self._trim(topic, before, at_most) for topic in self._logs)

    def close(self) -> None: ...

    def _trim(self, topic: str, before: datetime, at_most: int) -> int:
        kept: list[tuple[int, datetime, Record]] = []
        size = 0
        for entry in reversed(self._logs[topic]):
            size += len(entry[2].value)
            if entry[1] < before or size > at_most:
                break
            kept.append(entry)
        dropped = len(self._logs[topic]) - len(kept)
        self._logs[topic] = kept[::-1]
        return dropped

    def read(self, topic: str, place: int, timeout: float) -> list[Record]:
        """What stands at `place` and after it; waits up to `timeout` seconds for the first."""
        with self._arrived:
            self._arrived.wait_for(lambda: (log := self._logs.get(topic)) and log[-1][0] >= place, timeout)
            return [record for offset, _, record in self._logs.get(topic, []) if offset >= place]

    def move(self, topic: str, group: str, place: int) -> None:
        """Commit: never back."""
        with self._arrived:
            self._committed[topic, group] = max(self._committed[topic, group], place)


def lower(committed: int, start: Start | None) -> int:
    """Where a log of one partition is gone on with."""
    return min(committed, start().get(0, committed)) if start else committed


class MemorySubscription:
    def __init__(self, bus: MemoryBus, topic: str, group: str, place: int) -> None:
        self._bus, self._topic, self._group, self._place = bus, topic, group, place

    def poll(self, timeout: float, most: int = LARGEST_BATCH) -> Batch | None:
        records = self._bus.read(self._topic, self._place, timeout)[:most]
        if not records:
            return None
        if (lost := records[0].offset - self._place) > 0:
            _LOG.warning("fell off the log", topic=self._topic, group=self._group, lost=lost)
        self._place = records[-1].offset + 1
        return Batch(records, {0: self._place})

    def keep(self) -> None:
        """Nobody else takes our share."""

    def owns(self, brand: str) -> bool:  # noqa: ARG002 - there is one partition
        return True

    def caught_up(self) -> bool:
        return not self._bus.read(self._topic, self._place, 0)

    def commit(self, batch: Batch) -> None:
        self._bus.move(self._topic, self._group, batch.after[0])

    def close(self) -> None: ...
