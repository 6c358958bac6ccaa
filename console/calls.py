"""All that a story has called for, with what had become part of it before: who was told, when and of what. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from msgspec import structs

from earshot.causes import reasons
from earshot.gravity import GRAVEST_FIRST
from earshot.model import Episode, Step, Story
from earshot.store.alerts import Alert

_TO_BE_SEEN = frozenset(GRAVEST_FIRST[: GRAVEST_FIRST.index("voice")])
"""What somebody has to have looked at, whether or not more is said: danger, the law, the press."""


class Told(NamedTuple):
    episode: int
    """Of the story in which it was decided, which its step names where that is another one."""
    step: Step


def is_to_be_seen(alert: Alert, episode: Episode) -> bool:
    return not _TO_BE_SEEN.isdisjoint(reasons(alert, episode))


def was_handed_over(story: Story, episode: Episode) -> bool:
    """Whether it goes on in the story that this one has become part of."""
    return bool(story.part_of) and episode.number == len(story.episodes) and episode.below_since is None


def calls(story: Story, parts: Iterable[Story] = ()) -> list[Told]:
    """The oldest first, each once: what one story took over from another one stands in both."""
    found: dict[tuple[object, ...], Told] = {}
    for each in (story, *parts):
        for episode in each.episodes:
            for step in episode.steps:
                home, number = step.story or each.id, step.episode or episode.number
                told = step if each is story else structs.replace(step, story=home, episode=number)
                key = (home, number, step.at, step.reason, step.level, step.mention)
                found.setdefault(key, Told(episode.number, told))
    return sorted(found.values(), key=lambda call: call.step.at)
