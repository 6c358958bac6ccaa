"""The console as a role: its pages, and nothing that runs by itself."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

from console.pages import Pages

if TYPE_CHECKING:
    from earshot.runtime import Context


class Console:
    """Serves what the store holds; writes nothing."""

    def __init__(self, context: "Context") -> None:
        self._pages = Pages(context)

    def routes(self) -> Sequence[BaseRoute]:
        return self._pages.routes()

    async def run(self, stop: asyncio.Event) -> None:
        await stop.wait()

    def unready(self) -> str | None:
        return self._pages.unready()

    def idle(self) -> bool:
        return True
