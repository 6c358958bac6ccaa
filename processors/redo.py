"""Stories whose mentions have other scores now, folded again and saved in one transaction with their brand's base rate."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import Connection

from earshot.model import Score, Story
from earshot.rescoring import Change
from earshot.store import authors, brands, mentions, stories
from earshot.store.authors import Seat
from earshot.store.brands import Brand
from earshot.store.mentions import Row

_MOST = 5_000  # mentions a transaction, unless a single story has more


class Again(NamedTuple):
    """A mention whose score is another one now."""

    n: int
    story: int
    vote: int | None
    """As it was."""
    score: Score
    fits: int
    """Whether its author is of the audience, by that score."""
    change: Change


def scored(row: Row, again: Again) -> Row:
    """The same mention, read otherwise."""
    return row._replace(vote=again.score.vote, score=mentions.encode(again.score), fits=again.fits)


def portions(known: Iterable[Story]) -> list[list[int]]:
    """Stories that are done together, oldest first."""
    portions: list[list[int]] = []
    room = 0
    for story in sorted(known, key=attrgetter("id")):
        if story.mentions > room:
            portions.append([])
            room = _MOST
        portions[-1].append(story.id)
        room -= story.mentions
    return portions


def save(
    connection: Connection, row: Brand, done: Sequence[Again], folded: Iterable[tuple[Story, dict[int, Seat]]]
) -> None:
    """Raises `Stale` where another writer was faster."""
    touched = {each.story for each in done}
    changed = [(story, seats) for story, seats in folded if story.id in touched]
    for story, _ in changed:
        story.version += 1
    brands.save(connection, _weighed(row, done))
    mentions.rescore(connection, ((each.n, each.score, each.fits) for each in done))
    authors.replace(connection, [seat for _, seats in changed for seat in seats.values()])
    stories.save(connection, [story for story, _ in changed])


def _weighed(row: Brand, done: Sequence[Again]) -> Brand:
    """The brand's base rate: what was said before goes out of it, what is said now comes in."""
    votes = sum((each.score.vote or 0) - (each.vote or 0) for each in done)
    voters = sum((each.score.vote is not None) - (each.vote is not None) for each in done)
    return row._replace(votes=row.votes + votes, voters=row.voters + voters)
