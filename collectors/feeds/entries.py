"""The bytes of a feed to its entries; the only place that imports feedparser.

feedparser opens what it is given by name, network and files alike, so it gets bytes and nothing else. What is
dangerous before it comes to the entries is settled here first: the charset (it would try any codec of
Python's, of which one takes hours), and the document type, in which a few lines can grow to gigabytes.
"""

import io
import re
from calendar import timegm
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import feedparser
from msgspec import Struct

from collectors.feeds.charset import decode
from collectors.feeds.dates import read_date
from collectors.markup import calm, countable, to_text
from earshot.clock import EPOCH
from earshot.errors import Unreadable

Raw = dict[str, Any]
"""What feedparser makes of an element."""

_PROLOG = re.compile(r"(?:\s++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[<>]*+>", re.IGNORECASE)
_ROOT = re.compile(r"<([\w.-]{1,40}:)?([\w.-]{1,40})")
_ROOTS = frozenset(("rss", "feed", "rdf", "channel"))
_TAGS = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<(/?)([a-zA-Z][^\s<>/]*+)[^<>]*+>", re.DOTALL
)
_MOST_TAGS = 1_000_000
_MOST_OPEN = 20_000  # a broken feed leaves many open that HTML does not end, such as br
_SURROGATE = re.compile(
    r"&#(?:[xX][dD][89a-fA-F][0-9a-fA-F]{2}(?![0-9a-fA-F])"
    r"|(?:5529[6-9]|55[3-9][0-9]{2}|56[0-9]{3}|57[0-2][0-9]{2}|573[0-3][0-9]|5734[0-3])(?![0-9]));?"
)
_HEADERS = {"content-type": "application/xml; charset=utf-8"}
_DECLARATION = "<?xml version='1.0' encoding='utf-8'?>\n"
_EMAIL = re.compile(r"(?<![^\s()<>])[^\s()<>@]{1,64}@[^\s()<>@]{1,255}")
_PLAIN = "text/plain"
_LONGEST_NAME = 300


class Entry(Struct, frozen=True, kw_only=True):
    """One item as its feed tells it; title, text and names are plain text, links are as they were written."""

    id: str = ""
    links: tuple[str, ...] = ()
    """The likeliest to be its page first."""
    title: str = ""
    text: str = ""
    author: str = ""
    author_url: str = ""
    outlet: str = ""
    """Who published it, where the feed says so."""
    outlet_url: str = ""
    said: datetime | None = None
    updated: datetime | None = None
    stars: float | None = None


