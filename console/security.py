"""What keeps a hostile text a text: the headers of every page, and which addresses may become links."""

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # no-referrer would make our own forms come from "null"
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guarded:
    """Gives every answer of a route the headers; what may be kept in a cache says so itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, guarded)


GUARD = Middleware(Guarded)


def safe_link(url: str) -> str | None:
    """The address if a browser may be sent there: http or https with a host, nothing else."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    honest = url.isprintable() and "\\" not in url and " " not in url  # read alike by us and by every browser
    return url if parts.scheme in {"http", "https"} and host and honest else None


def host_of(url: str) -> str:
    """Where a safe link leads, in a form that cannot pretend: international names in punycode."""
    host = urlsplit(url).hostname or ""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host.encode("ascii", "backslashreplace").decode()
