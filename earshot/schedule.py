"""Periodic work: APScheduler only ticks, our own coroutine works (it would cancel a running one on shutdown)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from earshot import logs

_LOG = logs.get(__name__)


class Schedule:
    """Jobs that run one at a time each, never pile up, and are finished before `run` returns."""

    def __init__(self) -> None:
        self._jobs: list[tuple[str, timedelta, Callable[[], Awaitable[None]]]] = []

    def every(self, name: str, interval: timedelta, job: Callable[[], Awaitable[None]]) -> None:
        self._jobs.append((name, interval, job))

    async def run(self, stop: asyncio.Event) -> None:
        scheduler = AsyncIOScheduler(timezone="UTC")
        async with asyncio.TaskGroup() as group:
            for name, interval, job in self._jobs:
                ticked = asyncio.Event()
                scheduler.add_job(
                    _tick, "interval", args=(ticked,), seconds=interval.total_seconds(), misfire_grace_time=None,
                    coalesce=True, max_instances=1,
                )  # fmt: skip
                group.create_task(_work(name, job, ticked, stop))
            scheduler.start()
            await stop.wait()
            scheduler.shutdown(wait=False)


async def _tick(ticked: asyncio.Event) -> None:
    ticked.set()


async def _work(
    name: str, job: Callable[[], Awaitable[None]], ticked: asyncio.Event, stop: asyncio.Event
) -> None:
    stopped = asyncio.create_task(stop.wait())
    while not stop.is_set():
        tick = asyncio.create_task(ticked.wait())
        await asyncio.wait((tick, stopped), return_when=asyncio.FIRST_COMPLETED)
        tick.cancel()
        if ticked.is_set():
            ticked.clear()
            try:
                await job()
            except Exception:  # noqa: BLE001 - whatever it was, the next time comes
                _LOG.exception("periodic work failed; it is tried again at its next time", job=name)
