"""A log of what any stranger can bring about: it tells of it, and nobody can fill it."""

from datetime import timedelta
from typing import Any

from earshot import logs
from earshot.clock import Pause
from earshot.seams import Clock

_LOG = logs.get(__name__)
_EVERY = timedelta(minutes=1)


class Sparing:
    """The first at once; then a line a minute at most, with how many there were since the last."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pause = Pause(_EVERY, clock.now())
        self._untold = 0

    def warning(self, event: str, **facts: Any) -> None:
        now = self._clock.now()
        if not self._pause.is_over(now):
            self._untold += 1
            return
        _LOG.warning(event, **facts, untold=self._untold)
        self._pause.begin(now)
        self._untold = 0
