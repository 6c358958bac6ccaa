"""Fold mentions into a story's numbers: whole numbers, so that any order and any change gives the same.

One vote an author: a person's vote is the mean of what they said, and reach counts each account once.
"""

from earshot.clock import from_us
from earshot.hashing import pair64
from earshot.model import Id, OutletClass, Story
from earshot.store.authors import Seat
from earshot.store.mentions import Row

_HALF = 5_000


def begin(story: int, brand: Id, first: Id, row: Row) -> Story:
    """A story without mentions yet; `row` is the one that will be its first."""
    return Story(
        id=story, brand=brand, first=first, opened_at=from_us(row.said_at), last_at=from_us(row.heard_at)
    )


def seat_hash(story: int, author: int) -> int:
    return pair64(story, author)


def add(story: Story, row: Row, key: int, seat: Seat | None) -> Seat:
    """Count a mention; `seat` is what is known under `key` of its author in this story. Returns what is now."""
    if seat is None:
        seat = Seat(row.n, key, 0, 0, 0)
        story.authors += 1
    story.mentions += 1
    if story.mentions > 1:
        story.last_at = max(story.last_at, from_us(row.heard_at))
        story.opened_at = min(story.opened_at, from_us(row.said_at))
    if row.outlet is not None and row.outlet not in story.outlets:
        story.outlets = story.outlets | {row.outlet: _class(row)}
    seat = _hear(story, seat, row.followers)
    return _count(story, seat, row)


def revise(story: Story, seat: Seat, old: Row, new: Row) -> Seat:
    """The same mention says something else now, or says nothing any more."""
    seat = _hear(story, seat, new.followers)
    return _count(story, _discount(story, seat, old), new)


def _hear(story: Story, seat: Seat, followers: int) -> Seat:
    if followers <= seat.followers:
        return seat
    story.followers += followers - seat.followers
    return Seat(seat.n, seat.hash, seat.votes, seat.voted, followers)


def _count(story: Story, seat: Seat, row: Row) -> Seat:
    if row.withdrawn:
        story.withdrawn += 1
        return seat
    if row.vote is None:
        story.unread += 1
        return seat
    return _vote(story, seat, row.vote, 1)


def _discount(story: Story, seat: Seat, row: Row) -> Seat:
    if row.withdrawn:
        story.withdrawn -= 1
        return seat
    if row.vote is None:
        story.unread -= 1
        return seat
    return _vote(story, seat, -row.vote, -1)


def _vote(story: Story, seat: Seat, vote: int, times: int) -> Seat:
    new = Seat(seat.n, seat.hash, seat.votes + vote, seat.voted + times, seat.followers)
    before, now = seat.vote, new.vote
    story.votes += now - before
    story.voters += (new.voted > 0) - (seat.voted > 0)
    story.negative_authors += (now >= _HALF) - (before >= _HALF)
    return new


def _class(row: Row) -> OutletClass:
    kind: OutletClass = row.outlet_class or "news"  # type: ignore[assignment]  # one of the classes, by reach.py
    return kind
