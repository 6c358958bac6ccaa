"""What the page of a mention needs, read in one consistent look at the store. Blocking: never on the event loop."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from earshot.model import Story
from earshot.store import corrections, mentions, stories
from earshot.store.corrections import Correction
from earshot.store.mentions import Kept


class Found(NamedTuple):
    kept: Kept
    heard_at: int
    """µs"""
    story: Story
    first: Kept | None
    """The mention that began the story."""
    labels: Sequence[Correction] = ()
    """How staff read it, the newest first."""


def mention(connection: Connection, n: int) -> Found | None:
    """None where there is none of that number."""
    row = mentions.get(connection, [n]).get(n)
    story = stories.get(connection, row.story) if row else None
    if row is None or story is None:
        return None
    first = mentions.get(connection, [story.id]).get(story.id)
    labels = corrections.of_mention(connection, n)
    return Found(mentions.read(row), row.heard_at, story, mentions.read(first) if first else None, labels)
