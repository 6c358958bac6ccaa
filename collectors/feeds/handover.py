"""From a feed to the intake: in a thread, in order, whatever is down, and the feed's cursor last."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

import msgspec

from collectors.feeds.items import Item
from collectors.feeds.seen import Seen, decode
from collectors.patience import insist
from earshot.errors import Unreadable
from earshot.seams import Intake
from earshot.store import Store, positions
from earshot.topics import Said

T = TypeVar("T")

_AT_A_TIME = 500
_PAUSE = 0.25  # s between looks, while the processors are behind
_News = Sequence[tuple[Item, bool]]


class Handover:
    """One for a collector. Used by one thread at a time: an outage must not take every thread of the process."""

    def __init__(
        self,
        name: str,
        brand: str,
        intake: Intake,
        store: Store,
        stop: asyncio.Event,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self._name, self._brand, self._intake, self._store = name, brand, intake, store
        self._stop, self._now, self._sleep = stop, now, sleep
        self._one = asyncio.Lock()

    async def seen(self, key: str) -> Seen:
        async with self._one:
            return await asyncio.to_thread(self._load, key)

    async def hear(self, key: str, news: _News, after: Seen) -> bool:
        """Whether all of it was heard, and `after` is kept; False where it must stop before."""
        async with self._one:
            return await asyncio.to_thread(self._hear, key, news, after)

    def _load(self, key: str) -> Seen:
        def read() -> str | None:
            with self._store.read() as connection:
                return positions.cursor(connection, self._cursor(key))

        return decode(self._insist(read))

    def _hear(self, key: str, news: _News, after: Seen) -> bool:
        oldest_first = news[::-1]
        for start in range(0, len(oldest_first), _AT_A_TIME):
            self._wait_for_room()
            if events := self._events(oldest_first[start : start + _AT_A_TIME]):
                self._insist(partial(self._intake.hear, events))
            if self._stop.is_set():
                return False  # what may not have been heard is new the next time
        self._insist(partial(self._keep, key, after))
        return not self._stop.is_set()

    def _events(self, news: _News) -> list[Said]:
        events, now = [], self._now()
        for item, edited in news:
            try:
                events.append(item.event(now, brand=self._brand, edited=edited))
            except Unreadable as error:
                raw = msgspec.json.encode(item.fields)
                self._insist(partial(self._intake.park, raw, str(error), f"{self._name}:{item.id[:200]}"))
        return events

    def _wait_for_room(self) -> None:
        while self._insist(self._intake.busy):
            self._sleep(_PAUSE)

    def _keep(self, key: str, seen: Seen) -> None:
        with self._store.begin() as connection:
            positions.save_cursor(connection, self._cursor(key), seen.encode())

    def _cursor(self, key: str) -> str:
        return f"{self._name}:{key}"

    def _insist(self, work: Callable[[], T]) -> T | None:
        return insist(work, self._stop, self._sleep, self._name)