def read_feed(body: bytes, content_type: str = "") -> Sequence[Entry]:
    """The entries of an RSS, RDF or Atom document, in its order.

    Raises:
        Unreadable: it is no feed, or one that is not read, with the reason.
    """
    document = _checked(decode(body, content_type))
    try:
        found = feedparser.parse(
            io.BytesIO(document.encode()),
            response_headers=_HEADERS,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:
        raise Unreadable(f"broken beyond reading: {error!r}"[:300]) from error
    feed, entries = found["feed"], found["entries"]
    if not entries and found["bozo"] and not feed:
        raise Unreadable(f"not a feed: {found.get('bozo_exception')}"[:300])
    outlet = _one_line(dict.get(feed, "title"))
    return [_entry(entry, outlet) for entry in entries]


def _checked(text: str) -> str:
    """The document from its root on, which must be a feed's. A document type is left out, if it declares nothing."""
    start = _end(_PROLOG, text, 0)
    if doctype := _DOCTYPE.match(text, start):
        start = _end(_PROLOG, text, doctype.end())
    elif text[start : start + 9].upper() == "<!DOCTYPE":
        raise Unreadable("declares entities of its own, which is how small files grow to gigabytes: not read")
    root = _ROOT.match(text, start)
    if root is None or root[2].lower() not in _ROOTS:
        raise Unreadable(_what_it_is(text[start:], root[2] if root else ""))
    _check_size(text, start)
    return _DECLARATION + _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", countable(text[start:]))


def _check_size(text: str, start: int) -> None:
    """Feedparser takes 40 us for each element, and keeps 170 bytes for each that is open. Raises `Unreadable`."""
    unended: list[str] = []
    for number, tag in enumerate(_TAGS.finditer(text, start)):
        name, ends = tag[2], tag[1] or tag[0].endswith("/>")
        if name and not ends:
            unended.append(name)
        elif tag[1] and unended and unended[-1] == name:
            unended.pop()
        if len(unended) > _MOST_OPEN:
            raise Unreadable(f"over {_MOST_OPEN:,} elements within each other that do not end: not read")
        if number > _MOST_TAGS:
            raise Unreadable(f"over {_MOST_TAGS:,} tags: not read")


def _end(pattern: "re.Pattern[str]", text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start


def _what_it_is(text: str, root: str) -> str:
    if not text:
        return "not a feed: it is empty"
    if root.lower() == "html":
        return "not a feed but a web page: look there for the address of its feed"
    if text.startswith(("{", "[")):
        return "not a feed but JSON: RSS or Atom is read"
    return f"not a feed: begins with {text[:40]!r}"


# --- an entry ---------------------------------------------------------------------------------------------


def _entry(raw: Raw, outlet: str) -> Entry:
    author, source = _part(raw, "author_detail"), _part(raw, "source")
    said, updated = _date(raw, "published") or _date(raw, "created"), _date(raw, "updated")
    return Entry(
        id=_word(raw, "id"),
        links=tuple(_links(raw)),
        title=_text(_part(raw, "title_detail") or {"value": _word(raw, "title")}),
        text=_text(_fullest(raw)),
        author=_one_line(_EMAIL.sub(" ", _word(raw, "author") or _word(author, "name"))).strip(" ()<>"),
        author_url=_word(author, "href"),
        outlet=_one_line(_word(source, "title")) or outlet,
        outlet_url=_word(source, "href"),
        said=said or updated,
        updated=updated,
        stars=read_stars(_word(raw, "im_rating")),
    )


def read_stars(written: str) -> float | None:
    """Apple's, one to five."""
    return float(written) if re.fullmatch(r"[1-4](\.\d{1,2})?|5(\.0{1,2})?", written) else None


def _field(raw: Raw, key: str) -> Any:
    return dict.get(raw, key)  # feedparser's own `get` takes one field for another where it is missing


def _word(raw: Raw, key: str) -> str:
    value = _field(raw, key)
    return value.strip() if isinstance(value, str) else ""


def _part(raw: Raw, key: str) -> Raw:
    value = _field(raw, key)
    return value if isinstance(value, dict) else {}


def _parts(raw: Raw, key: str) -> list[Raw]:
    value = _field(raw, key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _links(raw: Raw) -> Iterator[str]:
    """Its page; else whatever it links. feedparser takes an id for a link, which it often is not."""
    link = _word(raw, "link")
    if link and (link != _word(raw, "id") or "://" in link):
        yield link
    yield from filter(None, (_word(each, "href") for each in _parts(raw, "links")))


def _fullest(raw: Raw) -> Raw:
    """The whole content where the feed has it, as plain text if it has both; else the summary."""
    contents = [each for each in _parts(raw, "content") if _word(each, "value")]
    plain = [each for each in contents if _word(each, "type") == _PLAIN]
    summary = _part(raw, "summary_detail") or {"value": _word(raw, "summary")}
    return next(iter([*plain, *contents]), summary)


def _text(detail: Raw) -> str:
    """As its type says; without one it is taken for HTML, in which plain words read the same."""
    read = calm if _word(detail, "type") == _PLAIN else to_text
    return read(_word(detail, "value"))


def _one_line(markup: Any) -> str:
    return " ".join(to_text(markup).split())[:_LONGEST_NAME] if isinstance(markup, str) else ""


def _date(raw: Raw, key: str) -> datetime | None:
    """By our own reading, which takes a missing zone for UTC; feedparser knows more languages."""
    if moment := read_date(_word(raw, key)):
        return moment
    numbers = _field(raw, f"{key}_parsed")
    try:
        return EPOCH + timedelta(seconds=timegm(numbers)) if numbers else None
    except (ValueError, TypeError, OverflowError):
        return None
