"""What is counted of each brand, when a bucket closes, and from where on an hour is a surge: the configuration's word."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from earshot.clock import from_us
from earshot.config import Config
from earshot.seams import CollectorSettings
from earshot.subjects import Subjects
from processors.surge.series import BUCKET

BUCKET_US = BUCKET * 1_000_000
STREAMED, POLLED = "streamed", "polled"
_SLOW = timedelta(minutes=15)


class Limit(NamedTuple):
    threshold: float
    expected: str
    """What the calendar says of the moment; empty: nothing."""


class Watch:
    """The same for all brands; asked by their owners."""

    def __init__(self, config: Config) -> None:
        self.growth = config.surges.growth
        self._config, self._zone = config, ZoneInfo(config.console.time_zone)
        slow = [each for each in config.collectors if (each.polled_every or timedelta()) > _SLOW]
        self._slow = frozenset(name for each in slow for name in each.heard_as)
        late = config.surges.lateness
        self.paces = {STREAMED: _us(late)} | ({POLLED: _us(late + _slowest(slow))} if slow else {})
        """Pace -> how long after its end a bucket stays open, µs."""
        self.topics = cache(lambda brand: Subjects(config.topics, brand))

    def pace(self, source: str) -> str:
        """In which series the mentions count whose ids begin so."""
        return POLLED if source in self._slow else STREAMED

    def closing(self, pace: str, bucket: int) -> int:
        """When a bucket closes, µs: the clock must be past it."""
        return (bucket + 1) * BUCKET_US + self.paces[pace]

    def limit(self, brand: str, bucket: int) -> Limit:
        """What makes the hour that ends with a bucket a surge."""
        usual = self._config.surges.threshold
        if not self._config.calendar:
            return Limit(usual, "")
        moment = from_us((bucket + 1) * BUCKET_US - 1).astimezone(self._zone)
        expected = [
            each
            for each in self._config.calendar
            if (not each.brands or brand in each.brands) and each.covers(moment)
        ]
        if not expected:
            return Limit(usual, "")
        most = max(expected, key=lambda each: each.factor)
        return Limit(usual * most.factor, most.name)

    def sources(self, names: Iterable[str]) -> frozenset[str]:
        """What the ids of these collectors' mentions begin with."""
        wanted = set(names)
        return frozenset(
            name for each in self._config.collectors if each.name in wanted for name in each.heard_as
        )


def _slowest(slow: Sequence[CollectorSettings]) -> timedelta:
    return max(each.polled_every or timedelta() for each in slow)


def _us(length: timedelta) -> int:
    return length // timedelta(microseconds=1)
