"""Hear a file again: JSON Lines in our own form, or JSON Lines or CSV with a map, in the order it was heard."""

import asyncio
import csv
import hashlib
import json
import time
from array import array
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

import msgspec
from msgspec import Struct
from pydantic import Field, field_validator
from starlette.routing import BaseRoute

from collectors.mapping import Mapper, checked_map, parse_time
from collectors.records import RawRecord, csv_records, fields, is_csv, lines
from earshot.border import LONGEST, clean, parse_event
from earshot.clock import to_us
from earshot.errors import Refused, Unreadable
from earshot.metrics import REPLAY_RECORDS
from earshot.runtime import Context
from earshot.seams import CollectorSettings, Intake
from earshot.store import positions
from earshot.topics import Event, Said

_FRAME = 500
_PAUSE = 0.02  # s between looks, while the processors catch up or a paced replay waits


class Replay(CollectorSettings):
    """[[collectors]] kind = "replay"."""

    kind: Literal["replay"] = "replay"
    path: Path = Field(description="The file: .jsonl, or .csv with a header.")
    map: dict[str, str] = Field(default={}, description="Field = column; empty: our own form.")
    source: str = Field(default="replay", description="The source that ids belong to.")
    speed: float = Field(default=0, ge=0, description="Times as fast as it was heard; 0: as fast as can be.")

    @field_validator("map")
    @classmethod
    def _known_fields(cls, columns: dict[str, str]) -> dict[str, str]:
        return checked_map(columns) if columns else columns

    def build(self, context: Context) -> "Replayer":
        return Replayer(self, context)


class _Times(Struct):
    """As little of a record in our own form as its place in time needs."""

    collected_at: datetime | None = None
    created_at: datetime | None = None
    mention: "_Times | None" = None


_TIMES = msgspec.json.Decoder(_Times)


class Replayer:
    """Goes on where it was when the same file is replayed again in the same data directory."""

    def __init__(self, settings: Replay, context: Context) -> None:
        self.name = settings.name
        self._settings, self._context = settings, context
        self._mapper = Mapper(settings.map, settings.source) if settings.map else None
        self._header: list[str] = []
        self._print: str | None = None

    def routes(self) -> Sequence[BaseRoute]:
        return []

    async def run(self, intake: Intake, stop: asyncio.Event) -> None:
        await asyncio.to_thread(self._replay, intake, stop)

    def _replay(self, intake: Intake, stop: asyncio.Event) -> None:
        with self._open() as file:
            order, start = self._order(file), self._done(file)
            REPLAY_RECORDS.labels("total").set(len(order))
            REPLAY_RECORDS.labels("done").set(start)
            pace = Pace(self._settings.speed)
            for first in range(start, len(order), _FRAME):
                numbers = order[first : first + _FRAME]
                self._hear(intake, self._records(file, numbers), stop, pace)
                if stop.is_set():
                    return
                self._keep(file, first + len(numbers))
                REPLAY_RECORDS.labels("done").set(first + len(numbers))

    def _hear(self, intake: Intake, records: Iterator[RawRecord], stop: asyncio.Event, pace: "Pace") -> None:
        events: list[Event] = []
        for record in records:
            try:
                event = self._event(record)
            except Unreadable as error:
                intake.park(record.raw, str(error), f"{self._settings.path.name}:{record.line}")
                continue
            if pace.speed and events and pace.left(_heard(event)) > 0:
                intake.hear(events)
                events = []
            pace.wait(_heard(event), stop)
            if stop.is_set():
                return
            events.append(event)
        while intake.busy() and not stop.is_set():
            time.sleep(_PAUSE)
        if events and not stop.is_set():
            intake.hear(events)

    # --- the file ---------------------------------------------------------------------------------------

    def _open(self) -> BinaryIO:
        try:
            return self._settings.path.open("rb")
        except OSError as error:
            raise Refused(f"{self._settings.path}: {error.strerror}") from error

    def _order(self, file: BinaryIO) -> Sequence[tuple[int, int]]:
        """(offset, line) of each record in the order it was heard; what has no readable time keeps its place."""
        offsets, numbers, times = array("q"), array("q"), array("q")
        latest = -(2**62)
        for record in self._all(file):
            latest = self._time(record, latest)
            offsets.append(record.offset)
            numbers.append(record.line)
            times.append(latest)
        places = sorted(range(len(times)), key=times.__getitem__)
        return _Order(
            array("q", map(offsets.__getitem__, places)), array("q", map(numbers.__getitem__, places))
        )

    def _all(self, file: BinaryIO) -> Iterator[RawRecord]:
        file.seek(0)
        if not is_csv(self._settings.path):
            return lines(file)
        records = csv_records(file)
        self._header = self._read_header(next(records, None))
        return records

    def _read_header(self, record: RawRecord | None) -> list[str]:
        name = self._settings.path.name
        try:
            header = fields(record.raw.removeprefix(b"\xef\xbb\xbf")) if record else []
        except (UnicodeDecodeError, csv.Error) as error:
            raise Refused(f"{name}:1: the header cannot be read: {error}") from error
        wanted = [column for column in self._settings.map.values() if column not in header]
        if wanted:
            raise Refused(f"{name}:1: no column {', '.join(map(repr, wanted))}; it has {', '.join(header)}")
        return header

    def _records(self, file: BinaryIO, order: Sequence[tuple[int, int]]) -> Iterator[RawRecord]:
        read = csv_records if self._header else lines
        for offset, line in order:
            file.seek(offset)
            yield next(read(file))._replace(line=line)

    # --- a record ---------------------------------------------------------------------------------------

    def _time(self, record: RawRecord, otherwise: int) -> int:
        try:
            if self._mapper:
                return to_us(self._mapper.time(self._raw(record)))
            times = _TIMES.decode(record.raw)
            inner = times.mention or times
            heard = inner.collected_at or inner.created_at
            return to_us(parse_time(heard)) if heard else otherwise
        except (Unreadable, msgspec.DecodeError, UnicodeDecodeError):
            return otherwise

    def _event(self, record: RawRecord) -> Event:
        if record.too_long:
            raise Unreadable(f"{record.size:,} bytes; at most {LONGEST:,} are read")
        now = self._context.clock.now()
        if self._mapper is None:
            return parse_event(record.raw, now, self._settings.source, keep_heard=True)
        return Said(mention=self._mapper.mention(self._raw(record), now))

    def _raw(self, record: RawRecord) -> Mapping[str, Any]:
        if self._header:
            return _from_csv(record.raw, self._header)
        return _from_json(record.raw)

    # --- how far ----------------------------------------------------------------------------------------

    def _done(self, file: BinaryIO) -> int:
        with self._context.store.read() as connection:
            cursor = positions.cursor(connection, self._cursor_name)
        kept = json.loads(cursor) if cursor else {}
        return int(kept["done"]) if kept.get("file") == self._fingerprint(file) else 0

    def _keep(self, file: BinaryIO, done: int) -> None:
        cursor = json.dumps({"file": self._fingerprint(file), "done": done})
        with self._context.store.begin() as connection:
            positions.save_cursor(connection, self._cursor_name, cursor)

    @property
    def _cursor_name(self) -> str:
        return f"{self.name}:{self._settings.path.resolve()}"

    def _fingerprint(self, file: BinaryIO) -> str:
        """Of the size, the beginning and the map: another file, or one read differently, starts from its top."""
        if self._print is None:
            file.seek(0)
            size = self._settings.path.stat().st_size
            seed = file.read(1 << 16) + json.dumps([size, self._settings.map, self._settings.source]).encode()
            self._print = hashlib.sha256(seed).hexdigest()
        return self._print


