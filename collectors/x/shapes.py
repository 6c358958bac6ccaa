"""X's JSON as it stands in its schema, as far as we read it: each field in both of its spellings, none required."""

import json
import re
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Raw, Struct

from earshot.border import clean
from earshot.errors import Unreadable

BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_ID = re.compile(r"[0-9]{1,19}")

Identity = str | int | None


class XReference(Struct):
    type: str = ""
    id: Identity = None


class XNote(Struct):
    text: str | None = None
    entities: Any = None


class XPost(Struct):
    id: Identity = None
    text: str | None = None
    author_id: Identity = None
    created_at: datetime | None = None
    lang: str | None = None
    conversation_id: Identity = None
    in_reply_to_user_id: Identity = None
    referenced_tweets: list[XReference] | None = None
    referenced_posts: list[XReference] | None = None
    edit_history_tweet_ids: list[Identity] | None = None
    edit_history_post_ids: list[Identity] | None = None
    note_tweet: XNote | None = None
    note_post: XNote | None = None
    entities: Any = None
    public_metrics: Any = None

    @property
    def note(self) -> XNote:
        return self.note_tweet or self.note_post or XNote()

    @property
    def native(self) -> str:
        return native_id(self.id)

    @property
    def first(self) -> str:
        """The id that it was written with: each edit brings a new one."""
        history = self.edit_history_post_ids or self.edit_history_tweet_ids or [None]
        return native_id(history[0]) or self.native


class XUser(Struct):
    id: Identity = None
    username: str | None = None
    name: str | None = None
    verified: bool | None = None
    location: str | None = None
    public_metrics: Any = None


class XIncludes(Struct):
    users: list[XUser] | None = None
    tweets: list[XPost] | None = None
    posts: list[XPost] | None = None


class XFrame(Struct):
    data: XPost | None = None
    includes: XIncludes | None = None


class XMeta(Struct):
    next_token: str | None = None


class XPage(Struct):
    data: list[Raw] | None = None
    includes: XIncludes | None = None
    meta: XMeta | None = None


class XProblem(Struct):
    title: str | None = None
    detail: str | None = None
    connection_issue: str | None = None
    disconnect_type: str | None = None


class XEnding(XProblem):
    data: Raw | None = None
    errors: list[XProblem] | None = None


FRAME = msgspec.json.Decoder(XFrame)
ENDING = msgspec.json.Decoder(XEnding)
PAGE = msgspec.json.Decoder(XPage)
POST = msgspec.json.Decoder(XPost)


def decoded(raw: bytes, decoder: msgspec.json.Decoder[Any]) -> Any:
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise Unreadable(str(error)) from error
    except BROKEN as error:
        return _washed(raw, decoder, str(error))


def _washed(raw: bytes, decoder: msgspec.json.Decoder[Any], reason: str) -> Any:
    """NUL and escapes of lone surrogates, which a strict reader refuses, are cleaned away by the border."""
    try:
        return msgspec.convert(json.loads(clean(raw.decode())), decoder.type)
    except (ValueError, *BROKEN) as error:
        raise Unreadable(f"not a post: {reason}") from error


def native_id(identity: Identity) -> str:
    """An id as it is written; empty for what is none."""
    text = str(identity) if identity is not None else ""
    return text if _ID.fullmatch(text) else ""
