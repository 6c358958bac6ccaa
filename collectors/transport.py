"""Connections to addresses that were checked.

The connection goes to the very address that was checked, so a name that changes its mind between the check and
the connection (DNS rebinding) gains nothing.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence

import httpx

from collectors.addresses import where

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""A host's addresses, in the order to try them. Raises `OSError`."""

Allowed = Callable[[str], bool]
"""Whether an IP address may be connected to."""

_MOST_ADDRESSES = 4  # of one host that are tried


class Forbidden(httpx.TransportError):
    """The host is, or has among its addresses, one that may not be connected to."""


async def resolve_host(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class CheckedTransport(httpx.AsyncBaseTransport):
    """Resolves a name once, checks every address, and connects to one of these, with the name in Host and SNI."""

    def __init__(self, resolve: Resolve, allowed: Allowed) -> None:
        self._resolve, self._allowed = resolve, allowed
        # no connection is kept: one to the same address may have been made for another name
        self._inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises `Forbidden`, and what httpx raises."""
        url, host = request.url, request.url.raw_host.decode("ascii")
        fault: httpx.TransportError = httpx.ConnectError(f"{host} has no address")
        for address in await self._addresses(host, url.port or (443 if url.scheme == "https" else 80)):
            request.url = url.copy_with(host=address)
            request.extensions = {**request.extensions, "sni_hostname": host}
            try:
                return await self._inner.handle_async_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                fault = error
        raise fault

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"the name {host!r} cannot be resolved: {error}") from error
        if private := [address for address in found if not self._allowed(address)]:
            named = "" if host == private[0] else f" ({private[0]})"
            raise Forbidden(
                f"{host}{named} is {where(private[0])}; if you mean it, add allow_private = true to its"
                " [[collectors]] block"
            )
        return found[:_MOST_ADDRESSES]
