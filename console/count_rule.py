"""What a rule that only counts mentions would have done: the moment at which the story became large. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from earshot.clock import to_us
from earshot.model import Level, Step, Story
from earshot.store.mentions import Heard

_LATE = timedelta(days=1) // timedelta(
    microseconds=1
)  # what is heard later was imported, see `Mention.backfill`


class Call(NamedTuple):
    at: int
    level: Level


class CountRule(NamedTuple):
    """Moments are µs, by when it was heard: nobody can call on what he has not heard."""

    size: int
    """The mentions that it counts to: N*, as one story in twenty of the brand has."""
    at: int | None
    """When it would have called; None: not yet."""
    called: tuple[Call, ...]
    """When Earshot did: first, and first as a warning or louder."""


def count_rule(story: Story, heard: Sequence[Heard], calls: Sequence[Step]) -> CountRule | None:
    """`calls`: all that it called for, the oldest first. None of a story that was imported in hindsight: there no moment is compared with another."""
    reached = heard[story.large - 1] if len(heard) >= story.large else None
    if reached and reached.heard_at - reached.said_at > _LATE:
        return None
    return CountRule(story.large, reached.heard_at if reached else None, _called(calls))


def _called(steps: Sequence[Step]) -> tuple[Call, ...]:
    """To be watched is less than an alarm: beside one that only counts, the first warning is told too."""
    first, loud = steps[:1], [step for step in steps if step.level >= Level.warning][:1]
    return tuple(dict.fromkeys(Call(to_us(step.at), step.level) for step in (*first, *loud)))
