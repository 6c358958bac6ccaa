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
        ("version", "last_at", "open", "story", "part_of"),
        ("id", "version"),
        [(*row[2:], row[0], row[2] - 1) for row in old],
    )
    if done != len(old):
        raise Stale("a story was changed by another process")


def known(connection: Connection, ids: Iterable[int]) -> set[int]:
    """Which of them there are."""
    found = connection.exec_driver_sql(
        "select id from stories where id in (select value from json_each(?))", (Listed(ids),)
    )
    return set(found.scalars())


def ids(connection: Connection, first: int, last: int) -> Sequence[int]:
    """All that there are from number `first` to `last`, in order, joined ones too."""
    return (
        connection.exec_driver_sql(
            "select id from stories where id between ? and ? order by id", (first, last)
        )
        .scalars()
        .all()
    )


def get(connection: Connection, story: int) -> Story | None:
    return load(connection, [story]).get(story)


def standing(connection: Connection, story: int) -> Story | None:
    """The story itself, or the one that it has become part of."""
    found = get(connection, story)
    while found and found.part_of:
        found = get(connection, found.part_of)
    return found


class Redirect(msgspec.Struct, frozen=True):
    """A story that was joined to another one."""

    id: int
    part_of: int
    joined_n: int
    """The mention that proved it."""


_REDIRECT = msgspec.json.Decoder(Redirect)


def redirects(connection: Connection, first: int, last: int) -> list[Redirect]:
    """Of the stories with ids from `first` to `last`, in the order in which they were joined."""
    found = connection.exec_driver_sql(
        "select story from stories where part_of > 0 and id between ? and ?", (first, last)
    )
    return sorted((_REDIRECT.decode(row[0]) for row in found), key=lambda each: (each.joined_n, -each.id))


def parts(connection: Connection, story: int) -> list[Story]:
    """Everything that was joined to it, at once or by way of another one."""
    found: list[Story] = []
    wanted = [story]
    while wanted:
        rows = connection.exec_driver_sql(
            "select story from stories where part_of > 0 and part_of in (select value from json_each(?))",
            (Listed(wanted),),
        )
        new = [_STORY.decode(row[0]) for row in rows]
        found += new
        wanted = [each.id for each in new]
    return found


def open_of_brand(connection: Connection, brand: str) -> list[Story]:
    """Those with an episode that is not resolved."""
    return [story for story in awake_of_brand(connection, brand) if story.episode]


def awake_of_brand(connection: Connection, brand: str) -> list[Story]:
    """Those that the clock alone may still change."""
    found = connection.exec_driver_sql("select story from stories where brand = ? and open", (brand,))
    return [_STORY.decode(row[0]) for row in found]


def newest(connection: Connection, numbers: tuple[int, int], limit: int) -> list[Story]:
    """The youngest stories with ids in a range (a brand's: `brands.numbers`), youngest first; none that was joined."""
    found = connection.exec_driver_sql(
        "select story from stories where id between ? and ? and part_of = 0 order by id desc limit ?",
        (*numbers, limit),
    )
    return [_STORY.decode(row[0]) for row in found]


def count(connection: Connection) -> int:
    total: int = connection.exec_driver_sql("select count(*) from stories where part_of = 0").scalar_one()
    return total


def _row(story: Story) -> tuple[int, str, int, int, bool, str, int]:
    body = _ENCODER.encode(story).decode()
    is_open = story.is_awake
    return story.id, story.brand, story.version, to_us(story.last_at), is_open, body, story.part_of


def brands_with_open(connection: Connection) -> list[str]:
    """Brands with a story that the clock alone may still change."""
    return [row[0] for row in connection.exec_driver_sql("select distinct brand from stories where open")]
