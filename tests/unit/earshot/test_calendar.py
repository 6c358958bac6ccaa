"""When a day is expected, by the calendar of the reader's zone, through changes of the clock."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.config import Expected, from_dict
from earshot.errors import ConfigError

ROME = ZoneInfo("Europe/Rome")


def covers(moment: datetime, **written: Any) -> bool:
    return Expected.model_validate({"name": "strike"} | written).covers(moment)


def rome(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ROME)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [(rome(2026, 12, 3, 23, 59), False), (rome(2026, 12, 4), True), (rome(2026, 12, 5, 23, 59), True),
     (rome(2026, 12, 6), False)],
)  # fmt: skip
def test_a_day_is_whole_and_the_last_one_still_counts(moment: datetime, expected: bool) -> None:
    assert covers(moment, **{"from": date(2026, 12, 4), "to": date(2026, 12, 5)}) == expected


def test_a_moment_ends_when_it_says() -> None:
    span = {"from": datetime(2026, 12, 4, 20, 45), "to": datetime(2026, 12, 4, 22, 30)}  # noqa: DTZ001 - as TOML has it
    assert covers(rome(2026, 12, 4, 20, 45), **span)
    assert not covers(rome(2026, 12, 4, 22, 30), **span)
    assert not covers(rome(2026, 12, 4, 20, 44), **span)


def test_one_that_names_its_zone_is_taken_at_its_word() -> None:
    span = {"from": datetime(2026, 12, 4, 20, tzinfo=UTC), "to": datetime(2026, 12, 4, 21, tzinfo=UTC)}
    assert covers(rome(2026, 12, 4, 21, 30), **span)


def test_every_week_and_every_month_in_their_hours() -> None:
    assert covers(rome(2026, 12, 6, 18, 0), weekday="sunday", hours="18:00-23:30")
    assert not covers(rome(2026, 12, 6, 23, 30), weekday="sunday", hours="18:00-23:30")
    assert not covers(rome(2026, 12, 7, 19, 0), weekday="sunday", hours="18:00-23:30")
    assert covers(rome(2026, 12, 1, 9, 0), day=1)
    assert not covers(rome(2026, 12, 2, 9, 0), day=1)


def test_a_weekly_day_may_have_a_season() -> None:
    season = {"weekday": "sunday", "from": date(2026, 9, 1), "to": date(2027, 5, 31)}
    assert covers(rome(2026, 12, 6), **season)
    assert not covers(rome(2026, 8, 30), **season)


@given(
    st.integers(0, 3 * 24 * 60).map(
        lambda minutes: datetime(2026, 10, 24, tzinfo=UTC) + timedelta(minutes=minutes)
    )
)
def test_the_night_in_which_clocks_change_has_no_hole(moment: datetime) -> None:
    there = moment.astimezone(ROME)
    assert covers(there, **{"from": date(2026, 10, 24), "to": date(2026, 10, 27)})
    assert covers(there, weekday="sunday") == (there.date() == date(2026, 10, 25))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({}, "says no time"),
        ({"from": date(2026, 1, 1)}, "says no time"),
        ({"day": 1, "hours": "22:00-06:00"}, "write two entries for a night"),
        ({"day": 1, "hours": "22:00-24:30"}, "24:00 at the latest"),
        ({"day": 1, "factor": 0.5}, "greater than or equal to 1"),
    ],
)
def test_faults_are_named(written: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as error:
        from_dict({"calendar": [{"name": "strike"} | written]})
    assert said in str(error.value)


def test_brands_of_topics_and_days_are_checked() -> None:
    raw = {"brands": [{"name": "Acme"}], "topics": [{"name": "Cards", "brands": ["Acmee"]}]}
    with pytest.raises(ConfigError) as error:
        from_dict(raw)
    assert "Acmee" in str(error.value)
