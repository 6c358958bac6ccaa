"""Turns what stories did into alert and notice rows: each once, however often and in whatever order it is told."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

import msgspec
from msgspec import Raw, Struct
from sqlalchemy import Connection

from alerts.message import compose
from alerts.rules import Telling, alert, tellings
from earshot import logs
from earshot.clock import to_us
from earshot.errors import Reassigned, Unreadable
from earshot.metrics import DECIDED, PARKED
from earshot.model import Episode, Story
from earshot.seams import Batch, Bus, Clock, ReceiverSettings, Record, Subscription
from earshot.store import Store, alerts, dead, mentions, notices
from earshot.topics import ALERTS, STORIES

_LOG = logs.get("alerts.alerter")
_ORIGIN = f"topic:{STORIES.name}"
_MOST_REMEMBERED = 10_000


class _Episodes(Struct):
    episodes: tuple[Raw, ...] = ()


class _Glance(Struct):
    story: _Episodes


_GLANCE = msgspec.json.Decoder(_Glance)

Shape = tuple[tuple[int, int, bool], ...]
"""Of a story's episodes: number, steps, resolved. While it stays the same there is nothing to write."""


class Alerter:
    """One thread runs it."""

    def __init__(
        self,
        bus: Bus,
        store: Store,
        clock: Clock,
        receivers: Sequence[ReceiverSettings],
        *,
        base_url: str,
        decided: Callable[[], None] = lambda: None,
    ) -> None:
        """`decided` is called when new notices are stored."""
        self._bus, self._store, self._clock = bus, store, clock
        self._receivers, self._base_url, self._decided = receivers, base_url, decided
        self._subscription: Subscription | None = None
        self._in_hand: Batch | None = None
        self._done: OrderedDict[int, Shape] = OrderedDict()

    def step(self, timeout: float) -> bool:
        """Take a batch, store what it asks for, commit. False where none came within `timeout` seconds.

        Raises:
            Unavailable: store or bus cannot be reached; the next step does the same batch again.
        """
        if self._subscription is None:
            self._subscription = self._bus.subscribe(STORIES.name, ALERTS)
        if self._in_hand is None:
            self._in_hand = self._subscription.poll(timeout)
        if self._in_hand is None:
            return False
        self._decide(self._in_hand.records)
        self._subscription.commit(self._in_hand)
        self._in_hand = None
        return True

    def keep(self) -> None:
        """While the batch in hand waits for a store that is away, its partitions stay ours."""
        try:
            if self._subscription:
                self._subscription.keep()
        except Reassigned as moved:
            _LOG.warning("batch given up", reason=str(moved))
            self._in_hand = None

    def close(self) -> None:
        if self._subscription:
            self._subscription.close()

    def _decide(self, records: Sequence[Record]) -> None:
        stories, letters = _read(records)
        fresh = [story for story in stories if story.episodes and self._done.get(story.id) != _shape(story)]
        if not fresh and not letters:
            return
        with self._store.begin() as connection:
            if letters:
                dead.park(connection, to_us(self._clock.now()), letters)
            told = self._store_all(connection, fresh) if fresh else []
        self._remember(fresh)
        PARKED.labels(_ORIGIN).inc(len(letters))
        if told:
            self._decided()

    def _store_all(self, connection: Connection, stories: Sequence[Story]) -> list[notices.New]:
        numbers = _keep_alerts(connection, stories)
        wanted = [telling for story in stories for telling in tellings(story, self._receivers)]
        known = notices.known(connection, [telling.identity for telling in wanted])
        once = {
            telling.identity: telling for telling in wanted
        }  # a joined story and the one that stays both tell
        new = [
            self._notice(connection, telling, numbers[telling.story.id, telling.episode.number])
            for telling in once.values()
            if telling.identity not in known
        ]
        if new:
            notices.add(connection, new)
        return new

    def _notice(self, connection: Connection, telling: Telling, number: int) -> notices.New:
        story, now = telling.story, self._clock.now()
        began = mentions.get(connection, [story.id]).get(story.id)
        first = mentions.read(began) if began else None
        cause = first
        if first is None or telling.step.mention != first.mention.id:
            cause = alerts.mention_behind(connection, story.part_of or story.id, telling.step.mention)
        notice = compose(telling, first, cause, now, self._base_url)
        return notices.New(notice.identity, number, notice.receiver, to_us(now), notices.encode(notice))

    def _remember(self, stories: Iterable[Story]) -> None:
        """Only after the transaction: what was rolled back is done again."""
        for story in stories:
            self._done[story.id] = _shape(story)
            self._done.move_to_end(story.id)
        while len(self._done) > _MOST_REMEMBERED:
            self._done.popitem(last=False)


def _read(records: Sequence[Record]) -> tuple[list[Story], list[tuple[str, str, bytes]]]:
    """The newest version of each story, and what cannot be read as (origin, reason, raw)."""
    newest: dict[int, Story] = {}
    letters: list[tuple[str, str, bytes]] = []
    for record in records:
        try:
            if _never_called(record.value):
                continue
            story = STORIES.decode(record.value).story
        except Unreadable as error:
            letters.append((f"{_ORIGIN}:{record.partition}:{record.offset}", str(error), record.value))
            continue
        if story.id not in newest or story.version > newest[story.id].version:
            newest[story.id] = story
    return list(newest.values()), letters


def _never_called(raw: bytes) -> bool:
    """Whether a snapshot has no episode, as nearly all have: told without reading the rest of it."""
    try:
        return not _GLANCE.decode(raw).story.episodes
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False


def _shape(story: Story) -> Shape:
    return tuple((e.number, len(e.steps), e.resolved_at is not None) for e in story.episodes)


def _keep_alerts(connection: Connection, stories: Sequence[Story]) -> dict[tuple[int, int], int]:
    """Add what is new, let grow what is known; the rows' numbers by story and episode."""
    rows = alerts.of_stories(connection, [story.id for story in stories])
    grown: list[alerts.Alert] = []
    for story in stories:
        for episode in story.episodes:
            seen, known = alert(story, episode), rows.get((story.id, episode.number))
            since = known.raised_at if known else -1
            if known is None:
                rows[story.id, episode.number] = alerts.add(connection, seen)
            elif (row := known.grown(seen)) != known:
                grown.append(row)
            _tell(story, episode, since)
    if grown:
        alerts.replace(connection, grown)
    return {key: row.id for key, row in rows.items()}


def _tell(story: Story, episode: Episode, since: int) -> None:
    """Tell the log and Prometheus of the steps after `since` µs."""
    facts = {"brand": story.brand, "story": story.id, "episode": episode.number}
    for step in episode.steps:
        if to_us(step.at) > since and not step.story:
            DECIDED.labels(step.level.name, step.reason).inc()
            _LOG.info("alert", **facts, level=step.level.name, reason=step.reason, risk=step.risk)
