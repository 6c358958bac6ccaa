"""What alerts were raised for, and the mentions whose words that was. `find` is blocking: never on the event loop."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from earshot.gravity import gravest_first
from earshot.model import Episode, Step, Story
from earshot.quoting import is_by_words
from earshot.store import alerts
from earshot.store.alerts import Alert
from earshot.store.mentions import Kept


class Cause(NamedTuple):
    """What a step was taken for, as it is now."""

    step: Step
    kept: Kept


def episode_of(story: Story, alert: Alert) -> Episode | None:
    return next((each for each in story.episodes if each.number == alert.episode), None)


def reasons(alert: Alert, episode: Episode | None) -> list[str]:
    """All that it was raised for, the gravest first."""
    return gravest_first(
        [alert.reason, *(step.reason for step in episode.steps)] if episode else [alert.reason]
    )


def by_words(story: Story, alert: Alert) -> Step | None:
    """The first step of its gravest reason, where the words of a mention gave that."""
    episode = episode_of(story, alert)
    gravest = reasons(alert, episode)[0]
    steps = episode.steps if episode else ()
    return next((step for step in steps if step.reason == gravest and is_by_words(step)), None)


def find(
    connection: Connection,
    raised: Iterable[Alert],
    about: Mapping[int, Story],
    firsts: Mapping[int, Kept],
) -> dict[int, Cause]:
    """Of the gravest reason of each alert, by alert, where the words of one mention are that reason."""
    found: dict[int, Cause] = {}
    behind: dict[tuple[int, str], Kept | None] = {}
    for alert in raised:
        story, first = about.get(alert.story), firsts.get(alert.story)
        step = by_words(story, alert) if story else None
        if story is None or step is None:
            continue
        is_first = first is not None and first.mention.id == step.mention
        place = story.part_of or story.id, step.mention
        if not is_first and place not in behind:
            behind[place] = alerts.mention_behind(connection, *place)
        kept = first if is_first else behind[place]
        if kept:
            found[alert.id] = Cause(step, kept)
    return found
