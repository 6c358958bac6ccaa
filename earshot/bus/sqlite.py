"""The embedded bus: one SQLite file, a row for each published frame, as Kafka keeps record batches.

A frame costs one insert and one flush to disk however many messages it holds.
"""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from earshot import logs
from earshot.bus.memory import lower
from earshot.clock import to_us
from earshot.errors import Unavailable
from earshot.folders import make_private
from earshot.seams import LARGEST_BATCH, Batch, Clock, Message, Record, Start

_LOG = logs.get(__name__)

_FRAME = 500  # messages
_OTHER_PROCESSES = 0.25  # s between looks at the file: a publisher in another process cannot wake us

_SCHEMA = """
create table if not exists frames (
    topic text not null, first integer not null, count integer not null, at integer not null,
    size integer not null, messages blob not null, primary key (topic, first)
);  -- with an index of its own: to compare two rows that lie in the key's tree both are read whole
create table if not exists places (
    topic text not null, "group" text not null, place integer not null, primary key (topic, "group")
) without rowid;
create table if not exists heads (topic text primary key, head integer not null) without rowid;
"""

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[tuple[str, bytes]])


class SqliteBus:
    """A durable log for one machine. Any number of threads publish, each subscription has one of its own."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open or make the file. Raises `Unavailable` where that cannot be done."""
        make_private(path)
        self.path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._arrived = threading.Condition()
        self._published = 0
        with self._faults():
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
            self._db.execute("pragma journal_mode=wal")
            self._db.execute("pragma synchronous=full")
            self._db.executescript(_SCHEMA)

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        if not messages:
            return
        with self._transaction() as db:
            for i in range(0, len(messages), _FRAME):
                self._append(db, topic, messages[i : i + _FRAME])
        with self._arrived:
            self._published += 1
            self._arrived.notify_all()

    def _append(self, db: sqlite3.Connection, topic: str, messages: Sequence[Message]) -> None:
        frame = _ENCODER.encode([(message.key or message.brand, message.value) for message in messages])
        head = self._head(db, topic)
        now = to_us(self._clock.now())
        db.execute(
            "insert into frames values (?, ?, ?, ?, ?, ?)",
            (topic, head, len(messages), now, len(frame), frame),
        )
        db.execute(
            "insert into heads values (?, ?) on conflict (topic) do update set head = excluded.head",
            (topic, head + len(messages)),
        )

    @staticmethod
    def _head(db: sqlite3.Connection, topic: str) -> int:
        row = db.execute("select head from heads where topic = ?", (topic,)).fetchone()
        return row[0] if row else 0

    def subscribe(self, topic: str, group: str, start: Start | None = None) -> "SqliteSubscription":
        with self._transaction() as db:
            db.execute("insert or ignore into places values (?, ?, 0)", (topic, group))
            committed: int = self._place(db, topic, group)
        return SqliteSubscription(self, topic, group, lower(committed, start))

    @staticmethod
    def _place(db: sqlite3.Connection, topic: str, group: str) -> int:
        row = db.execute(
            'select place from places where topic = ? and "group" = ?', (topic, group)
        ).fetchone()
        return row[0] if row else 0

    def lag(self, topic: str, group: str) -> int:
        with self._lock, self._faults():
            head, place = self._head(self._db, topic), self._place(self._db, topic, group)
            first = self._db.execute("select min(first) from frames where topic = ?", (topic,)).fetchone()[0]
            return head - max(place, head if first is None else first)

    def newest(self, topic: str, at_most: int) -> list[Record]:
        found: list[Record] = []
        with self._lock, self._faults():
            frames = self._db.execute(
                "select first, messages from frames where topic = ? order by first desc", (topic,)
            )
            for first, frame in frames:
                messages = enumerate(_DECODER.decode(frame), first)
                found = [*(Record(0, offset, key, value) for offset, (key, value) in messages), *found]
                if len(found) >= at_most:
                    break
        return found[-at_most:]

    def retain(self, before: datetime, at_most: int) -> int:
        with self._transaction() as db:
            topics = [row[0] for row in db.execute("select topic from heads")]
            return sum(self._trim(db, topic, to_us(before), at_most) for topic in topics)

    @staticmethod
    def _trim(db: sqlite3.Connection, topic: str, before: int, at_most: int) -> int:
        kept, limit = 0, None
        for first, at, size in db.execute(
            "select first, at, size from frames where topic = ? order by first desc", (topic,)
        ):
            kept += size
            if at < before or kept > at_most:
                limit = first
                break
        if limit is None:
            return 0
        where = "from frames where topic = ? and first <= ?"
        dropped: int = db.execute(f"select sum(count) {where}", (topic, limit)).fetchone()[0]
        db.execute(f"delete {where}", (topic, limit))
        return dropped

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def frames(self, topic: str, place: int, timeout: float) -> list[tuple[int, bytes]]:
        """(first offset, messages) of frames at `place` and after, as many as make a batch.

        Waits up to `timeout` s for the first.
        """
        deadline = time.monotonic() + timeout
        while True:
            seen = self._published
            found = self._frames(topic, place)
            left = deadline - time.monotonic()
            if found or left <= 0:
                return found
            with self._arrived:
                self._arrived.wait_for(lambda seen=seen: self._published != seen, min(left, _OTHER_PROCESSES))  # type: ignore[misc]

    def _frames(self, topic: str, place: int) -> list[tuple[int, bytes]]:
        found: list[tuple[int, bytes]] = []
        waiting = (
            "select first, count, messages from frames where topic = ? and first > ? and first + count > ?"
            " order by first"
        )
        with (
            self._lock,
            self._faults(),
            closing(self._db.execute(waiting, (topic, place - _FRAME, place))) as frames,
        ):
            for first, count, messages in frames:
                found.append((first, messages))
                if first + count - place >= LARGEST_BATCH:
                    break
        return found

    def move(self, topic: str, group: str, place: int) -> None:
        """Commit: never back."""
        with self._transaction() as db:
            db.execute(
                'update places set place = max(place, ?) where topic = ? and "group" = ?',
                (place, topic, group),
            )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._faults():
            self._db.execute("begin immediate")
            try:
                yield self._db
                self._db.execute("commit")
            except BaseException:
                if self._db.in_transaction:  # SQLite itself rolls back where the disk is full
                    self._db.execute("rollback")
                raise

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise Unavailable(f"{self.path}: {error}") from error


