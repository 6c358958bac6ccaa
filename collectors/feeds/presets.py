"""What is polled: any feed by its address, and the ones whose addresses and habits we know."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple
from urllib.parse import urlencode

from collectors.feeds.appstore import addresses
from collectors.fetch import shown

Form = Literal["articles", "headlines", "alerts", "reviews"]
"""How its items are read: as they are; Google News, whose text is markup around the title; Google Alerts,
whose links lead through Google; Apple's reviews."""

_NEWS = "https://news.google.com/rss/search"


class Feed(NamedTuple):
    """One feed: where it is, and how it is read."""

    addresses: tuple[str, ...]
    """Spellings of the same, to be tried in turn while they come empty."""
    label: str
    """How reports and logs call it."""
    form: Form
    source: str
    """What the ids of its items begin with."""

    @property
    def key(self) -> str:
        """The same as long as the address is; tells nothing that may be secret."""
        return hashlib.sha256(self.addresses[0].encode()).hexdigest()[:16]


def plain(address: str, source: str) -> Feed:
    return Feed((address,), shown(address), "articles", source)


def google_news(query: str, language: str, country: str) -> Feed:
    """Articles of the last day that match; Google shows about a hundred."""
    asked = query if "when:" in query else f"{query} when:1d"
    area: Mapping[str, str] = {
        "q": asked, "hl": f"{language}-{country}", "gl": country, "ceid": f"{country}:{language}",
    }  # fmt: skip
    return Feed((f"{_NEWS}?{urlencode(area)}",), f"Google News: {query}", "headlines", "news")


def google_alert(address: str) -> Feed:
    return Feed((address,), f"Google Alert {address.rstrip('/').rpartition('/')[2][:40]}", "alerts", "news")


def apple_apps(apps: tuple[str, ...], countries: tuple[str, ...]) -> Iterator[Feed]:
    for app in apps:
        for country in countries:
            yield Feed(addresses(app, country), f"App Store {country}: {app}", "reviews", "appstore")
