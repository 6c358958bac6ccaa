"""The console as a role: its groups of pages, and the password that is made at the first start."""

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from starlette.routing import BaseRoute, Route

from console.alert_list import AlertList
from console.door import Door
from console.entrance import Entrance
from console.live import Live
from console.mention import MentionPages
from console.pages import Pages
from console.regroup import RegroupPages
from console.security import GUARD
from console.source_list import SourceList
from console.story_list import StoryList
from console.surge_list import SurgeList
from console.unsure_list import UnsureList
from console.website import Page, Site
from earshot.clock import PlayedClock
from earshot.errors import Unavailable
from earshot.store import stories

if TYPE_CHECKING:
    from earshot.runtime import Context


class Group(Protocol):
    """Some pages that belong together."""

    def pages(self) -> Sequence[Page]: ...


GROUPS: tuple[Callable[[Site], Group], ...] = (
    Entrance,
    RegroupPages,
    Pages,
    MentionPages,
    StoryList,
    AlertList,
    SurgeList,
    SourceList,
    UnsureList,
)


class Console:
    """Serves what the store holds; writes nothing there but what opens it, and what staff say of mentions and stories."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._door = Door(context.store, context.config)
        self._site = Site(context, self._door)
        self._live = Live(self._site)
        self._groups = [group(self._site) for group in GROUPS]
        if isinstance(context.clock, PlayedClock):
            context.clock.expect()

    def routes(self) -> Sequence[BaseRoute]:
        pages = [page for group in (*self._groups, self._live) for page in group.pages()]
        asset = Route("/static/{name:path}", self._site.asset, methods=["GET"], middleware=[GUARD])
        return [*self._site.routes(pages), asset]

    async def run(self, stop: asyncio.Event) -> None:
        if made := await asyncio.to_thread(self._door.open):
            _announce(
                made,
                self._context.config.server.base_url,
                as_json=self._context.config.earshot.log_format == "json",
            )
        await stop.wait()
        self._live.end()

    def unready(self) -> str | None:
        """Blocking: why the pages cannot be read now; None when they can."""
        try:
            with self._context.store.read() as connection:
                stories.newest(connection, (0, 0), 1)
        except Unavailable as error:
            return f"the store cannot be read: {error}"
        return None

    def idle(self) -> bool:
        return True


def _announce(password: str, url: str, *, as_json: bool) -> None:
    """To standard output, where the address is printed too: what goes to the log is kept, and read by others."""
    event = {
        "event": "password made",
        "url": url,
        "password": password,
        "hint": "shown once; earshot password makes another",
    }
    said = (
        f"\n\n  Open      {url}\n  Password  {password}\n"
        "\n  It is shown this once; earshot password makes another.\n\n"
    )
    sys.stdout.write(f"{json.dumps(event) if as_json else said}\n")
    sys.stdout.flush()
