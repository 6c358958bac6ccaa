"""Where stories stand once their brand was scored again: each weighed as of its last mention, calling nobody.

No look-ahead: the base rate is the one that the brand had then, by the scores that its mentions have now.
"""

from collections.abc import Iterable, Sequence
from copy import copy

import numpy as np
from numpy.typing import NDArray

from earshot.model import Story
from earshot.store import Store, brands, stories
from processors.judge import Judge

Stands = NDArray[np.int64]
"""A row a story: its id, its mentions, and the brand's votes and voters just before the last of them."""


def stands(
    votes: Iterable[Sequence[tuple[int, int, int | None]]], brand_votes: int, brand_voters: int
) -> Stands:
    """From chunks of (n, story, vote) in log order, and the brand's sums over them and all that was deleted.

    What retention has deleted counts as said before all that is stored.
    """
    parts = [np.empty((3, 0), np.int64)]
    for chunk in votes:
        _, story, vote = zip(*chunk, strict=True)
        parts.append(np.array((story, [v or 0 for v in vote], [v is not None for v in vote]), np.int64))
    story, vote, voter = np.concatenate(parts, axis=1)
    before = (
        brand_votes - vote.sum() + np.cumsum(vote) - vote,
        brand_voters - voter.sum() + np.cumsum(voter) - voter,
    )
    ids, from_end, mentions = np.unique(story[::-1], return_index=True, return_counts=True)
    last = len(story) - 1 - from_end
    return np.stack((ids, mentions, before[0][last], before[1][last]), axis=1)


def settle(store: Store, judge: Judge, brand: str, part: Stands) -> int:
    """Weigh these stories, in one transaction; how many stand at another level now. Raises `Stale`."""
    with store.read() as connection:
        row = brands.load(connection, brand)
        known = stories.load(connection, part[:, 0].tolist())
    if row is None:
        return 0
    moved = [(old, new) for old, new in _weighed(known, judge, part, row.clock) if new != old]
    if not moved:
        return 0
    for _, new in moved:
        new.version += 1
    with store.begin() as connection:
        brands.save(connection, row)
        stories.save(connection, [new for _, new in moved])
    return sum(new.level != old.level for old, new in moved)


def _weighed(
    known: dict[int, Story], judge: Judge, part: Stands, clock: int
) -> Iterable[tuple[Story, Story]]:
    for number, mentions, votes, voters in part.tolist():
        story = known.get(number)
        if story and story.mentions == mentions:  # else it was purged, or heard of since: then it is weighed
            fresh = copy(story)
            judge.reassess(fresh, judge.base_rate(votes, voters), clock)
            yield story, fresh
