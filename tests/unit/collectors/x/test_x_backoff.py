"""Waits as X's guide on disconnections asks for them."""

from datetime import UTC, datetime, timedelta

import pytest

from collectors.x.backoff import Backoff, until
from collectors.x.faults import Fault, of_status

NOW = datetime(2026, 11, 19, tzinfo=UTC)


def waits(fault: Fault, times: int, backoff: Backoff | None = None) -> list[float]:
    backoff = backoff or Backoff()
    return [backoff.after(fault, NOW) for _ in range(times)]


def test_a_broken_wire_is_tried_at_once_and_then_a_quarter_of_a_second_later_each_time() -> None:
    fault = Fault("network", "broke", "network")
    assert waits(fault, 4) == [0, 0.25, 0.5, 0.75]
    assert waits(fault, 100)[-1] == 16


def test_trouble_at_x_doubles_from_five_seconds() -> None:
    assert waits(of_status(503), 9) == [5, 10, 20, 40, 80, 160, 320, 320, 320]


def test_too_many_requests_double_from_a_minute() -> None:
    assert waits(of_status(429), 6) == [60, 120, 240, 480, 960, 960]


def test_its_own_time_is_honoured_where_it_is_later() -> None:
    assert waits(of_status(429, resets_at=NOW + timedelta(seconds=300)), 3) == [301, 301, 301]
    assert waits(of_status(429, resets_at=NOW + timedelta(days=9_000)), 1) == [960]
    assert waits(of_status(429, resets_at=NOW - timedelta(days=1)), 1) == [60]


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404])
def test_who_is_not_let_in_asks_again_only_every_quarter_of_an_hour(status: int) -> None:
    fault = of_status(status)
    assert waits(fault, 3) == [900, 900, 900]
    assert ": " in str(fault)  # with what to do


def test_kinds_are_counted_apart_until_x_serves_again() -> None:
    backoff = Backoff()
    waits(of_status(503), 3, backoff)
    assert waits(of_status(429), 1, backoff) == [60]
    backoff.served()
    assert waits(of_status(503), 1, backoff) == [5]
    assert waits(of_status(503), 5_000, Backoff())[-1] == 320


def test_a_limit_without_a_time_is_no_wait() -> None:
    assert until(None, NOW) == 0
    assert until(NOW + timedelta(seconds=9), NOW) == 10


def test_what_x_says_is_passed_on() -> None:
    said = of_status(403, b'{"title": "Client Forbidden", "detail": "Attach your App\\nto a Project."}')
    assert str(said).endswith("; X says: Attach your App to a Project.")
    assert "X says" not in str(of_status(403, b"<html>"))
    assert "X says" not in str(of_status(401, b'{"detail": 5}'))
