"""Where every collector hands over: give each event its brands, and publish it, durable on return."""

import math
from collections.abc import Iterator, Sequence

from msgspec import structs

from earshot.clock import to_us
from earshot.matching import Matcher
from earshot.metrics import HEARD, LAG, PARKED, UNMATCHED
from earshot.model import Mention
from earshot.recent import Recent
from earshot.runtime import Context
from earshot.store import dead
from earshot.topics import MENTIONS, Event, Said

_REMEMBERED = 20_000
_PER_SECOND = 5_000  # what the processors get through, to say how long to wait


class Intake:
    """One for each collector; safe to use from any thread."""

    def __init__(self, context: Context, collector: str) -> None:
        self._context = context
        self._collector = collector
        self._matcher = Matcher(context.config.brands)
        self._brands = Recent[str, tuple[str, ...]](_REMEMBERED)

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
            names = (event.brand,) if event.brand else self._brands.get(event.id) or ()
            yield from (structs.replace(event, brand=name) for name in names)
            return
        mention = event.mention
        if mention.brand:
            self._remember(mention.id, (mention.brand,))
            yield event
            return
        names, why = self._matcher.match(f"{mention.title} {mention.text}"), "term"
        if not names:
            names, why = self._inherited(mention), "followed conversation"
        if not names:
            UNMATCHED.labels(self._collector).inc()
        self._remember(mention.id, names)
        for name in names:
            yield Said(mention=structs.replace(mention, brand=name, why=why))

    def _inherited(self, mention: Mention) -> tuple[str, ...]:
        """A repost, quote or reply concerns whom the original concerns, as far as it was heard lately."""
        for other in (mention.reposted, mention.quoted, mention.parent, mention.root):
            if other and (names := self._brands.get(other)):
                return names
        return ()

    def _remember(self, mention: str, names: tuple[str, ...]) -> None:
        known = self._brands.get(mention) or ()
        if new := tuple(name for name in names if name not in known):
            self._brands.put(mention, known + new)


def _brand(event: Event) -> str:
    return event.mention.brand if isinstance(event, Said) else event.brand
