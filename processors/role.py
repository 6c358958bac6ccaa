"""The processors' role: the pipeline on its own thread, never on the event loop."""

import asyncio
import threading
from collections.abc import Sequence

from starlette.routing import BaseRoute

from earshot import logs
from earshot.runtime import Context
from earshot.topics import MENTIONS, PROCESSORS
from processors import compiled, likeness
from processors.pipeline import Pipeline, run
from processors.turn import Desk

_LOG = logs.get(__name__)


class Processors:
    def __init__(self, context: Context) -> None:
        self._bus = context.bus
        self._desk = Desk(context.config)
        self._pipeline = Pipeline(context, self._desk)
        self._stop = threading.Event()
        self._running = False

    def routes(self) -> Sequence[BaseRoute]:
        return []

    async def run(self, stop: asyncio.Event) -> None:
        self._running = True
        if likeness.FASTEST is likeness.PURE:
            _LOG.info("linking by words runs in Python: there was no C++ compiler when Earshot was installed")
        if not compiled.is_compiled():
            _LOG.info("measuring runs in Python: it could not be compiled when Earshot was installed")
        if edited := compiled.outdated():
            _LOG.warning("edits have no effect until `make setup` builds them", files=list(map(str, edited)))
        if unread := self._desk.unread:
            _LOG.warning(
                "texts in these languages stay unknown: the model does not read them", languages=unread
            )
        working = asyncio.create_task(asyncio.to_thread(run, self._pipeline, self._stop))
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((working, stopped), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            self._stop.set()
            await working
            self._running = False
            self._pipeline.close()

    def unready(self) -> str | None:
        return self._pipeline.trouble if self._running else "the pipeline is not running"

    def idle(self) -> bool:
        return self._bus.lag(MENTIONS.name, PROCESSORS) == 0
