import asyncio

import pytest

from collectors.patience import insist
from earshot.errors import Unavailable


def _away(times: int, slept: list[float]) -> str:
    if len(slept) < times:
        raise Unavailable("bus: no Kafka broker answers")
    return "published"


def test_it_tries_until_it_works() -> None:
    slept: list[float] = []
    assert insist(lambda: _away(9, slept), asyncio.Event(), slept.append, "log") == "published"
    assert sum(slept) == pytest.approx(0.1 + 0.2 + 0.4), (
        "0.1 s after the first try, then twice as long each time"
    )


def test_a_stop_ends_the_wait_at_once() -> None:
    stop, slept = asyncio.Event(), list[float]()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        stop.set()

    assert insist(lambda: _away(9, slept), stop, sleep, "log") is None
    assert len(slept) == 1


def test_what_is_no_outage_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        insist(lambda: 1 / 0, asyncio.Event(), lambda _: None, "log")
