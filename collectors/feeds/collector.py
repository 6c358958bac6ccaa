"""The feeds of one `[[collectors]]` block at work."""

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

from collectors.addresses import is_public
from collectors.feeds.handover import Handover
from collectors.feeds.poll import Poll
from collectors.feeds.presets import Feed
from collectors.feeds.reader import Answer, Reader
from collectors.fetch import Fetcher, Unfetched
from collectors.transport import Resolve, resolve_host
from earshot.errors import Refused, Unreadable
from earshot.runtime import Context
from earshot.schedule import Schedule
from earshot.seams import Intake
from earshot.topics import Event

if TYPE_CHECKING:
    from collectors.feeds.settings import Feeds

_AT_ONCE = 4  # fetches at the same time: each may hold `max_bytes`
_JITTER = 10  # part of an interval by which a poll may come later, so that feeds do not come all at once
_LONGEST_NOTE = 500


class FeedReader:
    """Each feed by its own timetable; one that fails is asked less often, and holds up no other."""

    def __init__(
        self,
        settings: "Feeds",
        context: Context,
        *,
        resolve: Resolve = resolve_host,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = settings.name
        self._settings, self._context = settings, context
        self._resolve, self._sleep = resolve, sleep
        self._feeds: Sequence[Feed] = settings.feeds()

    def routes(self) -> Sequence[BaseRoute]:
        return []

    async def run(self, intake: Intake, stop: asyncio.Event) -> None:
        clock, interval = self._context.clock, self._settings.interval
        handover = Handover(
            self.name, self._settings.brand, intake, self._context.store, stop, clock.now, self._sleep
        )
        polls: list[Poll] = []
        schedule = Schedule()
        async with self._fetcher() as fetcher:
            for reader in self._readers(fetcher):
                poll = Poll(
                    reader, handover, intake, clock, interval=interval,
                    max_items=self._settings.max_items, changed=lambda: intake.report(note=_note(polls)),
                )  # fmt: skip
                polls.append(poll)
                schedule.every(
                    f"{self.name}: {poll.label}", interval, partial(poll.tick, stop),
                    jitter=interval / _JITTER, at_once=True,
                )  # fmt: skip
            await schedule.run(stop)

    async def once(self, limit: int) -> Sequence[Event]:
        """The newest that the feeds show. Raises `Refused` with what each feed that fails has to say."""
        async with self._fetcher() as fetcher:
            looks = [reader.read() for reader in self._readers(fetcher)]
            found = await asyncio.gather(*looks, return_exceptions=True)
        if faults := [each for each in found if isinstance(each, Unfetched | Unreadable)]:
            raise Refused("; ".join(dict.fromkeys(f"{self.name}: {fault}" for fault in faults)))
        answers = [each for each in found if isinstance(each, Answer)]
        if len(answers) < len(found):
            raise next(each for each in found if isinstance(each, BaseException))
        now = self._context.clock.now()
        items = [item for answer in answers for item in answer.items or ()]
        newest = sorted(items, key=lambda item: item.said or now, reverse=True)[:limit]
        return [item.event(now, brand=self._settings.brand) for item in newest]

    def _readers(self, fetcher: Fetcher) -> Sequence[Reader]:
        parsing = asyncio.Lock()
        return [Reader(feed, fetcher, parsing) for feed in self._feeds]

    def _fetcher(self) -> Fetcher:
        given = self._settings
        return Fetcher(
            self._context.clock, timeout=given.timeout.total_seconds(), max_bytes=given.max_bytes,
            allowed=_anywhere if given.allow_private else is_public, at_once=_AT_ONCE, resolve=self._resolve,
        )  # fmt: skip


def _anywhere(_address: str) -> bool:
    return True


def _note(polls: Sequence[Poll]) -> str:
    """Which feeds fail, and what was left out."""
    troubles = [poll.trouble for poll in polls if poll.trouble]
    left = [f"{poll.label}: {poll.left:,} older items left out (max_items)" for poll in polls if poll.left]
    failing = [f"{len(troubles)} of {len(polls)} feeds fail"] if troubles and len(polls) > 1 else []
    return "; ".join([*failing, *troubles, *left])[:_LONGEST_NOTE]