class _Order(Sequence[tuple[int, int]]):
    """Pairs in 16 bytes each: a file may have millions of records."""

    def __init__(self, offsets: "array[int]", numbers: "array[int]") -> None:
        self._offsets, self._numbers = offsets, numbers

    def __len__(self) -> int:
        return len(self._offsets)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return list(zip(self._offsets[at], self._numbers[at], strict=True))
        return self._offsets[at], self._numbers[at]


class Pace:
    """Lets time pass as it did when it was heard, `speed` times as fast; 0: does not wait."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._start: tuple[datetime, float] | None = None

    def left(self, heard: datetime) -> float:
        """Seconds until its turn."""
        if not self.speed:
            return 0.0
        if self._start is None:
            self._start = heard, time.monotonic()
        first, started = self._start
        return (heard - first).total_seconds() / self.speed - (time.monotonic() - started)

    def wait(self, heard: datetime, stop: asyncio.Event) -> None:
        while (left := self.left(heard)) > 0 and not stop.is_set():
            time.sleep(min(left, _PAUSE))


def _heard(event: Event) -> datetime:
    return event.mention.collected_at if isinstance(event, Said) else event.collected_at


def _from_csv(raw: bytes, header: Sequence[str]) -> dict[str, Any]:
    try:
        values = fields(raw)
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable(f"not CSV: {error}") from error
    if len(values) != len(header):
        raise Unreadable(f"{len(values)} values for {len(header)} columns")
    return dict(zip(header, values, strict=True))


def _from_json(raw: bytes) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        value = _leniently(raw)
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8: {error}") from error
    if not isinstance(value, dict):
        raise Unreadable("not an object with keys")
    return value


def _leniently(raw: bytes) -> Any:
    """Escapes of lone surrogates, which strict readers refuse, are cleaned away further in."""
    try:
        return json.loads(clean(raw.decode()))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON: {error}") from error
