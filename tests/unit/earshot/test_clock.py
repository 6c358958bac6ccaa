"""Time that is played: the machine's until told, then its own."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from earshot.clock import Pause, PlayedClock, from_us, to_us

THEN = datetime(2026, 11, 19, 6, tzinfo=UTC)


def test_it_is_the_machines_time_until_it_plays() -> None:
    clock = PlayedClock()
    assert clock.speed is None
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_it_runs_as_many_times_as_fast_and_can_change_its_pace() -> None:
    machine = [100.0]
    clock = PlayedClock(lambda: machine[0])
    clock.play(THEN, 300)
    machine[0] += 2
    assert (clock.speed, clock.now()) == (300, THEN + timedelta(minutes=10))
    clock.play(clock.now(), 1)
    machine[0] += 60
    assert clock.now() == THEN + timedelta(minutes=11)


@given(st.datetimes(timezones=st.just(UTC)))
def test_microseconds_come_back_exactly(moment: datetime) -> None:
    assert from_us(to_us(moment)) == moment


def test_it_awaits_only_who_is_expected_and_until_they_look() -> None:
    clock = PlayedClock()
    assert not clock.is_awaiting
    clock.expect()
    assert clock.is_awaiting
    clock.look()
    assert not clock.is_awaiting


def test_a_pause_is_over_after_its_time_and_where_a_played_clock_has_gone_back() -> None:
    start, minute = datetime(2026, 3, 2, tzinfo=UTC), timedelta(minutes=1)
    pause = Pause(minute, start)
    assert pause.is_over(start)
    pause.begin(start)
    assert not pause.is_over(start)
    assert not pause.is_over(start + minute - timedelta(microseconds=1))
    assert pause.is_over(start + minute)
    assert pause.is_over(start - timedelta(days=2))
