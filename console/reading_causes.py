"""The mentions whose words alerts were raised for. Blocking: never on the event loop."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from console.calls import by_words
from earshot.model import Step, Story
from earshot.store import alerts
from earshot.store.alerts import Alert
from earshot.store.mentions import Kept


class Cause(NamedTuple):
    """What a step was taken for, as it is now."""

    step: Step
    kept: Kept


def find(
    connection: Connection,
    raised: Iterable[Alert],
    about: Mapping[int, Story],
    firsts: Mapping[int, Kept],
) -> dict[int, Cause]:
    """Of the gravest reason of each alert, by alert, where the words of one mention are that reason."""
    found: dict[int, Cause] = {}
    for alert in raised:
        story, first = about.get(alert.story), firsts.get(alert.story)
        step = by_words(story, alert) if story else None
        if story is None or step is None:
            continue
        is_first = first is not None and first.mention.id == step.mention
        home = story.part_of or story.id
        kept = first if is_first else alerts.mention_behind(connection, home, step.mention)
        if kept:
            found[alert.id] = Cause(step, kept)
    return found
