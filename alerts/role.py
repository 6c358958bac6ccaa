"""The alerts role: one thread decides, one for each receiver sends."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from starlette.routing import BaseRoute

from alerts.alerter import Alerter
from alerts.orphans import Orphans
from alerts.sender import Sender
from alerts.silence import SilenceAlerts
from earshot import logs
from earshot.errors import Unavailable
from earshot.runtime import Context
from earshot.seams import ReceiverSettings
from earshot.store import notices
from earshot.topics import ALERTS, STORIES

_LOG = logs.get("alerts")
_POLL = 0.1  # s, also the longest that a clean stop waits for an idle bus
_PATIENCE = 1.0  # s between tries while the store or the bus cannot be reached


class Alerts:
    def __init__(self, context: Context) -> None:
        """Raises `ConfigError` where a receiver cannot be built."""
        self._context = context
        self._stopped = threading.Event()
        self._trouble: str | None = "not started"
        self._senders = tuple(self._sender(receiver) for receiver in context.config.receivers)
        names = [receiver.name for receiver in context.config.receivers]
        self._orphans = Orphans(context.store, context.clock, names, context.config.alerts.give_up_after)
        zone = ZoneInfo(context.config.console.time_zone)
        self._silence = SilenceAlerts(
            context.store, context.config.receivers, context.clock, context.config.server.base_url, zone
        )
        self._alerter = Alerter(
            context.bus,
            context.store,
            context.clock,
            context.config.receivers,
            base_url=context.config.server.base_url,
            risk=context.config.risk,
            audience_of=context.config.audience_of,
            zone=zone,
            topics=context.config.topics,
            decided=self._wake,
        )

    def _sender(self, receiver: ReceiverSettings) -> Sender:
        context = self._context
        channel = receiver.build(context)
        return Sender(
            receiver, channel, context.store, context.clock, context.config.alerts, live=context.live
        )

    def routes(self) -> Sequence[BaseRoute]:
        return ()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; raises what a thread died of, after the others have finished what they had in hand."""
        work: list[Callable[[], None]] = [self._decide, *(sender.run for sender in self._senders)]
        loop = asyncio.get_running_loop()
        stopping = asyncio.create_task(stop.wait())
        with ThreadPoolExecutor(len(work), "alerts") as pool:
            threads = [loop.run_in_executor(pool, _watched, each) for each in work]
            try:
                any_end: list[asyncio.Future[Any]] = [stopping, *threads]
                await asyncio.wait(any_end, return_when=asyncio.FIRST_COMPLETED)
            finally:
                stopping.cancel()
                self._stop()
                ends = await asyncio.gather(*threads, return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end

    def unready(self) -> str | None:
        """A receiver that refuses notices, or is gone, is no reason: its rows wait, and the metrics tell."""
        return self._trouble or next((s.trouble for s in self._senders if s.trouble), None)

    def idle(self) -> bool:
        """Nothing left to decide, nothing left to send to the receivers of this configuration."""
        if self._context.bus.lag(STORIES.name, ALERTS):
            return False
        with self._context.store.read() as connection:
            return not any(notices.waiting(connection, sender.receiver.name) for sender in self._senders)

    def _decide(self) -> None:
        try:
            while not self._stopped.is_set():
                self._one_batch()
        finally:
            self._alerter.close()

    def _one_batch(self) -> None:
        try:
            if self._context.live:
                self._look_around()
            self._alerter.step(_POLL)
            self._trouble = None
        except Unavailable as error:
            self._trouble = str(error)
            _LOG.warning("unavailable, trying again", error=self._trouble)
            self._stopped.wait(_PATIENCE)
            with suppress(Unavailable):
                self._alerter.keep()

    def _look_around(self) -> None:
        """What no story tells. Not in a replay, whose time flies and whose receivers may be left out on purpose."""
        self._orphans.look()
        if self._silence.look():
            self._wake()

    def _wake(self) -> None:
        for sender in self._senders:
            sender.wake()

    def _stop(self) -> None:
        self._stopped.set()
        for sender in self._senders:
            sender.stop()


def _watched(work: Callable[[], None]) -> None:
    """A thread that dies says so at once; `run` raises it too."""
    try:
        work()
    except BaseException:
        _LOG.exception("thread died", thread=threading.current_thread().name)
        raise
