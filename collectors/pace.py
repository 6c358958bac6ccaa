"""Let time pass as it did when it was heard, or as many times as fast."""

import asyncio
from collections.abc import Callable
from datetime import datetime

_PAUSE = 0.02  # s, also the longest that a stop waits


class Pace:
    """Lets time pass as it did when it was heard, `speed` times as fast; 0: does not wait."""

    def __init__(self, speed: float, monotonic: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self.speed = speed
        self._monotonic, self._sleep = monotonic, sleep
        self._start: tuple[datetime, float] | None = None

    def left(self, heard: datetime) -> float:
        """Seconds until its turn."""
        if not self.speed:
            return 0.0
        if self._start is None:
            self._start = heard, self._monotonic()
        first, started = self._start
        return (heard - first).total_seconds() / self.speed - (self._monotonic() - started)

    def wait(self, heard: datetime, stop: asyncio.Event) -> None:
        while (left := self.left(heard)) > 0 and not stop.is_set():
            self._sleep(min(left, _PAUSE))
