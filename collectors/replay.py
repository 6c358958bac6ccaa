"""Hear a file again: JSON Lines in our own form, or JSON Lines or CSV with a map, in the order it was heard."""

import asyncio
import csv
import hashlib
import json
import time
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Literal, Self, TypeVar

import msgspec
from msgspec import Struct
from pydantic import Field, field_validator, model_validator
from starlette.routing import BaseRoute

from collectors.mapping import Mapper, checked_map, parse_time
from collectors.order import Order
from collectors.pace import Pace
from collectors.patience import insist
from collectors.records import RawRecord, csv_records, delimiter_of, fields, is_csv, lines
from earshot import misread
from earshot.border import LONGEST, clean, parse_event
from earshot.clock import to_us
from earshot.errors import Refused, Unreadable
from earshot.metrics import REPLAY_RECORDS
from earshot.runtime import Context
from earshot.seams import CollectorSettings, Intake
from earshot.store import positions
from earshot.topics import Event, Said

T = TypeVar("T")

_FRAME = 500
_PAUSE = 0.02  # s between looks, while the processors catch up or a paced replay waits


class Replay(CollectorSettings):
    """[[collectors]] kind = "replay"."""

    any_source: ClassVar[bool] = True

    kind: Literal["replay"] = "replay"
    path: Path = Field(description="The file: .jsonl, or .csv with a header.")
    map: dict[str, str] = Field(default={}, description="Field = column; empty: our own form.")
    source: str = Field(default="replay", description="The source that ids belong to.")
    speed: float = Field(default=0, ge=0, description="Times as fast as it was heard; 0: as fast as can be.")

    @field_validator("map")
    @classmethod
    def _known_fields(cls, columns: dict[str, str]) -> dict[str, str]:
        try:
            return checked_map(columns) if columns else columns
        except Refused as error:
            raise ValueError(str(error)) from None

    @model_validator(mode="after")
    def _csv_has_a_map(self) -> Self:
        if is_csv(self.path) and not self.map:
            raise ValueError("map: a CSV file needs one, such as id=id,text=text,author=user,time=created_at")
        return self

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

    def __init__(
        self,
        settings: Replay,
        context: Context,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = settings.name
        self._settings, self._context = settings, context
        self._monotonic, self._sleep = monotonic, sleep
        self._mapper = Mapper(settings.map, settings.source) if settings.map else None
        self._header: list[str] = []
        self._delimiter = ","
        self._print = ""

    def routes(self) -> Sequence[BaseRoute]:
        return []

    async def run(self, intake: Intake, stop: asyncio.Event) -> None:
        await asyncio.to_thread(self._replay, intake, stop)

    async def once(self, limit: int) -> Sequence[Event]:
        return await asyncio.to_thread(self._first, limit)

    def _first(self, limit: int) -> list[Event]:
        """The first that were heard; Raises `Refused` at one that cannot be read."""
        with self._open() as file:
            records = list(self._records(file, self._order(file)[:limit]))
        try:
            return [self._event(record) for record in records]
        except Unreadable as error:
            raise Refused(f"{self._settings.path}: {error}") from error

    def _replay(self, intake: Intake, stop: asyncio.Event) -> None:
        with self._open() as file:
            order = self._order(file)
            start = self._insist(self._done, stop) or 0
            REPLAY_RECORDS.labels("total").set(len(order))
            REPLAY_RECORDS.labels("done").set(start)
            pace = Pace(self._settings.speed, self._monotonic, self._sleep)
            for first in range(start, len(order), _FRAME):
                numbers = order[first : first + _FRAME]
                self._hear(intake, self._records(file, numbers), stop, pace)
                if stop.is_set():
                    return
                intake.succeeded()
                self._insist(partial(self._keep, first + len(numbers)), stop)
                REPLAY_RECORDS.labels("done").set(first + len(numbers))

    def _hear(self, intake: Intake, records: Iterator[RawRecord], stop: asyncio.Event, pace: Pace) -> None:
        events: list[Event] = []
        for record in records:
            try:
                event = self._event(record)
            except Unreadable as error:
                origin = f"{self._settings.path.name}:{record.line}"
                self._insist(partial(intake.park, record.raw, str(error), origin), stop)
                continue
            if pace.speed and events and pace.left(_heard(event)) > 0:
                self._insist(partial(intake.hear, events), stop)
                events = []
            pace.wait(_heard(event), stop)
            if stop.is_set():
                return
            events.append(event)
        while self._insist(intake.busy, stop):
            self._sleep(_PAUSE)
        if events:
            self._insist(partial(intake.hear, events), stop)

    def _insist(self, work: Callable[[], T], stop: asyncio.Event) -> T | None:
        """A service outlasts an outage; who replays from the command line is told of it at once."""
        if not self._context.live:
            return None if stop.is_set() else work()
        return insist(work, stop, self._sleep, self.name)

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
        read = hashlib.sha256(json.dumps([self._settings.map, self._settings.source]).encode())
        for record in self._all(file):
            read.update(b"%d %d " % (record.offset, record.size) + record.raw)
            latest = self._time(record, latest)
            offsets.append(record.offset)
            numbers.append(record.line)
            times.append(latest)
        self._print = read.hexdigest()
        return Order(offsets, numbers, times)

    def _all(self, file: BinaryIO) -> Iterator[RawRecord]:
        file.seek(0)
        if not is_csv(self._settings.path):
            return lines(file)
        self._delimiter = delimiter_of(file.readline(LONGEST))
        file.seek(0)
        records = csv_records(file, self._delimiter)
        self._header = self._read_header(next(records, None))
        return records

    def _read_header(self, record: RawRecord | None) -> list[str]:
        name = self._settings.path.name
        if record is None:
            raise Refused(f"{name}: is empty; a CSV file begins with the names of its columns")
        try:
            header = fields(record.raw, self._delimiter)
        except (UnicodeDecodeError, csv.Error) as error:
            raise Refused(f"{name}:{record.line}: the header cannot be read: {error}") from error
        wanted = self._settings.map.values()
        if missing := [column for column in wanted if column not in header]:
            raise Refused(
                f"{name}:{record.line}: no column {', '.join(map(repr, missing))}; it has {', '.join(header)}"
            )
        if twice := [column for column in dict.fromkeys(wanted) if header.count(column) > 1]:
            raise Refused(f"{name}:{record.line}: more than one column {', '.join(map(repr, twice))}")
        return header

    def _records(self, file: BinaryIO, order: Sequence[tuple[int, int]]) -> Iterator[RawRecord]:
        """Most files are in the order in which they were heard: those are read on."""
        records: Iterator[RawRecord] = iter(())
        for offset, line in order:
            record = next(records, None)
            if record is None or record.offset != offset:
                file.seek(offset)
                records = csv_records(file, self._delimiter) if self._header else lines(file)
                record = next(records, None)
            if record is None:
                raise Refused(f"{self._settings.path}: became shorter while it was read; replay it again")
            yield RawRecord(line, record.offset, record.raw, record.size)

    # --- a record ---------------------------------------------------------------------------------------

    def _time(self, record: RawRecord, otherwise: int) -> int:
        try:
            if self._mapper:
                return to_us(self._mapper.time(self._raw(record)))
            times = _times(record.raw)
            inner = times.mention or times
            heard = inner.collected_at or inner.created_at
            return to_us(parse_time(heard)) if heard else otherwise
        except Unreadable:
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
            return _from_csv(record.raw, self._header, self._delimiter)
        return _from_json(record.raw)

    # --- how far ----------------------------------------------------------------------------------------

    def _done(self) -> int:
        """How many records were heard, if it is still the same file, read the same way: else none."""
        with self._context.store.read() as connection:
            cursor = positions.cursor(connection, self._cursor_name)
        kept = json.loads(cursor) if cursor else {}
        return int(kept["done"]) if kept.get("file") == self._print else 0

    def _keep(self, done: int) -> None:
        cursor = json.dumps({"file": self._print, "done": done})
        with self._context.store.begin() as connection:
            positions.save_cursor(connection, self._cursor_name, cursor)

    @property
    def _cursor_name(self) -> str:
        return f"{self.name}:{self._settings.path.resolve()}"


def _heard(event: Event) -> datetime:
    return event.mention.collected_at if isinstance(event, Said) else event.collected_at


def _times(raw: bytes) -> _Times:
    """Raises `Unreadable`."""
    try:
        return _TIMES.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        try:
            return msgspec.convert(_leniently(raw), _Times)
        except (msgspec.ValidationError, RecursionError) as error:
            raise Unreadable(str(error)) from error


def _from_csv(raw: bytes, header: Sequence[str], delimiter: str) -> dict[str, Any]:
    try:
        values = fields(raw, delimiter)
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable(f"not CSV: {error}") from error
    if len(values) != len(header):
        raise Unreadable(f"{len(values)} values for {len(header)} columns")
    return dict(zip(header, values, strict=True))


def _from_json(raw: bytes) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = _leniently(raw)
    if not isinstance(value, dict):
        raise Unreadable("not an object with keys")
    return value


def _leniently(raw: bytes) -> Any:
    """NUL and escapes of lone surrogates, which strict readers refuse, are cleaned away further in."""
    try:
        return json.loads(clean(raw.decode()))
    except (ValueError, RecursionError) as error:
        raise Unreadable(misread.told(error)) from error
