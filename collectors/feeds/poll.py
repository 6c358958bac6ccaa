"""One feed, asked at every tick: fetch, compare with the last time, hand over what is new, and say how it went."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from collectors.backoff import Backoff
from collectors.feeds.handover import Handover
from collectors.feeds.reader import Answer, Reader
from collectors.feeds.seen import Seen
from collectors.fetch import Unfetched
from earshot import logs
from earshot.errors import Unreadable
from earshot.seams import Clock, Intake

_LOG = logs.get(__name__)
_GONE = "http_410"

T = TypeVar("T")


class Poll:
    """`trouble` and `left` are what its operators should know just now."""

    def __init__(
        self,
        reader: Reader,
        handover: Handover,
        intake: Intake,
        clock: Clock,
        *,
        interval: timedelta,
        max_items: int,
        changed: Callable[[], None],
    ) -> None:
        self.label = reader.feed.label
        self.trouble, self.left = "", 0
        self._reader, self._handover, self._intake = reader, handover, intake
        self._clock, self._max_items, self._changed = clock, max_items, changed
        self._backoff = Backoff(interval)
        self._seen: Seen | None = None
        self._gone = False

    async def tick(self, stop: asyncio.Event) -> None:
        """Once, if it is due and not gone for good."""
        if self._gone or not self._backoff.due(self._clock.now()):
            return
        key = self._reader.feed.key
        if self._seen is None:
            self._seen = await self._handover.seen(key)
        try:
            answer = await _unless(stop, self._reader.read(self._seen.validators))
        except Unfetched as error:
            self._failed(error.kind, str(error), error.retry_after)
        except Unreadable as error:
            self._failed("not_a_feed", str(error))
        else:
            if answer is not None and await self._heard(key, answer, self._seen):
                self._succeeded()

    async def _heard(self, key: str, answer: Answer, seen: Seen) -> bool:
        if answer.items is None:
            return True
        items = answer.items[: self._max_items]
        self.left = len(answer.items) - len(items)
        after = seen.after(items, answer.validators)
        if after != seen:
            if not await self._handover.hear(key, seen.news(items), after):
                return False
            self._seen = after
        return True

    def _succeeded(self) -> None:
        self.trouble = ""
        self._backoff.succeeded()
        self._intake.succeeded()
        self._changed()

    def _failed(self, kind: str, reason: str, retry_after: float | None = None) -> None:
        self._gone = kind == _GONE
        wait = self._backoff.failed(self._clock.now(), retry_after)
        _LOG.warning("feed failed", feed=self.label, kind=kind, reason=reason, seconds=wait.total_seconds())
        self.trouble = reason if reason.startswith(self.label) else f"{self.label}: {reason}"
        self._intake.failed(kind, reason)
        self._changed()


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """What `work` returns; None where `stop` comes first."""
    working, stopped = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((working, stopped), return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        stopped.cancel()
        working.cancel()
        await asyncio.gather(working, stopped, return_exceptions=True)
