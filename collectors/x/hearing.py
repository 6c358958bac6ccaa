"""From what X sent to what is published: read, counted, known posts left out, what cannot be read parked."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from msgspec import structs

from collectors.x.accounts import Accounts
from collectors.x.budget import Budget
from collectors.x.payload import Frame, Post, read_frame, read_page
from collectors.x.place import Place, id_at
from earshot.clock import EPOCH
from earshot.errors import Unreadable
from earshot.recent import Recent
from earshot.seams import Clock, Intake
from earshot.store import Store, positions
from earshot.topics import Event, Measured, Said

_REMEMBERED = (
    50_000  # posts; what a search for a gap brings again is neither decoded twice nor published twice
)

_SAVE_EVERY = timedelta(seconds=1)

Unread = tuple[bytes, str]
"""What cannot be read, and why."""


class Hearing:
    """One for a source. Its methods block: call them from threads; they take turns."""

    def __init__(
        self,
        name: str,
        *,
        intake: Intake,
        store: Store,
        clock: Clock,
        accounts: Accounts,
        budget: Budget,
        place: Place,
        insist: Callable[[Callable[[], object]], bool],
    ) -> None:
        self._name, self._intake, self._store, self._clock = name, intake, store, clock
        self._accounts, self._budget, self._place = accounts, budget, place
        self._insist = insist
        self._known = Recent[str, bool](_REMEMBERED)
        self._turn = threading.Lock()
        self._saved_at = EPOCH

    def lines(self, raws: Sequence[bytes]) -> bool:
        """Hear lines of the stream; False where we had to stop before they were durable."""
        heard = self._clock.now()
        frames: list[Frame] = []
        faults: list[Unread] = []
        for raw in raws:
            try:
                frames.append(read_frame(raw, heard))
            except Unreadable as error:
                faults.append((raw, str(error)))
        return self._hear(frames, faults, "stream")

    def pages(self, raws: Sequence[bytes]) -> bool:
        """Hear pages of a search, which has the newest first, in the order in which it was said.

        False where we had to stop. Raises `Unreadable`: one is no such page.
        """
        heard = self._clock.now()
        pages = [read_page(raw, heard) for raw in reversed(raws)]
        return all(self._hear(page.frames[::-1], page.faults, "search") for page in pages)

    def _hear(self, frames: Sequence[Frame], faults: Sequence[Unread], origin: str) -> bool:
        with self._turn:
            for frame in frames:
                self._budget.read(self._clock.now(), frame.posts, frame.users)
            fresh = {frame.post.version: frame for frame in frames if not self._known.get(frame.post.version)}
            posts = [post for frame in fresh.values() for post in self._concerning(frame)]
            events = list(self._events(posts))
            if not self._insist(lambda: self._hand_over(events, faults, origin)):
                return False
            for post in posts:
                self._known.put(post.version, True)
            now = id_at(self._clock.now())  # an id from the future would hide every gap before it
            for frame in frames:
                self._place.heard(min(int(frame.post.version), now))
            return self._saved()

    def _hand_over(self, events: Sequence[Event], faults: Sequence[Unread], origin: str) -> None:
        if events:
            self._intake.hear(events)
        for raw, reason in faults:
            self._intake.park(raw, reason, f"{self._name}:{origin}")
        self._intake.succeeded()

    def _saved(self) -> bool:
        """Not after each batch: an older place is only searched again, and the store has others to serve."""
        return self._clock.now() - self._saved_at < _SAVE_EVERY or self._insist(self.save)

    def save(self) -> None:
        """Keep how far we are, and what was read. Raises `Unavailable`."""
        now = self._clock.now()
        kept = self._place.keep(self._budget.count(now))
        with self._store.begin() as connection:
            positions.save_cursor(connection, self._name, kept.encode())
        self._saved_at = now

    def _events(self, posts: Sequence[Post]) -> Iterator[Event]:
        """Each post once, and the newest counters of those that are known already."""
        fresh: set[str] = set()
        measured: dict[str, Measured] = {}
        for post in posts:
            if post.version in fresh or self._known.get(post.version):
                measured |= _measured(post)
                continue
            fresh.add(post.version)
            yield from events_of(post, self._accounts)
        yield from measured.values()

    def _concerning(self, frame: Frame) -> Iterator[Post]:
        """The post, after what it refers to, as far as that concerns a brand itself."""
        yield from (post for post in frame.referenced if self._accounts.said(post))
        yield frame.post


def events_of(post: Post, accounts: Accounts) -> Iterator[Event]:
    """What one post is to the intake, which finds its brands; but for those that only its answer concerns."""
    for brand in accounts.answered(post):
        yield Said(mention=structs.replace(post.mention, brand=brand, why="own account"))
    yield Said(mention=post.mention)


def _measured(post: Post) -> dict[str, Measured]:
    mention = post.mention
    if mention.metrics is None:
        return {}
    measured = Measured(id=mention.id, brand="", collected_at=mention.collected_at, metrics=mention.metrics)
    return {mention.id: measured}
