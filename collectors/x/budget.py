"""What X bills: reads counted by UTC day, and how much of the day's money is left for what."""

import threading
from collections.abc import Iterable
from datetime import UTC, date, datetime
from math import ceil
from typing import Literal, NamedTuple

Stage = Literal["all", "stories", "nothing"]
"""What may still be read today: everything; only what belongs to loud stories; nothing."""


class Prices(NamedTuple):
    """US dollars; `reserve` is the share of `daily` that is kept for loud stories."""

    daily: float
    reserve: float
    post: float
    user: float


class Count(NamedTuple):
    """What was read on one UTC day."""

    day: date
    posts: int = 0
    users: int = 0


class Budget:
    """Counts each post and each author once a UTC day, as X bills them. Safe to use from any thread.

    After a restart the numbers go on, but whom they stand for is forgotten: what is read again counts again.
    """

    def __init__(self, prices: Prices, count: Count) -> None:
        self._prices = prices
        self._count = count
        self._seen: set[tuple[str, str]] = set()
        self._counting = threading.Lock()

    def read(self, now: datetime, posts: Iterable[str], users: Iterable[str]) -> None:
        """Count what X has sent, by its ids."""
        with self._counting:
            self._turn(now)
            new_posts = {("post", each) for each in posts} - self._seen
            new_users = {("user", each) for each in users} - self._seen
            self._seen |= new_posts | new_users
            day, had_posts, had_users = self._count
            self._count = Count(day, had_posts + len(new_posts), had_users + len(new_users))

    def count(self, now: datetime) -> Count:
        with self._counting:
            self._turn(now)
            return self._count

    def cost(self, now: datetime, waiting: int = 0) -> float:
        """US dollars today, with `waiting` posts that were received and not yet counted."""
        _, posts, users = self.count(now)
        return (posts + waiting) * self._prices.post + (users + waiting) * self._prices.user

    def stage(self, now: datetime, waiting: int = 0) -> Stage:
        """What may be read now: the smallest amount of money is a hundredth of a cent."""
        cost = round(self.cost(now, waiting), 4)
        if cost >= round(self._prices.daily, 4):
            return "nothing"
        return "all" if cost < self._for_all else "stories"

    def left(self, now: datetime) -> int:
        """How many posts, each with its author, may be read before the stage changes."""
        cost, each = self.cost(now), self._prices.post + self._prices.user
        until = self._for_all if cost < self._for_all else self._prices.daily
        return ceil(max(0.0, until - cost) / each) if each else 1_000_000

    @property
    def _for_all(self) -> float:
        return round(self._prices.daily * (1 - self._prices.reserve), 4)

    def _turn(self, now: datetime) -> None:
        today = now.astimezone(UTC).date()
        if today != self._count.day:
            self._count = Count(today)
            self._seen.clear()
