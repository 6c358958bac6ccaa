"""Periodic work: APScheduler only ticks, our own coroutine works (it would cancel a running one on shutdown)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import NamedTuple

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from earshot import logs

_LOG = logs.get(__name__)


class _Job(NamedTuple):
    name: str
    interval: timedelta
    work: Callable[[], Awaitable[None]]
    jitter: timedelta
    at_once: bool


class Schedule:
    """Jobs that run one at a time each, never pile up, and are finished before `run` returns."""

    def __init__(self) -> None:
        self._jobs: list[_Job] = []

    def every(
        self,
        name: str,
        interval: timedelta,
        job: Callable[[], Awaitable[None]],
        *,
        jitter: timedelta = timedelta(),
        at_once: bool = False,
    ) -> None:
        """Each time up to `jitter` later than `interval` says; the first time `at_once`, or an interval from now."""
        self._jobs.append(_Job(name, interval, job, jitter, at_once))

    async def run(self, stop: asyncio.Event) -> None:
        scheduler = AsyncIOScheduler(timezone="UTC")
        async with asyncio.TaskGroup() as group:
            for job in self._jobs:
                ticked = asyncio.Event()
                scheduler.add_job(
                    _tick, "interval", args=(ticked,), seconds=job.interval.total_seconds(),
                    jitter=job.jitter.total_seconds(), misfire_grace_time=None, coalesce=True, max_instances=1,
                )  # fmt: skip
                if job.at_once:
                    ticked.set()
                group.create_task(_work(job.name, job.work, ticked, stop))
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
