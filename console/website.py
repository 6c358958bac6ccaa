"""What all pages share: who asks and in which language, one look at the store, templates, what went wrong."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Connection
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from console import languages, reading, views, words
from console.door import NOBODY, Door, Visitor
from console.render import Renderer
from console.rows import Around
from console.security import GUARD
from console.tongue import Tongue, spoken
from earshot.clock import PlayedClock
from earshot.config import Brand
from earshot.errors import Unavailable

if TYPE_CHECKING:
    from earshot.runtime import Context

T = TypeVar("T")
Handler = Callable[[Request], Awaitable[Response]]

LANGUAGE = "earshot_language"
"""The cookie with the reader's choice."""
_AT_ONCE = 4  # pages that read at the same time: the store has eight connections and other readers
_UNKNOWN = Brand(name="unknown")
_LARGEST_FORM = 16_384
_LARGEST = 2**63 - 1
_LOCAL = re.compile(r"/(?![/\\])[!-\[\]-~]*")


class Page(NamedTuple):
    """One address of the console."""

    path: str
    answer: Handler
    method: str = "GET"
    open: bool = False
    """Whether it answers to whom has not logged in."""
    leads: bool = True
    """Whether those are led to the login; else they are told 401."""


class Site:
    """Given to every group of pages."""

    def __init__(self, context: "Context", door: Door) -> None:
        self.context = context
        self.door = door
        self.names = [brand.name for brand in context.config.brands]
        self.sources = [each.name for each in context.config.collectors]
        chosen = context.config.console
        self._chosen = languages.known(chosen.language)
        self._tongues = {each: spoken(each, chosen.time_zone) for each in languages.LANGUAGES}
        self._render = Renderer(self._tongues.values())
        self._room = asyncio.Semaphore(_AT_ONCE)

    def routes(self, pages: Iterable[Page]) -> list[Route]:
        return [
            Route(page.path, self._guarded(page), methods=[page.method], middleware=[GUARD]) for page in pages
        ]

    def tongue(self, request: Request) -> Tongue:
        """The reader's: as chosen, else as configured, else as the browser asks."""
        chosen = languages.known(request.cookies.get(LANGUAGE)) or self._chosen
        return self._tongues[chosen or languages.preferred(request.headers.get("accept-language", ""))]

    def accounts(self, brand: str) -> tuple[str, ...]:
        """The brand's own."""
        return self.brand(brand).accounts

    def brand(self, name: str) -> Brand:
        """As it is configured; one that is configured no more has the defaults."""
        return next((each for each in self.context.config.brands if each.name == name), _UNKNOWN)

    async def read(self, request: Request, query: Callable[[Connection], T]) -> T:
        """Ask the store, in a thread, together with what stands around the page. Raises `Unavailable`."""
        async with self._room:
            found, request.state.frame = await asyncio.to_thread(self._look, query)
        return found

    def page(
        self, request: Request, template: str, here: str = "", status: int = 200, **values: Any
    ) -> Response:
        """`here` is the place in the rail that is lit; `say` and `around` are there in every template."""
        say = self.tongue(request)
        if isinstance(self.context.clock, PlayedClock) and _visitor(request).inside:
            self.context.clock.look()  # the sample waits until somebody can see it
        return self._render.page(say, template, status, around=self._around(request, say, here), **values)

    def not_found(self, request: Request) -> Response:
        return self.page(request, "not_found.html", status=404)

    async def asset(self, request: Request) -> Response:
        return self._render.asset(request.path_params["name"]) or self.not_found(request)

    def _look(self, query: Callable[[Connection], T]) -> tuple[T, reading.Frame]:
        with self.context.store.read() as connection:
            return query(connection), reading.frame(connection, self.names, self.sources)

    def _around(self, request: Request, say: Tongue, here: str) -> Around:
        frame: reading.Frame | None = getattr(request.state, "frame", None)
        visitor = _visitor(request)
        return Around(
            here,
            _address(request),
            visitor.token,
            inside=visitor.inside,
            leaves=visitor.inside and self.door.asks,
            clock=self.played(say),
            frame=views.frame(say, frame, len(self.names), self.context.clock.now()) if frame else None,
        )

    def played(self, say: Tongue) -> str:
        """The simulated clock in words; empty in a time that is the reader's own."""
        clock = self.context.clock
        speed = clock.speed if isinstance(clock, PlayedClock) else None
        return "" if speed is None else words.sample(say, speed, say.clock(clock.now()))

    def _guarded(self, page: Page) -> Handler:
        async def answer(request: Request) -> Response:
            try:
                visitor = await asyncio.to_thread(self.door.visitor, request.cookies)
                request.state.visitor = visitor
                response = await self._admitted(page, request, visitor)
            except Unavailable:
                return self._unavailable(request)
            self.door.greet(response, visitor)
            return response

        return answer

    async def _admitted(self, page: Page, request: Request, visitor: Visitor) -> Response:
        if not (page.open or visitor.inside):
            return _to_login(request, page)
        if page.method == "POST":
            form = request.state.form = await _form(request)
            ours = await asyncio.to_thread(self.door.is_ours, request.headers, form.get("token", ""), visitor)
            if not ours:
                return self.page(request, "not_ours.html", status=403)
        return await page.answer(request)

    def _unavailable(self, request: Request) -> Response:
        page = self.page(request, "unavailable.html", status=503)
        page.headers["Retry-After"] = "10"
        return page


def local(address: str) -> str:
    """An address of ours to go on to, or the home page where it is none."""
    return address if _LOCAL.fullmatch(address) else "/"


def number(written: str) -> int | None:
    """A row's number in an address. Plain digits only: int() would also read "+1", "1_0" and digits of other scripts."""
    if not (written.isascii() and written.isdigit() and len(written) <= 19):
        return None
    found = int(written)
    return found if found <= _LARGEST else None


def _visitor(request: Request) -> Visitor:
    found: Visitor = getattr(request.state, "visitor", NOBODY)
    return found


def _address(request: Request) -> str:
    """Where this page is, to come back to; a form's answer has no address of its own."""
    if request.method not in {"GET", "HEAD"}:
        return "/"
    query = f"?{request.url.query}" if request.url.query else ""
    return local(request.scope.get("raw_path", b"/").decode("latin-1") + query)


def _to_login(request: Request, page: Page) -> Response:
    if not page.leads:
        return PlainTextResponse("Log in first.\n", 401)
    return RedirectResponse("/login?" + urlencode({"next": _address(request)}), 303)


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form; none where it is too long or no form, or its sender has left."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST_FORM:
                return {}
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=50))
    except (ValueError, ClientDisconnect):
        return {}
