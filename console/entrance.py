"""The pages that everybody may ask for: the login, the way out, the choice of language."""

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console import languages
from console.attempts import Attempts
from console.website import LANGUAGE, Page, Site, local

_HASHED_AT_ONCE = 2  # each takes 16 MB and a core


class Entrance:
    def __init__(self, site: Site, attempts: Attempts | None = None) -> None:
        self._site = site
        self._attempts = attempts or Attempts()
        self._room = asyncio.Semaphore(_HASHED_AT_ONCE)

    def pages(self) -> list[Page]:
        return [
            Page("/login", self.ask, open=True),
            Page("/login", self.enter, "POST", open=True),
            Page("/logout", self.leave, "POST", open=True),
            Page("/language", self.choose, "POST", open=True),
        ]

    async def ask(self, request: Request) -> Response:
        onward = local(request.query_params.get("next", "/"))
        if request.state.visitor.inside:
            return RedirectResponse(onward, 303)
        return self._form(request, onward)

    async def enter(self, request: Request) -> Response:
        form = request.state.form
        onward = local(form.get("next", "/"))
        tried = self._attempts.begin(request.client.host if request.client else "")
        if isinstance(tried, int):
            page = self._form(request, onward, status=429, wait=tried)
            page.headers["Retry-After"] = str(tried)
            return page
        if not await self._slowly(lambda: self._site.door.admits(form.get("password", ""))):
            return self._form(request, onward, status=403, wrong=True)
        self._attempts.forgive(tried)
        answer = RedirectResponse(onward, 303)
        await asyncio.to_thread(self._site.door.let_in, answer)
        return answer

    async def leave(self, _request: Request) -> Response:
        answer = RedirectResponse("/login", 303)
        self._site.door.let_out(answer)
        return answer

    async def choose(self, request: Request) -> Response:
        form = request.state.form
        answer = RedirectResponse(local(form.get("next", "/")), 303)
        if chosen := languages.known(form.get("language")):
            self._site.door.remember(answer, LANGUAGE, chosen)
        return answer

    def _form(
        self, request: Request, onward: str, status: int = 200, *, wrong: bool = False, wait: int = 0
    ) -> Response:
        configured = self._site.door.is_configured
        return self._site.page(
            request,
            "login.html",
            status=status,
            onward=onward,
            wrong=wrong,
            wait=wait,
            configured=configured,
        )

    async def _slowly(self, work: Callable[[], bool]) -> bool:
        async with self._room:
            return await asyncio.to_thread(work)
