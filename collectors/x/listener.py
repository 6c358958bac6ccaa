"""The X source at work: the stream, what publishes its lines, and what fills its gaps, each in its own task."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from starlette.routing import BaseRoute

from collectors.patience import insist
from collectors.x.accounts import Accounts
from collectors.x.aim import Aim
from collectors.x.budget import Budget
from collectors.x.client import FEWEST, PAGE, Api
from collectors.x.faults import Fault
from collectors.x.gaps import Gaps
from collectors.x.hearing import Hearing, events_of
from collectors.x.inbox import Inbox
from collectors.x.payload import Page, read_page
from collectors.x.place import Kept, Place, id_at
from collectors.x.rules import QUERY, parts
from collectors.x.session import Session
from collectors.x.stream import Stream, told_refusals
from collectors.x.waiting import Sleep, pause
from collectors.x.wire import Wire
from earshot import logs
from earshot.errors import Refused, Unavailable, Unreadable
from earshot.matching import Watched
from earshot.seams import Intake
from earshot.store import positions
from earshot.topics import Event

if TYPE_CHECKING:
    from collectors.x.settings import X
    from earshot.runtime import Context

_LOG = logs.get(__name__)

T = TypeVar("T")
_INBOX = 5_000  # lines; a reader that is slower still is cut off by X, and the gap is filled
_BATCH = 500
_SILENCE = 25.0  # s; X sends a keep-alive every 20 s
_LOOK = timedelta(seconds=60)


class Listener:
    def __init__(
        self,
        settings: "X",
        context: "Context",
        *,
        sleep: Sleep = asyncio.sleep,
        thread_sleep: Callable[[float], None] = time.sleep,
        silence: float = _SILENCE,
        look: timedelta = _LOOK,
    ) -> None:
        """Raises `ConfigError` for brands whose terms no rule of X can hold."""
        self.name = settings.name
        self._settings, self._context = settings, context
        self._sleep, self._thread_sleep = sleep, thread_sleep
        self._silence, self._look = silence, look
        self._brands: Sequence[Watched] = context.config.brands
        self._accounts = Accounts(self._brands)
        self._token = settings.token.get_secret_value()
        self._aim(self._budget(Kept()))  # now, so that what is wrong with the terms is told at the start

    def routes(self) -> Sequence[BaseRoute]:
        return ()

    async def run(self, intake: Intake, stop: asyncio.Event) -> None:
        kept = await asyncio.to_thread(self._insist, self._kept, stop)
        if kept is None:
            return
        intake.report(budget_today=self._settings.daily_budget)
        async with Api(self._settings.host, self._token, stop) as api:
            await self._work(self._session(api, kept, intake), stop)

    async def _work(self, session: Session, stop: asyncio.Event) -> None:
        hearing = self._hearing(session, stop)
        inbox = Inbox(_INBOX)
        gaps = Gaps(session, hearing, self._settings.max_gap)
        stream = Stream(session, gaps, inbox, self._open, self._look)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._publish(inbox, hearing, stream, session.intake, stop))
            tasks.create_task(gaps.run(stop))
            tasks.create_task(self._listen(stream, inbox, stop))

    async def _listen(self, stream: Stream, inbox: Inbox, stop: asyncio.Event) -> None:
        """Until stopped; then the publisher ends once it has everything that came."""
        await stream.run(stop)
        await inbox.end()

    async def _publish(
        self, inbox: Inbox, hearing: Hearing, stream: Stream, intake: Intake, stop: asyncio.Event
    ) -> None:
        while lines := await inbox.take(_BATCH):
            await self._room(intake, stop)
            if not await asyncio.to_thread(hearing.lines, lines):
                _LOG.warning("posts not published: the next start searches for them", count=len(lines))
            stream.tell()
            inbox.done(len(lines))
        await asyncio.to_thread(self._finish, hearing.save, stop)

    async def _room(self, intake: Intake, stop: asyncio.Event) -> None:
        """Wait while the processors are behind."""
        while wait := await asyncio.to_thread(self._insist, intake.busy, stop):
            if not await pause(wait, stop, self._sleep):
                return

    # --- for `earshot try` and `check` --------------------------------------------------------------------

    async def once(self, limit: int) -> Sequence[Event]:
        """X is asked whether it takes the rules, and for the newest posts of each brand. X bills them; nothing is kept."""
        if not self._brands:
            raise Refused(f"{self.name}: no brand is configured: there is nothing to ask X for")
        most = min(PAGE, max(FEWEST, limit))
        try:
            async with Api(self._settings.host, self._token, asyncio.Event()) as api:
                await self._check(api)
                pages = [await self._search(api, brand, most) for brand in self._brands]
        except (Fault, Unreadable) as fault:
            raise Refused(f"{self.name}: {fault}") from fault
        frames = {frame.post.version: frame for page in pages for frame in page.frames}
        return [event for frame in frames.values() for event in events_of(frame.post, self._accounts)]

    async def _check(self, api: Api) -> None:
        wanted = self._aim(self._budget(Kept())).brand_rules
        if refused := await api.add(wanted, dry_run=True):
            raise Refused(f"{self.name}: X refuses rules: {'; '.join(told_refusals(refused, wanted))}")

    async def _search(self, api: Api, brand: Watched, most: int) -> Page:
        query = parts(brand, self._settings.languages, QUERY)[0]
        return read_page(await api.search(query, most=most), self._context.clock.now())

    # --- parts -------------------------------------------------------------------------------------------

    def _session(self, api: Api, kept: Kept, intake: Intake) -> Session:
        budget = self._budget(kept)
        place, aim = self._place(kept), self._aim(budget)
        return Session(self.name, api, aim, place, budget, intake, self._context.clock, self._sleep)

    def _hearing(self, session: Session, stop: asyncio.Event) -> Hearing:
        return Hearing(
            self.name,
            intake=session.intake,
            store=self._context.store,
            clock=session.clock,
            accounts=self._accounts,
            budget=session.budget,
            place=session.place,
            insist=lambda work: self._finish(work, stop),
        )

    def _budget(self, kept: Kept) -> Budget:
        return Budget(self._settings.prices, kept.count(self._context.clock.now()))

    def _place(self, kept: Kept) -> Place:
        """Where we were. Before the very first start, and what yesterday's budget left out, nothing is missing."""
        newest = kept.newest
        if not newest or self._left_out(kept):
            newest = id_at(self._context.clock.now())
            return Place(newest, newest)
        return Place(newest, newest if kept.since is None else kept.since)

    def _left_out(self, kept: Kept) -> bool:
        count = kept.count(self._context.clock.now())
        day = datetime.combine(count.day, datetime.min.time(), UTC)
        is_over = day.date() != self._context.clock.now().astimezone(UTC).date()
        return is_over and Budget(self._settings.prices, count).stage(day) != "all"

    def _aim(self, budget: Budget) -> Aim:
        return Aim(self._brands, self._settings.languages, budget, self._context.store, self._context.clock)

    def _open(self, **tell: object) -> Wire:
        return Wire(self._settings.host, self._token, silence=self._silence, **tell)  # type: ignore[arg-type]

    def _kept(self) -> Kept:
        with self._context.store.read() as connection:
            return Kept.decode(positions.cursor(connection, self.name))

    def _insist(self, work: Callable[[], T], stop: asyncio.Event) -> T | None:
        return insist(work, stop, self._thread_sleep, self.name)

    def _finish(self, work: Callable[[], object], stop: asyncio.Event) -> bool:
        """Whether `work` was done: as often as it takes, and once more when we are to stop."""

        def done() -> bool:
            work()
            return True

        try:
            return bool(insist(done, stop, self._thread_sleep, self.name)) or done()
        except Unavailable:
            return False
