"""X's JSON as mentions. Pure. X names its fields in two ways (2026): both are read, unknown ones are ignored.

Field names: X API v2, OpenAPI 2.167 (`repost_count`, `includes.posts`, …), and the prose guide beside it
(`retweet_count`, `includes.tweets`, …).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from collectors.x.faults import Fault
from collectors.x.place import time_of
from collectors.x.shapes import (
    BROKEN,
    ENDING,
    FRAME,
    PAGE,
    POST,
    XFrame,
    XIncludes,
    XMeta,
    XPage,
    XPost,
    XProblem,
    XReference,
    XUser,
    decoded,
    native_id,
)
from earshot.border import LONGEST, build_mention, clean
from earshot.errors import Unreadable
from earshot.model import Mention

SOURCE = "x"
_USERNAME = re.compile(r"\w{1,50}", re.ASCII)
_WEB = re.compile(r"https?://(?!(?:www\.|mobile\.)?(?:x|twitter)\.com(?:[/:?#]|$))", re.IGNORECASE)
_COUNTS = {
    "likes": ("like_count",),
    "reposts": ("repost_count", "retweet_count"),
    "replies": ("reply_count",),
    "quotes": ("quote_count",),
    "views": ("impression_count",),
}
_OLD_LANGUAGES = {"iw": "he", "in": "id"}
_MOST_LINKS, _LONGEST_LINK = 100, 8_000
_MOST_COUNTED = 2**53
_LONGEST_PLACE = 200


class Post(NamedTuple):
    """One post and what came along with it."""

    version: str
    """Its own id, of which each edit has another."""
    mention: Mention
    replied_to: str = ""
    """The handle of the account that it answers; empty where X does not say."""


class Frame(NamedTuple):
    """One post of the stream or of a search, what it refers to, and whom X may bill: ids of posts and users."""

    post: Post
    referenced: tuple[Post, ...]
    posts: frozenset[str]
    users: frozenset[str]


class Page(NamedTuple):
    """One answer of the search; `faults` are (raw, reason) of posts that cannot be read."""

    frames: tuple[Frame, ...]
    faults: tuple[tuple[bytes, str], ...]


def read_frame(raw: bytes, heard: datetime) -> Frame:
    """One line of the stream. Raises `Unreadable`."""
    if len(raw) > LONGEST:
        raise Unreadable(f"{len(raw):,} bytes; at most {LONGEST:,} are read")
    frame: XFrame = decoded(raw, FRAME)
    if frame.data is None:
        raise Unreadable("not a post: no data in it")
    return _framed(frame.data, frame.includes, heard)


def read_page(raw: bytes, heard: datetime) -> Page:
    """One answer of the search. Raises `Unreadable` where it is none; a post in it that is none is a fault."""
    page: XPage = decoded(raw, PAGE)
    frames: list[Frame] = []
    faults: list[tuple[bytes, str]] = []
    for each in page.data or ():
        try:
            frames.append(_framed(decoded(bytes(each), POST), page.includes, heard))
        except Unreadable as error:
            faults.append((bytes(each), str(error)))
    return Page(tuple(frames), tuple(faults))


def next_token(raw: bytes) -> str | None:
    """By which the page after this one is asked for; None after the last. Raises `Unreadable`."""
    page: XPage = decoded(raw, PAGE)
    return (page.meta or XMeta()).next_token or None


def read_ending(raw: bytes) -> Fault | None:
    """Why X ends the connection, where this line of the stream says so; None for every other line."""
    if raw.startswith(b'{"data"'):
        return None
    try:
        ending = ENDING.decode(raw)
    except BROKEN:
        return None
    problems = [*(ending.errors or ()), ending] if ending.data is None else []
    for problem in problems:
        if problem.connection_issue:
            return Fault(problem.connection_issue, f"X ended the stream: {_told(problem)}", "limit")
        if problem.disconnect_type or problem.title:
            kind = problem.disconnect_type or "stream_error"
            return Fault(kind, f"X ended the stream: {_told(problem)}", "network")
    return None


def _told(problem: XProblem) -> str:
    return clean(f"{problem.title or ''}: {problem.detail or problem.connection_issue or ''}")[:300].strip(
        ": "
    )


def _framed(post: XPost, includes: XIncludes | None, heard: datetime) -> Frame:
    along = includes or XIncludes()
    users = {native: user for user in along.users or () if (native := native_id(user.id))}
    posts = {other.native: other for other in (*(along.tweets or ()), *(along.posts or ())) if other.native}
    known = {post.native: post} | posts
    near = [posts[native_id(ref.id)] for ref in _references(post) if native_id(ref.id) in posts]
    return Frame(
        _read(post, users, known, heard),
        tuple(_readable(near, users, known, heard)),
        frozenset({post.native, *(other.native for other in near)}),
        frozenset(
            native_id(each) for one in (post, *near) for each in (one.author_id, one.in_reply_to_user_id)
        )
        & users.keys(),
    )


def _readable(
    posts: Sequence[XPost], users: Mapping[str, XUser], known: Mapping[str, XPost], heard: datetime
) -> Iterator[Post]:
    """What came along is not worth a dead letter: the post itself has everything that we were promised."""
    for post in posts:
        try:
            yield _read(post, users, known, heard)
        except Unreadable:
            continue


def _read(post: XPost, users: Mapping[str, XUser], known: Mapping[str, XPost], heard: datetime) -> Post:
    author = native_id(post.author_id)
    if not post.native or not author:
        raise Unreadable(f"{'id' if not post.native else 'author_id'}: digits are expected")
    user = users.get(author, XUser())
    fields = _identity(post, user) | _relations(post, known) | _said(post, known) | _times(post)
    fields["author"] = _author(author, user)
    if "reposted" not in fields:  # those of a repost are the original's
        fields["metrics"] = _metrics(post.public_metrics, heard)
    return Post(
        post.native,
        build_mention(fields, heard, SOURCE),
        _handle(users.get(native_id(post.in_reply_to_user_id), XUser())),
    )


def _identity(post: XPost, user: XUser) -> dict[str, Any]:
    return {
        "id": f"{SOURCE}:{post.first}",
        "url": f"https://x.com/{_handle(user) or 'i'}/status/{post.native}",
        "language": _language(post.lang),
    }


def _author(native: str, user: XUser) -> dict[str, Any]:
    handle = _handle(user)
    return {
        "id": native,
        "handle": handle,
        "name": user.name or "",
        "url": f"https://x.com/{handle}" if handle else "",
        "followers": _count(user.public_metrics, ("followers_count",)),
        "verified": bool(user.verified),
        "place": (user.location or "")[:_LONGEST_PLACE],
    }


def _times(post: XPost) -> dict[str, Any]:
    """An edit is dated by its own id, and was first said when the first id was made."""
    written = time_of(int(post.native))
    told = post.created_at if post.created_at and post.created_at.tzinfo else written
    if post.first == post.native:
        return {"created_at": told}
    return {"created_at": time_of(int(post.first)), "edited_at": max(told, written)}


def _relations(post: XPost, known: Mapping[str, XPost]) -> dict[str, Any]:
    to = {ref.type: _first_of(native_id(ref.id), known) for ref in _references(post)}
    relations = {
        "reposted": to.get("retweeted") or to.get("reposted"),
        "quoted": to.get("quoted"),
        "parent": to.get("replied_to"),
        "root": _first_of(native_id(post.conversation_id), known),
    }
    if relations["root"] == f"{SOURCE}:{post.first}":
        relations["root"] = None
    found = {name: value for name, value in relations.items() if value}
    kinds = {"reposted": "repost", "quoted": "quote", "parent": "reply"}
    return found | {"kind": next((kind for name, kind in kinds.items() if name in found), "post")}


def _first_of(native: str, known: Mapping[str, XPost]) -> str:
    """The mention's id of a post that is referred to, perhaps by the id of an edit."""
    return f"{SOURCE}:{known[native].first if native in known else native}" if native else ""


