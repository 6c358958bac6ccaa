"""One connection of X's filtered stream, by tweepy (imported here and in `client` only).

tweepy 4.17 addresses api.twitter.com whatever is wanted, connects again by itself for ever (after 401 and 403 too),
swallows `CancelledError` and what handlers raise. So each of its hooks raises, its loop ends with the first
connection, and `listen` says how.
"""

import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import aiohttp
from tweepy.asynchronous import AsyncStreamingClient
from tweepy.asynchronous.streaming import AsyncBaseStream

from collectors.x.client import FIELDS, USER_AGENT, Limit, broken, headers_of, limit_of, whole
from collectors.x.faults import Fault, of_status

_LONGEST_LINE = 1 << 20  # bytes; the reader takes up to twice as many


class Wire(AsyncStreamingClient):  # type: ignore[misc]  # tweepy has no types
    """One connection of the filtered stream. Used once."""

    def __init__(
        self,
        host: str,
        token: str,
        *,
        connected: Callable[[Limit], None],
        line: Callable[[bytes], Awaitable[None]],
        alive: Callable[[], None],
        silence: float,
    ) -> None:
        """`silence`: seconds without even a keep-alive after which the connection counts as dead."""
        super().__init__(token)
        self.user_agent = USER_AGENT
        self._host, self._silence = host, silence
        self._tell_connected, self._line, self._alive = connected, line, alive
        self._response: aiohttp.ClientResponse | None = None
        self._end: Exception | None = None
        self._own: Exception | None = None

    async def listen(self) -> None:
        """Until the connection ends, which it does with a `Fault`, also when it is cancelled; or what `line` raised."""
        self.session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=20, sock_read=self._silence),
            read_bufsize=_LONGEST_LINE,
            trace_configs=[self._tracing()],
        )
        await self.filter(**FIELDS)
        raise self._end or Fault("closed", "the connection was closed", "network")

    async def _connect(self, method: str, endpoint: str, **kwargs: Any) -> None:
        url = f"{self._host}/2/tweets/{endpoint}/stream"
        await AsyncBaseStream._connect(self, method, url, headers=headers_of(self.bearer_token), **kwargs)  # noqa: SLF001

    def _tracing(self) -> aiohttp.TraceConfig:
        """How we get hold of the headers: tweepy hands on the status alone."""
        tracing = aiohttp.TraceConfig()

        async def keep(_: object, __: object, params: aiohttp.TraceRequestEndParams) -> None:
            self._response = params.response

        tracing.on_request_end.append(keep)
        return tracing

    async def on_connect(self) -> None:
        self._tell_connected(limit_of(self._response.headers if self._response else {}))

    async def on_data(self, raw_data: bytes) -> None:
        try:
            await self._line(raw_data)
        except Exception as error:
            self._own = error
            raise

    async def on_keep_alive(self) -> None:
        self._alive()

    async def on_closed(self, resp: aiohttp.ClientResponse) -> None:  # noqa: ARG002 - tweepy's
        raise Fault("closed", "X closed the stream", "network")

    async def on_connection_error(self) -> None:
        raise broken(sys.exception())

    async def on_request_error(self, status_code: int) -> None:
        body = b""
        if self._response is not None:
            with suppress(aiohttp.ClientError, TimeoutError, Fault):
                body = await whole(self._response)
        limit = limit_of(self._response.headers if self._response else {})
        raise of_status(status_code, body, limit.resets_at)

    async def on_exception(self, exception: Exception) -> None:
        """Where tweepy brings whatever was raised: what is ours goes on, everything else is a broken wire."""
        is_ours = isinstance(exception, Fault) or exception is self._own
        self._end = exception if is_ours else broken(exception)

    async def on_disconnect(self) -> None:
        """Nothing more to say than what `listen` raises."""
