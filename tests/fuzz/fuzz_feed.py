"""atheris: bytes as a feed. Whatever they are, clean mentions come out, or `Unreadable`."""

import contextlib
import re
import sys
import warnings
from datetime import UTC, datetime

import atheris

with atheris.instrument_imports(include=["collectors", "feedparser"]):
    from collectors.feeds.items import read_items
    from collectors.feeds.presets import Feed, Form

from earshot.errors import Unreadable

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TYPES = ("", "text/xml; charset=iso-8859-1", "application/json", "text/html; charset=utf-16")
FORMS: tuple[Form, ...] = ("articles", "headlines", "alerts", "reviews")
FORBIDDEN = re.compile(r"<(?=[a-zA-Z/!?])|[\x00\ud800-\udfff]")


def one_input(data: bytes) -> None:
    """The first byte chooses how it is read."""
    choice, body = (data[0], data[1:]) if data else (0, b"")
    feed = Feed(("https://news.example/feed",), "feed", FORMS[choice % 4], "news")
    with contextlib.suppress(Unreadable):
        for item in read_items(body, TYPES[choice // 4 % 4], feed.addresses[0], feed):
            mention = item.event(NOW, brand="Ronvia").mention
            assert 0 < len(mention.id) <= 1_000
            assert not FORBIDDEN.search(mention.title), mention.title
            assert not FORBIDDEN.search(mention.text), mention.text
            assert all(link.startswith(("http://", "https://")) for link in mention.links)


if __name__ == "__main__":
    warnings.simplefilter("error")
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
