"""Where time comes from. Nothing else in Earshot asks the machine what time it is (waiting apart)."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_us(moment: datetime) -> int:
    """Microseconds since 1970, exact (a float timestamp is not, past 2^53 ns)."""
    return (moment - EPOCH) // _MICROSECOND


def from_us(us: int) -> datetime:
    return EPOCH + us * _MICROSECOND


class Pause:
    """Between two looks; over too where a clock that plays another time has gone back."""

    def __init__(self, length: timedelta, now: datetime) -> None:
        self._length, self._ends = length, now

    def is_over(self, now: datetime) -> bool:
        return not self._ends - self._length <= now < self._ends

    def begin(self, now: datetime) -> None:
        self._ends = now + self._length


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class PlayedClock:
    """A time of its own: the machine's until it is told to play, then from that moment on, `speed` times as fast."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._playing: tuple[datetime, float, float] | None = None
        self._seen = threading.Event()
        self._seen.set()

    def expect(self) -> None:
        """Somebody is going to look: what plays may wait for them."""
        self._seen.clear()

    def look(self) -> None:
        """Somebody looks."""
        self._seen.set()

    @property
    def is_awaiting(self) -> bool:
        """Whether somebody is expected who has not looked yet."""
        return not self._seen.is_set()

    def play(self, start: datetime, speed: float) -> None:
        self._playing = start, speed, self._monotonic()

    @property
    def speed(self) -> float | None:
        """How many times as fast; None while it is the machine's time."""
        return self._playing[1] if self._playing else None

    def now(self) -> datetime:
        if self._playing is None:
            return datetime.now(UTC)
        start, speed, since = self._playing
        return start + timedelta(seconds=(self._monotonic() - since) * speed)


class SetClock:
    """A clock that moves only when told: for replays and tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by
