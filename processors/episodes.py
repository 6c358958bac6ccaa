"""When a story calls, gets louder, and is over: decided after each mention and each tick, in log order.

An episode opens when the level rises above where it had settled, or when a rule fires; it takes a step for
each higher level and each new kind of reason; it is resolved when the level that opened it has not been held
for a set time (thresholds lowered by the hysteresis), or when everything was withdrawn. Where a rule opened it
the risk may never have reached that level: then it is over when nothing more has been said for that time.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import structs

from earshot.model import Episode, Id, Level, Reason, Step, Story

Signal = tuple[Reason, Level]
"""A rule that fired, and the least level that it means."""


def advance(
    story: Story,
    reached: Level,
    held: Level,
    signals: Iterable[Signal],
    mention: Id,
    now: datetime,
    *,
    quiet: bool,
) -> None:
    """Decide after a mention. `reached` counts full thresholds, `held` lowered ones; `quiet` never alerts."""
    story.level = max(reached, min(held, story.level))
    if not quiet:
        _call(story, signals, mention, now)
    _settle(story, held, now)


def fade(story: Story, reached: Level, held: Level, now: datetime) -> None:
    """Decide at a tick, when nobody said anything: a level falls, and nothing is called."""
    story.level = max(reached, min(held, story.level))
    episode = story.episode
    if episode is None:
        story.calmed = min(story.calmed, story.level)
    elif held < episode.steps[0].level and episode.below_since is None:
        _since(story, episode, now)


def expire(story: Story, now: datetime, after: timedelta) -> bool:
    """Resolve the open episode if it has been below for long enough. True where it was."""
    episode = story.episode
    if episode is None or episode.below_since is None or now - episode.below_since < after:
        return False
    _resolve(story, episode, now)
    return True


def due(story: Story, after: timedelta) -> datetime | None:
    """When the clock alone will change the story; None where it will not."""
    episode = story.episode
    return episode.below_since + after if episode and episode.below_since else None


def _call(story: Story, signals: Iterable[Signal], mention: Id, now: datetime) -> None:
    steps: list[Step] = list(episode.steps) if (episode := story.episode) else []
    known = len(steps)
    loudest = max((step.level for step in steps), default=story.calmed)
    if story.level > loudest:
        steps.append(_step(story, story.level, "risk", mention, now))
    for reason, least in signals:
        if all(step.reason != reason for step in steps):
            steps.append(_step(story, max(least, story.level), reason, mention, now))
    if len(steps) == known:
        return
    if episode:
        story.episodes = (*story.episodes[:-1], structs.replace(episode, steps=tuple(steps)))
    else:
        story.episodes = (*story.episodes, Episode(number=len(story.episodes) + 1, steps=tuple(steps)))


def _step(story: Story, level: Level, reason: Reason, mention: Id, now: datetime) -> Step:
    return Step(level=level, reason=reason, at=now, mention=mention, risk=round(story.risk, 2))


def _settle(story: Story, held: Level, now: datetime) -> None:
    episode = story.episode
    if episode is None:
        story.calmed = min(story.calmed, story.level)
    elif story.withdrawn == story.mentions:
        _resolve(story, episode, now)
    elif held >= episode.steps[0].level:
        _since(story, episode, None)
    elif episode.below_since is None or episode.steps[0].reason != "risk":
        _since(story, episode, now)


def _since(story: Story, episode: Episode, moment: datetime | None) -> None:
    if episode.below_since != moment:
        story.episodes = (*story.episodes[:-1], structs.replace(episode, below_since=moment))


def _resolve(story: Story, episode: Episode, now: datetime) -> None:
    story.episodes = (*story.episodes[:-1], structs.replace(episode, resolved_at=now))
    story.calmed = story.level
