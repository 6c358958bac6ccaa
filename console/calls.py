"""All that a story has called for, with what had become part of it before: who was told, when and of what. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from msgspec import structs

from earshot.model import Step, Story


class Told(NamedTuple):
    episode: int
    """Of the story in which it was decided, which its step names where that is another one."""
    step: Step


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
