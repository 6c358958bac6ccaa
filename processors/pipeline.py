"""The loop: consume, work out, save, publish snapshots, commit. In that order, so that nothing is lost."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from time import perf_counter
from typing import NamedTuple

from sqlalchemy import Connection

from earshot import logs
from earshot.clock import to_us
from earshot.errors import Reassigned, Stale, Unavailable, Unreadable
from earshot.metrics import BATCH_SIZE, NEWEST, PARKED, PROCESSED, REDONE
from earshot.model import Score, Story
from earshot.recent import Recent
from earshot.runtime import Context
from earshot.seams import Batch, Message, Record
from earshot.store import brands, dead, positions, stories
from earshot.topics import MENTIONS, PROCESSORS, STORIES, Event, Said, Snapshot, Surging, brand_of
from processors import tick
from processors.heeding import Heeding
from processors.listening import Listening
from processors.owner import Owner, renew, take_over
from processors.surge.stored import due
from processors.turn import Desk, Turn, took

_LOG = logs.get(__name__)
_STORIES = 2_000  # about 2 kB each, at most twice as many
_POLL = 0.1  # s, also the longest that a stop waits for an idle bus
_LONGEST_WAIT = 5.0  # s between two tries while store or bus are away
_LATENESS = timedelta(seconds=5)  # an event heard before a tick may still be on its way


Scored = tuple[Event, Score | None]


class Heard(NamedTuple):
    record: Record
    event: Event


class Pipeline:
    """Owns one thread. Decides the same whatever the batches, and survives being killed between any two lines."""

    def __init__(self, context: Context, desk: Desk | None = None) -> None:
        self._context = context
        self._store, self._bus = context.store, context.bus
        self._desk = desk or Desk(context.config)
        self._listening = Listening(context.store, context.config, context.clock)
        self._heeding = Heeding(context.store, self._desk, context.clock)
        self.trouble: str | None = None
        """Why it waits, where it cannot work now."""
        self._owners: dict[str, Owner] = {}
        self._stories = Recent[int, Story](_STORIES)
        self._in_hand: Batch | None = None
        self._ticked = 0
        """The minute up to which the clock has done its work."""
        self._subscription = self._bus.subscribe(MENTIONS.name, PROCESSORS, self._position)

    def step(self, timeout: float = 0.0) -> bool:
        """Do one batch, if one comes within `timeout` seconds. False where none came.

        Raises:
            Unavailable: bus or store cannot be reached; the next step does the same batch again.
        """
        if self._in_hand is None:
            if self._context.live:
                self._listening.look()
            self._heed()
            self._in_hand = self._subscription.poll(timeout, self._desk.at_once)
        if self._in_hand is None:
            self._tick()
            return False
        BATCH_SIZE.observe(len(self._in_hand.records))
        try:
            self.process(self._in_hand)
        except Reassigned as moved:
            self._give_up(moved)
        self._in_hand = None
        return True

    def keep(self) -> None:
        """While the batch in hand waits for a store that is away, its partitions stay ours."""
        try:
            self._subscription.keep()
        except Reassigned as moved:
            self._give_up(moved)
            self._in_hand = None

    def process(self, batch: Batch) -> None:
        heard, unread = _decode(batch.records)
        if unread:
            self._park(unread)
        touched = self._save(heard, batch)
        started = perf_counter()
        self._publish(touched)
        self._subscription.commit(batch)
        took("publish", started)

    def _give_up(self, moved: Reassigned) -> None:
        """Whole: nothing of it is committed, and whoever owns it now does it from its beginning."""
        _LOG.warning("batch given up", reason=str(moved))
        REDONE.labels("reassigned").inc()
        self._leave_to_others()

    def _position(self) -> Mapping[int, int]:
        with self._store.read() as connection:
            return positions.load(connection, MENTIONS.name, PROCESSORS)

    def _forget(self, brands: Iterable[str]) -> None:
        """Drop what is cached of them: it is read back when next needed."""
        for brand in brands:
            self._owners.pop(brand, None)
        self._stories.clear()

    def _renew(self, brand_names: Iterable[str]) -> None:
        """Another writer was faster. Indexes that it did not add to stay: `earshot rescore` writes all the time."""
        self._stories.clear()
        with self._store.read() as connection:
            for brand in brand_names:
                owner, row = self._owners.get(brand), brands.load(connection, brand)
                if owner and row and owner.row.seq == row.seq and not owner.outdated(connection):
                    renew(connection, owner, row, self._context.config.alerts)
                else:
                    self._owners.pop(brand, None)

    def _leave_to_others(self) -> None:
        """Whose partition went elsewhere costs memory here and says nothing true any more."""
        if gone := [brand for brand in self._owners if not self._subscription.owns(brand)]:
            self._forget(gone)

    def close(self) -> None:
        self._subscription.close()
        self._desk.close()

    # --- save -------------------------------------------------------------------------------------------

    def _save(self, heard: Sequence[Heard], batch: Batch, *, afresh: bool = False) -> list[Story]:
        """The stories touched. What the store refuses for its data is found by halving, and parked.

        `afresh`: with nothing remembered of its brands. What is remembered may be at fault, where a person has just
        joined or split what it leads to.
        """
        self._subscription.keep()
        try:
            return self._save_whole(heard, batch)
        except (Unavailable, Reassigned):
            raise
        except Stale as stale:
            _LOG.warning("batch done again", reason=str(stale))
            REDONE.labels("stale").inc()
            self._renew({brand_of(event) for _, event in heard})
            return self._save(heard, batch)
        except Exception as error:
            self._forget({brand_of(event) for _, event in heard})
            if len(heard) > 1:
                REDONE.labels("halved").inc()
                middle = len(heard) // 2
                return [*self._save(heard[:middle], batch), *self._save(heard[middle:], batch)]
            if heard and not afresh:
                _LOG.warning("batch done again", reason=f"{type(error).__name__}: {error}")
                REDONE.labels("afresh").inc()
                return self._save(heard, batch, afresh=True)
            _LOG.exception("a mention could not be stored", offset=heard[0].record.offset if heard else None)
            if not heard:
                raise
            self._park([(heard[0].record, f"{type(error).__name__}: {error}")])
            return []

    def _save_whole(self, heard: Sequence[Heard], batch: Batch) -> list[Story]:
        by_brand = self._by_brand([event for _, event in heard])
        with self._store.read() as connection:
            again = self._again(connection, heard)
            turns = [
                self._work(connection, brand, scored, again[brand]) for brand, scored in by_brand.items()
            ]
        started = perf_counter()
        with self._store.begin() as connection:
            for turn in turns:
                turn.save(connection)
            positions.save(connection, MENTIONS.name, PROCESSORS, _after(heard, batch))
        for turn in turns:
            turn.absorb()
            for outcome, times in turn.outcomes.items():
                PROCESSED.labels(outcome).inc(times)
        if turns:
            NEWEST.set(max(self._owners[brand].row.clock for brand in by_brand) / 1_000_000)
        took("save", started)
        return [story for turn in turns for story in turn.touched]

    def _by_brand(self, events: Sequence[Event]) -> dict[str, list[Scored]]:
        """Scored all at once, then parted: brands share scorers and nothing else."""
        started = perf_counter()
        scores = iter(self._desk.scorer.score([event.mention for event in events if isinstance(event, Said)]))
        parted: dict[str, list[Scored]] = {}
        for event in events:
            score = next(scores) if isinstance(event, Said) else None
            parted.setdefault(brand_of(event), []).append((event, score))
        took("score", started)
        return parted

    def _again(self, connection: Connection, heard: Sequence[Heard]) -> Counter[str]:
        """How many of each brand's events, its first ones, have had their effects: a crash came before the commit."""
        done = positions.load(connection, MENTIONS.name, PROCESSORS)
        return Counter(
            brand_of(event) for record, event in heard if record.offset < done.get(record.partition, 0)
        )

    def _work(self, connection: Connection, brand: str, scored: Sequence[Scored], again: int) -> Turn:
        turn = Turn(self._desk, self._owner(connection, brand), connection)
        events, scores = zip(*scored, strict=True)
        turn.hear(events, scores, again)
        return turn

    def _owner(self, connection: Connection, brand: str) -> Owner:
        if (owner := self._owners.get(brand)) is None or owner.ahead.spoiled:
            row = brands.load(connection, brand)
            if row is None:
                with self._store.begin() as writing:  # `Stale` where it was begun after what we read from
                    row = brands.create(writing, brand)
            called = self._desk.called(brand)
            self._owners[brand] = take_over(
                connection, row, self._stories, self._context.config.alerts, called
            )
        return self._owners[brand]

    def _heed(self) -> None:
        """What staff corrected is put right; what is scored from here on is calibrated by it."""
        for brand, changed in self._heeding.heed(self._subscription.owns):
            self._renew([brand.name])
            self._publish(changed)

    # --- time alone -------------------------------------------------------------------------------------

    def _tick(self) -> None:
        """The log is drained: the wall clock may do what no event did. A replay has only the log's clock."""
        until = to_us(self._context.clock.now() - _LATENESS)
        minute = until // tick.MINUTE
        if not self._context.live or minute == self._ticked or not self._subscription.caught_up():
            return
        self._leave_to_others()
        with self._store.read() as connection:
            for brand in filter(self._subscription.owns, self._on_the_clock(connection, until)):
                turn = Turn(self._desk, self._owner(connection, brand), connection)
                turn.run_clock(until)
                if turn.changed:
                    self._save_tick(turn)
        self._ticked = minute

    def _on_the_clock(self, connection: Connection, until: int) -> list[str]:
        """Brands that the clock alone may change before `until` µs."""
        watch = self._desk.watch
        counted = [row.name for row in brands.every(connection) if due(watch, row.counted) < until]
        return list(dict.fromkeys((*stories.brands_with_open(connection), *counted)))

    def _save_tick(self, turn: Turn) -> None:
        try:
            with self._store.begin() as connection:
                turn.save(connection)
        except Stale:
            self._forget([turn.brand])
            return
        turn.absorb()
        self._publish(turn.touched)

    # --- what leaves ------------------------------------------------------------------------------------

    def _publish(self, touched: Sequence[Story]) -> None:
        untold = [owner for owner in self._owners.values() if owner.untold]
        snapshots = [
            Message(story.brand, STORIES.encode(Snapshot(story=story)), str(story.id)) for story in touched
        ] + [
            Message(surge.brand, STORIES.encode(Surging(surge=surge)), str(surge.id))
            for owner in untold
            for surge, _ in owner.untold.values()
        ]
        if snapshots:
            self._bus.publish(STORIES.name, snapshots)
        for owner in untold:
            owner.untold = {}

    def _park(self, unread: Sequence[tuple[Record, str]]) -> None:
        origin = f"topic:{MENTIONS.name}"
        letters = [(f"{origin}:{r.partition}:{r.offset}", reason, r.value) for r, reason in unread]
        with self._store.begin() as connection:
            dead.park(connection, to_us(self._context.clock.now()), letters)
        PARKED.labels(origin).inc(len(unread))


