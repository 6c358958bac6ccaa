"""Lines between the reader, which must never be slow, and the publisher, which may wait for the bus."""

import asyncio
from collections.abc import Sequence


class Inbox:
    """Bounded. `waiting`: lines that came and are not done with, in the publisher's hands or not."""

    def __init__(self, size: int) -> None:
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(size)
        self.waiting = 0

    async def put(self, line: bytes) -> None:
        self.waiting += 1
        try:
            await self._queue.put(line)
        except asyncio.CancelledError:
            self.waiting -= 1
            raise

    async def end(self) -> None:
        """Nothing more comes."""
        await self._queue.put(None)

    async def take(self, at_most: int) -> Sequence[bytes]:
        """What waits, at least one line; none once the end has come. Call `done` when it is dealt with."""
        lines: list[bytes] = []
        while len(lines) < at_most and (not lines or not self._queue.empty()):
            line = await self._queue.get()
            if line is None:
                self._queue.put_nowait(None)  # for the next call
                self._queue.task_done()
                break
            lines.append(line)
        return lines

    def done(self, count: int) -> None:
        self.waiting -= count
        for _ in range(count):
            self._queue.task_done()

    async def emptied(self) -> None:
        """Everything that came before this call is dealt with."""
        await self._queue.join()
