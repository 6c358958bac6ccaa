"""A source that has gone quiet is told once to those who ask for everything, and resolves when it speaks again."""

from datetime import UTC, timedelta

import pytest
from alerts_world import START, Recorded, minutes

from alerts.silence import SilenceAlerts
from earshot.clock import SetClock, to_us
from earshot.model import Level
from earshot.store import Store, alerts, notices, outages
from earshot.store.outages import Outage

RECEIVERS = (
    Recorded(language="it"),
    Recorded(name="desk"),
    Recorded(name="loud", min_level=Level.warning),
    Recorded(name="one", brands=("Ronvia",)),
)


@pytest.fixture
def silence(store: Store, clock: SetClock) -> SilenceAlerts:
    return SilenceAlerts(store, RECEIVERS, clock, "https://earshot.example", UTC)


def out(store: Store, kind: str = "quiet", ago: float = 40, usual: float | None = 540) -> None:
    began = to_us(START - minutes(ago))
    with store.begin() as connection:
        outages.begin(connection, Outage(0, "x-stream", kind, began, to_us(START), None, usual))


def told(store: Store) -> list[notices.Kept]:
    with store.read() as connection:
        return [
            notices.read(row)
            for each in alerts.page(connection)
            for row in notices.of_alert(connection, each.id)
        ]


def test_it_names_the_source_and_since_when(store: Store, clock: SetClock, silence: SilenceAlerts) -> None:
    out(store)
    assert silence.look()
    italian, english = told(store)
    assert (english.receiver, english.level, english.brand) == ("desk", Level.watch, "")
    assert english.subject == "[Earshot] x-stream has gone quiet"
    assert "Nothing since 26 Nov 2026, 07:12 UTC." in english.text
    assert "longer than 9 minutes" in english.text
    assert italian.subject == "[Earshot] x-stream tace"
    assert english.link == "https://earshot.example/sources"
    clock.advance(timedelta(minutes=2))
    assert not silence.look()
    assert len(told(store)) == 2


def test_it_is_over_when_the_source_is_heard_again(
    store: Store, clock: SetClock, silence: SilenceAlerts
) -> None:
    out(store)
    silence.look()
    with store.begin() as connection:
        outages.end(connection, "x-stream", to_us(START + minutes(3)))
    clock.advance(timedelta(minutes=4))
    assert not silence.look()
    with store.read() as connection:
        (alert,) = alerts.page(connection)
    assert alert.resolved_at == to_us(START + minutes(3))


def test_that_we_did_not_listen_is_no_alert(store: Store, silence: SilenceAlerts) -> None:
    out(store, "stopped")
    assert not silence.look()


def test_what_is_old_is_told_nobody(store: Store, clock: SetClock, silence: SilenceAlerts) -> None:
    out(store)
    clock.advance(timedelta(days=2))
    assert not silence.look()


def test_it_looks_once_a_minute(store: Store, clock: SetClock, silence: SilenceAlerts) -> None:
    assert not silence.look()
    out(store)
    clock.advance(timedelta(seconds=30))
    assert not silence.look()
    clock.advance(timedelta(seconds=31))
    assert silence.look()
