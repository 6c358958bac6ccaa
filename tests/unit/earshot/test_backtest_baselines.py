"""Simple rules on the same past: they know no more than they may, and raise no more false alarms than ours."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from earshot.backtest.baselines import Count, Followers, Rate, Rule, baselines, chosen
from earshot.backtest.outcomes import Alarm, Heard, Outcome, Past, false_alarms, outcome

LARGE = 4
MINUTE = 60_000_000
HOUR = 60 * MINUTE


def story(number: int, *heard: tuple[int, int, bool], brand: str = "Acme", label: bool | None = None) -> Past:
    """`heard`: (minute, followers, negative)."""
    told = tuple(Heard(at * MINUTE, followers, negative, label) for at, followers, negative in heard)
    grown = tuple((size, each.at) for size, each in enumerate(told, 1))
    return Past(number, brand, f"x:{number}", 0, told, grown)


def of(*pasts: Past) -> list[Outcome]:
    return [outcome(each, LARGE) for each in pasts]


def by_story(outcomes: list[Outcome]) -> dict[int, Outcome]:
    return {each.past.story: each for each in outcomes}


def test_count_tells_of_the_kth_mention() -> None:
    rule = Count(of(story(1, (0, 0, True), (5, 0, False), (9, 0, True)), story(2, (1, 0, True))), LARGE)
    assert rule.alarms(2) == [Alarm(((1, 5 * MINUTE),))]
    assert list(rule.thresholds()) == [4, 3, 2, 1]


def test_followers_tells_of_the_first_negative_mention_of_a_loud_author() -> None:
    rule = Followers(of(story(1, (0, 900, False), (3, 50, True), (5, 600, True), (7, 700, True))))
    assert rule.alarms(500) == [Alarm(((1, 5 * MINUTE),))]
    assert rule.alarms(701) == []
    assert list(rule.thresholds()) == [700, 600, 50]


def test_without_followers_there_is_nothing_to_go_by() -> None:
    outcomes = of(story(1, (0, 0, True)))
    assert chosen(Followers(outcomes), by_story(outcomes), 9).threshold is None


def steady(hours: int) -> list[Past]:
    """One negative mention an hour, each a story of its own."""
    return [story(number, (60 * number, 0, True)) for number in range(1, hours + 1)]


def test_the_rate_calls_at_the_mention_that_is_too_many_and_only_learns_on_the_first_day() -> None:
    burst = story(100, *((60 * 48 + 2 * i, 0, True) for i in range(9)))
    (alarm,) = Rate(of(*steady(47), burst)).alarms(3)
    assert alarm.warns == ((100, (60 * 48 + 2 * 3) * MINUTE),)  # the fourth in an hour where one is usual
    early = story(100, *((60 * 5 + 2 * i, 0, True) for i in range(9)))
    assert Rate(of(*steady(4), early)).alarms(3) == []


def test_each_loud_hour_is_an_alarm_that_warns_of_what_is_said_in_it() -> None:
    bursts = [story(100 + h, *((60 * (48 + h) + i, 0, True) for i in range(20))) for h in (0, 1)]
    late = story(200, (60 * 48 + 50, 0, True))
    first, second = Rate(of(*steady(47), *bursts, late)).alarms(3)
    assert dict(first.warns) == {100: (60 * 48 + 3) * MINUTE, 200: (60 * 48 + 50) * MINUTE}
    assert [number for number, _ in second.warns] == [101]


def test_a_rate_that_always_calls_pays_for_every_hour_in_which_nothing_real_is_said() -> None:
    large = story(100, *((60 * 48 + i, 0, True) for i in range(20)))
    outcomes = of(*steady(72), large)
    alarms = Rate(outcomes).alarms(-9)
    assert false_alarms(alarms, by_story(outcomes)) == len(alarms) - 1 > 40


def test_a_storm_in_one_brand_is_no_alarm_about_another() -> None:
    storm = story(100, *((60 * 48 + i, 0, True) for i in range(20)))
    other = story(200, (60 * 48 + 5, 0, True), brand="Bolt")
    (alarm,) = Rate(of(*steady(47), storm, other)).alarms(3)
    assert [number for number, _ in alarm.warns] == [100]


def test_a_hole_of_centuries_takes_no_time() -> None:
    far = story(2, (60 * 24 * 365_000, 0, True))
    assert Rate(of(story(1, (0, 0, True)), far)).thresholds()


def test_a_threshold_is_as_low_as_our_false_alarms_allow() -> None:
    large = story(1, *((i, 0, True) for i in range(6)))
    outcomes = of(large, story(2, (0, 0, True), (1, 0, True)), story(3, (0, 0, True)))
    picked = {most: chosen(Count(outcomes, LARGE), by_story(outcomes), most) for most in range(3)}
    assert {most: each.threshold for most, each in picked.items()} == {0: 3, 1: 2, 2: 1}
    assert picked[0].worth.leads == {1: 1 * MINUTE}


HEARD = st.tuples(st.integers(0, 6_000), st.integers(0, 5_000), st.booleans())
PASTS = st.lists(
    st.tuples(
        st.lists(HEARD, min_size=1, max_size=8).map(sorted),
        st.sampled_from(["Acme", "Bolt"]),
        st.sampled_from([None, True, False]),
    ),
    min_size=1,
    max_size=8,
)


def made(drawn: list[Any]) -> list[Outcome]:
    return of(
        *(story(n, *heard, brand=brand, label=label) for n, (heard, brand, label) in enumerate(drawn, 1))
    )


@given(PASTS, st.integers(0, 5))
def test_no_rule_raises_more_false_alarms_than_ours(drawn: list[Any], ours: int) -> None:
    outcomes = made(drawn)
    for rule in baselines(outcomes, LARGE):
        told = chosen(rule, by_story(outcomes), ours).worth
        assert told.false <= ours
        assert all(lead >= 0 for lead in told.leads.values())


@given(PASTS, st.integers(1, 4), st.integers(0, 5_000))
def test_what_is_heard_later_changes_no_earlier_alarm(drawn: list[Any], k: int, followers: int) -> None:
    """Everything after a moment is left out: what was told until then is the same."""
    until = 3_000
    kept = [([each for each in heard if each[0] <= until], *rest) for heard, *rest in drawn]
    for at, threshold in enumerate((k, k / 2, followers + 1)):
        whole, part = (_told(baselines(made(each), LARGE)[at], threshold, until) for each in (drawn, kept))
        assert whole == part


def _told(rule: Rule, threshold: float, until: int) -> set[tuple[int, int]]:
    """(story, when) up to a minute."""
    return {warn for alarm in rule.alarms(threshold) for warn in alarm.warns if warn[1] <= until * MINUTE}
