"""The pages stay true while they are open: one look at the store a second, however many listen."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from console import reading
from console.website import Page, Site
from earshot.errors import Unavailable

AT_MOST: Final = 100
"""Listeners at a time."""
EVERY: Final = 1.0
"""Seconds between looks."""
_QUIET = 15  # looks without news until a comment keeps the line open
_LONGEST = 900  # looks until a browser has to ask again: whose session has ended is let go
_HEADERS = {"X-Accel-Buffering": "no"}  # proxies pass on each event at once


class Live:
    """`/events`: what has changed, and the time where it is a simulated one."""

    def __init__(self, site: Site, every: float = EVERY) -> None:
        self._site = site
        self._beat = Beat(self._look, every)

    def pages(self) -> list[Page]:
        return [Page("/events", self.events, leads=False)]

    def end(self) -> None:
        """Let all listeners go, for good."""
        self._beat.end()

    async def events(self, request: Request) -> Response:
        if self._beat.listeners >= AT_MOST:
            return PlainTextResponse(
                "Too many pages are open; this one is not live.\n", 503, {"Retry-After": "60"}
            )
        say = self._site.tongue(request)
        stream = _told(self._beat, lambda: self._site.played(say))
        return StreamingResponse(stream, media_type="text/event-stream", headers=_HEADERS)

    def _look(self) -> str:
        with self._site.context.store.read() as connection:
            return reading.mark(connection)


class Beat:
    """Looks again and again while anybody listens, and wakes all of them at once."""

    def __init__(self, look: Callable[[], str], every: float) -> None:
        self._look, self._every = look, every
        self._task: asyncio.Task[None] | None = None
        self._ending = asyncio.Event()
        self._woken = asyncio.Event()
        self.listeners = 0
        self.mark = ""
        """As it was at the last look that could be had."""

    def end(self) -> None:
        self._ending.set()
        self._woken.set()

    async def marks(self) -> AsyncGenerator[str]:
        """The mark after each look from now on."""
        self.listeners += 1
        try:
            if self.listeners == 1:
                self._task = asyncio.create_task(self._run())
            while not self._ending.is_set():
                await self._woken.wait()
                if self.mark and not self._ending.is_set():
                    yield self.mark
        finally:
            self.listeners -= 1
            if not self.listeners and self._task:
                self._task.cancel()

    async def _run(self) -> None:
        while not self._ending.is_set():
            with suppress(Unavailable):  # the page that is fetched next says so
                self.mark = await asyncio.to_thread(self._look)
            woken, self._woken = self._woken, asyncio.Event()
            woken.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), self._every)


async def _told(beat: Beat, clock: Callable[[], str]) -> AsyncIterator[str]:
    """Server-sent events: `changed` with the mark at first and whenever it is another, `clock` where there is one."""
    yield "retry: 3000\n\n"
    told, quiet, left = "", 0, _LONGEST
    async with aclosing(beat.marks()) as marks:  # a listener that has gone is not counted for long
        async for mark in marks:
            said = _event("changed", mark) if mark != told else ""
            said += _event("clock", now) if (now := clock()) else ""
            told, quiet, left = mark, 0 if said else quiet + 1, left - 1
            if said or quiet % _QUIET == 0:
                yield said or ": still here\n\n"
            if not left:
                return


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"
