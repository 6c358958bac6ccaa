"""How each source is doing: told by the source as it works, kept in the store for whoever looks."""

import threading
from datetime import datetime
from typing import Any

from msgspec import structs

from earshot.metrics import (
    SOURCE_COST,
    SOURCE_ERRORS,
    SOURCE_HEARD,
    SOURCE_LIMIT,
    SOURCE_READS,
    SOURCE_REFUSED,
    SOURCE_SUCCESS,
)
from earshot.model import SourceReport
from earshot.rhythm import Rhythm, with_gap
from earshot.seams import Clock

_GAUGES = {"limit_left": SOURCE_LIMIT, "reads_today": SOURCE_READS, "cost_today": SOURCE_COST}


class Report:
    """One source's; told from any thread."""

    def __init__(self, name: str, kind: str, clock: Clock, before: SourceReport | None = None) -> None:
        """`before` is what it said when it last ran: when it answered and was heard outlives a restart, counts do not."""
        self._clock, self._telling = clock, threading.Lock()
        self._refusal_kept = False
        now = clock.now()
        self._now = SourceReport(
            name=name,
            kind=kind,
            at=now,
            started_at=now,
            last_success=before.last_success if before else None,
            last_heard=before.last_heard if before else None,
            stopped_at=before.at if before else None,
            rhythm=before.rhythm if before else {},
        )

    @property
    def now(self) -> SourceReport:
        return structs.replace(self._now, at=self._clock.now())

    def heard(self, published: int, of: int) -> None:
        """`published` once for each brand, of so many events."""
        with self._telling:
            told = structs.replace(self._now, heard=self._now.heard + published)
            if of:
                now = self._clock.now()
                told = structs.replace(told, last_heard=now, rhythm=self._with_gap(now))
                SOURCE_HEARD.labels(told.name).set(now.timestamp())
            self._now = told

    def _with_gap(self, now: datetime) -> Rhythm:
        """What our own standing still cut short or drew out is no gap of the source's."""
        known = self._now
        last = known.last_heard
        return with_gap(known.rhythm, last, now) if last and last >= known.started_at else known.rhythm

    def unmatched(self) -> None:
        with self._telling:
            self._now = structs.replace(self._now, unmatched=self._now.unmatched + 1)

    def succeeded(self) -> None:
        self.tell(last_success=self._clock.now(), error="", error_at=None)
        SOURCE_SUCCESS.labels(self._now.name).set(self._clock.now().timestamp())

    def failed(self, kind: str, reason: str) -> None:
        with self._telling:
            errors = self._now.errors | {kind: self._now.errors.get(kind, 0) + 1}
            self._now = structs.replace(self._now, errors=errors, error=reason, error_at=self._clock.now())
        SOURCE_ERRORS.labels(self._now.name, kind).inc()

    def refused(self, kind: str, reason: str, place: str = "") -> None:
        """What strangers send has no place, and hides nothing that was kept."""
        with self._telling:
            counts = self._now.refused | {kind: self._now.refused.get(kind, 0) + 1}
            told = structs.replace(self._now, refused=counts)
            if place or not self._refusal_kept:
                self._refusal_kept = bool(place)
                words = f"{place}: {reason}" if place else reason
                told = structs.replace(told, refusal=words, refused_at=self._clock.now())
            self._now = told
        SOURCE_REFUSED.labels(self._now.name, kind).inc()

    def tell(self, **values: Any) -> None:
        with self._telling:
            self._now = structs.replace(self._now, **values)
        for name, gauge in _GAUGES.items():
            if values.get(name) is not None:
                gauge.labels(self._now.name).set(values[name])
