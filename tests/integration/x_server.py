"""X, as its documents describe it: rules, the filtered stream, recent search; with faults on demand."""

import asyncio
import json
import re
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import cache
from typing import Any

from aiohttp import web

from collectors.x.place import id_at
from earshot.seams import Clock

TOKEN = "AAAA%2Fbearer"
KEEP_ALIVE = 0.05  # s; X's 20 s, bent
_WINDOW = timedelta(minutes=15)
_OPERATOR = re.compile(
    r'(-?)(?:(from|to|url|conversation_id|retweets_of_tweet_id|lang):)?(?:"([^"]*)"|([^\s()"]+))'
)
_DISCONNECT = {
    "errors": [
        {
            "title": "operational-disconnect",
            "disconnect_type": "UpstreamOperationalDisconnect",
            "detail": "This stream has been disconnected upstream for operational reasons.",
            "type": "https://api.x.com/2/problems/operational-disconnect",
        }
    ]
}
_TOO_MANY = {
    "title": "ConnectionException",
    "detail": "This stream is currently at the maximum allowed connection limit.",
    "connection_issue": "TooManyConnections",
    "type": "https://api.x.com/2/problems/streaming-connection",
}


class XServer:
    """`frames`: everything that was ever said, by id. Public fields may be set by a test at any time."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.frames: dict[int, dict[str, Any]] = {}
        self.rules: dict[str, dict[str, str]] = {}
        self.answers: dict[str, deque[web.Response]] = {
            "stream": deque(),
            "search": deque(),
            "rules": deque(),
        }
        self.asked: list[tuple[str, dict[str, str]]] = []
        """What came in: stream, search, rules, add, dry_run, delete; with the query's parameters."""
        self.connects = 0
        self.silent = False
        self.hanging = False
        self.search_limit = 450
        self.left = self.search_limit
        self.resets_at = clock.now() + _WINDOW
        self.page = 100
        self.connected = asyncio.Event()
        self.host = ""
        self._lines: asyncio.Queue[bytes | None] | None = None
        self._transport: Any = None
        self._found: dict[str, list[int]] = {}

    # --- what a test does -----------------------------------------------------------------------------------

    def say(self, frame: dict[str, Any]) -> bool:
        """Somebody posts it; whether it went out on the stream."""
        self.frames[int(frame["data"]["id"])] = frame
        return self.send(frame)

    def send(self, frame: dict[str, Any]) -> bool:
        if self._lines is None or not any(_matches(rule["value"], frame) for rule in self.rules.values()):
            return False
        self._lines.put_nowait(json.dumps(frame).encode() + b"\r\n")
        return True

    def send_raw(self, line: bytes) -> None:
        assert self._lines is not None
        self._lines.put_nowait(line + b"\r\n")

    def disconnect(self, how: str) -> None:
        """`cut` in mid-message, `end` of the answer, `operational` with its reason. What is queued is lost."""
        if self._lines is None:
            return
        lines, self._lines = self._lines, None
        self.connected.clear()
        while not lines.empty():
            lines.get_nowait()
        if how == "operational":
            lines.put_nowait(json.dumps(_DISCONNECT).encode() + b"\r\n")
        if how == "cut":
            lines.put_nowait(b'{"data":{"id":"12')
            lines.put_nowait(b"")
        lines.put_nowait(None)

    def refuse(self, where: str, status: int, times: int = 1, body: str = "", **headers: str) -> None:
        for _ in range(times):
            self.answers[where].append(web.Response(status=status, text=body, headers=headers))

    def count(self, what: str) -> int:
        return sum(each == what for each, _ in self.asked)

    # --- what X does ----------------------------------------------------------------------------------------

    async def stream(self, request: web.Request) -> web.StreamResponse:
        if answer := self._turned_away(request, "stream"):
            return answer
        if self._transport is not None and not self._transport.is_closing():
            return web.json_response(_TOO_MANY, status=429)
        response = web.StreamResponse(headers={"content-type": "application/json"} | self._limits(50, 50))
        await response.prepare(request)
        self._transport = request.transport
        self.connects += 1
        lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._lines = lines
        self.connected.set()
        with suppress(ConnectionError):
            await self._write(response, lines)
        if self._lines is lines:
            self._lines = None
            self.connected.clear()
        self._transport = None
        return response

    async def _write(self, response: web.StreamResponse, lines: "asyncio.Queue[bytes | None]") -> None:
        while True:
            try:
                line = await asyncio.wait_for(lines.get(), KEEP_ALIVE)
            except TimeoutError:
                if self._transport is None or self._transport.is_closing():
                    return
                if not self.silent:
                    await response.write(b"\r\n")
                continue
            if line is None:
                return
            if line == b"":
                self._transport.abort()
                return
            await response.write(line)

    async def search(self, request: web.Request) -> web.Response:
        if answer := self._turned_away(request, "search"):
            return answer
        if self.hanging:
            await asyncio.sleep(3_600)
        if self.clock.now() >= self.resets_at:
            self.left, self.resets_at = self.search_limit, self.clock.now() + _WINDOW
        if self.left <= 0:
            return web.json_response({"title": "Too Many Requests"}, status=429, headers=self._limits(450, 0))
        self.left -= 1
        asked = request.query
        since = int(asked.get("since_id", 0))
        most = int(asked["max_results"])
        if (
            len(asked["query"]) > 512
            or not 10 <= most <= 100
            or 0 < since < id_at(self.clock.now() - timedelta(days=7))
        ):
            return web.json_response({"errors": [{"message": "invalid"}]}, status=400)
        found = (
            self._found.pop(asked["next_token"])
            if "next_token" in asked
            else self._find(asked["query"], since)
        )
        some, rest = found[: min(most, self.page)], found[min(most, self.page) :]
        meta: dict[str, Any] = {"result_count": len(some)}
        if rest:
            meta["next_token"] = f"b26v{len(self.asked)}"
            self._found[meta["next_token"]] = rest
        answered = page([self.frames[native] for native in some]) | {"meta": meta}
        return web.json_response(answered, headers=self._limits(450, self.left))

    def _find(self, query: str, since: int) -> list[int]:
        """The newest first."""
        newer = sorted((native for native in self.frames if native > since), reverse=True)
        return [native for native in newer if self._searchable(native, query)]

    def _searchable(self, native: int, query: str) -> bool:
        frame = self.frames[native]
        refers = [ref["type"] for ref in frame["data"].get("referenced_posts", ())]
        return "retweeted" not in refers and _matches(query, frame)

    async def list_rules(self, request: web.Request) -> web.Response:
        if answer := self._turned_away(request, "rules"):
            return answer
        data = [{"id": native} | rule for native, rule in self.rules.items()]
        return web.json_response({"data": data, "meta": {"result_count": len(data)}})

    async def change_rules(self, request: web.Request) -> web.Response:
        body = await request.json()
        dry = request.query.get("dry_run") == "true"
        what = "dry_run" if dry else "delete" if "delete" in body else "add"
        if answer := self._turned_away(request, what):
            return answer
        if "delete" in body:
            for native in body["delete"]["ids"]:
                del self.rules[native]
            return web.json_response({"meta": {"summary": {"deleted": len(body["delete"]["ids"])}}})
        return self._add(body["add"], dry=dry)

    def _add(self, rules: list[dict[str, str]], *, dry: bool) -> web.Response:
        data, errors = [], []
        for rule in rules:
            if rule["value"] in [held["value"] for held in self.rules.values()]:
                errors.append({"value": rule["value"], "title": "DuplicateRule"})
            elif len(rule["value"]) > 1_024 or "forbidden" in rule["value"]:
                errors.append(
                    {"value": rule["value"], "title": "UnprocessableEntity", "details": ["not like this"]}
                )
            else:
                native = str(1_000_000 + len(self.asked) * 1_000 + len(data))
                data.append({"id": native} | rule)
                if not dry:
                    self.rules[native] = rule
        answer: dict[str, Any] = {"meta": {"summary": {"created": len(data), "not_created": len(errors)}}}
        answer |= ({"data": data} if data else {}) | ({"errors": errors} if errors else {})
        return web.json_response(answer, status=201 if data else 400)

    def _turned_away(self, request: web.Request, where: str) -> web.Response | None:
        self.asked.append((where, dict(request.query)))
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"title": "Unauthorized", "status": 401}, status=401)
        if "Earshot" not in request.headers.get("User-Agent", ""):
            return web.json_response({"title": "who are you"}, status=400)
        waiting = self.answers.get(where)
        return waiting.popleft() if waiting else None

    def _limits(self, limit: int, left: int) -> dict[str, str]:
        return {
            "x-rate-limit-limit": str(limit),
            "x-rate-limit-remaining": str(left),
            "x-rate-limit-reset": str(int(self.resets_at.timestamp())),
        }


