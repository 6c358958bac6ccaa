"""Mentions that staff read otherwise: their scores are put right and their stories folded again, calling nobody."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection

from earshot.model import Story
from earshot.rescoring import Change
from earshot.store import Store, brands, corrections, mentions, stories
from earshot.store.brands import Brand
from earshot.store.corrections import Correction
from earshot.store.mentions import Row
from processors import sizes
from processors.judge import Judge
from processors.rebuild import rebuild
from processors.redo import Again, portions, save, scored


def apply(store: Store, judge: Judge, brand: Brand, after: int = 0) -> list[Story]:
    """Do what corrections of a brand with numbers above `after` say and is not done; the stories that are others now.

    Raises `Stale` where another writer was faster; what was done by then stays, and is not done again.
    """
    with store.read() as connection:
        rows = mentions.get(connection, made := _made(connection, brand, after))
        known = stories.load(connection, {row.story for n, row in rows.items() if _again(row, made)})
    return [story for some in portions(known.values()) for story in _redo(store, judge, brand, some, after)]


def _made(connection: Connection, brand: Brand, after: int) -> dict[int, Correction]:
    """By mention."""
    made = corrections.standing(connection, brand.no, after)
    return {each.mention: each for each in made if each.mention}


def _again(row: Row, made: dict[int, Correction]) -> Again | None:
    """None where nothing is left to do."""
    correction, kept = made.get(row.n), mentions.read(row)
    if correction is None or kept.withdrawn or corrections.is_applied(kept.score, correction):
        return None
    score = corrections.corrected(kept.score, correction)
    return Again(
        row.n,
        row.story,
        row.vote,
        score,
        row.fits,
        Change(kept.mention.id, kept.score.negative, score.negative),
    )


def _redo(store: Store, judge: Judge, brand: Brand, some: list[int], after: int) -> list[Story]:
    done: list[Again] = []
    with store.read() as connection:
        row = brands.load(connection, brand.name) or brand
        known = stories.load(connection, some)
        rows = _rescored(mentions.of_stories(connection, some), _made(connection, brand, after), done)
        folded = [rebuild(known[story], of) for story, of in groupby(rows, attrgetter("story"))]
    for story, _ in folded:
        story.large = sizes.large(row.sizes)
        judge.reassess(story, judge.base_rate(row.votes, row.voters), row.clock)
    if done:
        with store.begin() as connection:
            save(connection, row, done, folded)
    return [story for story, _ in folded] if done else []


def _rescored(rows: Iterable[Row], made: dict[int, Correction], done: list[Again]) -> Iterator[Row]:
    """The same rows with the scores that staff give them; what changed is added to `done`."""
    for row in rows:
        again = _again(row, made) if row.n in made else None
        if again:
            done.append(again)
        yield scored(row, again) if again else row
