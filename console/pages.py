"""The handlers: read in a thread, make the view, render. Nothing here blocks the loop."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from console import charts, reading, views, words
from console.render import Renderer
from console.security import GUARD
from earshot import explain
from earshot.errors import Unavailable
from earshot.model import Story
from earshot.store import stories

if TYPE_CHECKING:
    from earshot.runtime import Context

T = TypeVar("T")
Handler = Callable[[Request], Awaitable[Response]]

_AT_ONCE = 4  # pages that read at the same time: the store has eight connections and other readers
_LARGEST = 2**63 - 1


class Pages:
    """All pages of the console, each by its own method."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._names = [brand.name for brand in context.config.brands]
        self._render = Renderer()
        self._room = asyncio.Semaphore(_AT_ONCE)

    def routes(self) -> list[BaseRoute]:
        pages: dict[str, Handler] = {
            "/": self.home,
            "/stories/{story}": self.story,
            "/stories/{rest:path}": self.missing,
            "/static/{name:path}": self.asset,
        }
        return [
            Route(path, self._guarded(page), methods=["GET"], middleware=[GUARD])
            for path, page in pages.items()
        ]

    def unready(self) -> str | None:
        """Blocking: why the pages cannot be read now; None when they can."""
        try:
            with self._context.store.read() as connection:
                stories.newest(connection, (0, 0), 1)
        except Unavailable as error:
            return f"the store cannot be read: {error}"
        return None

    async def home(self, request: Request) -> Response:
        chosen = request.query_params.get("brand") or None
        if chosen is not None and chosen not in self._names:
            return self._not_found()
        found = await self._read(lambda connection: reading.home(connection, self._names, chosen))
        page = views.home(found, self._names, chosen, self._context.clock.now())
        tabs = [(name, "/?" + urlencode({"brand": name})) for name in self._names]
        return self._render.page("home.html", page=page, tabs=tabs)

    async def story(self, request: Request) -> Response:
        number = _story_id(request.path_params["story"])
        if number is None:
            return self._not_found()
        found = await self._read(lambda connection: reading.detail(connection, number, self._names))
        if found is None:
            return self._not_found()
        return await asyncio.to_thread(self._story, found)

    async def missing(self, _request: Request) -> Response:
        return self._not_found()

    async def asset(self, request: Request) -> Response:
        return self._render.asset(request.path_params["name"]) or self._not_found()

    def _story(self, found: reading.Detail) -> Response:
        """In a thread too: a story of a hundred thousand mentions takes a while to draw."""
        page = views.story_page(found, self._names, self._context.clock.now())
        curve = charts.curve(sorted(heard.said_at for heard in found.heard), views.marks(found))
        return self._render.page("story.html", page=page, curve=curve, **_why(found.story))

    def _not_found(self) -> Response:
        return self._render.page("not_found.html", status=404)

    async def _read(self, query: Callable[[Connection], T]) -> T:
        async with self._room:
            return await asyncio.to_thread(self._query, query)

    def _query(self, query: Callable[[Connection], T]) -> T:
        with self._context.store.read() as connection:
            return query(connection)

    def _guarded(self, page: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            try:
                return await page(request)
            except Unavailable:
                return self._unavailable()

        return answer

    def _unavailable(self) -> Response:
        page = self._render.page("unavailable.html", status=503)
        page.headers["Retry-After"] = "10"
        return page


def _why(story: Story) -> dict[str, Any]:
    terms = views.terms(explain.explain(story, words.LANGUAGE))
    said = "; ".join(f"{term.sentence} {term.points}" for term in terms)
    return {
        "terms": terms,
        "bar": charts.bar([(term.key, term.value) for term in terms], said),
        "arithmetic": explain.arithmetic(story, words.LANGUAGE),
    }


def _story_id(written: str) -> int | None:
    """Plain digits only: int() would also read "+1", "1_0" and digits of other scripts."""
    if not (written.isascii() and written.isdigit() and len(written) <= 19):
        return None
    number = int(written)
    return number if number <= _LARGEST else None
