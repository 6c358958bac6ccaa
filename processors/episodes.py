"""When a story calls, gets louder, and is over: decided after each mention and each tick, in log order.

An episode opens when the level rises above where it had settled, or when a rule fires; it takes a step for
each higher level and each new kind of reason, and for a grave one again (`processors.again`). Where the mention is
positive the next that is not takes the step of a higher level, if the risk is still so high. It is resolved when the
level that opened it has not been held for a set time (thresholds lowered by the hysteresis), or when everything
was withdrawn. Where a rule opened it the risk may never have reached that level: then it is over when nothing more
has been said for that time.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec import structs

from earshot.model import Episode, Id, Level, Reason, Step, Story
from processors import again

Signal = tuple[Reason, Level]
"""A rule that fired, and the least level that it means."""


class Cause(NamedTuple):
    """The mention that is decided after."""

    mention: Id
    author: int = 0
    """Hash of who wrote it; 0: nobody asks."""
    is_new: bool = False
    """It says for the first time what it says, in words of its own."""
    by_outlet: bool = False
    is_glad: bool = False
    """It is positive towards the brand: whatever it does to the numbers, it is not what raises a risk."""


def advance(
    story: Story,
    reached: Level,
    held: Level,
    signals: Iterable[Signal],
    cause: Cause,
    now: datetime,
    *,
    pause: timedelta,
    quiet: bool,
) -> None:
    """Decide after a mention. `reached` counts full thresholds, `held` lowered ones; `quiet` never alerts.

    `pause`: at least so long after a grave reason the same one is called for again.
    """
    story.level = max(reached, min(held, story.level))
    if not quiet:
        _call(story, signals, cause, now, pause)
    _settle(story, held, now)


def fade(story: Story, reached: Level, held: Level, now: datetime) -> None:
    """Decide at a tick, when nobody said anything: a level falls, and nothing is called."""
    story.level = max(reached, min(held, story.level))
    episode = story.episode
    if episode is None:
        story.calmed = min(story.calmed, story.level)
    elif held < episode.steps[0].level and episode.below_since is None:
        _since(story, episode, now)


def take_back(story: Story, mention: Id) -> None:
    """Nobody is called for what its author has taken back meanwhile."""
    if (episode := story.episode) and (waiting := again.without(episode.waiting, mention)) != episode.waiting:
        story.episodes = (*story.episodes[:-1], structs.replace(episode, waiting=waiting))


def expire(story: Story, now: datetime, after: timedelta) -> bool:
    """Call for who has waited; resolve the open episode if it has been below for `after`. True where it was."""
    episode = story.episode
    if episode is None:
        return False
    is_over = episode.below_since is not None and now - episode.below_since >= after
    if episode.waiting and (is_over or again.is_due(episode.waiting, now)):
        episode = _take(story, again.taken(story, episode.steps, episode.waiting, now), ())
    if is_over:
        _resolve(story, episode, now)
    return is_over


def due(story: Story, after: timedelta) -> datetime | None:
    """When the clock alone will change the story; None where it will not."""
    episode = story.episode
    if episode is None:
        return None
    over = episode.below_since + after if episode.below_since else None
    if not episode.waiting:
        return over
    soonest = min(step.at for step in episode.waiting)
    return min(over, soonest) if over else soonest


def _call(story: Story, signals: Iterable[Signal], cause: Cause, now: datetime, pause: timedelta) -> None:
    episode = story.episode
    steps, waiting = (episode.steps, episode.waiting) if episode else ((), ())
    loudest = max((step.level for step in steps), default=story.calmed)
    rose = story.level > loudest and not cause.is_glad
    fresh = [_step(story, story.level, "risk", cause, now)] if rose else []
    for reason, least in signals:
        step = _step(story, max(least, story.level), reason, cause, now)
        if all(known.reason != reason for known in (*steps, *fresh)):
            fresh.append(step)
        elif cause.is_new and again.may_be_another_person(reason, by_outlet=cause.by_outlet):
            waiting = again.wait(steps, waiting, step, pause)
    if waiting and (fresh or again.is_due(waiting, now)):
        fresh += again.taken(story, steps, waiting, now)
        waiting = ()
    if fresh or (episode and waiting != episode.waiting):
        _take(story, fresh, waiting)


def _step(story: Story, level: Level, reason: Reason, cause: Cause, now: datetime) -> Step:
    author = cause.author if reason in again.GRAVE else 0
    risk = round(story.risk, 2)
    return Step(level=level, reason=reason, at=now, mention=cause.mention, risk=risk, author=author)


def _take(story: Story, fresh: list[Step], waiting: tuple[Step, ...]) -> Episode:
    """Add steps to the open episode, or open one; together they are one decision."""
    marked = [*fresh[:1], *(structs.replace(step, also=True) for step in fresh[1:])]
    if episode := story.episode:
        grown = structs.replace(episode, steps=(*episode.steps, *marked), waiting=waiting)
        story.episodes = (*story.episodes[:-1], grown)
    else:
        grown = Episode(number=len(story.episodes) + 1, steps=tuple(marked))
        story.episodes = (*story.episodes, grown)
    return grown


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
    story.episodes = (*story.episodes[:-1], structs.replace(episode, resolved_at=now, waiting=()))
    story.calmed = story.level
