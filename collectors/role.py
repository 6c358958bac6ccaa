"""The collectors' role: every configured source at work, each in its own task."""

import asyncio
from collections.abc import Sequence

from starlette.routing import BaseRoute

from collectors.intake import Intake
from earshot import logs
from earshot.runtime import Context

_LOG = logs.get(__name__)


class Collectors:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._collectors = [settings.build(context) for settings in context.config.collectors]
        self._working = len(self._collectors)

    def routes(self) -> Sequence[BaseRoute]:
        return [route for collector in self._collectors for route in collector.routes()]

    async def run(self, stop: asyncio.Event) -> None:
        """Until stopped; a source that fails takes the role down with its own words, nothing hides it."""
        async with asyncio.TaskGroup() as group:
            for collector in self._collectors:
                group.create_task(
                    self._run(collector.name, collector.run(Intake(self._context, collector.name), stop))
                )
        await stop.wait()

    async def _run(self, name: str, work: object) -> None:
        _LOG.info("source started", source=name)
        await work  # type: ignore[misc]
        self._working -= 1
        _LOG.info("source ended", source=name)

    def unready(self) -> str | None:
        return None

    def idle(self) -> bool:
        """Whether every source has ended (a live one never does)."""
        return self._working == 0
