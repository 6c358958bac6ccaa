"""Run roles in one process: start downstream first, stop upstream first, finish what is in hand."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import entry_points
from math import nan
from typing import Any
from urllib.parse import urlsplit

from earshot import logs
from earshot.clock import to_us
from earshot.config import Config
from earshot.errors import Refused, Unavailable
from earshot.metrics import LAG, LOOP_LAG
from earshot.schedule import Schedule
from earshot.seams import Bus, Clock, Role, RoleFactory
from earshot.server import Server
from earshot.store import Store
from earshot.store.retention import purge
from earshot.topics import READERS

DOWNSTREAM_FIRST = ("console", "alerts", "processors", "collectors")
_LOG = logs.get(__name__)
_LAG_EVERY = timedelta(seconds=5)
_PROBE = 0.05  # s between probes of the loop
_LOOK = 0.05  # s between looks whether a finite run is done


@dataclass(frozen=True)
class Context:
    """What a role is built from."""

    config: Config
    clock: Clock
    bus: Bus
    store: Store
    live: bool = True
    """False in a replay: the log's clock decides, never the machine's."""


def find_roles(names: Sequence[str]) -> dict[str, RoleFactory]:
    """The named roles, or all; downstream first. Raises `Refused` for one that is not installed."""
    known = {point.name: point for point in entry_points(group="earshot.roles")}
    if unknown := [name for name in names if name not in known]:
        raise Refused(f"unknown role {', '.join(unknown)}; known: {', '.join(sorted(known))}")
    order = [*(n for n in DOWNSTREAM_FIRST if n in known), *sorted(known.keys() - set(DOWNSTREAM_FIRST))]
    return {name: known[name].load() for name in order if not names or name in names}


class Runtime:
    """One run of some roles."""

    def __init__(self, context: Context, factories: Mapping[str, RoleFactory], *, serve: bool = True) -> None:
        self._context = context
        self._roles: dict[str, Role] = {name: factory(context) for name, factory in factories.items()}
        self._stops = {name: asyncio.Event() for name in self._roles}
        self.server: Server | None = None
        if serve:
            routes = [route for role in self._roles.values() for route in role.routes()]
            at = context.config.server
            public = urlsplit(at.base_url).hostname or at.host
            self.server = Server(at.host, at.port, routes, self._unready, (public, *at.allowed_hosts))
        self._ending = asyncio.Event()

    def stop(self) -> None:
        """Begin to stop; what is in hand is finished."""
        self._ending.set()

    async def run(self, *, until_done: bool = False, patience: timedelta = timedelta(seconds=60)) -> None:
        """Until told to stop, or, with `until_done`, until the sources have ended and all of it is done.

        `patience` is how long notices that wait for another try are waited for. Raises what a role raised.
        """
        _spare_collections()
        self._heed_signals()
        aside = asyncio.Event()
        others = [asyncio.create_task(work) for work in self._others(aside)]
        tasks = {name: asyncio.create_task(role.run(self._stops[name])) for name, role in self._roles.items()}
        watch = asyncio.create_task(self._done(patience) if until_done else self._ending.wait())
        ended = asyncio.create_task(self._ending.wait())
        try:
            await asyncio.wait((watch, ended, *others, *tasks.values()), return_when=asyncio.FIRST_COMPLETED)
        finally:
            watch.cancel()
            ended.cancel()
            try:
                await self._stop_in_order(tasks)
            finally:
                aside.set()
                await asyncio.gather(*others)
        if watch.done() and not watch.cancelled():
            watch.result()  # raises what kept it from seeing whether all is done

    async def _stop_in_order(self, tasks: Mapping[str, "asyncio.Task[None]"]) -> None:
        faults = []
        for name in reversed(list(tasks)):
            self._stops[name].set()
            with suppress(asyncio.CancelledError):
                (fault,) = await asyncio.gather(tasks[name], return_exceptions=True)
                faults += [fault] if isinstance(fault, Exception) else []
        if faults:
            raise faults[0]

    async def _done(self, patience: timedelta) -> None:
        for name in reversed(self._roles):
            left = patience.total_seconds()
            while not await asyncio.to_thread(self._roles[name].idle) and (name != "alerts" or left > 0):
                await asyncio.sleep(_LOOK)
                left -= _LOOK

    def _others(self, aside: asyncio.Event) -> list[Coroutine[Any, Any, None]]:
        schedule = Schedule()
        schedule.every("retention", timedelta(hours=1), self._retain)
        schedule.every("lag", _LAG_EVERY, self._measure_lag)
        works = [schedule.run(aside), _probe(aside)]
        return [*works, self.server.run(aside)] if self.server else works

    async def _retain(self) -> None:
        settings = self._context.config.bus
        before = self._context.clock.now() - timedelta(days=settings.retain_days)
        dropped = await asyncio.to_thread(self._context.bus.retain, before, settings.retain_mb * 1_000_000)
        _LOG.info("old messages dropped", count=dropped)
        if "processors" not in self._roles or not self._context.live:
            return  # what a replay has heard is as old as its file, and somebody may be looking at it
        before = self._context.clock.now() - timedelta(days=self._context.config.store.retain_days)
        purged = await asyncio.to_thread(
            purge, self._context.store, to_us(before), stopping=self._ending.is_set
        )
        _LOG.info("old stories deleted", count=purged)

    async def _measure_lag(self) -> None:
        """Where the log cannot be asked, nobody knows: what was last known would look like calm."""
        for place, (topic, group) in enumerate(READERS):
            try:
                lag = await asyncio.to_thread(self._context.bus.lag, topic, group)
            except Unavailable as error:
                _LOG.warning("lag unknown", topic=topic, reason=str(error))
                for unknown in READERS[place:]:
                    LAG.labels(*unknown).set(nan)
                return
            LAG.labels(topic, group).set(lag)

    def _unready(self) -> dict[str, str]:
        return {name: why for name, role in self._roles.items() if (why := role.unready())}

    def _heed_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError, RuntimeError, ValueError):  # not the main thread: a test
                loop.add_signal_handler(number, self._signalled)

    def _signalled(self) -> None:
        if self._ending.is_set():
            os._exit(130)
        _LOG.info("stopping: what is in hand is finished; a second signal exits at once")
        self.stop()


def _spare_collections() -> None:
    """Batches are thousands of small objects without cycles: looking for cycles in them is 10 % of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 1_000)  # small passes: a large one stops the loop for 50 ms
    sys.setswitchinterval(0.001)  # the loop answers while the pipeline computes


async def _probe(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        due = loop.time() + _PROBE
        await asyncio.sleep(_PROBE)
        LOOP_LAG.observe(max(0.0, loop.time() - due))
