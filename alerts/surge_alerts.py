"""Turns what became of surges into alert and notice rows: each once, however often it is told."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from sqlalchemy import Connection

from alerts import surge_message, surge_rules
from alerts.rules import is_past
from alerts.surge_rules import SurgeTelling
from earshot import logs
from earshot.clock import to_us
from earshot.metrics import DECIDED
from earshot.seams import Clock, ReceiverSettings
from earshot.store import alerts, mentions, notices, surges
from earshot.surge import LEVEL, Surge

_LOG = logs.get("alerts.surge_alerts")

Shape = tuple[tuple[int, int, bool], ...]
"""Of a story's episodes: number, steps, resolved. While it stays the same there is nothing to write."""


def shape_of(surge: Surge) -> Shape:
    """As if it were a story's one episode."""
    return ((surge_rules.EPISODE, len(surge.steps), surge.over_at is not None),)


class SurgeAlerts:
    def __init__(
        self, receivers: Sequence[ReceiverSettings], clock: Clock, base_url: str, zone: tzinfo
    ) -> None:
        self._receivers, self._clock, self._base_url, self._zone = receivers, clock, base_url, zone

    def store(
        self, connection: Connection, told: Sequence[Surge], since: Mapping[str, int]
    ) -> list[notices.New]:
        """The notices that are new; `since` when each receiver is there, µs."""
        rows = alerts.of_stories(connection, [surge.id for surge in told])
        numbers = {
            surge.id: _keep(connection, surge, rows.get((surge.id, surge_rules.EPISODE))) for surge in told
        }
        wanted = [
            each
            for surge in told
            for each in surge_rules.tellings(surge, self._receivers)
            if not is_past(each.step.at, _until(rows, surge), since[each.receiver.name])
        ]
        known = notices.known(connection, [each.identity for each in wanted])
        new = [
            self._notice(connection, each, numbers[each.surge.id])
            for each in wanted
            if each.identity not in known
        ]
        if new:
            notices.add(connection, new)
        return new

    def _notice(self, connection: Connection, telling: SurgeTelling, number: int) -> notices.New:
        """Its words are the store's, which do not travel; so is what else goes with them."""
        now = self._clock.now()
        kept = surges.get(connection, [telling.surge.id]).get(telling.surge.id)
        if kept and kept.surge.version >= telling.surge.version:
            telling = telling._replace(surge=kept.surge)
        surge = telling.surge
        rows = mentions.get(connection, surge.mentions)
        said = [mentions.read(rows[n]) for n in surge.mentions if n in rows]
        fresh = kept.fresh if kept else ()
        notice = surge_message.compose(telling, fresh, said, now, self._base_url, self._zone)
        return notices.New(notice.identity, number, notice.receiver, to_us(now), notices.encode(notice))


def _until(rows: Mapping[tuple[int, int], alerts.Alert], surge: Surge) -> int | None:
    known = rows.get((surge.id, surge_rules.EPISODE))
    return known.raised_at if known else None


def _keep(connection: Connection, surge: Surge, known: alerts.Alert | None) -> int:
    """Its row, added or grown: its number."""
    seen, since = surge_rules.alert(surge), known.raised_at if known else -1
    row = known.grown(seen) if known else alerts.add(connection, seen)
    if known and row != known:
        alerts.replace(connection, [row])
    for step in surge.steps:
        if to_us(step.at) > since:
            DECIDED.labels(LEVEL.name, surge_rules.REASON).inc()
            _LOG.info("surge", brand=surge.brand, topic=surge.topic, hour=step.hour, usual=step.usual)
    return row.id