def run(pipeline: Pipeline, stop: threading.Event) -> None:
    """Until told to stop; what cannot be reached is waited for, and the batch in hand is finished."""
    wait = 0.1
    while not stop.is_set():
        try:
            pipeline.step(timeout=_POLL)
            wait, pipeline.trouble = 0.1, None
        except Unavailable as error:
            pipeline.trouble = str(error)
            _LOG.warning("waiting", reason=pipeline.trouble, seconds=wait)
            stop.wait(wait)
            wait = min(2 * wait, _LONGEST_WAIT)
            with suppress(Unavailable):
                pipeline.keep()


def _decode(records: Sequence[Record]) -> tuple[list[Heard], list[tuple[Record, str]]]:
    started = perf_counter()
    heard, unread = list[Heard](), list[tuple[Record, str]]()
    for record in records:
        try:
            heard.append(Heard(record, MENTIONS.decode(record.value)))
        except Unreadable as error:
            unread.append((record, str(error)))
    took("decode", started)
    return heard, unread


def _after(heard: Sequence[Heard], batch: Batch) -> dict[int, int]:
    """Where to go on once `heard`, a part of the batch, is saved."""
    if len(heard) == len(batch.records) or not heard:
        return dict(batch.after)
    return {record.partition: record.offset + 1 for record, _ in heard}
