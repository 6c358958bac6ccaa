"""Apple's feed of customer reviews: public, undocumented, and empty or without dates every now and then.

Its faults, as others have reported them (facundoolano/app-store-scraper, issues 13 and 50): one spelling of the
address comes empty while another does not; the JSON form has no dates at times; its first entry is the app
itself; a single review is an object where several are a list.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from collectors.feeds.charset import decode
from collectors.feeds.dates import read_date
from collectors.feeds.entries import Entry, read_feed, read_stars
from collectors.markup import calm
from earshot.errors import Unreadable

_HOST = "https://itunes.apple.com"
_PATHS = ("page=1/id={app}/sort{by}={order}", "id={app}/page=1/sort{by}={order}")
_ORDERS = (("by", "mostrecent"), ("By", "mostRecent"))


def addresses(app: str, country: str) -> tuple[str, ...]:
    """Every spelling of the newest reviews: XML first, as it has dates."""
    return tuple(
        f"{_HOST}/{country}/rss/customerreviews/{path.format(app=app, by=by, order=order)}/{form}"
        for form, path, (by, order) in product(("xml", "json"), _PATHS, _ORDERS)
    )


def read_reviews(body: bytes, content_type: str = "") -> Sequence[Entry]:
    """The reviews, without the entry about the app. Raises `Unreadable`."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        entries = [_entry(raw) for raw in _objects(decode(body, content_type))]
    else:
        entries = list(read_feed(body, content_type))
    return [entry for entry in entries if entry.stars is not None]


def _objects(text: str) -> Iterator[Mapping[str, Any]]:
    try:
        feed = json.loads(text)["feed"]
        found = feed.get("entry", [])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(f"not Apple's reviews: {error!r}"[:300]) from error
    yield from (raw for raw in (found if isinstance(found, list) else [found]) if isinstance(raw, dict))


def _entry(raw: Mapping[str, Any]) -> Entry:
    said = read_date(_label(raw, "updated"))
    return Entry(
        id=_label(raw, "id"),
        links=tuple(filter(None, [_within(raw, "link", "attributes", "href")])),
        title=calm(_label(raw, "title")),
        text=calm(_label(raw, "content")),
        author=calm(_within(raw, "author", "name", "label"), 300),
        author_url=_within(raw, "author", "uri", "label"),
        said=said,
        updated=said,
        stars=read_stars(_label(raw, "im:rating")),
    )


def _label(raw: Mapping[str, Any], key: str) -> str:
    return _within(raw, key, "label")


def _within(raw: Any, *path: str) -> str:
    """The text at the end of a path; empty where anything is missing. Of a list the first counts."""
    for key in path:
        raw = raw[0] if isinstance(raw, list) and raw else raw
        raw = raw.get(key) if isinstance(raw, dict) else None
    return str(raw).strip() if isinstance(raw, str | int | float) else ""