class SqliteSubscription:
    """Reads frames, hands out batches: what was read and not yet handed out waits here."""

    def __init__(self, bus: SqliteBus, topic: str, group: str, place: int) -> None:
        self._bus, self._topic, self._group, self._place = bus, topic, group, place
        self._waiting: deque[Record] = deque()

    def poll(self, timeout: float, most: int = LARGEST_BATCH) -> Batch | None:
        if len(self._waiting) < most:
            self._fill(0 if self._waiting else timeout)
        if not self._waiting:
            return None
        records = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
        return Batch(records, {0: records[-1].offset + 1})

    def _fill(self, timeout: float) -> None:
        for first, frame in self._bus.frames(self._topic, self._place, timeout):
            if first > self._place:
                _LOG.warning(
                    "fell off the log", topic=self._topic, group=self._group, lost=first - self._place
                )
            for offset, (key, value) in enumerate(_DECODER.decode(frame), first):
                if offset >= self._place:
                    self._waiting.append(Record(0, offset, key, value))
                    self._place = offset + 1
            if len(self._waiting) >= LARGEST_BATCH:
                return

    def keep(self) -> None:
        """Nobody else takes our share."""

    def owns(self, brand: str) -> bool:  # noqa: ARG002 - there is one partition
        return True

    def caught_up(self) -> bool:
        return not self._waiting and not self._bus.frames(self._topic, self._place, 0)

    def commit(self, batch: Batch) -> None:
        self._bus.move(self._topic, self._group, batch.after[0])

    def close(self) -> None:
        self._waiting.clear()