def _said(post: XPost, known: Mapping[str, XPost]) -> dict[str, Any]:
    """Text and links; a repost says what the original says, in full where that came along."""
    reposted = (known.get(native_id(r.id)) for r in _references(post) if r.type in ("retweeted", "reposted"))
    said = next((original for original in reposted if original), post)
    return {"text": _unescaped(said.note.text or said.text or ""), "links": list(_links(said))}


def _unescaped(text: str) -> str:
    """X writes these three as HTML does, and no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") if "&" in text else text


def _links(post: XPost) -> Iterator[str]:
    """Where its links lead, web pages only; links to X itself are its quotes and pictures."""
    found: dict[str, None] = {}
    for entities in (post.note.entities, post.entities):
        for entity in _list(_get(entities, "urls")):
            link = _get(entity, "unwound_url") or _get(entity, "expanded_url")
            if isinstance(link, str) and _WEB.match(link) and len(link) <= _LONGEST_LINK:
                found[link] = None
    yield from list(found)[:_MOST_LINKS]


def _metrics(counters: Any, heard: datetime) -> dict[str, Any] | None:
    counted = {name: _count(counters, keys) for name, keys in _COUNTS.items()}
    return {"at": heard} | counted if any(value is not None for value in counted.values()) else None


def _count(counters: Any, keys: Sequence[str]) -> int | None:
    for key in keys:
        value = _get(counters, key)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_COUNTED:
            return value
    return None


def _language(code: str | None) -> str | None:
    """X's und, qme, qst, zxx … say that it is no language."""
    primary = (code or "").partition("-")[0].lower()
    return _OLD_LANGUAGES.get(primary, primary) if len(primary) == 2 else None


def _handle(user: XUser) -> str:
    return user.username if user.username and _USERNAME.fullmatch(user.username) else ""


def _references(post: XPost) -> Sequence[XReference]:
    return post.referenced_posts or post.referenced_tweets or ()


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
