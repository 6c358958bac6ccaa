from datetime import datetime, timedelta

import pytest
from alerts_world import START
from hypothesis import given
from hypothesis import strategies as st

from alerts.retry import next_try
from earshot.config import AlertSettings
from earshot.errors import Permanent, Temporary, Undelivered

SETTINGS = AlertSettings(
    first_retry=timedelta(seconds=1), longest_retry=timedelta(seconds=60), give_up_after=timedelta(hours=1)
)


def wait(
    attempts: int, error: Undelivered | None = None, now: datetime = START, random: float = 0.0
) -> float | None:
    """Seconds until the next try."""
    again = next_try(
        attempts, error or Temporary("busy"), SETTINGS, decided_at=START, now=now, random=lambda: random
    )
    return None if again is None else (again - now).total_seconds()


def test_waits_double_up_to_the_longest() -> None:
    assert [wait(n) for n in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert wait(1_000_000) == 60


def test_chance_shortens_a_wait_by_up_to_half() -> None:
    assert (wait(4, random=0.5), wait(4, random=1.0)) == (6, 4)


@pytest.mark.parametrize(("asked", "waited"), [(None, 1), (0.2, 1), (300, 300), (1e300, 3600)])
def test_a_receiver_that_names_a_time_is_given_it(asked: str, waited: float) -> None:
    assert wait(1, Temporary("busy", asked)) == waited


def test_what_will_never_pass_is_not_tried_again() -> None:
    assert wait(1, Permanent("gone")) is None


def test_the_last_try_is_at_the_moment_of_giving_up() -> None:
    just_before = START + timedelta(minutes=59, seconds=30)
    assert wait(20, now=just_before) == 30
    assert wait(21, now=START + timedelta(hours=1)) is None


@given(st.integers(1, 10_000), st.floats(0, 1), st.integers(0, 3_599), st.none() | st.floats(0))
def test_a_try_is_always_later_and_never_after_the_end(
    attempts: int, random: float, age: int, asked: str
) -> None:
    now = START + timedelta(seconds=age)
    again = next_try(
        attempts, Temporary("", asked), SETTINGS, decided_at=START, now=now, random=lambda: random
    )
    assert now < again <= START + SETTINGS.give_up_after
