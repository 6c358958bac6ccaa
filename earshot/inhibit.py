"""What is not told by itself because a surge tells it: the complaints that belong to the surge. Pure.

A story belongs to it that began within it and is of its topic. What it does that is a matter of its own is told all
the same: a loud author, the press, somebody in danger; that it has become critical; and all that it does, where
something in it is sensitive.
"""

from collections.abc import Callable, Iterable, Sequence

from earshot.model import Level, Reason, Step, Story
from earshot.subjects import EVERYTHING
from earshot.surge import Surge

_OF_THE_CROWD: tuple[Reason, ...] = ("risk",)


def is_inhibited(
    story: Story, steps: Sequence[Step], surges: Iterable[Surge], topics: Callable[[], Iterable[str]]
) -> bool:
    """`steps` are what it decided at once; `surges` the brand's; `topics`, of the story, are asked for where a surge
    has one.
    """
    is_of_the_crowd = all(step.reason in _OF_THE_CROWD for step in steps)
    loudest = max(steps, key=lambda step: step.level)
    if not is_of_the_crowd or loudest.level >= Level.critical or story.sensitive:
        return False
    known = [each for each in surges if each.contains(story.opened_at) and _going_on(each, loudest)]
    if any(each.topic == EVERYTHING for each in known):
        return True
    return bool(known) and not {each.topic for each in known}.isdisjoint(topics())


def _going_on(surge: Surge, step: Step) -> bool:
    """Whether it was told already, and was not over, when the step was decided."""
    return surge.opened_at <= step.at and surge.contains(step.at)
