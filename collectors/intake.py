"""Where every collector hands over: give each event its brands, and publish it, durable on return."""

import math
from collections.abc import Iterator, Sequence

from msgspec import structs

from collectors.conversations import Conversations
from earshot.clock import to_us
from earshot.matching import Matcher
from earshot.metrics import HEARD, LAG, PARKED, UNMATCHED
from earshot.runtime import Context
from earshot.store import dead
from earshot.topics import MENTIONS, Event, Said

_PER_SECOND = 5_000  # what the processors get through, to say how long to wait


class Intake:
    """One for each collector; safe to use from any thread."""

    def __init__(self, context: Context, collector: str, conversations: Conversations | None = None) -> None:
        self._context = context
        self._conversations = conversations or Conversations(context.bus)
        self._collector = collector
        self._matcher = Matcher(context.config.brands)

    def hear(self, events: Sequence[Event]) -> int:
        """Publish each event once for each brand it concerns; the number published."""
        found = [branded for event in events for branded in self._branded(event)]
        if found:
            self._context.bus.publish(
                MENTIONS.name, [(_brand(event), MENTIONS.encode(event)) for event in found]
            )
        HEARD.labels(self._collector, "any").inc(len(found))
        return len(found)

    def busy(self) -> int | None:
        """Seconds until the processors have caught up with what is too much; None while there is room."""
        lag = self._context.bus.lag(MENTIONS.name, "processors")
        LAG.labels(MENTIONS.name, "processors").set(lag)
        over = lag - self._context.config.intake.high_water
        return math.ceil(max(1, over / _PER_SECOND)) if over >= 0 else None

    def park(self, raw: bytes, reason: str, origin: str) -> None:
        with self._context.store.begin() as connection:
            dead.park(connection, to_us(self._context.clock.now()), [(origin, reason, raw)])
        PARKED.labels(self._collector).inc()

    def _branded(self, event: Event) -> Iterator[Event]:
        if not isinstance(event, Said):
            names = (event.brand,) if event.brand else self._conversations.brands(event.id)
            yield from (structs.replace(event, brand=name) for name in names)
            return
        mention = event.mention
        if mention.brand:
            self._conversations.remember(mention.id, (mention.brand,))
            yield event
            return
        names, why = self._matcher.match(f"{mention.title} {mention.text}"), "term"
        if not names:
            names, why = self._conversations.inherited(mention), "followed conversation"
        if not names:
            UNMATCHED.labels(self._collector).inc()
        self._conversations.remember(mention.id, names)
        for name in names:
            yield Said(mention=structs.replace(mention, brand=name, why=why))


def _brand(event: Event) -> str:
    return event.mention.brand if isinstance(event, Said) else event.brand
