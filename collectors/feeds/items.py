"""What an entry of a feed says, as a mention: who, when, where, and under which identity for ever."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from collectors.feeds.appstore import read_reviews
from collectors.feeds.entries import Entry, read_feed
from collectors.feeds.links import canonical, host_of, unwrapped
from collectors.feeds.presets import Feed, Form
from earshot.border import build_mention
from earshot.topics import Said

_LONGEST_ID = 1_000
_GLOBAL = ("tag:", "urn:", "uuid:")


class Item(NamedTuple):
    """One thing that a feed shows now."""

    id: str
    """`source:native id`."""
    digest: str
    """Of what a reader sees: another one is a new revision."""
    fields: Mapping[str, Any]
    """Of the mention, but for the times that depend on when it is heard."""
    said: datetime | None

    def event(self, heard: datetime, *, brand: str = "", edited: bool = False) -> Said:
        """As heard now; `edited` where it had been heard with other words. Raises `Unreadable`."""
        said = self.said or heard
        updated: datetime | None = self.fields["edited_at"]
        revised = heard if edited else updated if updated and updated > said else None
        values = {**self.fields, "brand": brand, "created_at": said, "edited_at": revised}
        return Said(mention=build_mention(values, heard, ""))


def read_items(body: bytes, content_type: str, url: str, feed: Feed) -> Sequence[Item]:
    """What the document shows, newest first, each identity once. Raises `Unreadable`."""
    read = read_reviews if feed.form == "reviews" else read_feed
    found: dict[str, Item] = {}
    for entry in read(body, content_type):
        if not (entry.title or entry.text or entry.stars):
            continue  # it says nothing
        item = _item(entry, url, feed)
        found.setdefault(item.id, item)
    return sorted(found.values(), key=_newest_first)


def _newest_first(item: Item) -> float:
    """What has no date is new until we know better."""
    return -item.said.timestamp() if item.said else -math.inf


def _item(entry: Entry, url: str, feed: Feed) -> Item:
    page = next(filter(None, (canonical(link, url) for link in entry.links)), "")
    page = unwrapped(page) if feed.form == "alerts" else page
    title, text = _words(entry, feed.form)
    fields = {
        "id": (full := identity(entry, page, feed)),
        "title": title,
        "text": text,
        "url": page,
        "author": _author(entry, page, url, feed),
        "edited_at": entry.updated,
        **_kind(entry, page, feed.form),
    }
    return Item(full, digest(title, text, entry.stars), fields, entry.said)


def _kind(entry: Entry, page: str, form: Form) -> Mapping[str, Any]:
    """All reviews of an app share one page, so it says nothing about which belong together."""
    if form == "reviews":
        return {"kind": "review", "rating": {"value": entry.stars, "best": 5}}
    return {"kind": "article", "links": (page,) if page else ()}


def identity(entry: Entry, page: str, feed: Feed) -> str:
    """By guid, within its feed's site unless it is made to be unique in the world; else the page; else the words."""
    native = " ".join(entry.id.split())
    if not native:
        native = page or digest(entry.title, entry.text, entry.stars)
    elif feed.form != "reviews" and "://" not in native and not native.startswith(_GLOBAL):
        native = f"{host_of(canonical(feed.addresses[0]))}/{native}"
    full = f"{feed.source}:{native}"
    if len(full) <= _LONGEST_ID:
        return full
    return f"{feed.source}:sha256-{hashlib.sha256(full.encode()).hexdigest()}"


def digest(*words: object) -> str:
    return hashlib.blake2b("\0".join(map(str, words)).encode(), digest_size=8).hexdigest()


def _words(entry: Entry, form: Form) -> tuple[str, str]:
    """Title and text. A headline of Google News ends with its outlet, and its text is a list of links to others."""
    title = " ".join(entry.title.split())
    if form != "headlines":
        return title, "" if entry.text == title else entry.text
    return title.removesuffix(f" - {entry.outlet}") if entry.outlet else title, ""


def _author(entry: Entry, page: str, url: str, feed: Feed) -> Mapping[str, str]:
    """Who wrote it. For an article the handle is the outlet's site, so that its outlet is known by it."""
    if feed.form == "reviews":
        home = canonical(entry.author_url)
        known = home if len(home) <= _LONGEST_ID else ""  # two of one nickname are not one person
        return {"id": known or identity(entry, page, feed), "name": entry.author, "url": home}
    site = host_of(canonical(entry.outlet_url)) or host_of(page) or host_of(canonical(url)) or "unknown"
    name = entry.author or entry.outlet
    return {
        "id": f"{site}/{entry.author}" if entry.author else site,
        "handle": site, "name": name, "url": canonical(entry.author_url),
    }  # fmt: skip
