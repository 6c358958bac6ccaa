"""How far X has been heard: the newest post, and since which post something may be missing."""

from datetime import date, datetime, timedelta

import msgspec
from msgspec import Struct

from collectors.x.budget import Count
from earshot.clock import EPOCH

_FIRST_MS = 1_288_834_974_657  # when X's post ids began to hold the time, in ms of 1970
_SHIFT = 22
_LARGEST = 10**19 - 1  # an id has at most 19 digits


def id_at(moment: datetime) -> int:
    """The smallest id that a post of that moment can have."""
    ms = (moment - EPOCH) // timedelta(milliseconds=1)
    return min(max(0, ms - _FIRST_MS) << _SHIFT, _LARGEST)


def time_of(post: int) -> datetime:
    """When the post of an id was written."""
    return EPOCH + timedelta(milliseconds=(min(post, _LARGEST) >> _SHIFT) + _FIRST_MS)


class Kept(Struct, frozen=True, omit_defaults=True):
    """What outlives the process, as the cursor of the source."""

    newest: int = 0
    since: int | None = None
    day: date | None = None
    posts: int = 0
    users: int = 0

    @classmethod
    def decode(cls, cursor: str | None) -> "Kept":
        """What cannot be read counts as nothing kept: it is ours, and only costs a gap that is not searched."""
        try:
            return msgspec.json.decode(cursor or "{}", type=cls)
        except msgspec.DecodeError:
            return cls()

    def encode(self) -> str:
        return msgspec.json.encode(self).decode()

    def count(self, now: datetime) -> Count:
        return Count(self.day or now.date(), self.posts, self.users)


class Place:
    """`since` stays until a search that began after the loss has reached its end: a crash in between repeats it."""

    def __init__(self, newest: int, since: int | None) -> None:
        self.newest = newest
        self.since = since
        self._searching = False
        self._next: int | None = None

    def heard(self, post: int) -> None:
        """Published: the place moves on."""
        self.newest = max(self.newest, min(post, _LARGEST))

    def lost(self) -> None:
        """The connection ended: from the newest post on something may be missing."""
        if self.since is None:
            self.since = self.newest
        elif self._searching and self._next is None:
            self._next = self.newest

    def begin(self) -> int | None:
        """Since which post to search; None where nothing is missing."""
        self._searching, self._next = self.since is not None, None
        return self.since

    def end(self, *, filled: bool) -> None:
        """The search is over: what was lost while it ran remains, and all of it where it was not filled."""
        if filled:
            self.since = self._next
        self._searching, self._next = False, None

    def skip(self, to: int) -> None:
        """What lies before is given up: it was not afforded."""
        self.newest, self.since, self._next = max(self.newest, to), None, None

    def keep(self, count: Count) -> Kept:
        return Kept(self.newest, self.since, count.day, count.posts, count.users)
