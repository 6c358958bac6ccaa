"""A story folded again from nothing: what its stored mentions say, whatever it was worked out from before.

For all that changes more than one mention: a new model, a join, a split, an erasure. Where mentions are added,
edited and withdrawn one by one (`processors.measure`) the numbers come out the same.
"""

from collections.abc import Iterable

from msgspec import structs

from earshot.clock import from_us
from earshot.model import Story
from earshot.store.authors import Seat
from earshot.store.mentions import Row
from processors.measure import add, seat_hash


def rebuild(story: Story, rows: Iterable[Row]) -> tuple[Story, dict[int, Seat]]:
    """The story's numbers and its people's seats, by seat hash, from its rows in log order, read once.

    Neither argument is changed. What was decided (risk, level, episodes) stays as it is: it has been told.
    """
    fresh, seats = _emptied(story), dict[int, Seat]()
    for row in rows:
        if not fresh.mentions:
            fresh.opened_at, fresh.last_at = from_us(row.said_at), from_us(row.heard_at)
        key = seat_hash(story.id, row.author)
        seats[key] = add(fresh, row, key, seats.get(key))
    return fresh, seats


def _emptied(story: Story) -> Story:
    return structs.replace(
        story,
        mentions=0,
        withdrawn=0,
        unread=0,
        authors=0,
        voters=0,
        votes=0,
        negative_authors=0,
        followers=0,
        outlets={},
        outlet_followers={},
        confirmations=0,
        audience=0,
        grave=0,
        sensitive=0,
        copies=0,
        counted=0,
        counted_at=None,
        spread=(),
    )
