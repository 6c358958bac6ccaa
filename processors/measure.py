"""Fold mentions into a story's numbers: whole numbers, so that any order and any change gives the same.

One vote an author: a person's vote is the mean of what they said, and reach counts each account once. Only what
is remembered of the spread has fractions: it is the same for the same order, and nearly the same for another one.
"""

from datetime import datetime

from msgspec import structs

from earshot.clock import from_us
from earshot.hashing import pair64
from earshot.model import Id, Mention, Metrics, OutletClass, Score, Story
from earshot.store import mentions
from earshot.store.authors import Seat
from earshot.store.mentions import Row
from processors import outlook

_HALF = 5_000
_COUNTERS = ("likes", "reposts", "replies", "quotes", "views")
_ANSWERS = frozenset({"reply", "quote", "comment"})


def begin(story: int, brand: Id, first: Id, row: Row) -> Story:
    """A story without mentions yet; `row` is the one that will be its first."""
    return Story(
        id=story, brand=brand, first=first, opened_at=from_us(row.said_at), last_at=from_us(row.heard_at)
    )


def seat_hash(story: int, author: int) -> int:
    return pair64(story, author)


def add(
    story: Story, row: Row, key: int, seat: Seat | None, said: tuple[Mention, Score] | None = None
) -> Seat:
    """Count a mention; `seat` is what is known under `key` of its author in this story. Returns what is now.

    `said` is what the row holds, where that is at hand.
    """
    outlook.hear(story, row.said_at, row.link)
    mention, score = said or _said(row)
    _told(story, 0, mention)
    if seat is None:
        seat = Seat(row.n, key, 0, 0, 0, 0)
        story.authors += 1
    story.confirmations += confirms(mention, score, row.link)
    _weigh(story, score, 0 if row.withdrawn else 1)
    story.copies += row.link == "copy" and mention.kind != "repost"
    story.mentions += 1
    if story.mentions > 1:
        if mention.collected_at > story.last_at:
            story.last_at = from_us(row.heard_at)
        if mention.created_at < story.opened_at:
            story.opened_at = from_us(row.said_at)
    seat = _hear(story, seat, row)
    return _count(story, _fit(story, seat, row.fits) if row.fits else seat, row, mention)


def revise(story: Story, seat: Seat, old: Row, new: Row) -> Seat:
    """The same mention says something else now, or says nothing any more; when it was said stays."""
    (before, read_before), (after, read_after) = _said(old), _said(new)
    story.confirmations += confirms(after, read_after, new.link) - confirms(before, read_before, old.link)
    _weigh(story, read_before, 0 if old.withdrawn else -1)
    _weigh(story, read_after, 0 if new.withdrawn else 1)
    recount(story, before, after)
    seat = _hear(story, seat, new)
    if new.fits != old.fits:
        seat = _fit(story, seat, new.fits - old.fits)
    return _count(story, _discount(story, seat, old, before), new, after)


def recount(story: Story, before: Mention, after: Mention) -> None:
    """The platform counts otherwise what was carried on from the same mention."""
    known = counts(before)
    _told(story, known[0] if known else 0, after)


def counts(mention: Mention) -> tuple[int, datetime] | None:
    """How many carried it on by its platform's count, and since when that is so. None: it does not say.

    What stands below a repost is its original's count: with each of them it would be counted once more.
    """
    metrics = mention.metrics
    if metrics is None or metrics.carried is None or mention.kind == "repost" or mention.reposted:
        return None
    return metrics.carried, metrics.since or metrics.at


def newer(known: Metrics | None, fresh: Metrics | None) -> Metrics | None:
    """The newer of two observations, which keeps since when those who carried the mention on are so many.

    What the newer one does not say is as it was: to say nothing of reposts is not to say that there are none.
    """
    if known is None or fresh is None or fresh.at <= known.at:
        return known or fresh
    unsaid = {name: getattr(known, name) for name in _COUNTERS if getattr(fresh, name) is None}
    merged = structs.replace(fresh, **unsaid)
    same = merged.carried is not None and merged.carried == known.carried
    return structs.replace(merged, since=(known.since or known.at) if same else None)


def _told(story: Story, before: int, mention: Mention) -> None:
    now = counts(mention)
    story.counted += (now[0] if now else 0) - before
    if now:
        story.counted_at = max(now[1], story.counted_at or now[1])


def confirms(mention: Mention, score: Score, link: str) -> bool:
    """Whether it says of what others said that it happened to its author too; not once its words are taken back."""
    if "confirmation" not in score.signs or not mention.text:
        return False
    return mention.kind in _ANSWERS or (mention.kind == "post" and link != "new")


def _weigh(story: Story, score: Score, times: int) -> None:
    """What cannot wait, and what needs care."""
    story.grave = max(0, story.grave + times * bool(score.calls))  # an older version counted some otherwise
    story.sensitive += times * ("sensitive" in score.signs)


def _said(row: Row) -> tuple[Mention, Score]:
    kept = mentions.read(row)
    return kept.mention, kept.score


def _credit(story: Story, row: Row, outlet: str) -> None:
    """An outlet that published it, or an account of its: the most that follow one, which nothing takes back."""
    if row.outlet_class is None:
        if row.followers > story.outlet_followers.get(outlet, 0):
            story.outlet_followers = story.outlet_followers | {outlet: row.followers}
    elif outlet not in story.outlets:
        kind: OutletClass = row.outlet_class  # type: ignore[assignment]  # one of the classes, by reach.py
        story.outlets = story.outlets | {outlet: kind}


def _hear(story: Story, seat: Seat, row: Row) -> Seat:
    if row.outlet is not None:
        _credit(story, row, row.outlet)
        return seat
    if row.followers <= seat.followers:
        return seat
    story.followers += row.followers - seat.followers
    return Seat(seat.n, seat.hash, seat.votes, seat.voted, row.followers, seat.fits)


def _fit(story: Story, seat: Seat, more: int) -> Seat:
    """An author is of the audience while one of their mentions says so."""
    new = Seat(seat.n, seat.hash, seat.votes, seat.voted, seat.followers, seat.fits + more)
    story.audience += (new.fits > 0) - (seat.fits > 0)
    return new


def _count(story: Story, seat: Seat, row: Row, mention: Mention) -> Seat:
    if row.withdrawn:
        story.withdrawn += 1
        return seat
    if row.vote is None:
        story.unread += not _says_nothing(mention)
        return seat
    return _vote(story, seat, row.vote, 1)


def _discount(story: Story, seat: Seat, row: Row, mention: Mention) -> Seat:
    if row.withdrawn:
        story.withdrawn -= 1
        return seat
    if row.vote is None:
        story.unread -= not _says_nothing(mention)
        return seat
    return _vote(story, seat, -row.vote, -1)


def _says_nothing(mention: Mention) -> bool:
    """Whether there is nothing to read: what it passes on is the original's."""
    return mention.kind == "repost" and not (mention.text or mention.title)


def _vote(story: Story, seat: Seat, vote: int, times: int) -> Seat:
    new = Seat(seat.n, seat.hash, seat.votes + vote, seat.voted + times, seat.followers, seat.fits)
    before, now = seat.vote, new.vote
    story.votes += now - before
    story.voters += (new.voted > 0) - (seat.voted > 0)
    story.negative_authors += (now >= _HALF) - (before >= _HALF)
    return new
