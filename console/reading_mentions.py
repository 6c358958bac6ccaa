"""What the page of a mention needs, read in one consistent look at the store. Blocking: never on the event loop."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from sqlalchemy import Connection

from earshot.model import Story
from earshot.store import brands, corrections, mentions, regrouped, stories
from earshot.store.corrections import Correction
from earshot.store.mentions import Kept, Row


class Moved(NamedTuple):
    """What brought it to the story that it is in now, and not to the one that it was put in first."""

    how: Literal["split", "hand", "tie", "words"]
    """It was split off another story, or the story that it began was joined to this one."""
    by: int = 0
    """The mention that tied the two stories; 0: none did."""


class Found(NamedTuple):
    kept: Kept
    heard_at: int
    """µs"""
    story: Story
    first: Kept | None
    """The mention that began the story."""
    labels: Sequence[Correction] = ()
    """How staff read it, the newest first."""
    moved: Moved | None = None


def mention(connection: Connection, n: int) -> Found | None:
    """None where there is none of that number."""
    row = mentions.get(connection, [n]).get(n)
    story = stories.get(connection, row.story) if row else None
    if row is None or story is None:
        return None
    first = mentions.get(connection, [story.id]).get(story.id)
    labels, moved = corrections.of_mention(connection, n), _moved(connection, row, story)
    return Found(
        mentions.read(row), row.heard_at, story, mentions.read(first) if first else None, labels, moved
    )


def is_split_off(said: Row | Kept, story: Story) -> bool:
    """Whether it began `story` only when a person split it off another one."""
    return said.n == story.id and said.link != "new"


def _moved(connection: Connection, row: Row, story: Story) -> Moved | None:
    if row.n == story.id:
        return Moved("split") if is_split_off(row, story) else None
    begun = stories.get(connection, row.n)
    if begun is None or not begun.part_of:
        return None
    if _by_hand(connection, begun):
        return Moved("hand")
    proof = mentions.get(connection, [begun.joined_n]).get(begun.joined_n)
    return Moved("tie", proof.n) if proof and proof.story == story.id else Moved("words")


def _by_hand(connection: Connection, story: Story) -> bool:
    brand = brands.load(connection, story.brand)
    done = regrouped.of_brand(connection, brand.no) if brand else []
    return any(each.kind == "join" and each.other == story.id for each in done)
