"""What became of each story, and how long before that somebody was told.

All of it looks back: nothing here is known to the pipeline while it decides. Times are µs since 1970 UTC, as heard.
"""

from collections.abc import Mapping, Sequence
from statistics import fmean, median
from typing import NamedTuple

from earshot.model import Level

_DAY = 86_400_000_000
_WEEK = 7 * _DAY


class Heard(NamedTuple):
    """One mention of a story."""

    at: int
    followers: int
    """Of its author; 0 where nobody says."""
    negative: bool
    """As it was read in the run."""
    label: bool | None = None
    """Whether it is negative by a person's word; None: nobody said."""


class Call(NamedTuple):
    """A step of one of a story's episodes."""

    level: Level
    at: int
    reason: str


class Past(NamedTuple):
    """A story as the run left it."""

    story: int
    brand: str
    first: str
    """The mention that began it."""
    reach: int
    heard: tuple[Heard, ...]
    """In the order in which they were heard, without what was withdrawn or imported."""
    grown: tuple[tuple[int, int], ...] = ()
    """(mentions, when) each time that it had more than ever, as was known then: before parts of it were joined
    each counted for itself."""
    calls: tuple[Call, ...] = ()
    words: str = ""
    """The first ones of that mention, on one line; empty where it has none or was withdrawn."""


class Outcome(NamedTuple):
    past: Past
    large_at: int | None
    """When its N*-th mention was heard; None: it never was."""
    negative: bool | None
    """Whether half of what is labelled in it is negative; None: nothing is."""

    @property
    def mentions(self) -> int:
        return len(self.past.heard)

    @property
    def is_real(self) -> bool:
        """Whether it was right to tell of it: it became large, or is negative by its labels."""
        return self.large_at is not None or self.negative is True

    def call(self, level: Level) -> Call | None:
        """The first that was as loud as that."""
        loud = (call for call in self.past.calls if call.level >= level)
        return min(loud, key=lambda call: call.at, default=None)

    def called_at(self, level: Level) -> int | None:
        call = self.call(level)
        return call.at if call else None


class Alarm(NamedTuple):
    """What a rule tells once."""

    warns: tuple[tuple[int, int], ...]
    """(story, since when)."""


class Worth(NamedTuple):
    """What a rule's alarms were worth."""

    alarms: int
    false: int
    """Alarms of which no story was real."""
    told: dict[int, int]
    """By story: the first alarm that warned of it, µs."""
    leads: dict[int, int]
    """By story that became large: from the first alarm until then, µs; missed or late: 0."""

    @property
    def in_time(self) -> int:
        return sum(lead > 0 for lead in self.leads.values())

    @property
    def median(self) -> float | None:
        return median(self.leads.values()) if self.leads else None

    @property
    def mean(self) -> float | None:
        return fmean(self.leads.values()) if self.leads else None


def outcome(past: Past, large: int) -> Outcome:
    """`large`: N*, at least 1."""
    reached = past.heard[large - 1].at if len(past.heard) >= large else None
    labels = [each.label for each in past.heard if each.label is not None]
    return Outcome(past, reached, 2 * sum(labels) >= len(labels) if labels else None)


def called(outcomes: Sequence[Outcome], level: Level) -> list[Alarm]:
    """Our own alarms: each story's first call at a level or above."""
    moments = ((each.past.story, each.called_at(level)) for each in outcomes)
    return [Alarm(((story, at),)) for story, at in moments if at is not None]


def worth(alarms: Sequence[Alarm], outcomes: Mapping[int, Outcome]) -> Worth:
    """`outcomes` by story."""
    first: dict[int, int] = {}
    for alarm in alarms:
        for story, at in alarm.warns:
            first[story] = min(at, first.get(story, at))
    large = {story: each.large_at for story, each in outcomes.items() if each.large_at is not None}
    leads = {story: max(0, at - first.get(story, at)) for story, at in large.items()}
    return Worth(len(alarms), false_alarms(alarms, outcomes), first, leads)


def false_alarms(alarms: Sequence[Alarm], outcomes: Mapping[int, Outcome]) -> int:
    return sum(not any(outcomes[story].is_real for story, _ in alarm.warns) for alarm in alarms)


def brand_weeks(outcomes: Sequence[Outcome]) -> float:
    """How long each brand was heard, added up; a brand counts for a day at least."""
    ends: dict[str, tuple[int, int]] = {}
    for each in outcomes:
        for heard in each.past.heard:
            first, last = ends.get(each.past.brand, (heard.at, heard.at))
            ends[each.past.brand] = min(first, heard.at), max(last, heard.at)
    return sum(max(_DAY, last - first) for first, last in ends.values()) / _WEEK
