"""`/stories/{story}/split/{n}` and `/stories/{story}/join`: staff say which mentions belong together.

A page says what will happen and changes nothing; its button does it. Who folds stories is found by entry point, as
`earshot stories` finds it, and writes beside the running pipeline: whoever is slower does its part again.
"""

import asyncio
from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console import reading_regroup, regroup_view, regroup_words
from console.reading_regroup import Going, Pair
from console.regroup_view import ALONE, WITH, Fault
from console.tongue import Tongue
from console.website import Page, Site, number
from earshot import logs
from earshot.errors import Refused, Unavailable
from earshot.model import Story
from earshot.regrouping import Regrouper, find_regrouper
from earshot.seams import Message
from earshot.topics import STORIES, Snapshot

_LOG = logs.get(__name__)
_DONE = "byhand"  # where a story's page tells of it


class RegroupPages:
    def __init__(self, site: Site) -> None:
        self._site = site

    def pages(self) -> list[Page]:
        split, join = "/stories/{story}/split/{n}", "/stories/{story}/join"
        return [
            Page(split, self.split),
            Page(split, self.do_split, "POST"),
            Page(join, self.join),
            Page(join, self.do_join, "POST"),
        ]

    # --- split ----------------------------------------------------------------------------------------------

    async def split(self, request: Request) -> Response:
        story, found = number(request.path_params["story"]), await self._going(request)
        if story is None or found is None:
            return self._site.not_found(request)
        return self._split_page(request, story, found)

    async def do_split(self, request: Request) -> Response:
        story, way = number(request.path_params["story"]), request.state.form.get("way")
        found = await self._going(request) if way in (ALONE, WITH) else None
        if story is None or found is None:
            return self._site.not_found(request)
        if regroup_view.why_no_split(self._site.tongue(request), found, story):
            return self._split_page(request, story, found, 409)
        numbers = regroup_view.chosen(found, way)
        changed = await self._change(request, lambda regrouper: regrouper.split(story, numbers))
        if isinstance(changed, Fault):
            again = await self._going(request) or found
            return self._split_page(request, story, again, 409, changed)
        left, begun = changed[:2]
        return _to(left if found.kept.n == left.id else begun)

    def _split_page(
        self, request: Request, story: int, found: Going, status: int = 200, fault: Fault | None = None
    ) -> Response:
        site, say = self._site, self._site.tongue(request)
        accounts, now = site.accounts(found.home.story.brand), site.context.clock.now()
        page = regroup_view.split_page(say, found, story, now, accounts, fault)
        return self._page(request, "split.html", status, page=page, asked=story)

    async def _going(self, request: Request) -> Going | None:
        n = number(request.path_params["n"])
        if n is None:
            return None
        return await self._site.read(request, lambda connection: reading_regroup.going(connection, n))

    # --- join -----------------------------------------------------------------------------------------------

    async def join(self, request: Request) -> Response:
        typed = request.query_params.get("other", "")
        found = await self._pair(request, typed)
        return self._join_page(request, found, typed) if found else self._elsewhere(request)

    async def do_join(self, request: Request) -> Response:
        typed = request.state.form.get("other", "")
        found = await self._pair(request, typed)
        if found is None:
            return self._site.not_found(request)
        other = found.other
        if other is None or regroup_view.why_no_join(self._site.tongue(request), found, typed):
            return self._join_page(request, found, typed, 409)
        one, with_it = found.one.story.id, other.story.id
        changed = await self._change(request, lambda regrouper: regrouper.join(one, with_it))
        if isinstance(changed, Fault):
            return self._join_page(request, await self._pair(request, typed) or found, typed, 409, changed)
        return _to(changed[0])

    def _join_page(
        self, request: Request, found: Pair, typed: str, status: int = 200, fault: Fault | None = None
    ) -> Response:
        say, now = self._site.tongue(request), self._site.context.clock.now()
        page = regroup_view.join_page(say, found, typed, now, fault)
        return self._page(request, "join.html", status, page=page)

    async def _pair(self, request: Request, typed: str) -> Pair | None:
        story, other = number(request.path_params["story"]), regroup_view.named(typed)
        if story is None:
            return None
        return await self._site.read(
            request, lambda connection: reading_regroup.pair(connection, story, other)
        )

    def _elsewhere(self, request: Request) -> Response:
        """Of what is part of another story its own page knows more; of what never was, too."""
        story = number(request.path_params["story"])
        return self._site.not_found(request) if story is None else RedirectResponse(f"/stories/{story}")

    # --- both -----------------------------------------------------------------------------------------------

    async def _change(
        self, request: Request, change: Callable[[Regrouper], list[Story]]
    ) -> list[Story] | Fault:
        try:
            return await asyncio.to_thread(self._do, change)
        except Refused as refusal:
            return _fault(self._site.tongue(request), refusal)

    def _do(self, change: Callable[[Regrouper], list[Story]]) -> list[Story]:
        context = self._site.context
        changed = change(find_regrouper(context.config, context.store, context.clock))
        self._publish(changed)
        return changed

    def _publish(self, changed: Sequence[Story]) -> None:
        told = [
            Message(story.brand, STORIES.encode(Snapshot(story=story)), str(story.id)) for story in changed
        ]
        try:
            self._site.context.bus.publish(STORIES.name, told)
        except Unavailable as error:  # it is done and stays so: only the alerts do not know it yet
            numbers = [story.id for story in changed]
            _LOG.warning("stories changed by hand were not published", stories=numbers, reason=str(error))

    def _page(self, request: Request, template: str, status: int, **values: object) -> Response:
        if status != 200:
            request.state.frame = None  # not live: what was refused stays to be read
        return self._site.page(request, template, "stories", status, **values)


def _fault(say: Tongue, refusal: Refused) -> Fault:
    return Fault(regroup_words.refused(say), str(refusal))


def _to(story: Story) -> Response:
    return RedirectResponse(f"/stories/{story.id}#{_DONE}", 303)
