"""A brand at its owner: the one process that writes its stories, and what it keeps in memory to do so."""

import gc
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from earshot.config import AlertSettings
from earshot.model import Story
from earshot.recent import Recent
from earshot.store import authors, brands, ledger, mentions, regrouped, series, stories, surges
from earshot.store.regrouped import Regrouped
from earshot.store.stories import Redirect
from processors import tick
from processors.ahead import Ahead
from processors.index import HashIndex
from processors.likeness import Heard, Likeness, Proved
from processors.likeness import take_over as likeness_from
from processors.surge.stored import decoded
from processors.surging import Known, Surging

_HOUR = 3_600_000_000
_WINDOW = 7 * 24  # hours after which words and addresses no longer link, ids always do
_DAY = 24
_TOLD_AGAIN = (
    48 * _HOUR
)  # surges so young are told again when a brand is taken over: it may have been swallowed
_NONE_YET = 2**62
SILENT = ("copy", "repost", "reply", "thread")
"""Ties whose mentions say nothing new of their stories: a reply ("same here!") is only about what it hangs below."""


class Owner:
    """Rebuilt from the store when a brand is taken over; thrown away when another writer was faster."""

    def __init__(self, row: brands.Brand, cache: Recent[int, Story]) -> None:
        """`cache`: the stories used last, of all brands of this process."""
        self.row = row
        self.ids = HashIndex()
        self.keys = HashIndex()
        self.seats = HashIndex()
        self.due: dict[int, int] = {}
        """Story -> when the clock alone will change it, µs."""
        self.redirects: dict[int, int] = {}
        """Joined story -> the one that it was joined to."""
        self.proofs: dict[int, list[int]] = {}
        """Mention -> the stories that it led to another one."""
        self.changes: Counter[int] = Counter()
        """Address or reference -> how often it was said in another story than before."""
        self.purged = 0
        """How often retention has taken stories that the indexes by hash no longer lead to."""
        self.is_thinned = False
        """Whether words may still lead to such a story."""
        self.by_hand = 0
        """The last thing that a person joined or split."""
        self.apart: list[tuple[int, int]] = []
        """What a person has split."""
        self.counted = Known({}, {})
        """Its series, and the surges that go on."""
        self.untold: dict[int, surges.Kept] = {}
        """Surges whose snapshots are still to be published."""
        self.ahead = Ahead(Likeness())
        self._stories = cache
        self._hours: list[int] = []
        self._firsts: list[int] = []

    def story(self, story: int) -> Story | None:
        """From the cache; never change it in place."""
        return self._stories.get(story)

    def keep(self, changed: Iterable[Story]) -> None:
        for story in changed:
            self._stories.put(story.id, story)

    def count(self, surging: Surging) -> None:
        """What a turn counted is stored."""
        self.counted.series.update(surging.series)
        self.counted = self.counted._replace(ongoing=surging.ongoing)
        self.untold |= surging.surges

    def root(self, story: int) -> int:
        """The story itself, or the one that it has become part of."""
        while story in self.redirects:
            story = self.redirects[story]
        return story

    def redirect(self, joined: int, kept: int, n: int) -> None:
        self.redirects[joined] = kept
        self.proofs.setdefault(n, []).append(joined)

    def know(self, done: Regrouped) -> None:
        """A person joined or split stories."""
        self.by_hand = done.id
        if done.kind == "split":
            self.apart.append((done.story, done.other))

    def leave_purged(self, connection: Connection) -> None:
        """Retention takes old stories from under the indexes: nothing can be linked to those any more."""
        purged = brands.purged(connection, self.row.no)
        if purged != self.purged:
            there = np.array(stories.ids(connection, *brands.numbers(self.row.no)), np.int64)
            self.ids.unplace(there)
            self.keys.unplace(there)
            self.purged, self.is_thinned = purged, True

    def outdated(self, connection: Connection) -> bool:
        """Whether somebody joined or split stories by hand since the indexes were read."""
        return regrouped.newest(connection, self.row.no) != self.by_hand

    def mark(self, n: int, clock: int) -> int:
        """Mention `n` was registered when the brand's clock stood at `clock` µs; clocks never go back.

        Returns when the hour ends: those until then need not be marked.
        """
        hour = clock // _HOUR
        if not self._hours or hour > self._hours[-1]:
            self._hours.append(hour)
            self._firsts.append(n)
        return (hour + 1) * _HOUR

    def horizon(self, clock: int) -> int:
        """The oldest mention whose words and addresses still link at `clock`."""
        return self._first_since(clock // _HOUR - _WINDOW)

    def yesterday(self, clock: int) -> int:
        """Older registrations are renewed, so that a story which lives long keeps being found."""
        return self._first_since(clock // _HOUR - _DAY)

    def _first_since(self, hour: int) -> int:
        at = bisect_left(self._hours, hour)
        return self._firsts[at] if at < len(self._firsts) else _NONE_YET


def take_over(
    connection: Connection,
    row: brands.Brand,
    cache: Recent[int, Story],
    settings: AlertSettings,
    called: Sequence[str] = (),
) -> Owner:
    """Read a brand's indexes back (about three seconds for 300,000 mentions); `called`: see `Likeness`."""
    owner, span = Owner(row, cache), brands.numbers(row.no)
    owner.purged = brands.purged(connection, row.no)
    redirects = stories.redirects(connection, *span)
    for each in redirects:
        owner.redirect(each.id, each.part_of, each.joined_n)
    for done in regrouped.of_brand(connection, row.no):
        owner.know(done)
    keyed, places = [np.empty(0, np.int64)], [np.empty((0, 2), np.int64)]
    for chunk in ledger.scan(connection, *span):
        numbers, hashes, in_story, heard, keys = zip(*chunk, strict=True)
        for n, clock in zip(numbers, heard, strict=True):
            owner.mark(n, clock)
        owner.ids.extend(np.array(hashes, np.int64), np.array((numbers, in_story), np.int64).T)
        some, of_these = _keys(numbers, in_story, keys)
        keyed.append(some)
        places.append(of_these)
    for seats in authors.scan(connection, *span):
        numbers, hashes = zip(*seats, strict=True)
        owner.seats.extend(np.array(hashes, np.int64), np.array((numbers, (0,) * len(numbers)), np.int64).T)
    owner.keys.extend(np.concatenate(keyed), np.concatenate(places))
    owner.changes = owner.keys.changes(_root_then(redirects))
    with _nothing_is_garbage():
        owner.ahead = Ahead(_likeness(connection, owner, redirects, called))
    renew(connection, owner, row, settings)
    return owner


def _root_then(redirects: Iterable[Redirect]) -> Callable[[int, int], int]:
    """What a story was, or had become part of, when a mention was heard: as it was counted then."""
    joined = {each.id: each for each in redirects}

    def root(story: int, n: int) -> int:
        while (led := joined.get(story)) and led.joined_n <= n:
            story = led.part_of
        return story

    return root


@contextmanager
def _nothing_is_garbage() -> Iterator[None]:
    """All that is made is kept, so to look through it again and again for what is not costs a fifth more."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _likeness(
    connection: Connection, owner: Owner, redirects: Iterable[Redirect], called: Sequence[str]
) -> Likeness:
    before, last = brands.numbers(owner.row.no)
    proved = [Proved(each.joined_n, each.part_of, each.id) for each in redirects]
    heard = _speaking(connection, owner.horizon(owner.row.clock), last)
    return likeness_from(heard, proved, before, brands.number(owner.row.no, owner.row.seq), own=called)


def _speaking(connection: Connection, first: int, last: int) -> Iterator[Heard]:
    for chunk in mentions.texts(connection, first, last, SILENT):
        yield from map(Heard._make, chunk)


def renew(connection: Connection, owner: Owner, row: brands.Brand, settings: AlertSettings) -> None:
    """Go on from what another writer left, where it added no mention: the indexes are what they were."""
    opened = stories.awake_of_brand(connection, row.name)
    owner.row = row
    owner.keep(opened)
    after = settings.resolve_after
    owner.due = {s.id: due for s in opened if (due := tick.due(s, row.clock, after)) is not None}
    known = series.of_brand(connection, row.no)
    recent = surges.of_brand(connection, row.no, row.clock - _TOLD_AGAIN)
    ongoing = {kept.surge.topic: kept for kept in recent if kept.surge.over_at is None}
    owner.counted = Known({key: decoded(state.body) for key, state in known.items()}, ongoing)
    owner.untold = {kept.surge.id: kept for kept in recent}


def _keys(
    numbers: Iterable[int], in_story: Iterable[int], keys: Iterable[bytes]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Those of a chunk: (n,) and where they were registered, (n, 2)."""
    flat = np.frombuffer(b"".join(keys), "<i8")
    counts = np.fromiter((len(each) // 8 for each in keys), np.int64)
    places = np.stack((np.repeat(list(numbers), counts), np.repeat(list(in_story), counts)), axis=1)
    return flat.astype(np.int64), places.astype(np.int64)
