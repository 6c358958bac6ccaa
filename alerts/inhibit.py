"""What is not told by itself because a surge tells it: the complaints that belong to the surge. Pure.

A story belongs to it that began within it and is of its topic. What it does that is a matter of its own is told all
the same: a loud author, the press, somebody in danger; that it has become critical; and all that it does, where
something in it is sensitive.
"""

from collections.abc import Callable, Iterable

from alerts.rules import Telling
from earshot.model import Level, Reason
from earshot.subjects import EVERYTHING
from earshot.surge import Surge

_OF_THE_CROWD: tuple[Reason, ...] = ("risk",)


def is_inhibited(telling: Telling, surges: Iterable[Surge], topics: Callable[[], Iterable[str]]) -> bool:
    """`surges` are the brand's; `topics`, of the story, are asked for where a surge has one."""
    story = telling.story
    is_of_the_crowd = all(step.reason in _OF_THE_CROWD for step in telling.steps)
    if not is_of_the_crowd or telling.step.level >= Level.critical or story.sensitive:
        return False
    known = [each for each in surges if each.contains(story.opened_at) and _going_on(each, telling)]
    if any(each.topic == EVERYTHING for each in known):
        return True
    return bool(known) and not {each.topic for each in known}.isdisjoint(topics())


def _going_on(surge: Surge, telling: Telling) -> bool:
    """Whether it was told already, and was not over, when the step was decided."""
    return surge.opened_at <= telling.step.at and surge.contains(telling.step.at)
