"""Decide what is new and where it belongs: events of one brand in, tasks out. Writes nothing."""

import struct
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection

from earshot.clock import to_us
from earshot.hashing import hash64
from earshot.model import Mention, Score
from earshot.store import brands, ledger
from earshot.store.ledger import Entry
from earshot.topics import Event, Measured, Said, Withdrawn
from processors import likeness
from processors.ahead import Asked, Decided
from processors.centroid import Joined as Pair
from processors.index import Place
from processors.link import Tie, id_hash, ties
from processors.owner import SILENT, Owner
from processors.proofs import Joins
from processors.tasks import Joined, Known, New, Recounted, Retracted, Revised, Task

_BY_ID = frozenset({"repost", "quote", "reply", "thread"})
_ID = _BY_ID | {"reference"}
_SAID_ANYWHERE = 3
"""Times that an address or a text was said in another story than before: it tells none from another."""
_PACK = tuple(struct.Struct(f"<{count}q").pack for count in range(8))  # nearly all have so few keys


class Linking:
    """One brand's part of one batch; what it registers lives here until the owner absorbs it."""

    def __init__(self, owner: Owner, connection: Connection, events: Sequence[Event]) -> None:
        self._owner = owner
        self.seq = owner.row.seq
        self._clock = owner.row.clock
        self._oldest = self._stale = 0
        """Since which mentions words and addresses link, and since which they need not be registered again."""
        self._hour_ends = 0
        self.first_new = brands.number(owner.row.no, owner.row.seq + 1)
        self.entries: dict[int, Entry] = {}
        self.changed: set[int] = set()
        self.ids: dict[int, Place] = {}
        self.keys: dict[int, Place] = {}
        self.changes: Counter[int] = Counter()
        self.also: set[int] = set()
        """Joined stories whose snapshots go out again, in case a crash had swallowed them."""
        self.joins = Joins(owner, connection)
        self._tasks: list[Task] = []
        self._swept: Sequence[Pair] = ()
        owner.leave_purged(connection)
        self._tied = [_ties(event) for event in events]
        self._known_ids = owner.ids.find(
            {key for tied in self._tied for reason, key in tied if reason in _ID}
        )
        self._known_keys = owner.keys.find({key for tied in self._tied for _, key in tied})
        if known := {place[0] for tied in self._tied if (place := self._known_ids.get(tied[0][1]))}:
            self.entries.update(ledger.get(connection, known))

    def tasks(self, events: Sequence[Event], scores: Sequence[Score | None], again: int = 0) -> list[Task]:
        """In log order; `scores` holds one for everything that was said.

        `again`: so many of the first have had their effects. Of most that shows, as they are known then; but a count
        of what was not known yet had none, and has none now.
        """
        for place, (event, tied, score) in enumerate(zip(events, self._tied, scores, strict=True)):
            task = self._task(event, tied, score)
            if place < again and isinstance(task, Recounted):
                task = Known(task.n, task.story, task.at)
            self._tasks.append(task)
            if self._swept:
                self._sweep()
        self.joins.check()
        return self._tasks

    def _task(self, event: Event, tied: list[Tie], score: Score | None) -> Task:
        own = tied[0][1]
        place = self.ids.get(own) or self._known_ids.get(own)
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
            return self._withdrawn(entry, own, at)
        if isinstance(event, Measured) and entry and not entry.withdrawn:
            return Recounted(entry.n, self.joins.root(entry.story), at, event.metrics)
        return self._known(entry, at) if entry else Known(0, 0, at)

    def _first(self, mention: Mention, score: Score, tied: list[Tie], at: int) -> New:
        n, own = self._next(), tied[0][1]
        link, story, joins = self._placed(mention, tied, n, at)
        evidence = ""
        if decided := self._decide(n, own, link, story, joins, mention):
            self._swept = decided.joined
            if alike := decided.alike:
                link, story, evidence = alike.reason, self.joins.led(alike.story), " ".join(alike.shared)
        story = story or n
        self.joins.grown[story] += 1
        keys = _packed(self._fresh_keys(tied, n, story))
        self._register(_entry(n, own, story, clock=self._clock, mention=mention, at=at, keys=keys))
        return New(n, story, at, link, mention, score, evidence)

    def _next(self) -> int:
        self.seq += 1
        n = brands.number(self._owner.row.no, self.seq)
        if self._clock >= self._hour_ends:
            self._hour_ends = self._owner.mark(n, self._clock)
            self._oldest, self._stale = self._owner.horizon(self._clock), self._owner.yesterday(self._clock)
        return n

    def _placed(self, mention: Mention, tied: list[Tie], n: int, at: int) -> tuple[str, int, list[Pair]]:
        """By its ties: why, in which story (0: in none) and which others that proves to be the same one."""
        found = self._places(tied)
        if not found:
            return "new", 0, []
        link, story = found[0]
        if len(found) == 1:
            return link, story, []
        joins = list[Pair]()
        for reason, named in found[1:]:
            if named == story:
                continue
            other, story = self.joins.root(named), self.joins.root(story)
            if other == story or not (_proves(link, mention) and _proves(reason, mention)):
                continue
            pair = Pair(min(story, other), max(story, other))
            if self.joins.may(pair):
                self._join(pair, n, at)
                joins.append(pair)
        return link, self.joins.root(story), joins

    def _decide(
        self, n: int, own: int, link: str, story: int, joins: Sequence[Pair], mention: Mention
    ) -> Decided | None:
        """None where there is nothing to decide."""
        speaks = link not in SILENT
        if not speaks and not joins and self.seq % likeness.SWEEP:
            return None
        asked = Asked(n, self.seq, own, self._clock, story, tuple(joins), speaks)
        return self._owner.ahead.decide(asked, lambda: f"{mention.title} {mention.text}", self.joins.may)

    def _sweep(self) -> None:
        """What the sweep after the last mention has joined."""
        pairs, self._swept = self._swept, ()
        for pair in pairs:
            self._join(pair, brands.number(self._owner.row.no, self.seq), self._clock)

    def _join(self, pair: Pair, n: int, at: int) -> None:
        self.joins.join(pair, n)
        self._tasks.append(Joined(n, pair.kept, pair.joined, at))

    # --- what was heard before --------------------------------------------------------------------------

    def _known(self, entry: Entry, at: int) -> Known:
        self.also.update(self._owner.proofs.get(entry.n, ()))
        return Known(entry.n, self.joins.root(entry.story), at)

    def _again(self, mention: Mention, score: Score, entry: Entry, at: int) -> Task:
        if entry.withdrawn:
            return self._known(entry, at)
        own, story, clock = entry.hash, entry.story, entry.heard_at
        fresh = _entry(entry.n, own, story, clock=clock, mention=mention, at=at, keys=entry.keys)
        if fresh.revision > entry.revision:
            self._change(fresh)
            if fresh.content != entry.content:
                return Revised(entry.n, self.joins.root(story), at, mention, score)
        return self._counted(self._known(entry, at), mention)

    def _counted(self, known: Known, mention: Mention) -> Task:
        """Its words say nothing new, but they may bring newer counters: whoever sends all of it anew has no other way."""
        return Recounted(known.n, known.story, known.at, mention.metrics) if mention.metrics else known

    def _withdrawn(self, entry: Entry | None, own: int, at: int) -> Task:
        if entry is None:
            n = self._next()
            asked = Asked(n, self.seq, 0, self._clock, 0)
            self._swept = self._owner.ahead.decide(asked, str, self.joins.may).joined
            self._register(Entry(n, own, 0, self._clock, True, False, 0, 0, b""))
            return Known(n, 0, at)
        if entry.withdrawn:
            return self._known(entry, at)
        self._change(entry._replace(withdrawn=True))
        return Retracted(entry.n, self.joins.root(entry.story), at)

    def _places(self, tied: list[Tie]) -> list[tuple[str, int]]:
        """The ties that lead to a story, strongest first: ids always do, words and addresses for seven days."""
        found, ids, keys, root = [], self.ids, self.keys, self.joins.root
        for reason, key in tied:
            if (reason in _BY_ID and (place := ids.get(key) or self._known_ids.get(key)) and place[1]) or (
                (place := keys.get(key) or self._known_keys.get(key))
                and place[0] >= self._oldest
                and place[1]
                and not self._said_anywhere(reason, key)
            ):
                found.append((reason, root(place[1])))
        return found

    def _said_anywhere(self, reason: str, key: int) -> bool:
        if reason not in ("url", "copy"):
            return False
        return self._owner.changes.get(key, 0) + self.changes.get(key, 0) >= _SAID_ANYWHERE

    def _fresh_keys(self, tied: list[Tie], n: int, story: int) -> list[int]:
        """Register by what others may be linked to this one; what is registered and young stays as it is."""
        fresh, keys, place = [], self.keys, (n, story)
        for _, key in tied[1:]:
            known = keys.get(key) or self._known_keys.get(key)
            if known and known[1]:
                if self.joins.root(known[1]) != story:
                    self.changes[key] += 1
                elif known[0] >= self._stale:
                    continue
            keys[key] = place
            fresh.append(key)
        return fresh

    def _register(self, entry: Entry) -> None:
        self.entries[entry.n] = entry
        self.ids[entry.hash] = (entry.n, entry.story)
        self.changed.add(entry.n)

    def _change(self, entry: Entry) -> None:
        self.entries[entry.n] = entry
        self.changed.add(entry.n)


def _proves(reason: str, mention: Mention) -> bool:
    """Whether such a tie proves that two stories are one: a conversation does, and what a page is about.

    A link in an answer is mostly help, and a brand says the same to everybody.
    """
    if reason == "copy":
        return False
    ours = mention.why == "own account"
    return not (ours and reason in ("quote", "url")) and not (reason == "url" and mention.parent)


def content_hash(mention: Mention) -> int:
    """Of what was said: the same words and stars are the same revision."""
    stars = f"{mention.rating.value}/{mention.rating.best}" if mention.rating else ""
    return hash64("said", mention.title, mention.text, stars)


def _ties(event: Event) -> list[Tie]:
    return ties(event.mention) if isinstance(event, Said) else [("reference", id_hash(event.id))]


def _entry(n: int, own: int, story: int, *, clock: int, mention: Mention, at: int, keys: bytes) -> Entry:
    """`at`: when it was heard, µs."""
    edited = mention.edited_at
    revised = to_us(edited) if edited else at
    return Entry(n, own, story, clock, False, edited is not None, revised, content_hash(mention), keys)


def _packed(keys: list[int]) -> bytes:
    count = len(keys)
    return _PACK[count](*keys) if count < len(_PACK) else struct.pack(f"<{count}q", *keys)
