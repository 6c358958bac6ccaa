"""Why no notice of an alert went out, by what is stored and who is to be told now. Pure."""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from console.tongue import N_, Tongue
from earshot.inhibit import is_inhibited
from earshot.model import Episode, Level, Story
from earshot.seams import ReceiverSettings
from earshot.surge import Surge

Why = Literal["nobody", "unasked", "earlier", "surge", "elsewhere"]

_WHY: dict[Why, str] = {
    "nobody": N_("no receiver is configured"),
    "unasked": N_("no receiver asks for alerts of that level and brand"),
    "earlier": N_(
        "nobody was to be told when that was decided, in a replay without notices or before a receiver asked for it"
    ),
    "surge": N_("a surge tells of it"),
    "elsewhere": N_(
        "it was decided in a story that has become part of this one, and belongs to that one's alert"
    ),
}


def why(brand: str, level: Level, receivers: Sequence[ReceiverSettings]) -> Why:
    """Of what no story called for: a surge, or the silence of a source, whose `brand` is empty."""
    if not receivers:
        return "nobody"
    return "earlier" if any(each.wants(brand, level) for each in receivers) else "unasked"


def why_of_story(
    story: Story,
    episode: Episode,
    receivers: Sequence[ReceiverSettings],
    surges: Iterable[Surge],
    topics: Callable[[], Iterable[str]],
) -> Why:
    """`surges` are the brand's; `topics` are asked for where a surge has one."""
    found = why(story.brand, episode.level, receivers)
    if found != "earlier":
        return found
    wanted = [
        steps
        for steps in episode.decisions
        if steps[0].story in (0, story.id)
        and any(each.wants(story.brand, step.level) for each in receivers for step in steps)
    ]
    if not wanted:
        return "elsewhere"
    is_of_surge = all(is_inhibited(story, steps, surges, topics) for steps in wanted)
    return "surge" if is_of_surge else "earlier"


def told(say: Tongue, found: Why) -> str:
    return say.gettext("No notice of this one went out: %(why)s.", why=say.gettext(_WHY[found]))


def told_once(say: Tongue, found: Sequence[Why | None]) -> str:
    """Above a list of alerts where the same is so of all of them, and lies with no story; else empty."""
    reasons = set(found)
    if len(found) < 2 or len(reasons) > 1 or (why := reasons.pop()) not in ("nobody", "unasked", "earlier"):
        return ""
    return say.gettext("No notice of any of these went out: %(why)s.", why=say.gettext(_WHY[why]))
