"""What every source does while the bus or the store is away: try again until it works, or until it must stop."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from earshot import logs
from earshot.errors import Unavailable

_LOG = logs.get(__name__)
_FIRST_WAIT = 0.1  # s
_LONGEST_WAIT = 5.0  # s between two tries
_PAUSE = 0.05  # s, also the longest that a stop waits

T = TypeVar("T")


def insist(
    work: Callable[[], T], stop: asyncio.Event, sleep: Callable[[float], None], source: str
) -> T | None:
    """What `work` returns once it does not raise `Unavailable`; None where `stop` came first."""
    wait = _FIRST_WAIT
    while not stop.is_set():
        try:
            return work()
        except Unavailable as error:
            _LOG.warning("waiting", source=source, reason=str(error), seconds=wait)
            _sleep(wait, stop, sleep)
            wait = min(2 * wait, _LONGEST_WAIT)
    return None


def _sleep(seconds: float, stop: asyncio.Event, sleep: Callable[[float], None]) -> None:
    while seconds > 0 and not stop.is_set():
        sleep(min(seconds, _PAUSE))
        seconds -= _PAUSE