def page(frames: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """One answer of the search."""
    frames = list(frames)
    users = {user["id"]: user for frame in frames for user in frame["includes"]["users"]}
    posts = {post["id"]: post for frame in frames for post in frame["includes"].get("posts", ())}
    if not frames:
        return {}
    includes = {"users": list(users.values())} | ({"posts": list(posts.values())} if posts else {})
    return {"data": [frame["data"] for frame in frames], "includes": includes}


def _matches(rule: str, frame: dict[str, Any]) -> bool:
    """Whether any operator that is not negated hits and no negated one does: enough for the rules of our tests."""
    wanted, never = _read(rule)
    return any(_hits(*each, frame) for each in wanted) and not any(_hits(*each, frame) for each in never)


@cache
def _read(rule: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    found = [(minus, name, phrase or word) for minus, name, phrase, word in _OPERATOR.findall(rule)]
    return [each[1:] for each in found if not each[0]], [each[1:] for each in found if each[0]]


def _hits(name: str, value: str, frame: dict[str, Any]) -> bool:
    data = frame["data"]
    match name:
        case "from":
            return _username(frame, data["author_id"]) == value
        case "to":
            return _username(frame, data.get("in_reply_to_user_id")) == value
        case "conversation_id":
            return bool(data["conversation_id"] == value)
        case "retweets_of_tweet_id" | "url":
            return value in [ref["id"] for ref in data.get("referenced_posts", ())]
        case "lang":
            return False
        case _:
            return value != "OR" and value in data.get("note_post", data)["text"].lower()


def _username(frame: dict[str, Any], native: str | None) -> str:
    users = {user["id"]: user["username"].lower() for user in frame["includes"]["users"]}
    return str(users.get(native or "", ""))


@asynccontextmanager
async def serve(clock: Clock) -> AsyncIterator[XServer]:
    x = XServer(clock)
    app = web.Application()
    app.router.add_get("/2/tweets/search/stream", x.stream)
    app.router.add_get("/2/tweets/search/recent", x.search)
    app.router.add_get("/2/tweets/search/stream/rules", x.list_rules)
    app.router.add_post("/2/tweets/search/stream/rules", x.change_rules)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    x.host = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[union-attr]
    try:
        yield x
    finally:
        x.disconnect("end")
        await runner.cleanup()
