"""Of what moment a story's numbers are: as far as the processors have come, also where nothing was said."""

from datetime import timedelta

import pytest
from console_world import NOW

from console import weighed
from console.weighed import stopped_at, weighed_until
from earshot.clock import to_us
from earshot.store.brands import Brand
from processors.surge.series import BUCKET
from processors.surge.stored import Progress, written

HOUR = timedelta(hours=1)


def a_brand(heard: timedelta, **closed: timedelta) -> Brand:
    """Heard and counted until so long ago."""
    buckets = {pace: to_us(NOW - ago) // weighed.BUCKET for pace, ago in closed.items()}
    return Brand(1, "R", 1, 1, to_us(NOW - heard), 0, 0, counted=written(Progress(buckets, ((1, 2),), 0.5)))


def test_five_minutes_are_those_of_the_processors() -> None:
    assert weighed.BUCKET == BUCKET * 1_000_000


@pytest.mark.parametrize(
    ("brand", "ago"),
    [
        (a_brand(HOUR), HOUR),
        (a_brand(96 * HOUR, streamed=HOUR / 6, polled=5 * HOUR), HOUR / 6),
        (a_brand(HOUR / 2, streamed=9 * HOUR), HOUR / 2),
        (Brand(1, "R", 1, 1, to_us(NOW - HOUR), 0, 0), HOUR),
    ],
)
def test_it_is_the_latest_that_was_heard_or_counted(brand: Brand, ago: timedelta) -> None:
    assert 0 <= to_us(NOW - ago) - weighed_until(brand) < weighed.BUCKET


def test_only_what_is_not_about_now_says_so() -> None:
    assert stopped_at(to_us(NOW - HOUR), NOW) is None
    assert stopped_at(to_us(NOW + HOUR), NOW) is None
    assert stopped_at(to_us(NOW - 2 * HOUR), NOW) == NOW - 2 * HOUR
