"""X's rules and its recent search, by tweepy (imported here and in `wire` only).

tweepy 4.17 addresses api.twitter.com whatever is wanted, and reads only JSON in errors: so the request is ours.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

import aiohttp
import msgspec
from msgspec import Struct
from tweepy import StreamRule
from tweepy.asynchronous import AsyncClient, AsyncStreamingClient

from collectors.x.faults import Fault, of_status
from collectors.x.rules import Held, Rule
from collectors.x.waiting import unless
from earshot import __version__

USER_AGENT = f"Earshot/{__version__}"
FIELDS = {
    "tweet_fields": [
        "author_id",
        "conversation_id",
        "created_at",
        "edit_history_tweet_ids",
        "entities",
        "in_reply_to_user_id",
        "lang",
        "note_tweet",
        "public_metrics",
        "referenced_tweets",
    ],
    "expansions": [
        "author_id",
        "in_reply_to_user_id",
        "referenced_tweets.id",
        "referenced_tweets.id.author_id",
    ],
    "user_fields": ["location", "name", "public_metrics", "username", "verified"],
}
_TIMEOUT = aiohttp.ClientTimeout(total=60, sock_connect=20)
_LONGEST_ANSWER = 50_000_000  # bytes; a page of a hundred long posts has some three million
_RULES_AT, _SEARCH = "/2/tweets/search/stream/rules", "/2/tweets/search/recent"
_RULES_AT_ONCE = 100
FEWEST, PAGE = 10, 100
"""Posts that a page of the search may be asked for."""
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

Now = Callable[[], datetime]


class Limit(NamedTuple):
    """What X still allows until `resets_at`; None where it does not say."""

    left: int | None = None
    resets_at: datetime | None = None


class Refusal(NamedTuple):
    """A rule that X does not take, and why."""

    value: str
    reason: str


class _Rule(Struct):
    id: str = ""
    value: str = ""
    tag: str | None = None


class _Problem(Struct):
    value: str | None = None
    title: str | None = None
    detail: str | None = None
    details: list[str] | None = None

    @property
    def reason(self) -> str:
        return "; ".join(self.details or ()) or self.detail or self.title or "no reason given"


class _Meta(Struct):
    next_token: str | None = None


class _Rules(Struct):
    data: list[_Rule] | None = None
    errors: list[_Problem] | None = None
    meta: _Meta | None = None


_RULES = msgspec.json.Decoder(_Rules)


class Api(AsyncStreamingClient, AsyncClient):  # type: ignore[misc]  # tweepy has no types
    """Rules and recent search: each call is one request. All raise `Fault`. Use it as a context manager."""

    def __init__(self, host: str, token: str, stop: asyncio.Event) -> None:
        """`stop`: what is on its way then is given up, with a `Fault`."""
        super().__init__(token, return_type=aiohttp.ClientResponse)  # handed on as `request` gives it
        self.user_agent = USER_AGENT
        self.limit = Limit()  # of the search
        self._host, self._stop = host, stop

    async def __aenter__(self) -> Self:
        self.session = aiohttp.ClientSession(timeout=_TIMEOUT)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    async def rules(self) -> list[Held]:
        held: list[Held] = []
        token: str | None = None
        while True:
            answer = await self._rules("GET", params={"pagination_token": token})
            held += [Held(rule.id, rule.value, rule.tag or "") for rule in answer.data or ()]
            token = answer.meta.next_token if answer.meta else None
            if not token:
                return held

    async def add(self, rules: Sequence[Rule], *, dry_run: bool = False) -> list[Refusal]:
        """What X refused of them; a rule that is there already is not refused."""
        refused: list[Refusal] = []
        for start in range(0, len(rules), _RULES_AT_ONCE):
            some = [
                StreamRule(value=rule.value, tag=rule.tag) for rule in rules[start : start + _RULES_AT_ONCE]
            ]
            params = {"dry_run": "true"} if dry_run else {}
            try:
                answer = _read_rules(await self.add_rules(some, **params))
            except Fault as fault:
                answer = _refused_all(fault)
            refused += [
                Refusal(problem.value or "", problem.reason)
                for problem in answer.errors or ()
                if problem.title != "DuplicateRule"
            ]
        return refused

    async def delete(self, ids: Sequence[str]) -> None:
        for start in range(0, len(ids), _RULES_AT_ONCE):
            await self.delete_rules(list(ids[start : start + _RULES_AT_ONCE]))

    async def search(
        self, query: str, *, since: int | None = None, token: str | None = None, most: int = PAGE
    ) -> bytes:
        """One page of recent search: at most `most` (10 to 100) posts, the newest first."""
        body: bytes = await self.search_recent_tweets(
            query,
            since_id=None if since is None else str(since),
            next_token=token,
            max_results=most,
            sort_order="recency",
            **FIELDS,
        )
        return body

    async def _rules(self, method: str, params: dict[str, Any]) -> _Rules:
        body = await self._make_request(
            method, _RULES_AT, params=params, endpoint_parameters=("pagination_token",)
        )
        return _read_rules(body)

    async def request(
        self, method: str, route: str, params: Any = None, json: Any = None, user_auth: bool = False
    ) -> bytes:
        """What X answers, whole; tweepy's own knows only one address, and only JSON in errors."""
        del user_auth  # we ask as an app
        asking = asyncio.ensure_future(self._ask(method, route, params, json))
        if not await unless(self._stop, asking):
            raise Fault("stopped", "given up, as we are to stop", "network")
        return asking.result()

    async def _ask(self, method: str, route: str, params: Any, json: Any) -> bytes:
        headers = headers_of(self.bearer_token)
        try:
            async with self.session.request(
                method, self._host + route, params=params, json=json, headers=headers, allow_redirects=False
            ) as response:
                body = await whole(response)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise broken(error) from error
        limit = limit_of(response.headers)
        if not 200 <= response.status < 300:
            raise of_status(response.status, body, limit.resets_at)
        if route == _SEARCH:
            self.limit = limit
        return body


async def whole(response: aiohttp.ClientResponse) -> bytes:
    """All of an answer, of which never much more than is allowed is in memory."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(1 << 16):
        body += chunk
        if len(body) > _LONGEST_ANSWER:
            raise Fault("too_long", f"X's answer is longer than {_LONGEST_ANSWER:,} bytes", "http")
    return bytes(body)


def headers_of(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "User-Agent": USER_AGENT}


def broken(error: BaseException | None) -> Fault:
    if isinstance(error, TimeoutError):
        return Fault("silence", "nothing came from X for too long, not even a keep-alive", "network")
    return Fault("network", f"the connection to X broke: {type(error).__name__}: {error}"[:300], "network")


def limit_of(headers: Mapping[str, str]) -> Limit:
    left, resets = headers.get("x-rate-limit-remaining", ""), headers.get("x-rate-limit-reset", "")
    with suppress(ValueError, OverflowError, OSError):
        return Limit(
            int(left) if left.isdecimal() else None,
            datetime.fromtimestamp(int(resets), UTC) if resets.isdecimal() else None,
        )
    return Limit()


def _read_rules(body: bytes) -> _Rules:
    try:
        return _RULES.decode(body)
    except _BROKEN as error:
        raise Fault("not_rules", f"X's answer about rules cannot be read: {error}", "http") from error


def _refused_all(fault: Fault) -> _Rules:
    """Where every rule is invalid X answers 400, with the reasons. Raises the fault where there are none."""
    with suppress(*_BROKEN):
        answer = _RULES.decode(fault.body)
        if fault.kind == "http_400" and answer.errors and any(each.value for each in answer.errors):
            return answer
    raise fault
