"""What the stream did not bring: asked for from recent search, page by page, while the stream goes on.

Search brings no reposts for keywords (since May 2026), so a repost that was missed stays missed.
"""

import asyncio
from datetime import timedelta

from collectors.x.aim import Target
from collectors.x.backoff import Backoff, until
from collectors.x.client import FEWEST, PAGE
from collectors.x.faults import Fault
from collectors.x.hearing import Hearing
from collectors.x.payload import next_token
from collectors.x.place import id_at, time_of
from collectors.x.session import Session
from collectors.x.waiting import pause, unless
from earshot import logs
from earshot.errors import Unavailable, Unreadable

_LOG = logs.get(__name__)
_OVERLAP = timedelta(seconds=60)  # posts do not arrive in the order of their ids
_HELD = 50  # pages
_SETTLE = 30.0  # s until rules hold (20) and the search knows what was just said


class Gaps:
    def __init__(self, session: Session, hearing: Hearing, longest: timedelta) -> None:
        """`longest`: what lies further back is given up."""
        self._name, self._api, self._aim, self._place = session[:4]
        self._budget, self._intake, self._clock, self._sleep = session[4:]
        self._hearing, self._longest = hearing, longest
        self._backoff = Backoff()
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """The stream is there (again): look what is missing."""
        self._asked.set()

    async def run(self, stop: asyncio.Event) -> None:
        while await unless(stop, self._asked.wait()) and await pause(_SETTLE, stop, self._sleep):
            self._asked.clear()
            try:
                await self._fill(stop)
                self._backoff.served()
            except Fault as fault:
                if not stop.is_set():
                    self._failed(fault)
                await pause(self._backoff.after(fault, self._clock.now()), stop, self._sleep)
                self.ask()

    def _failed(self, fault: Fault) -> None:
        self._intake.failed(fault.kind, f"gap not filled yet: {fault}")
        _LOG.warning("gap not filled yet", source=self._name, reason=str(fault))

    async def _fill(self, stop: asyncio.Event) -> None:
        since = self._place.begin()
        filled = False
        try:
            if since is not None:
                filled = await self._search(await self._target(), self._start(since), stop)
        finally:
            self._place.end(filled=filled)
        if filled:
            _LOG.info("gap filled", source=self._name, since=str(time_of(since or 0)))

    async def _target(self) -> Target:
        try:
            return await asyncio.to_thread(self._aim.now)
        except Unavailable as error:
            raise Fault("store", str(error), "http") from error

    def _start(self, since: int) -> int:
        oldest = id_at(self._clock.now() - self._longest)
        if since < oldest:
            _LOG.warning(
                "gap longer than max_gap: its beginning is not heard",
                source=self._name,
                since=str(time_of(since)),
            )
        return max(oldest, id_at(time_of(since) - _OVERLAP))

    async def _search(self, target: Target, start: int, stop: asyncio.Event) -> bool:
        """Whether every query was read to its end."""
        for query in target.queries:
            if not await self._pages(query, start, target, stop):
                return False
        return bool(target.queries)

    async def _pages(self, query: str, start: int, target: Target, stop: asyncio.Event) -> bool:
        """Held until there are many, to be heard in the order in which they were said; heard whatever happens."""
        held: list[bytes] = []
        token: str | None = None
        try:
            while (most := await self._afforded(held, target)) and await self._allowed(stop):
                held.append(await self._api.search(query, since=start, token=token, most=most))
                if (token := next_token(held[-1])) is None:
                    break
        except Unreadable as error:
            held.pop()
            raise Fault("not_posts", f"X's answer to a search cannot be read: {error}", "http") from error
        finally:
            heard = await self._hear(held)
        return heard and most > 0 and token is None and not stop.is_set()

    async def _hear(self, held: list[bytes]) -> bool:
        pages, held[:] = list(held), []
        return await asyncio.to_thread(self._hearing.pages, pages)

    async def _afforded(self, held: list[bytes], target: Target) -> int:
        """How many posts the next page may have; near the limit what is held is heard, and so counted, first."""
        waiting = (len(held) + 1) * PAGE
        if len(held) < _HELD and self._budget.stage(self._clock.now(), waiting=waiting) == target.stage:
            return PAGE
        if not await self._hear(held) or self._budget.stage(self._clock.now()) != target.stage:
            return 0
        return min(PAGE, max(FEWEST, self._budget.left(self._clock.now())))

    async def _allowed(self, stop: asyncio.Event) -> bool:
        """Wait until the search may be asked again; False where we are to stop."""
        left, resets_at = self._api.limit
        wait = until(resets_at, self._clock.now()) if left == 0 else 0.0
        return await pause(wait, stop, self._sleep)
