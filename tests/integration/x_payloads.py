"""X's JSON, in both of its spellings, and X's own schema to hold it against."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from collectors.x.place import id_at

NOW = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)
SCHEMA = Path(__file__).parents[3] / "shared/data/x_openapi.json"
OLD = {
    "edit_history_post_ids": "edit_history_tweet_ids",
    "referenced_posts": "referenced_tweets",
    "note_post": "note_tweet",
    "posts": "tweets",
    "repost_count": "retweet_count",
    "post_count": "tweet_count",
}
_STRICT = ("Post", "User", "Expansions", "PostPublicMetrics", "UserPublicMetrics", "StreamPostsResponse")


def post(
    native: int,
    text: str = "Ronvia lost my parcel",
    *,
    author: int = 7,
    at: datetime = NOW,
    refers: Sequence[tuple[str, int]] = (),
    conversation: int | None = None,
    answers: int | None = None,
    history: Sequence[int] = (),
    long: str = "",
    links: Sequence[str] = (),
    reposts: int = 0,
) -> dict[str, Any]:
    """A post as X writes it now."""
    written: dict[str, Any] = {
        "id": str(native),
        "text": text,
        "author_id": str(author),
        "conversation_id": str(conversation or native),
        "created_at": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "edit_history_post_ids": [str(each) for each in (*history, native)],
        "lang": "en",
        "possibly_sensitive": False,
        "public_metrics": {
            "repost_count": reposts,
            "reply_count": 1,
            "like_count": 2,
            "quote_count": 3,
            "bookmark_count": 4,
            "impression_count": 500,
        },
    }
    if refers:
        written["referenced_posts"] = [{"type": kind, "id": str(other)} for kind, other in refers]
    if answers is not None:
        written["in_reply_to_user_id"] = str(answers)
    if long:
        written["note_post"] = {"text": long}
    if links:
        written["entities"] = {
            "urls": [
                {"start": 0, "end": 5, "url": "https://t.co/abc", "expanded_url": link, "display_url": "abc"}
                for link in links
            ]
        }
    return written


def user(native: int = 7, username: str = "anna_b", followers: int = 321, **more: Any) -> dict[str, Any]:
    return {
        "id": str(native),
        "username": username,
        "name": username.title(),
        "verified": False,
        "verified_type": "none",
        "created_at": "2015-01-01T00:00:00.000Z",
        "public_metrics": {
            "followers_count": followers,
            "following_count": 10,
            "post_count": 99,
            "listed_count": 1,
        },
    } | more


def frame(
    data: dict[str, Any], users: Sequence[dict[str, Any]] = (), posts: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """One message of the stream."""
    includes: dict[str, Any] = {"users": list(users or [user()])}
    if posts:
        includes["posts"] = list(posts)
    return {"data": data, "includes": includes, "matching_rules": [{"id": "11", "tag": "earshot:Ronvia:1"}]}


def old(value: Any) -> Any:
    """The same in the spelling of before 2026."""
    if isinstance(value, dict):
        return {OLD.get(key, key): old(item) for key, item in value.items()}
    return [old(item) for item in value] if isinstance(value, list) else value


def raw(value: Any) -> bytes:
    return json.dumps(value).encode()


def native(at: datetime, number: int = 0) -> int:
    """An id of that moment."""
    return id_at(at) + number


def valid(value: Any, schema: str) -> None:
    """Raise where X's own schema does not know it so; skip the test where the schema is not at hand."""
    if not SCHEMA.exists():
        pytest.skip(f"X's schema is not at hand: {SCHEMA} (it is not part of this repository)")
    Draft202012Validator(_schema(schema), format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


def _schema(name: str) -> dict[str, Any]:
    components = json.loads(SCHEMA.read_bytes())["components"]
    for strict in _STRICT:  # so that a name of ours that X does not know is a fault
        components["schemas"][strict]["additionalProperties"] = False
    return {"$ref": f"#/components/schemas/{name}", "components": _nullable(components)}


def _nullable(value: Any) -> Any:
    """OpenAPI 3.0 says `nullable`, JSON Schema a type more."""
    if isinstance(value, dict):
        made = {key: _nullable(item) for key, item in value.items()}
        if made.pop("nullable", None) is True and isinstance(made.get("type"), str):
            made["type"] = [made["type"], "null"]
        return made
    return [_nullable(item) for item in value] if isinstance(value, list) else value
