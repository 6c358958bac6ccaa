"""Where every collector hands over: give each event its brands, and publish it, durable on return."""

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import structs

from collectors.conversations import Conversations
from collectors.handing import Handing
from collectors.reports import Report
from earshot.attribution import Attribution, Names
from earshot.clock import to_us
from earshot.metrics import HEARD, PARKED, UNMATCHED
from earshot.runtime import Context
from earshot.seams import Message
from earshot.store import dead
from earshot.topics import MENTIONS, PROCESSORS, Event, Said, brand_of

_LOOK = 0.25  # s between two questions how much waits
_PER_SECOND = 5_000  # what the processors get through, to say how long to wait


class Intake:
    """One for each collector; safe to use from any thread."""

    def __init__(
        self,
        context: Context,
        collector: str,
        conversations: Conversations | None = None,
        report: Report | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._context = context
        self._conversations = conversations or Conversations(context.bus)
        self._collector = collector
        self._report = report or Report(collector, "", context.clock)
        self._attribution = Attribution(context.config.brands)
        self._names = Names(brand.name for brand in context.config.brands)
        self._handing = Handing(monotonic)
        self._monotonic, self._looked = monotonic, -math.inf
        self._lag = self._published = 0
        self._counting = threading.Lock()
        PARKED.labels(collector)  # from 0 on: a rise from nothing is none for who computes an increase

    @property
    def trouble(self) -> str | None:
        """Why what was heard last could not be handed over."""
        return self._handing.trouble

    def hear(self, events: Sequence[Event]) -> int:
        """Publish each event once for each brand it concerns; the number published."""
        found = [branded for event in events for branded in self._branded(event)]
        if found:
            messages = [Message(brand_of(event), MENTIONS.encode(event)) for event in found]
            with self._handing.to("bus"):
                self._context.bus.publish(MENTIONS.name, messages)
        with self._counting:
            self._published += len(found)
        HEARD.labels(self._collector, "any").inc(len(found))
        self._report.heard(len(found), of=len(events))
        return len(found)

    def succeeded(self) -> None:
        self._report.succeeded()

    def failed(self, kind: str, reason: str) -> None:
        self._report.failed(kind, reason)

    def refused(self, kind: str, reason: str, place: str = "") -> None:
        self._report.refused(kind, reason, place)

    def report(self, **values: Any) -> None:
        self._report.tell(**values)

    def busy(self) -> int | None:
        """Seconds until the processors have caught up with what is too much; None while there is room."""
        over = self._waiting() - self._context.config.intake.high_water
        return math.ceil(max(1, over / _PER_SECOND)) if over >= 0 else None

    def _waiting(self) -> int:
        """At most: what we published since the last look is taken to wait, as a broker is not asked every time."""
        with self._counting:
            now = self._monotonic()
            due = now >= self._looked + _LOOK
            if due:
                self._looked = now  # others make do with the old answer while we wait for the new one
        if due:
            with self._handing.to("bus", proves=False):
                lag = self._context.bus.lag(MENTIONS.name, PROCESSORS)
            with self._counting:
                self._lag, self._published = lag, 0
        return self._lag + self._published

    def park(self, raw: bytes, reason: str, origin: str) -> None:
        with self._handing.to("store"), self._context.store.begin() as connection:
            dead.park(connection, to_us(self._context.clock.now()), [(origin, reason, raw)])
        PARKED.labels(self._collector).inc()

    def _branded(self, event: Event) -> Iterator[Event]:
        event = self._names.configured(event)
        if not isinstance(event, Said):
            names = (event.brand,) if event.brand else self._conversations.brands(event.id)
            yield from (structs.replace(event, brand=name) for name in names)
            return
        mention = event.mention
        found = self._attribution.of(mention, self._conversations.brands)
        if not found:
            UNMATCHED.labels(self._collector).inc()
            self._report.unmatched()
        self._conversations.remember(mention.id, tuple(found))
        if mention.brand:
            yield event
            return
        for name, why in found.items():
            yield Said(mention=structs.replace(mention, brand=name, why=why))
