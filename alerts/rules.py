"""Who is told what: pure functions from a story to its alert rows and to the notices that they ask for."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from earshot.clock import to_us
from earshot.model import Episode, Id, Step, Story
from earshot.seams import ReceiverSettings
from earshot.store.alerts import Alert


class Telling(NamedTuple):
    """One receiver is to be told of what was decided at once."""

    identities: tuple[str, ...]
    """Of each step; the notice has the first one's, and was told where any of them was."""
    story: Story
    episode: Episode
    steps: tuple[Step, ...]
    receiver: ReceiverSettings

    @property
    def identity(self) -> str:
        return self.identities[0]

    @property
    def is_first(self) -> bool:
        """Whether the story has called for nothing before."""
        return self.story.episodes[0].decisions[0][0] == self.steps[0]

    @property
    def step(self) -> Step:
        """The loudest one, the first of those."""
        return max(self.steps, key=lambda step: step.level)

    @property
    def last_at(self) -> datetime:
        return max(step.at for step in self.steps)

    @property
    def where(self) -> tuple[int, int]:
        """The story and the episode that it was decided in: a split gives both other numbers."""
        first = self.steps[0]
        return (first.story, first.episode) if first.story else (self.story.id, self.episode.number)

    @property
    def mentions(self) -> list[Id]:
        """Those that made us tell it: that of the loudest step first, each once."""
        return list(dict.fromkeys(step.mention for step in (self.step, *self.steps)))


def is_past(at: datetime, known_until: int | None, since: int) -> bool:
    """Whether it was decided before its receiver was there: `since` then, µs, and the alert was known up to then.

    What nobody has decided is told however late it is.
    """
    return known_until is not None and to_us(at) <= known_until and to_us(at) < since


def tellings(story: Story, receivers: Sequence[ReceiverSettings]) -> Iterator[Telling]:
    """Everything there is to tell about a story, told already or not."""
    for episode in story.episodes:
        for steps in episode.decisions:
            if steps[0].story not in (0, story.id):
                continue  # told where it was decided, or there a surge told it: that story's snapshot goes out too
            for receiver in receivers:
                if any(receiver.wants(story.brand, step.level) for step in steps):
                    names = tuple(identity(story, episode, step, receiver.name) for step in steps)
                    yield Telling(names, story, episode, steps, receiver)


def identity(story: Story, episode: Episode, step: Step, receiver: str) -> str:
    """The same for the same step and receiver, after any crash and on any machine, and when its story is joined."""
    where = (step.story, step.episode) if step.story else (story.id, episode.number)
    again = (str(step.again),) if step.again else ()
    parts = (story.brand, *map(str, where), step.reason, step.level.name, receiver, *again)
    return "msg_" + blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def alert(story: Story, episode: Episode) -> Alert:
    """The row for an episode as this snapshot knows it; it has no number yet."""
    raised = max(step.at for step in episode.steps)
    return Alert(
        id=0,
        brand=story.brand,
        story=story.id,
        episode=episode.number,
        level=int(episode.level),
        reason=episode.steps[0].reason,
        opened_at=to_us(episode.opened_at),
        raised_at=to_us(raised),
        resolved_at=to_us(episode.resolved_at) if episode.resolved_at else None,
        # Of several steps in one moment the highest counts: then snapshots agree in whatever order they come.
        risk=max(step.risk for step in episode.steps if step.at == raised),
    )
