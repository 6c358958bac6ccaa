"""Two stories become one: the older one counts all mentions, and takes over what was told of the other.

What comes out is one story fed with both (a property test holds the two equal), as a story's numbers are sums, and
nobody who is in both is counted twice.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain

from msgspec import structs

from earshot.model import Episode, Level, Step, Story
from earshot.store.authors import Seat
from earshot.store.mentions import Row
from processors import again
from processors.measure import add, seat_hash


def merge(kept: Story, rows: Iterable[Row], seats: dict[int, Seat]) -> set[int]:
    """Count another story's mentions, given in log order, in `kept`, and seat their authors in it.

    `seats`: the kept story's, by hash, at least those of these authors; changed as the story is. Returns the numbers
    of the seats that are no more, because their people have another one.
    """
    came = dict[int, int]()
    for row in rows:
        key = seat_hash(kept.id, row.author)
        came.setdefault(key, row.n)
        seats[key] = add(kept, row, key, seats.get(key))
    gone = set[int]()
    for key, n in came.items():
        if (seat := seats[key]).n != n:
            gone.add(max(seat.n, n))
        if seat.n > n:  # they were in the other story first
            seats[key] = seat._replace(n=n)
    return gone


def hand_over(kept: Story, joined: Story, n: int, now: datetime) -> None:
    """From now on, since mention `n`, `joined` leads to `kept`, which goes on with what is open: nobody is told twice."""
    episode, own = joined.episode, kept.episode
    if episode:
        kept.episodes = _with(kept, own, _told(joined, episode))
        ended = structs.replace(episode, resolved_at=now, below_since=None, waiting=())
        joined.episodes = (*joined.episodes[:-1], ended)
    elif own is None:
        kept.calmed = max(kept.calmed, joined.calmed)
    joined.part_of, joined.joined_n = kept.id, n


def _told(joined: Story, episode: Episode) -> Episode:
    """With steps of the kept story, which say where they were told first."""
    steps = [
        step if step.story else structs.replace(step, story=joined.id, episode=episode.number)
        for step in episode.steps
    ]
    return structs.replace(episode, steps=tuple(steps))


def _with(kept: Story, own: Episode | None, other: Episode) -> tuple[Episode, ...]:
    if own is None:
        return (*kept.episodes, structs.replace(other, number=len(kept.episodes) + 1))
    told = own.decisions
    for decided in other.decisions:
        if any(_adds(step, list(chain.from_iterable(told))) for step in decided):
            told.append(decided)
    # The first stays first, also where the other story called before it: its level has to be left for this alert to
    # be over, and the alert's row tells of it.
    first, *later = told
    steps = tuple(chain(first, *sorted(later, key=lambda decided: decided[0].at)))
    waiting = again.merged(own.waiting, other.waiting, steps)
    return (*kept.episodes[:-1], structs.replace(own, steps=steps, waiting=waiting))


def _adds(step: Step, known: Sequence[Step]) -> bool:
    """Whether it was news when it was told: louder than all before it, of a new reason, or grave.

    So the moment at which anybody was first called stays, whichever story it was in. Whom a grave reason was told of
    is not told of again, and from the last time on it calls again after a pause.
    """
    before = [each for each in known if each.at <= step.at]
    same = [each for each in known if each.reason == step.reason]
    return (
        step.level > max((each.level for each in before), default=Level.calm)
        or all(each.reason != step.reason for each in before)
        or (step.reason in again.GRAVE and all(each.mention != step.mention for each in same))
    )
