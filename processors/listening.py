"""Whether we heard at all: once a minute each source's report is looked at, and what was out is written down.

Before any bucket closes, and in the same thread: what was not heard must never be counted as silence.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from earshot import logs
from earshot.clock import Pause, to_us
from earshot.config import Config
from earshot.model import SourceReport
from earshot.rhythm import LEAST, longest
from earshot.seams import Clock
from earshot.store import Store, outages, sources
from earshot.store.outages import Outage

_LOG = logs.get(__name__)
_EVERY = timedelta(minutes=1)
_SILENT_REPORT = timedelta(minutes=1)  # a process that lives reports every five seconds
_FAILING = timedelta(minutes=5)
_POLLS = 3


class Out(NamedTuple):
    """A source is out now."""

    kind: str
    since: datetime
    usual: timedelta | None = None


def is_out(report: SourceReport, now: datetime, polled: timedelta | None) -> Out | None:
    """By what the source says of itself; None where nothing is wrong, or nothing can be told."""
    if not report.working:
        return None
    if now - report.at > _SILENT_REPORT:
        return Out("stopped", report.at)
    waits = _POLLS * (polled or timedelta())
    answered = report.last_success or report.started_at
    if report.error and now - answered > max(_FAILING, waits):
        return Out("failing", answered)
    if report.last_heard is None:
        return None
    usual = longest(report.rhythm, report.last_heard)
    silence = now - max(report.last_heard, report.started_at)
    if usual is not None and silence > max(usual, waits, LEAST):
        return Out("quiet", report.last_heard, usual)
    return None


class Listening:
    def __init__(self, store: Store, config: Config, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._polled = {each.name: each.polled_every for each in config.collectors}
        self._pause = Pause(_EVERY, clock.now())
        self._seen: dict[str, datetime] = {}
        """Source -> the start of its process that was looked at for what lay before it."""

    def look(self) -> None:
        """Once a minute; does nothing in between. Raises `Unavailable`."""
        if not self._pause.is_over(now := self._clock.now()):
            return
        with self._store.read() as connection:
            reports = [each for each in sources.every(connection) if each.name in self._polled]
            known = outages.open_ones(connection)
        for report in reports:
            self._stopped_before(report, now)
            self._note(report, known, now)
        self._pause.begin(now)

    def _note(self, report: SourceReport, known: Mapping[str, Outage], now: datetime) -> None:
        out, before = is_out(report, now, self._polled[report.name]), known.get(report.name)
        if before and not (out and to_us(out.since) == before.began_at):
            with self._store.begin() as connection:
                outages.end(connection, report.name, _end(report, before))
        if out and not (before and before.began_at == to_us(out.since)):
            self._begin(report.name, out, now, None)

    def _stopped_before(self, report: SourceReport, now: datetime) -> None:
        """From the last word of its process before to the start of this one nobody listened."""
        stopped, started = report.stopped_at, report.started_at
        if self._seen.get(report.name) == started:
            return
        self._seen[report.name] = started
        if stopped and started - stopped > _SILENT_REPORT:
            self._begin(report.name, Out("stopped", stopped), now, started)

    def _begin(self, source: str, out: Out, now: datetime, end: datetime | None) -> None:
        usual = out.usual.total_seconds() if out.usual else None
        until = to_us(end) if end else None
        row = Outage(0, source, out.kind, to_us(out.since), to_us(now), until, usual)
        with self._store.begin() as connection:
            outages.begin(connection, row)
        _LOG.warning("source is out", source=source, kind=out.kind, since=out.since.isoformat())


def _end(report: SourceReport, outage: Outage) -> int:
    """When it did again what it should."""
    did = {"quiet": report.last_heard, "failing": report.last_success, "stopped": report.started_at}
    at = did[outage.kind] or report.at
    return max(to_us(at), outage.began_at + 1)
