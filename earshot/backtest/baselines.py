"""Three simple rules on the same past, each as sensitive as our own number of false alarms lets it be.

A threshold is lowered from where the rule is silent until one step more would raise too many; that uses what
is known only afterwards, in favour of the baselines. What a rule tells at a moment it knows at that moment.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple, Protocol

from earshot.backtest.outcomes import Alarm, Outcome, Worth, false_alarms, worth

_HOUR = 3_600_000_000  # µs
_LEARNT = 1 - 2 ** (-1 / 96)  # of the usual, with each hour: half-life four days
_FIRST_DAY = 24  # hours in which a rate is only learnt
_SILENCE = 28 * 24  # hours after which nothing of an earlier usual is left
_MOST = 200  # thresholds that are tried


class Rule(Protocol):
    name: str

    def thresholds(self) -> Sequence[float]:
        """The strictest first."""

    def alarms(self, threshold: float) -> list[Alarm]: ...


class Chosen(NamedTuple):
    name: str
    threshold: float | None
    """None: even the strictest raises too many false alarms, or there is nothing to go by."""
    worth: Worth


def chosen(rule: Rule, outcomes: Mapping[int, Outcome], most_false: int) -> Chosen:
    """The rule with the last threshold before its false alarms are more than `most_false`."""
    best, told = None, list[Alarm]()
    for threshold in rule.thresholds():
        alarms = rule.alarms(threshold)
        if false_alarms(alarms, outcomes) > most_false:
            break
        best, told = threshold, alarms
    return Chosen(rule.name, best, worth(told, outcomes))


def baselines(outcomes: Sequence[Outcome], large: int) -> list[Rule]:
    return [Count(outcomes, large), Rate(outcomes), Followers(outcomes)]


class Count:
    """A story has k mentions, as far as was known then."""

    name = "count"

    def __init__(self, outcomes: Sequence[Outcome], large: int) -> None:
        self._outcomes, self._large = outcomes, large

    def thresholds(self) -> Sequence[float]:
        return range(self._large, 0, -1)

    def alarms(self, threshold: float) -> list[Alarm]:
        return _first_at_least(threshold, {each.past.story: each.past.grown for each in self._outcomes})


class Followers:
    """A negative mention whose author has F followers or more."""

    name = "followers"

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self._highest = {each.past.story: list(_highest(each)) for each in outcomes}

    def thresholds(self) -> Sequence[float]:
        return _some(followers for highest in self._highest.values() for followers, _ in highest)

    def alarms(self, threshold: float) -> list[Alarm]:
        return _first_at_least(threshold, self._highest)


def _first_at_least(threshold: float, rising: Mapping[int, Sequence[tuple[float, int]]]) -> list[Alarm]:
    """`rising`: by story, (value, when) in order of both."""
    found = ((story, values, bisect_left(values, (threshold, 0))) for story, values in rising.items())
    return [Alarm(((story, values[at][1]),)) for story, values, at in found if at < len(values)]


def _highest(outcome: Outcome) -> Iterator[tuple[float, int]]:
    """(followers, when) of each negative mention whose author has more than all before."""
    most = 0
    for each in outcome.past.heard:
        if each.negative and each.followers > most:
            most = each.followers
            yield float(most), each.at


class _Negative(NamedTuple):
    z: float
    at: int
    story: int


_Hour = tuple[_Negative, ...]
"""In order: z rises with each."""


class Rate:
    """A brand's negative mentions in a clock hour are far above its usual ones; each such hour is an alarm.

    z = (x - m) / s at each mention, by exponentially weighted mean m and variance of the hours before; as these
    are counts, s² is at least m, and at least one. The alarm warns of each story of the brand that has a negative
    mention in that hour, from that mention on. Were hours on end one alarm, a threshold near 0 would be one that
    never ends, and never false.
    """

    name = "negative-rate z"

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        negative = defaultdict[str, list[tuple[int, int]]](list)
        for each in outcomes:
            told = negative[each.past.brand]
            told.extend((heard.at, each.past.story) for heard in each.past.heard if heard.negative)
        self._brands = [list(_hours(sorted(told))) for told in negative.values()]

    def thresholds(self) -> Sequence[float]:
        return _some(each.z for hours in self._brands for hour in hours for each in hour if each.z > 0)

    def alarms(self, threshold: float) -> list[Alarm]:
        found = (_warns(hour, threshold) for hours in self._brands for hour in hours)
        return [Alarm(warns) for warns in found if warns]


def _warns(hour: _Hour, threshold: float) -> tuple[tuple[int, int], ...]:
    since = next((each.at for each in hour if each.z >= threshold), None)
    if since is None:
        return ()
    warned: dict[int, int] = {}
    for each in hour:
        warned.setdefault(each.story, max(since, each.at))
    return tuple(warned.items())


def _hours(negative: Sequence[tuple[int, int]]) -> Iterator[_Hour]:
    """Those that can call. `negative`: (when, story) of one brand, in order."""
    mean = variance = 0.0
    known, last = 0, None
    for number, group in groupby(negative, key=lambda each: each[0] // _HOUR):
        told = list(group)
        for _ in range(min(number - last - 1, _SILENCE) if last is not None else 0):
            known += 1
            mean, variance = _learnt(mean, variance, 0, known)
        if known >= _FIRST_DAY:
            usual = max(1.0, mean, variance) ** 0.5
            yield tuple(_Negative(round((x - mean) / usual, 3), *each) for x, each in enumerate(told, 1))
        known += 1
        mean, variance = _learnt(mean, variance, len(told), known)
        last = number


def _learnt(mean: float, variance: float, x: int, known: int) -> tuple[float, float]:
    """`known`: hours, with this one; while they are few each weighs the same."""
    share, step = max(_LEARNT, 1 / known), x - mean
    return mean + share * step, (1 - share) * (variance + share * step * step)


def _some(values: Iterable[float]) -> list[float]:
    """The greatest first; of many, the nearer to the top the more."""
    ranked = sorted(set(values), reverse=True)
    if len(ranked) <= _MOST:
        return ranked
    growth = len(ranked) ** (1 / _MOST)
    return [ranked[at] for at in sorted({min(len(ranked), round(growth**n)) - 1 for n in range(_MOST + 1)})]
