"""Which conversations on X belong to stories that call loudly now: what the reserve of the budget is for."""

from collections.abc import Iterator

from sqlalchemy import Connection

from earshot.model import Level, Mention
from earshot.store import Store, alerts, mentions

_MOST_ALERTS = 200
_MOST_MENTIONS = 200  # newest of a story
_MOST_ROOTS = 20  # conversations of one story


def loud_conversations(store: Store) -> list[str]:
    """X's ids of the posts that began them, in one order as long as they are the same. Raises `Unavailable`."""
    with store.read() as connection:
        open_now = alerts.page(connection, _MOST_ALERTS, open_only=True)
        loud = dict.fromkeys(alert.story for alert in open_now if alert.loudness >= Level.warning)
        return sorted({root for story in loud for root in _roots(connection, story)}, key=int)


def _roots(connection: Connection, story: int) -> list[str]:
    """A story's number is that of its first mention: its conversation comes first."""
    first = [mentions.read(row) for row in mentions.get(connection, [story]).values()]
    newest = mentions.newest_of_story(connection, story, _MOST_MENTIONS)
    roots = (root for kept in (*first, *newest) for root in _natives(kept.mention))
    return list(dict.fromkeys(roots))[:_MOST_ROOTS]


def _natives(mention: Mention) -> Iterator[str]:
    for full in (mention.reposted, mention.root or mention.id):
        source, _, native = (full or "").partition(":")
        if source == "x" and native.isdecimal() and native.isascii():
            yield native
