"""Somebody else is in danger too: a grave reason calls again in the same episode, and never in a flood. Pure.

Danger and self-harm call for a second person at once. From then on, and the law and discrimination from their first
time on, a reason calls again a set pause after it last did: for the first of those who have waited since, with how
many they are. Whatever calls meanwhile takes along all who wait: reasons with a clock each would call one after another.
Where nobody says more the clock calls (`processors.episodes.expire`): nobody stays a number. What an outlet tells is
told of others.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import get_args

from msgspec import structs

from earshot.model import Grave, Id, Reason, Step, Story

GRAVE = frozenset(get_args(Grave))
_AT_ONCE = frozenset({"safety", "self_harm"})
_COPIED = frozenset({"copy", "repost"})


def in_own_words(kind: str, link: str) -> bool:
    """Whether a mention tied by `link` says what it says itself; nearly the same words may be another person's."""
    return kind != "repost" and link not in _COPIED


def may_be_another_person(reason: Reason, *, by_outlet: bool) -> bool:
    """Whether who says it again may be somebody else; who may hurt themselves is told of whoever says so."""
    return not by_outlet or reason == "self_harm"


def wait(steps: Sequence[Step], waiting: tuple[Step, ...], step: Step, pause: timedelta) -> tuple[Step, ...]:
    """Those that wait, with `step`, or with one more in the step of its reason; not where its author has called."""
    before = [known for known in steps if known.reason == step.reason]
    if step.reason not in GRAVE or not before or any(known.author == step.author for known in before):
        return waiting
    if any(known.reason == step.reason for known in waiting):
        return tuple(_with_one_more(known) if known.reason == step.reason else known for known in waiting)
    is_second = len(before) == 1 and step.reason in _AT_ONCE
    at = step.at if is_second else max(step.at, max(known.at for known in before) + pause)
    return (*waiting, structs.replace(step, at=at, said=1, read_at=step.at))


def is_due(waiting: Iterable[Step], now: datetime) -> bool:
    """Whether the moment of any has come."""
    return any(step.at <= now for step in waiting)


def taken(story: Story, steps: Sequence[Step], waiting: Iterable[Step], now: datetime) -> list[Step]:
    """As they are told now, who calls first, `steps` being told already; each of another reason."""
    return [
        structs.replace(
            step,
            at=now,
            level=max(step.level, story.level),
            risk=round(story.risk, 2),
            again=sum(known.reason == step.reason for known in steps),
        )
        for step in sorted(waiting, key=lambda step: step.at)
    ]


def without(waiting: tuple[Step, ...], mention: Id) -> tuple[Step, ...]:
    """Those that wait once `mention` is taken back: who waited behind it still does."""
    if all(step.mention != mention for step in waiting):
        return waiting
    left = (structs.replace(step, said=step.said - (step.mention == mention)) for step in waiting)
    return tuple(step for step in left if step.said)


def merged(one: Iterable[Step], other: Iterable[Step], steps: Iterable[Step]) -> tuple[Step, ...]:
    """What waits in two episodes that become one with these steps: of a reason the first, with all who have said so."""
    told = {(step.reason, step.author) for step in steps}
    found = dict[Reason, Step]()
    for step in (*one, *other):
        if (step.reason, step.author) in told:
            continue
        mine = found.get(step.reason)
        first = min(mine, step, key=lambda each: each.at) if mine else step
        found[step.reason] = structs.replace(first, said=step.said + (mine.said if mine else 0))
    return tuple(found.values())


def _with_one_more(step: Step) -> Step:
    return structs.replace(step, said=step.said + 1)
