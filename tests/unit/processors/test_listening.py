"""What sources say of themselves becomes outages, each once, with its beginning and its end."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pipeline_world import START, fresh_store

from earshot.clock import SetClock, to_us
from earshot.config import from_dict
from earshot.model import SourceReport
from earshot.rhythm import with_gap
from earshot.store import Store, outages, sources
from earshot.store.outages import Outage
from processors.listening import Listening, is_out

MINUTE = timedelta(minutes=1)
WIRE = {"kind": "feeds", "name": "wire", "urls": ["https://feed.example/x"], "interval": "5m"}


def a_report(minutes: float = 60, **values: Any) -> SourceReport:
    """As it stands `minutes` after the start; it answered and brought something just now."""
    at = START + minutes * MINUTE
    facts = {"started_at": START, "last_success": at, "last_heard": at} | values
    return SourceReport(name="wire", kind="feeds", at=at, **facts)


def busy() -> dict[str, dict[str, int]]:
    rhythm: dict[str, dict[str, int]] = {}
    for _ in range(100):
        rhythm = with_gap(rhythm, START, START + MINUTE)
    return rhythm


@pytest.fixture
def clock() -> SetClock:
    return SetClock(START + 60 * MINUTE)


class Sources:
    def __init__(self, folder: Path, clock: SetClock) -> None:
        self.store: Store = fresh_store(folder)
        self.clock = clock
        self.listening = Listening(self.store, from_dict({"collectors": [WIRE]}), clock)

    def say(self, report: SourceReport) -> None:
        with self.store.begin() as connection:
            sources.save(connection, [report])
        self.listening.look()
        self.clock.advance(MINUTE)

    def outages(self) -> list[Outage]:
        with self.store.read() as connection:
            return outages.newest(connection, 100)[::-1]


@pytest.fixture
def world(tmp_path: Path, clock: SetClock) -> Sources:
    return Sources(tmp_path, clock)


def test_a_source_that_does_what_it_usually_does_is_not_out() -> None:
    assert is_out(a_report(rhythm=busy()), START + 60 * MINUTE, None) is None


def test_a_silence_far_beyond_its_rhythm_is_one() -> None:
    report = a_report(60, last_heard=START + 30 * MINUTE, rhythm=busy())
    out = is_out(report, START + 60 * MINUTE, None)
    assert out is not None
    assert (out.kind, out.since) == ("quiet", START + 30 * MINUTE)
    assert is_out(report, START + 60 * MINUTE, 15 * MINUTE) is None  # three looks are not over
    assert (
        is_out(a_report(60, last_heard=START + 50 * MINUTE, rhythm=busy()), START + 60 * MINUTE, None) is None
    )


def test_without_a_rhythm_no_silence_is_one() -> None:
    assert is_out(a_report(600, last_heard=START), START + 600 * MINUTE, None) is None


def test_one_that_fails_is_out_since_it_last_answered() -> None:
    report = a_report(60, last_success=START + 20 * MINUTE, error="HTTP 500", error_at=START + 59 * MINUTE)
    out = is_out(report, START + 60 * MINUTE, 5 * MINUTE)
    assert out is not None
    assert (out.kind, out.since) == ("failing", START + 20 * MINUTE)


def test_a_finite_source_that_has_ended_is_never_out() -> None:
    assert is_out(a_report(60, working=False), START + 600 * MINUTE, None) is None


def test_an_outage_is_written_once_and_ends_when_the_source_is_heard_again(world: Sources) -> None:
    quiet = {"last_heard": START + 30 * MINUTE, "rhythm": busy()}
    world.say(a_report(60, **quiet))
    world.say(a_report(61, **quiet))
    (outage,) = world.outages()
    assert (outage.kind, outage.began_at, outage.ended_at) == ("quiet", to_us(START + 30 * MINUTE), None)
    world.say(a_report(62, rhythm=busy()))
    (outage,) = world.outages()
    assert outage.ended_at == to_us(START + 62 * MINUTE)


def test_a_process_that_reports_no_more_has_stopped_listening(world: Sources, clock: SetClock) -> None:
    world.say(a_report(60))
    clock.advance(5 * MINUTE)
    world.listening.look()
    (outage,) = world.outages()
    assert (outage.kind, outage.began_at) == ("stopped", to_us(START + 60 * MINUTE))
    clock.advance(MINUTE)
    world.say(a_report(68, started_at=START + 67 * MINUTE, stopped_at=START + 60 * MINUTE))
    (outage,) = world.outages()
    assert outage.ended_at == to_us(START + 67 * MINUTE)


def test_where_all_of_us_stood_still_it_is_told_by_the_report(world: Sources) -> None:
    world.say(a_report(60, started_at=START + 59 * MINUTE, stopped_at=START))
    (outage,) = world.outages()
    assert (outage.kind, outage.began_at, outage.ended_at) == (
        "stopped",
        to_us(START),
        to_us(START + 59 * MINUTE),
    )


def test_sources_that_are_configured_no_more_are_left_alone(tmp_path: Path, clock: SetClock) -> None:
    world = Sources(tmp_path, clock)
    world.listening = Listening(world.store, from_dict({}), clock)
    world.say(a_report(10))
    assert world.outages() == []
