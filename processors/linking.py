"""Decide what is new and where it belongs: events of one brand in, tasks out. Writes nothing."""

import struct
from collections.abc import Sequence

from sqlalchemy import Connection

from earshot.clock import to_us
from earshot.hashing import hash64
from earshot.model import Mention, Score
from earshot.store import brands, ledger, stories
from earshot.store.ledger import Entry
from earshot.topics import Event, Measured, Said, Withdrawn
from processors.index import Place
from processors.link import Tie, id_hash, ties
from processors.owner import Owner
from processors.tasks import Known, New, Recounted, Retracted, Revised, Task

_BY_ID = frozenset({"repost", "quote", "reply", "thread"})


class Linking:
    """One brand's part of one batch; what it registers lives here until the owner absorbs it."""

    def __init__(self, owner: Owner, connection: Connection, events: Sequence[Event]) -> None:
        self._owner = owner
        self.seq = owner.row.seq
        self._clock = owner.row.clock
        self.first_new = brands.number(owner.row.no, owner.row.seq + 1)
        self.entries: dict[int, Entry] = {}
        self.changed: set[int] = set()
        self.ids: dict[int, Place] = {}
        self.keys: dict[int, Place] = {}
        self._tied = [_ties(event) for event in events]
        hashes = {tie.hash for tied in self._tied for tie in tied}
        self._known_ids = owner.ids.find(hashes)
        self._known_keys = owner.keys.find(hashes)
        known = {place[0] for tied in self._tied if (place := self._known_ids.get(tied[0].hash))}
        if known:
            self.entries.update(ledger.get(connection, known))
        self._leave_purged(connection)

    def tasks(self, events: Sequence[Event], scores: Sequence[Score | None]) -> list[Task]:
        """In log order; `scores` holds one for everything that was said."""
        return [self._task(*each) for each in zip(events, self._tied, scores, strict=True)]

    def _leave_purged(self, connection: Connection) -> None:
        """Retention takes old stories from under the indexes: nothing can be linked to those any more."""
        places = (*self._known_ids.values(), *self._known_keys.values())
        unsure = {story for _, story in places if story and self._owner.story(story) is None}
        if gone := unsure - stories.known(connection, unsure) if unsure else None:
            self._known_ids = {key: (n, 0 if s in gone else s) for key, (n, s) in self._known_ids.items()}
            self._known_keys = {key: place for key, place in self._known_keys.items() if place[1] not in gone}

    def _task(self, event: Event, tied: list[Tie], score: Score | None) -> Task:
        place = self.ids.get(tied[0].hash) or self._known_ids.get(tied[0].hash)
        entry = self.entries.get(place[0]) if place else None  # without one it was purged: it is new
        if isinstance(event, Said) and score:
            at = to_us(event.mention.collected_at)
            self._clock = max(self._clock, at)
            return (
                self._again(event.mention, score, entry, at)
                if entry
                else self._first(event.mention, score, tied, at)
            )
        at = to_us(event.collected_at)  # type: ignore[union-attr]  # everything said has a score
        self._clock = max(self._clock, at)
        if isinstance(event, Withdrawn):
            return self._withdrawn(entry, tied[0], at)
        if isinstance(event, Measured) and entry and not entry.withdrawn:
            return Recounted(entry.n, entry.story, at, event.metrics)
        return Known(entry.n, entry.story, at) if entry else Known(0, 0, at)

    def _first(self, mention: Mention, score: Score, tied: list[Tie], at: int) -> New:
        self.seq += 1
        n = brands.number(self._owner.row.no, self.seq)
        link, story = self._place(tied) or ("new", n)
        keys = self._fresh_keys(tied, n, story)
        self._register(_entry(n, tied[0].hash, story, clock=self._clock, mention=mention, keys=keys))
        return New(n, story, at, link, mention, score)

    def _again(self, mention: Mention, score: Score, entry: Entry, at: int) -> Task:
        fresh = _entry(
            entry.n, entry.hash, entry.story, clock=entry.heard_at, mention=mention, keys=entry.keys
        )
        if entry.withdrawn or fresh.revision <= entry.revision:
            return Known(entry.n, entry.story, at)
        self._change(fresh)
        if fresh.content == entry.content:
            return Known(entry.n, entry.story, at)
        return Revised(entry.n, entry.story, at, mention, score)

    def _withdrawn(self, entry: Entry | None, own: Tie, at: int) -> Task:
        if entry is None:
            self.seq += 1
            n = brands.number(self._owner.row.no, self.seq)
            self._register(Entry(n, own.hash, 0, self._clock, True, False, 0, 0, b""))
            return Known(n, 0, at)
        if entry.withdrawn:
            return Known(entry.n, entry.story, at)
        self._change(entry._replace(withdrawn=True))
        return Retracted(entry.n, entry.story, at)

    def _place(self, tied: list[Tie]) -> tuple[str, int] | None:
        """The first tie that leads to a story: ids always do, words and addresses for seven days."""
        oldest = self._owner.horizon(self._clock)
        for reason, key in tied:
            place = (self.ids.get(key) or self._known_ids.get(key)) if reason in _BY_ID else None
            if place and place[1]:
                return reason, place[1]
            place = self._key(key)
            if place and place[0] >= oldest:
                return reason, place[1]
        return None

    def _key(self, key: int) -> Place | None:
        return self.keys.get(key) or self._known_keys.get(key)

    def _fresh_keys(self, tied: list[Tie], n: int, story: int) -> list[int]:
        """Register by what others may be linked to this one; what is registered and young stays as it is."""
        stale = self._owner.yesterday(self._clock)
        fresh = []
        for _, key in tied[1:]:
            place = self._key(key)
            if place is None or place[1] != story or place[0] < stale:
                self.keys[key] = (n, story)
                fresh.append(key)
        return fresh

    def _register(self, entry: Entry) -> None:
        self.entries[entry.n] = entry
        self.ids[entry.hash] = (entry.n, entry.story)
        self.changed.add(entry.n)
        self._owner.mark(entry.n, entry.heard_at)

    def _change(self, entry: Entry) -> None:
        self.entries[entry.n] = entry
        self.changed.add(entry.n)


def content_hash(mention: Mention) -> int:
    """Of what was said: the same words and stars are the same revision."""
    stars = f"{mention.rating.value}/{mention.rating.best}" if mention.rating else ""
    return hash64("said", mention.title, mention.text, stars)


def _ties(event: Event) -> list[Tie]:
    return ties(event.mention) if isinstance(event, Said) else [Tie("reference", id_hash(event.id))]


def _entry(n: int, own: int, story: int, *, clock: int, mention: Mention, keys: list[int] | bytes) -> Entry:
    edited = mention.edited_at is not None
    revised = to_us(mention.edited_at or mention.collected_at)
    packed = keys if isinstance(keys, bytes) else struct.pack(f"<{len(keys)}q", *keys)
    return Entry(n, own, story, clock, False, edited, revised, content_hash(mention), packed)
