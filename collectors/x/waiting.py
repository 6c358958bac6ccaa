"""Waiting that a stop cuts short."""

import asyncio
from collections.abc import Awaitable, Callable

Sleep = Callable[[float], Awaitable[None]]


async def pause(seconds: float, stop: asyncio.Event, sleep: Sleep) -> bool:
    """Whether the time passed before `stop` was set."""
    return await unless(stop, sleep(seconds)) if seconds > 0 else not stop.is_set()


async def unless(stop: asyncio.Event, work: Awaitable[object]) -> bool:
    """Whether `work` ended before `stop` was set; else it is cancelled. Raises what it raises."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
        return not stop.is_set()
    finally:
        working.cancel()
        stopping.cancel()
