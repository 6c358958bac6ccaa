"""The collectors' role: every configured source at work, each in its own task."""

import asyncio
from collections.abc import Sequence

from starlette.routing import BaseRoute

from collectors.conversations import Conversations
from collectors.intake import Intake
from earshot import logs
from earshot.runtime import Context
from earshot.seams import Collector

_LOG = logs.get(__name__)


class Collectors:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._collectors = [settings.build(context) for settings in context.config.collectors]
        self._working = len(self._collectors)
        self._conversations = Conversations(context.bus)

    def routes(self) -> Sequence[BaseRoute]:
        return [route for collector in self._collectors for route in collector.routes()]

    async def run(self, stop: asyncio.Event) -> None:
        """Until stopped; a source that fails takes the role down with its own words, nothing hides it."""
        works = [self._run(collector, stop) for collector in self._collectors]
        faults = [end for end in await asyncio.gather(*works, return_exceptions=True) if end]
        if faults:
            raise faults[0]
        await stop.wait()

    async def _run(self, collector: Collector, stop: asyncio.Event) -> None:
        _LOG.info("source started", source=collector.name)
        try:
            await collector.run(Intake(self._context, collector.name, self._conversations), stop)
        except Exception:
            stop.set()  # the others leave as they always do: a thread of theirs cannot be cancelled
            raise
        self._working -= 1
        _LOG.info("source ended", source=collector.name)

    def unready(self) -> str | None:
        return None

    def idle(self) -> bool:
        """Whether every source has ended (a live one never does)."""
        return self._working == 0
