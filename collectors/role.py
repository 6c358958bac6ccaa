"""The collectors' role: every configured source at work, each in its own task."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from starlette.routing import BaseRoute

from collectors.conversations import Conversations
from collectors.intake import Intake
from collectors.reports import Report
from earshot import logs
from earshot.errors import Unavailable
from earshot.model import SourceReport
from earshot.runtime import Context
from earshot.schedule import Schedule
from earshot.seams import Collector
from earshot.store import sources

_LOG = logs.get(__name__)
_REPORT_EVERY = timedelta(seconds=5)


class Collectors:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._collectors = [settings.build(context) for settings in context.config.collectors]
        before = _reports_before(context)
        self._reports = {
            each.name: Report(each.name, each.kind, context.clock, before.get(each.name))
            for each in context.config.collectors
        }
        self._working = len(self._collectors)
        conversations = Conversations(context.bus)
        self._intakes = {
            name: Intake(context, name, conversations, report) for name, report in self._reports.items()
        }

    def routes(self) -> Sequence[BaseRoute]:
        return [route for collector in self._collectors for route in collector.routes()]

    async def run(self, stop: asyncio.Event) -> None:
        """Until stopped; a source that fails takes the role down with its own words, nothing hides it."""
        aside = asyncio.Event()
        reporting = asyncio.create_task(self._report(aside))
        works = [self._run(collector, stop) for collector in self._collectors]
        try:
            faults = [end for end in await asyncio.gather(*works, return_exceptions=True) if end]
            if faults:
                raise faults[0]
            await stop.wait()
        finally:
            aside.set()
            await reporting

    async def _run(self, collector: Collector, stop: asyncio.Event) -> None:
        _LOG.info("source started", source=collector.name)
        report = self._reports[collector.name]
        try:
            await collector.run(self._intakes[collector.name], stop)
        except Exception:
            stop.set()  # the others leave as they always do: a thread of theirs cannot be cancelled
            raise
        self._working -= 1
        if not stop.is_set():
            report.tell(working=False)  # of itself: one that is told to stop is still a source
        _LOG.info("source ended", source=collector.name)

    async def _report(self, aside: asyncio.Event) -> None:
        """Now, every five seconds, and at the end."""
        schedule = Schedule()
        schedule.every("source reports", _REPORT_EVERY, self._save_reports)
        await self._save_reports()
        await schedule.run(aside)
        await self._save_reports()

    async def _save_reports(self) -> None:
        try:
            await asyncio.to_thread(self._save_all)
        except Unavailable as error:
            _LOG.warning("how sources are doing could not be kept", reason=str(error))

    def _save_all(self) -> None:
        if self._reports:
            with self._context.store.begin() as connection:
                sources.save(connection, [report.now for report in self._reports.values()])

    def unready(self) -> str | None:
        """Why a source could not hand over what it heard last; None once it can again."""
        reasons = [why for intake in self._intakes.values() if (why := intake.trouble)]
        return "; ".join(dict.fromkeys(reasons)) or None

    def idle(self) -> bool:
        """Whether every source has ended (a live one never does)."""
        return self._working == 0


def _reports_before(context: Context) -> dict[str, SourceReport]:
    """By name; none where time is played, as an earlier run may have been later. Blocking."""
    if not context.live:
        return {}
    with context.store.read() as connection:
        return {report.name: report for report in sources.every(connection)}
