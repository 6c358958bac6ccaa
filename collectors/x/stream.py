"""The filtered stream, kept open: rules in step, one connection at a time, tried again as X's guide asks."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from collectors.x.aim import Target
from collectors.x.backoff import Backoff, until
from collectors.x.budget import Stage
from collectors.x.client import Limit, Refusal
from collectors.x.faults import Fault
from collectors.x.gaps import Gaps
from collectors.x.inbox import Inbox
from collectors.x.payload import read_ending
from collectors.x.place import id_at
from collectors.x.rules import Rule, diff
from collectors.x.session import Session
from collectors.x.waiting import pause
from collectors.x.wire import Wire
from earshot import logs
from earshot.errors import Unavailable

_LOG = logs.get(__name__)

Open = Callable[..., Wire]
"""A new connection, given what to tell: `connected`, `line`, `alive`."""


class Stream:
    """Puts lines into `inbox` as they come; the publisher takes them from there."""

    def __init__(self, session: Session, gaps: Gaps, inbox: Inbox, open_wire: Open, look: timedelta) -> None:
        """`look`: how often the budget and the stories are looked at."""
        self._name, self._api, self._aim, self._place = session[:4]
        self._budget, self._intake, self._clock, self._sleep = session[4:]
        self._gaps, self._inbox, self._open, self._look = gaps, inbox, open_wire, look.total_seconds()
        self._backoff = Backoff()
        self._turned, self._aimed = asyncio.Event(), asyncio.Event()
        self._stage: Stage | None = None
        self._note = ""
        self._limit = Limit()

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                target = await self._target()
                if target.rules:
                    await self._step(target, stop)
                else:
                    await self._looked(stop)
            except Fault as fault:
                if not stop.is_set():
                    self._failed(fault)
                await pause(self._backoff.after(fault, self._clock.now()), stop, self._sleep)

    async def _step(self, target: Target, stop: asyncio.Event) -> None:
        """Connect, and stay until the connection ends (`Fault`), nothing more may be heard, or `stop`."""
        await self._in_step(target.rules)
        wait = until(self._limit.resets_at, self._clock.now()) if self._limit.left == 0 else 0.0
        if not await pause(wait, stop, self._sleep):
            return
        wire = self._open(connected=self._connected, line=self._line, alive=self._alive)
        listening = asyncio.ensure_future(wire.listen())
        try:
            await self._stay(listening, target, stop)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            self._place.lost()

    async def _stay(self, listening: "asyncio.Future[None]", target: Target, stop: asyncio.Event) -> None:
        while target.rules and not stop.is_set():
            await self._looked(stop, listening)
            if listening.done():
                return listening.result()
            before, target = target, await self._target()
            if target.rules and target.rules != before.rules:
                await self._in_step(target.rules)
                self._gaps.ask()
        return None

    async def _looked(self, stop: asyncio.Event, *others: "asyncio.Future[Any]") -> None:
        """Wait until it is time to look again, something says so, or another ends."""
        waits: list[asyncio.Future[Any]] = [
            asyncio.ensure_future(stop.wait()),
            asyncio.ensure_future(self._turned.wait()),
        ]
        try:
            await asyncio.wait((*waits, *others), timeout=self._look, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._turned.clear()
            for wait in waits:
                wait.cancel()

    async def _target(self) -> Target:
        """What may be heard now. What the budget left out yesterday is given up, or it would eat today's."""
        try:
            target = await asyncio.to_thread(self._aim.now)
        except Unavailable as error:
            raise Fault("store", str(error), "http") from error
        if target.stage != self._stage:
            if self._stage is not None:
                _LOG.warning("budget", source=self._name, reads=target.stage, note=target.note)
                if target.stage == "all":
                    self._place.skip(id_at(self._clock.now()))
            self._stage = target.stage
        self._note = target.note
        self.tell()
        self._aimed.set()
        return target

    async def _in_step(self, wanted: Sequence[Rule]) -> None:
        """X's rules as they should be: new ones are there before old ones go."""
        add, gone = diff(await self._api.rules(), wanted)
        refused = await self._api.add(add) if add else []
        if refused:
            self._refused(refused, wanted)
        if gone:
            await self._api.delete(gone)
        if add or gone:
            _LOG.info("rules", source=self._name, added=len(add) - len(refused), deleted=len(gone))

    def _refused(self, refused: Sequence[Refusal], wanted: Sequence[Rule]) -> None:
        """Raises `Fault` where no rule is left."""
        told = "; ".join(told_refusals(refused, wanted))
        if len({refusal.value for refusal in refused}) >= len(wanted):
            raise Fault("rules_refused", f"X refuses every rule: {told}", "refused")
        self._intake.failed("rule_refused", f"X refuses a rule, what it asks for is not heard: {told}")
        _LOG.error("rule refused", source=self._name, reason=told)

    def _connected(self, limit: Limit) -> None:
        self._limit = limit
        self._intake.succeeded()
        self.tell()
        _LOG.info("connected", source=self._name)
        self._gaps.ask()

    async def _line(self, raw: bytes) -> None:
        """One line: queued now, read later. Raises `Fault` where it says why X ends the connection."""
        if ending := read_ending(raw):
            raise ending
        self._backoff.served()
        await self._inbox.put(raw)
        if self._budget.stage(self._clock.now(), waiting=self._inbox.waiting) != self._stage:
            await self._near_the_limit()

    async def _near_the_limit(self) -> None:
        """Each post is counted before the next is read; and none is read before we have looked what may be."""
        await self._inbox.emptied()
        if self._budget.stage(self._clock.now()) != self._stage:
            self._aimed.clear()
            self._turned.set()
            await self._aimed.wait()

    def _alive(self) -> None:
        self._backoff.served()
        self._intake.succeeded()

    def _failed(self, fault: Fault) -> None:
        self._intake.failed(fault.kind, str(fault))
        log = _LOG.error if fault.nature == "refused" else _LOG.warning
        log("stream interrupted", source=self._name, kind=fault.kind, reason=str(fault))

    def tell(self) -> None:
        """What its operators see."""
        now = self._clock.now()
        left, resets_at = self._limit
        self._intake.report(
            reads_today=self._budget.count(now).posts,
            cost_today=round(self._budget.cost(now), 4),
            limit_left=left,
            limit_resets_at=resets_at,
            note=self._note,
        )


def told_refusals(refused: Sequence[Refusal], wanted: Sequence[Rule]) -> list[str]:
    """Each refusal with the brand that the rule is for."""
    brands = {rule.value: rule.tag.split(":", 1)[1].rpartition(":")[0] for rule in wanted}
    return [f"brand {brands.get(each.value, '?')}: {each.reason} ({each.value[:80]})" for each in refused]
