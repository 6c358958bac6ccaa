"""One HTTP server a process: health, metrics, and whatever the roles in it answer to."""

import asyncio
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from earshot.errors import Unavailable

Check = Callable[[], dict[str, str]]
"""What is not ready now, by role, and why."""

_OPEN = ("/healthz", "/readyz", "/metrics")  # asked by address; of no use to a stranger's page
_OWN = ("localhost", "127.0.0.1", "::1")
_STALLED = 10  # s that a client which stopped talking can hold up a stop
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # What is no page of the console's, which has a policy of its own, runs and loads nothing.
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the runtime, which stops the roles in order and this server last."""
        yield


class Server:
    def __init__(
        self,
        host: str,
        port: int,
        routes: Sequence[BaseRoute],
        check: Check,
        allowed_hosts: Iterable[str] = (),
    ) -> None:
        """Bind at once, so that a port in use is an error at start. Raises `Unavailable`.

        Requests must name `host`, this machine or one of `allowed_hosts`; else a page elsewhere could point
        its own name at us and read what only the people on this network may (DNS rebinding).
        """
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            self._socket = socket.create_server((host, port), family=family)
            # Else the body of each answer waits 40 ms for the acknowledgement of its head.
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            raise Unavailable(
                f"server: {host}:{port} cannot be listened on: {error.strerror}; set server.port to a free one"
            ) from error
        app = Starlette(routes=[*routes, *_health(check)], exception_handlers={404: _nothing_here})
        config = uvicorn.Config(
            _Guarded(app, (host, *_OWN, *allowed_hosts)),
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=_STALLED,
        )
        self._server = _Server(config)

    @property
    def url(self) -> str:
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def port(self) -> int:
        port: int = self._socket.getsockname()[1]
        return port

    async def run(self, stop: asyncio.Event) -> None:
        serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((serving, stopped), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        self._server.should_exit = True
        await serving


class _Guarded:
    """Answers to its own names only, and no answer can be taken for what it is not."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = {_plain(host) for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        answer = self._app if self._is_ours(scope) else _MISDIRECTED
        await answer(scope, receive, guarded)

    def _is_ours(self, scope: Scope) -> bool:
        return scope["path"] in _OPEN or _host_of(Headers(scope=scope).get("host", "")) in self._hosts


_MISDIRECTED = PlainTextResponse(
    "This name is not served here. If it should be: put it into server.allowed_hosts.\n", status_code=421
)


def _host_of(header: str) -> str:
    """The name without the port; the square brackets of an IPv6 address hold colons of their own."""
    name, colon, port = header.rpartition(":")
    return _plain(name if colon and (port.isdigit() or not port) else header)


def _plain(host: str) -> str:
    return host.strip().lower().removeprefix("[").removesuffix("]").removesuffix(".")


async def _nothing_here(_request: Request, error: Exception) -> Response:
    detail = error.detail if isinstance(error, HTTPException) else ""
    words = "There is nothing at this address." if detail in {"", "Not Found"} else detail
    return PlainTextResponse(f"{words}\n", status_code=404)


def _health(check: Check) -> list[BaseRoute]:
    async def alive(_request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def ready(_request: Request) -> Response:
        faults = await asyncio.to_thread(check)
        return JSONResponse({"ready": not faults, "faults": faults}, status_code=503 if faults else 200)

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics)]
