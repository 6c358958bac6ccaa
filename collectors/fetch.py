"""Fetch an address that we do not trust: bounded in time, bytes and redirects, and never from our own networks.

Proxies of the environment are not used: behind one, nobody could say where a request ends.
"""

import asyncio
import base64
import re
import zlib
from email.utils import parsedate_to_datetime
from typing import NamedTuple, Self

import httpx

from collectors.addresses import is_public
from collectors.transport import Allowed, CheckedTransport, Forbidden, Resolve, resolve_host
from earshot import __version__
from earshot.errors import EarshotError
from earshot.seams import Clock

_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_READ = 10.0  # s without a byte; the deadline holds for all of it
_HOST = re.compile(r"[A-Za-z0-9_.-]{1,253}|[0-9a-fA-F:.]{2,45}")
_GZIP = ("gzip", "x-gzip")
_HEADERS = {
    "User-Agent": f"Earshot/{__version__} (feed reader)",
    "Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, application/json;q=0.8, */*;q=0.5",
    "Accept-Encoding": "gzip",
}


class Unfetched(EarshotError):  # noqa: N818 - what became of it, in the operator's words
    """It did not come; `kind` is for the metric, `retry_after` (seconds) where the server named a time."""

    def __init__(self, kind: str, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.kind = kind
        self.retry_after = retry_after


class Fetched(NamedTuple):
    """An answer. `body` is None where nothing changed since the validators that were sent."""

    body: bytes | None
    content_type: str
    url: str
    """Where it came from, after redirects."""
    etag: str
    modified: str


class Fetcher:
    """Knows how to fetch; one for a collector, closed with it."""

    def __init__(
        self,
        clock: Clock,
        *,
        timeout: float,
        max_bytes: int,
        allowed: Allowed = is_public,
        at_once: int = 4,
        resolve: Resolve = resolve_host,
    ) -> None:
        """`timeout` is the time for one fetch, redirects and all, in seconds; `max_bytes` holds after decompression.

        `at_once` fetches run at the same time; the others wait, and their time has not begun.
        """
        self._clock, self._timeout, self._max_bytes = clock, timeout, max_bytes
        self._transport = CheckedTransport(resolve, allowed)
        self._few = asyncio.Semaphore(at_once)
        self._patience = httpx.Timeout(min(_READ, timeout))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._transport.aclose()

    async def get(self, url: str, etag: str = "", modified: str = "") -> Fetched:
        """The page at `url`, or that it has not changed since `etag` or `modified`. Raises `Unfetched`."""
        try:
            async with self._few, asyncio.timeout(self._timeout):
                return await self._follow(url, _conditions(etag, modified))
        except TimeoutError:
            raise Unfetched("timeout", f"{shown(url)}: not done after {self._timeout:g} s") from None
        except httpx.TimeoutException:
            waited = min(_READ, self._timeout)
            raise Unfetched("timeout", f"{shown(url)}: no answer for {waited:g} s") from None
        except (httpx.InvalidURL, ValueError) as error:
            raise Unfetched("bad_address", f"{shown(url)}: not an address: {error}") from None
        except Forbidden as error:
            raise Unfetched("private_address", f"{shown(url)}: {error}") from None
        except httpx.HTTPError as error:
            reason = " ".join(str(error).split())[:300] or type(error).__name__
            raise Unfetched("unreachable", f"{shown(url)}: {reason}") from None

    async def _follow(self, url: str, conditions: dict[str, str]) -> Fetched:
        # a client of its own: cookies last for one fetch, so nobody can fill our memory with them
        client = httpx.AsyncClient(transport=self._transport, trust_env=False, timeout=self._patience)
        first = here = _web_address(httpx.URL(url))
        for _ in range(_MOST_REDIRECTS + 1):
            headers = _HEADERS | conditions | _login(first, here)
            request = client.build_request("GET", here.copy_with(userinfo=b""), headers=headers)
            response = await client.send(request, stream=True)
            try:
                if response.status_code not in _REDIRECTS:
                    return await self._read(response, here)
                here = _next(here, response.headers.get("Location", ""))
            finally:
                await response.aclose()
        raise Unfetched("redirects", f"{shown(url)}: more than {_MOST_REDIRECTS} redirects")

    async def _read(self, response: httpx.Response, url: httpx.URL) -> Fetched:
        if response.status_code not in (200, 304):
            raise self._refusal(response, url)
        body = None if response.status_code == 304 else await self._body(response, url)
        headers = response.headers
        return Fetched(
            body, headers.get("Content-Type", ""), str(url.copy_with(userinfo=b"")),
            _sendable(headers.get("ETag", "")), _sendable(headers.get("Last-Modified", "")),
        )  # fmt: skip

    def _refusal(self, response: httpx.Response, url: httpx.URL) -> Unfetched:
        code = response.status_code
        reason = f"{shown(url)}: HTTP {code} {response.reason_phrase[:100]}".rstrip()
        if code == 410:
            reason += ": the feed is gone for good; take it out of the configuration"
        elif code in (401, 403):
            reason += ": it wants a login, or does not want us"
        return Unfetched(f"http_{code}", reason, self._retry_after(response))

    def _retry_after(self, response: httpx.Response) -> float | None:
        """Seconds, from a number or a date."""
        written = response.headers.get("Retry-After", "").strip()
        if written.isascii() and written.isdigit():
            return float(written[:9])
        try:
            return max(0.0, (parsedate_to_datetime(written) - self._clock.now()).total_seconds())
        except (ValueError, TypeError, OverflowError):
            return None

    async def _body(self, response: httpx.Response, url: httpx.URL) -> bytes:
        """Decompressed by ourselves, as a kilobyte can hold a gigabyte: never more than the limit is in memory."""
        coding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if coding not in (*_GZIP, "identity", ""):
            raise Unfetched("encoding", f"{shown(url)}: compressed as {coding[:40]!r}; only gzip is read")
        inflate = zlib.decompressobj(wbits=31) if coding in _GZIP else None
        body = bytearray()
        received = 0
        async for chunk in response.aiter_raw():
            received += len(chunk)
            body += _inflated(inflate, chunk, self._max_bytes + 1 - len(body), url) if inflate else chunk
            if max(received, len(body)) > self._max_bytes:
                raise Unfetched("too_large", f"{shown(url)}: more than {self._max_bytes:,} bytes (max_bytes)")
        if inflate and received and not inflate.eof:
            raise Unfetched("encoding", f"{shown(url)}: the compressed answer breaks off")
        return bytes(body)


def shown(url: httpx.URL | str) -> str:
    """An address for people and logs: without what may be a secret (login, query)."""
    try:
        parts = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return repr(str(url)[:100])
    return f"{parts.host}{parts.path}"[:200] if parts.host else repr(str(url)[:100])


def _web_address(url: httpx.URL) -> httpx.URL:
    if url.scheme not in ("http", "https"):
        raise ValueError("it must begin with http:// or https://")
    if not _HOST.fullmatch(url.raw_host.decode("ascii")) or not 0 < (url.port or 80) < 65_536:
        raise ValueError("it has no host, or no port, that can be")
    return url


def _sendable(validator: str) -> str:
    """As it came, or nothing: a server that sends what no header may hold does not get it back."""
    return validator if validator.isascii() and validator.isprintable() and len(validator) <= 1_000 else ""


def _conditions(etag: str, modified: str) -> dict[str, str]:
    sent = {"If-None-Match": etag, "If-Modified-Since": modified}
    return {name: value for name, value in sent.items() if value}


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _login(first: httpx.URL, here: httpx.URL) -> dict[str, str]:
    """The login in the configured address, for its own server only."""
    if not first.userinfo or _origin(first) != _origin(here):
        return {}
    written = base64.b64encode(f"{first.username}:{first.password}".encode()).decode()
    return {"Authorization": f"Basic {written}"}


def _next(here: httpx.URL, location: str) -> httpx.URL:
    try:
        there = _web_address(here.copy_with(userinfo=b"", fragment=None).join(location))
    except (httpx.InvalidURL, ValueError):
        there = None
    if not location or there is None:
        raise Unfetched(
            "redirects", f"{shown(here)}: redirects to {location[:100]!r}, which is no web address"
        )
    if here.scheme == "https" and there.scheme == "http":
        raise Unfetched(
            "redirects",
            f"{shown(here)}: redirects from https to http; write {shown(there)} itself where that is meant",
        )
    return there


def _inflated(inflate: "zlib._Decompress", chunk: bytes, most: int, url: httpx.URL) -> bytes:
    try:
        return inflate.decompress(chunk, most)
    except zlib.error:
        raise Unfetched("encoding", f"{shown(url)}: said to be gzip, and is not") from None
