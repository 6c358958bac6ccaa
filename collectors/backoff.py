"""When a source that failed is asked again: after twice as long each time, or when it says."""

from datetime import datetime, timedelta

_LONGEST = timedelta(hours=1)
_LONGEST_ASKED = timedelta(hours=24)  # a server may send us away for that long, no longer


class Backoff:
    """One source's; ticks go on meanwhile and find that it is not due."""

    def __init__(self, interval: timedelta, longest: timedelta = _LONGEST) -> None:
        self._interval, self._longest = interval, max(longest, interval)
        self._failures = 0
        self._until: datetime | None = None

    def due(self, now: datetime) -> bool:
        return self._until is None or now >= self._until

    def succeeded(self) -> None:
        self._failures, self._until = 0, None

    def failed(self, now: datetime, retry_after: float | None = None) -> timedelta:
        """How long it is left alone; a tick in the last tenth of an interval before that is near enough."""
        self._failures += 1
        wait = min(self._interval * (1 << min(self._failures, 20)), self._longest)
        if retry_after is not None:
            wait = max(wait, min(timedelta(seconds=retry_after), _LONGEST_ASKED))
            self._until = now + wait
        else:
            self._until = now + wait - self._interval / 10
        return wait
