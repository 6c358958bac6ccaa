from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collectors.backoff import Backoff

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTES = timedelta(minutes=1)


def test_twice_as_long_each_time_and_an_hour_at_most() -> None:
    backoff = Backoff(5 * MINUTES)
    assert backoff.due(NOW)
    assert [backoff.failed(NOW) / MINUTES for _ in range(5)] == [10, 20, 40, 60, 60]


def test_it_is_due_when_the_wait_is_over_and_at_once_after_a_success() -> None:
    backoff = Backoff(5 * MINUTES)
    backoff.failed(NOW)
    assert not backoff.due(NOW + 9 * MINUTES)
    assert backoff.due(NOW + 9.6 * MINUTES), "a tick that comes a little early is not a whole interval lost"
    backoff.succeeded()
    assert backoff.due(NOW)
    assert backoff.failed(NOW) == 10 * MINUTES


def test_a_server_that_says_when_is_heeded_to_the_second_and_for_a_day_at_most() -> None:
    backoff = Backoff(5 * MINUTES)
    assert backoff.failed(NOW, 7_200) == timedelta(hours=2)
    assert not backoff.due(NOW + timedelta(seconds=7_199))
    assert backoff.due(NOW + timedelta(seconds=7_200))
    assert backoff.failed(NOW, 1e9) == timedelta(hours=24)
    assert Backoff(5 * MINUTES).failed(NOW, 1) == 10 * MINUTES


def test_a_feed_of_long_intervals_is_never_asked_more_often_than_that() -> None:
    assert Backoff(timedelta(hours=6)).failed(NOW) == timedelta(hours=6)


@given(st.integers(1, 100_000), st.lists(st.none() | st.floats(0, 1e12), min_size=1, max_size=40))
def test_it_waits_at_least_an_interval_and_at_most_a_day_or_two(
    seconds: int, asked: list[float | None]
) -> None:
    backoff = Backoff(timedelta(seconds=seconds))
    for each in asked:
        wait = backoff.failed(NOW, each)
        assert timedelta(seconds=seconds) <= wait <= timedelta(days=2)
        assert backoff.due(NOW + wait)
