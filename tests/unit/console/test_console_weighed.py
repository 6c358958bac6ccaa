"""Of what moment a story's numbers are: as far as the processors have come, also where nothing was said."""

from datetime import timedelta

import pytest
from console_world import NOW
from hypothesis import given
from hypothesis import strategies as st

from console import weighed
from console.weighed import calm_since, stopped_at, weighed_until
from earshot.clock import to_us
from earshot.model import Story
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


@given(st.integers(0, 20_000), st.floats(0.0, 9.0))
def test_a_calm_story_says_when_silence_stopped_counting(minutes: int, risk: float) -> None:
    last, half_life = NOW - timedelta(days=20), timedelta(hours=12)
    silence = timedelta(minutes=minutes)
    echo = round(0.5 ** (silence / half_life), 3)
    story = Story(id=1, brand="R", first="x:1", opened_at=last, last_at=last, echo=echo, risk=risk)
    found = calm_since(story, half_life)
    if not echo:
        assert found is None
    else:
        assert found is not None
        assert 0.5 ** ((found - last) / half_life) == pytest.approx(echo, abs=1e-6)


def test_what_silence_still_weighs_has_no_such_moment() -> None:
    story = Story(id=1, brand="R", first="x:1", opened_at=NOW, last_at=NOW, echo=0.5, risk=40.0)
    assert calm_since(story, timedelta(hours=12)) is None
