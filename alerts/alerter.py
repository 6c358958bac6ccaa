"""Turns what stories did into alert and notice rows: each once, however often and in whatever order it is told."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from functools import partial

import msgspec
from msgspec import Raw, Struct
from sqlalchemy import Connection

from alerts.message import compose
from alerts.rules import Telling, alert, is_past, tellings
from alerts.surge_alerts import Shape, SurgeAlerts, shape_of
from earshot import logs
from earshot.clock import to_us
from earshot.config import Audience, RiskSettings, Topic
from earshot.errors import Reassigned, Unreadable
from earshot.inhibit import is_inhibited
from earshot.metrics import DECIDED, PARKED
from earshot.model import Episode, Story
from earshot.seams import Batch, Bus, Clock, ReceiverSettings, Record, Subscription
from earshot.store import Store, alerts, dead, mentions, notices, receivers, surges
from earshot.subjects import Subjects
from earshot.surge import Surge
from earshot.topics import ALERTS, STORIES, Snapshot

_LOG = logs.get("alerts.alerter")
_ORIGIN = f"topic:{STORIES.name}"
_MOST_REMEMBERED = 10_000


class _Episodes(Struct):
    episodes: tuple[Raw, ...] = ()


class _Glance(Struct):
    story: _Episodes


_GLANCE = msgspec.json.Decoder(_Glance)


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
        risk: RiskSettings,
        zone: tzinfo,
        topics: Sequence[Topic] = (),
        audience_of: Callable[[str], Audience | None] = lambda _: None,
        decided: Callable[[], None] = lambda: None,
    ) -> None:
        """`decided` is called when new notices are stored."""
        self._bus, self._store, self._clock = bus, store, clock
        self._receivers, self._base_url, self._decided = receivers, base_url, decided
        self._risk, self._zone, self._topics, self._audience_of = risk, zone, topics, audience_of
        self._surges = SurgeAlerts(receivers, clock, base_url, zone)
        self._subscription: Subscription | None = None
        self._in_hand: Batch | None = None
        self._done: OrderedDict[int, Shape] = OrderedDict()
        self._began = to_us(clock.now())

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
        stories, told_surges, letters = _read(records)
        fresh = [story for story in stories if story.episodes and self._done.get(story.id) != _shape(story)]
        grown = [surge for surge in told_surges if self._done.get(surge.id) != shape_of(surge)]
        if not (fresh or grown or letters):
            return
        with self._store.begin() as connection:
            if letters:
                dead.park(connection, to_us(self._clock.now()), letters)
            since = receivers.since(connection, [each.name for each in self._receivers], self._began)
            told = self._surges.store(connection, grown, since) if grown else []
            told += self._store_all(connection, fresh, since) if fresh else []
        self._remember({story.id: _shape(story) for story in fresh})
        self._remember({surge.id: shape_of(surge) for surge in grown})
        PARKED.labels(_ORIGIN).inc(len(letters))
        if told:
            self._decided()

    def _store_all(
        self, connection: Connection, stories: Sequence[Story], since: Mapping[str, int]
    ) -> list[notices.New]:
        """The notices that are new; `since` when each receiver is there, µs."""
        numbers, raised = _keep_alerts(connection, stories)
        wanted = self._uninhibited(
            connection,
            [
                telling
                for story in stories
                for telling in tellings(story, self._receivers)
                if story.id in self._done
                or not is_past(telling.last_at, raised.get(telling.where), since[telling.receiver.name])
            ],
        )
        known = notices.known(connection, [each for telling in wanted for each in telling.identities])
        once = {
            telling.identity: telling for telling in wanted
        }  # a joined story and the one that stays both tell
        new = [
            self._notice(connection, telling, numbers[telling.story.id, telling.episode.number])
            for telling in once.values()
            if known.isdisjoint(telling.identities)
        ]
        if new:
            notices.add(connection, new)
        return new

    def _uninhibited(self, connection: Connection, wanted: Sequence[Telling]) -> list[Telling]:
        """Without what a surge tells."""
        moments: dict[str, list[int]] = {}
        for each in wanted:
            moments.setdefault(each.story.brand, []).append(to_us(each.step.at))
        known = {b: surges.during(connection, b, min(at), max(at)) for b, at in moments.items()}
        return [
            each
            for each in wanted
            if not is_inhibited(
                each.story,
                each.steps,
                known[each.story.brand],
                partial(self._subjects, connection, each.story),
            )
        ]

    def _subjects(self, connection: Connection, story: Story) -> tuple[str, ...]:
        """What a story is about, by the mention that began it."""
        began = mentions.get(connection, [story.id]).get(story.id)
        said = mentions.read(began).mention if began else None
        return Subjects(self._topics, story.brand).of(f"{said.title}\n{said.text}") if said else ()

    def _notice(self, connection: Connection, telling: Telling, number: int) -> notices.New:
        story, now = telling.story, self._clock.now()
        began = mentions.get(connection, [story.id]).get(story.id)
        first = mentions.read(began) if began else None
        causes = [
            first
            if first and mention == first.mention.id
            else alerts.mention_behind(connection, story.part_of or story.id, mention)
            for mention in telling.mentions
        ]
        found = [each for each in causes if each]
        audience = self._audience_of(story.brand)
        notice = compose(telling, first, found, now, self._base_url, self._risk, self._zone, audience)
        return notices.New(notice.identity, number, notice.receiver, to_us(now), notices.encode(notice))

    def _remember(self, shapes: Mapping[int, Shape]) -> None:
        """Only after the transaction: what was rolled back is done again."""
        for number, shape in shapes.items():
            self._done[number] = shape
            self._done.move_to_end(number)
        while len(self._done) > _MOST_REMEMBERED:
            self._done.popitem(last=False)


def _read(records: Sequence[Record]) -> tuple[list[Story], list[Surge], list[tuple[str, str, bytes]]]:
    """The newest version of each story and surge, and what cannot be read as (origin, reason, raw)."""
    newest: dict[int, Story] = {}
    told: dict[int, Surge] = {}
    letters: list[tuple[str, str, bytes]] = []
    for record in records:
        try:
            if _never_called(record.value):
                continue
            stand = STORIES.decode(record.value)
        except Unreadable as error:
            letters.append((f"{_ORIGIN}:{record.partition}:{record.offset}", str(error), record.value))
            continue
        if isinstance(stand, Snapshot):
            story = stand.story
            if story.id not in newest or story.version > newest[story.id].version:
                newest[story.id] = story
        elif (surge := stand.surge).id not in told or surge.version > told[surge.id].version:
            told[surge.id] = surge
    return list(newest.values()), list(told.values()), letters


def _never_called(raw: bytes) -> bool:
    """Whether a snapshot has no episode, as nearly all have: told without reading the rest of it."""
    try:
        return not _GLANCE.decode(raw).story.episodes
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False


def _shape(story: Story) -> Shape:
    return tuple((e.number, len(e.steps), e.resolved_at is not None) for e in story.episodes)


def _keep_alerts(
    connection: Connection, stories: Sequence[Story]
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    """Add what is new, let grow what is known; by story and episode the rows' numbers, and up to when they were known."""
    rows = alerts.of_stories(connection, [story.id for story in stories])
    raised = {key: row.raised_at for key, row in rows.items()}
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
    return {key: row.id for key, row in rows.items()}, raised


def _tell(story: Story, episode: Episode, since: int) -> None:
    """Tell the log and Prometheus of the steps after `since` µs."""
    facts = {"brand": story.brand, "story": story.id, "episode": episode.number}
    for step in episode.steps:
        if to_us(step.at) > since and not step.story:
            DECIDED.labels(step.level.name, step.reason).inc()
            _LOG.info("alert", **facts, alert=step.level.name, reason=step.reason, risk=step.risk)
