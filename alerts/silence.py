"""A source that has gone quiet is an alert of its own: it names the source, and waits for no story."""

from datetime import datetime, timedelta, tzinfo
from hashlib import blake2b
from typing import NamedTuple

from sqlalchemy import Connection

from alerts.message import one_line, when
from earshot.clock import Pause, from_us, to_us
from earshot.explain import Language
from earshot.metrics import DECIDED
from earshot.model import Level
from earshot.seams import Clock, ReceiverSettings
from earshot.store import Store, alerts, notices, outages
from earshot.store.alerts import Alert
from earshot.store.notices import Kept as KeptNotice
from earshot.store.outages import Outage

REASON = "quiet"
LEVEL = Level.watch
_BRAND = ""  # a source is none's
_EVERY = timedelta(minutes=1)
_TOLD = ("quiet", "failing")
"""That we did not listen ourselves is the heartbeat's to tell."""
_YOUNG = timedelta(days=1)  # an older one is told nobody any more
_NEWEST = 50
_NAME = 80


class Words(NamedTuple):
    quiet: str
    failing: str
    since: str
    usual: str
    meanwhile: str
    open: str


WORDS: dict[Language, Words] = {
    "en": Words(
        quiet="{source} has gone quiet",
        failing="{source} does not answer",
        since="Nothing since {moment}.",
        usual="A silence that begins at this hour hardly ever lasts longer than {minutes} minutes.",
        meanwhile="What is said there meanwhile is not heard. Surges of brands that it brings much of cannot be seen.",
        open="See how the sources are doing: {link}",
    ),
    "it": Words(
        quiet="{source} tace",
        failing="{source} non risponde",
        since="Nulla da {moment}.",
        usual="Un silenzio che inizia a quest’ora non dura quasi mai più di {minutes} minuti.",
        meanwhile="Ciò che vi si dice nel frattempo non viene rilevato. Le impennate dei brand che segue molto non si vedono.",
        open="Vedi come stanno le fonti: {link}",
    ),
}


class SilenceAlerts:
    def __init__(
        self,
        store: Store,
        receivers: tuple[ReceiverSettings, ...],
        clock: Clock,
        base_url: str,
        zone: tzinfo,
    ) -> None:
        self._store, self._receivers, self._clock = store, receivers, clock
        self._base_url, self._zone = base_url, zone
        self._pause = Pause(_EVERY, clock.now())

    def look(self) -> bool:
        """Once a minute; whether anybody is to be told. Raises `Unavailable`."""
        if not self._pause.is_over(now := self._clock.now()):
            return False
        self._pause.begin(now)
        with self._store.read() as connection:
            young = to_us(now - _YOUNG)
            found = [
                each
                for each in outages.newest(connection, _NEWEST)
                if each.kind in _TOLD and each.noticed_at >= young
            ]
            rows = alerts.of_stories(connection, [each.id for each in found])
        stale = [each for each in found if _is_news(each, rows.get((each.id, 1)))]
        if not stale:
            return False
        with self._store.begin() as connection:
            told = [self._store_one(connection, each, rows.get((each.id, 1)), now) for each in stale]
        return any(told)

    def _store_one(self, connection: Connection, outage: Outage, known: Alert | None, now: datetime) -> bool:
        if known:
            alerts.replace(connection, [known._replace(resolved_at=outage.ended_at)])
            return False
        row = alerts.add(connection, _alert(outage))
        DECIDED.labels(LEVEL.name, REASON).inc()
        told = [
            compose(outage, each, now, self._base_url, self._zone)
            for each in self._receivers
            if each.wants(_BRAND, LEVEL)
        ]
        if told:
            notices.add(
                connection,
                [notices.New(n.identity, row.id, n.receiver, to_us(now), notices.encode(n)) for n in told],
            )
        return bool(told)


def compose(
    outage: Outage, receiver: ReceiverSettings, now: datetime, base_url: str, zone: tzinfo
) -> KeptNotice:
    words, link = WORDS[receiver.language], f"{base_url}/sources"
    said = {"quiet": words.quiet, "failing": words.failing}[outage.kind]
    head = said.format(source=one_line(outage.source, _NAME))
    lines = [head, "", words.since.format(moment=when(from_us(outage.began_at), receiver.language, zone))]
    if outage.usual:
        lines.append(words.usual.format(minutes=round(outage.usual / 60)))
    return KeptNotice(
        identity=_identity(outage, receiver.name),
        receiver=receiver.name,
        brand=_BRAND,
        story=outage.id,
        episode=1,
        level=LEVEL,
        reason=REASON,
        decided_at=now,
        heard_at=from_us(outage.noticed_at),
        subject=f"[Earshot] {head}",
        text="\n".join([*lines, words.meanwhile, "", words.open.format(link=link)]),
        link=link,
    )


def _is_news(outage: Outage, known: Alert | None) -> bool:
    return known is None or (outage.ended_at is not None and known.resolved_at is None)


def _alert(outage: Outage) -> Alert:
    return Alert(
        id=0,
        brand=_BRAND,
        story=outage.id,
        episode=1,
        level=int(LEVEL),
        reason=REASON,
        opened_at=outage.noticed_at,
        raised_at=outage.noticed_at,
        resolved_at=outage.ended_at,
        risk=0.0,
    )


def _identity(outage: Outage, receiver: str) -> str:
    parts = (REASON, outage.source, str(outage.began_at), receiver)
    return "msg_" + blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
