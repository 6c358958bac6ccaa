"""Stories as they are kept: one row each, written by its brand's owner, guarded by a version."""

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection

from earshot.clock import to_us
from earshot.errors import Stale
from earshot.model import Story
from earshot.store.binding import Listed
from earshot.store.bulk import append, change
from earshot.store.schema import STORIES

_STORY = msgspec.json.Decoder(Story)
_ENCODER = msgspec.json.Encoder()


def load(connection: Connection, ids: Iterable[int]) -> dict[int, Story]:
    found = connection.exec_driver_sql(
        "select story from stories where id in (select value from json_each(?))",
        (Listed(ids),),
    )
    return {story.id: story for story in (_STORY.decode(row[0]) for row in found)}


def save(connection: Connection, stories: Sequence[Story]) -> None:
    """Insert those of version 1, update the others where the stored version is one less.

    Raises:
        Stale: at least one was changed by another writer; roll back and do the batch again.
    """
    new = [_row(story) for story in stories if story.version == 1]
    old = [_row(story) for story in stories if story.version > 1]
    append(connection, STORIES, new)
    done = change(
        connection,
        STORIES,
        ("version", "last_at", "open", "story"),
        ("id", "version"),
        [(version, last, opened, body, no, version - 1) for no, _, version, last, opened, body in old],
    )
    if done != len(old):
        raise Stale("a story was changed by another process")


def known(connection: Connection, ids: Iterable[int]) -> set[int]:
    """Which of them there are."""
    found = connection.exec_driver_sql(
        "select id from stories where id in (select value from json_each(?))", (Listed(ids),)
    )
    return set(found.scalars())


def get(connection: Connection, story: int) -> Story | None:
    return load(connection, [story]).get(story)


def open_of_brand(connection: Connection, brand: str) -> list[Story]:
    """Those with an episode that is not resolved: the ones that the clock may still change."""
    found = connection.exec_driver_sql("select story from stories where brand = ? and open", (brand,))
    return [_STORY.decode(row[0]) for row in found]


def newest(connection: Connection, numbers: tuple[int, int], limit: int) -> list[Story]:
    """The youngest stories with ids in a range (a brand's: `brands.numbers`), youngest first."""
    found = connection.exec_driver_sql(
        "select story from stories where id between ? and ? order by id desc limit ?", (*numbers, limit)
    )
    return [_STORY.decode(row[0]) for row in found]


def count(connection: Connection) -> int:
    total: int = connection.exec_driver_sql("select count(*) from stories").scalar_one()
    return total


def _row(story: Story) -> tuple[int, str, int, int, bool, str]:
    body = _ENCODER.encode(story).decode()
    return story.id, story.brand, story.version, to_us(story.last_at), story.episode is not None, body


def brands_with_open(connection: Connection) -> list[str]:
    """Brands with an episode that is not resolved."""
    return [row[0] for row in connection.exec_driver_sql("select distinct brand from stories where open")]
