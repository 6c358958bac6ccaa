"""What became of stories, and what alarms about them were worth."""

from hypothesis import given
from hypothesis import strategies as st

from earshot.backtest.outcomes import (
    Alarm,
    Call,
    Heard,
    Outcome,
    Past,
    brand_weeks,
    called,
    outcome,
    worth,
)
from earshot.model import Level

LARGE = 3
MINUTE = 60_000_000
DAY = 1_440 * MINUTE


def past(
    story: int, *minutes: int, calls: tuple[tuple[Level, int], ...] = (), label: bool | None = None
) -> Past:
    heard = tuple(Heard(at * MINUTE, 100, negative=True, label=label) for at in minutes)
    steps = tuple(Call(level, at * MINUTE, "risk") for level, at in calls)
    return Past(story, "Acme", f"x:{story}", 100, heard, calls=steps)


def of(*pasts: Past) -> dict[int, Outcome]:
    return {each.story: outcome(each, LARGE) for each in pasts}


def test_a_lead_runs_from_the_first_call_to_the_mention_that_makes_it_large() -> None:
    found = of(past(1, 0, 10, 30, 90, calls=((Level.watch, 0), (Level.warning, 12), (Level.critical, 20))))
    for level, minutes in ((Level.watch, 30), (Level.warning, 18), (Level.critical, 10)):
        assert worth(called([found[1]], level), found).leads == {1: minutes * MINUTE}


def test_missed_and_late_count_nought_and_small_stories_not_at_all() -> None:
    found = of(past(1, 0, 1, 2), past(2, 0, 1, 2, 5, calls=((Level.warning, 5),)), past(3, 0, 1))
    told = worth(called(list(found.values()), Level.warning), found)
    assert (told.leads, told.in_time, told.median, told.mean) == ({1: 0, 2: 0}, 0, 0, 0)


def test_a_false_alarm_is_about_what_neither_became_large_nor_is_negative_by_its_labels() -> None:
    warned = ((Level.warning, 1),)
    found = of(
        past(1, 0, 1, 2, calls=warned, label=False),  # large
        past(2, 0, 1, calls=warned, label=True),  # truly negative
        past(3, 0, 1, calls=warned),  # nobody labelled it
        past(4, 0, 1, calls=warned, label=False),
    )
    told = worth(called(list(found.values()), Level.warning), found)
    assert (told.alarms, told.false) == (4, 2)


def test_an_alarm_about_several_is_right_if_one_of_them_is_real() -> None:
    found = of(past(1, 0, 1, 2), past(2, 0))
    told = worth([Alarm(((1, 0), (2, 0))), Alarm(((2, 5),))], found)
    assert (told.alarms, told.false, told.leads) == (2, 1, {1: 2 * MINUTE})


def test_each_brand_counts_for_the_time_in_which_it_was_heard_a_day_at_least() -> None:
    long = past(1, 0, 14 * 1_440)._replace(brand="Bolt")
    assert brand_weeks(list(of(long, past(2, 0, 5)).values())) == 2 + 1 / 7


def test_without_large_stories_there_is_no_lead() -> None:
    told = worth([], of(past(1, 0)))
    assert (told.median, told.mean, told.alarms) == (None, None, 0)


MOMENTS = st.lists(st.integers(0, 500), min_size=1, max_size=8).map(sorted)
CALLS = st.lists(
    st.tuples(st.sampled_from([Level.watch, Level.warning, Level.critical]), st.integers(0, 500))
)


@given(MOMENTS, CALLS, st.sampled_from([Level.watch, Level.warning]))
def test_a_lead_is_never_negative(moments: list[int], calls: list[tuple[Level, int]], level: Level) -> None:
    found = of(past(1, *moments, calls=tuple(calls)))
    told = worth(called(list(found.values()), level), found)
    assert all(lead >= 0 for lead in told.leads.values())
    assert told.in_time <= len(told.leads) == (len(moments) >= LARGE)
