from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from earshot.rhythm import Rhythm, longest, with_gap

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NIGHT = NOON.replace(hour=22)


def heard(gaps: list[float], begin: datetime = NOON) -> Rhythm:
    rhythm: Rhythm = {}
    for seconds in gaps:
        rhythm = with_gap(rhythm, begin, begin + timedelta(seconds=seconds))
    return rhythm


def test_of_a_source_that_is_hardly_known_nothing_is_said() -> None:
    assert longest(heard([60] * 29), NOON) is None
    assert longest({}, NOON) is None


def test_a_night_that_is_silent_every_night_is_usual_and_a_noon_is_not() -> None:
    rhythm = heard([60] * 400)
    for hour in (*[60.0] * 390, *[8 * 3600.0] * 10):
        rhythm = with_gap(rhythm, NIGHT, NIGHT + timedelta(seconds=hour))
    by_day, by_night = longest(rhythm, NOON), longest(rhythm, NIGHT)
    assert by_day is not None
    assert by_night is not None
    assert by_day <= timedelta(minutes=3)
    assert by_night >= timedelta(hours=8)


def test_one_gap_in_a_thousand_may_be_longer() -> None:
    usual = longest(heard([60] * 1_999 + [86_400]), NOON)
    assert usual is not None
    assert usual <= timedelta(minutes=3)


@given(st.lists(st.floats(0, 10**7), min_size=30, max_size=200))
def test_it_is_never_below_what_nearly_all_gaps_are_nor_above_twice_the_longest(gaps: list[float]) -> None:
    usual = longest(heard(gaps), NOON)
    assert usual is not None
    assert max(1.0, *gaps) / 2 <= usual.total_seconds() <= 2 * max(1.0, *gaps)


def test_old_gaps_fade() -> None:
    rhythm = heard([3_600] * 50 + [1] * 30_000)
    usual = longest(rhythm, NOON)
    assert usual is not None
    assert usual < timedelta(minutes=1)
    assert sum(rhythm["12"].values()) <= 2_000
