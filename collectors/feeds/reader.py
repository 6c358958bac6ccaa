"""One feed, fetched and read."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from collectors.feeds.items import Item, read_items
from collectors.feeds.presets import Feed
from collectors.feeds.seen import Validators, short
from collectors.fetch import Fetched, Fetcher, Unfetched, shown
from earshot.errors import Unreadable

_ANOTHER_SPELLING = ("http_400", "http_403", "http_404", "http_500", "http_502", "http_503", "encoding")
"""What may be the fault of one spelling alone; of all else the others of the same server would die too."""


class Answer(NamedTuple):
    items: Sequence[Item] | None
    """Newest first; None: nothing has changed."""
    validators: Validators


class Reader:
    """Knows which spelling of the address answered last."""

    def __init__(self, feed: Feed, fetcher: Fetcher, one_at_a_time: asyncio.Lock) -> None:
        """`one_at_a_time` is shared with the others: a large feed takes seconds, and must not take every thread."""
        self.feed = feed
        self._fetcher, self._one_at_a_time = fetcher, one_at_a_time
        self._first = 0

    async def read(self, validators: Validators = Validators()) -> Answer:  # noqa: B008 - frozen
        """What the feed shows. Raises `Unfetched` or `Unreadable`."""
        empty: Answer | None = None
        fault: Unfetched | Unreadable | None = None
        for number in self._spellings():
            try:
                answer = await self._read(self.feed.addresses[number], validators)
            except (Unfetched, Unreadable) as error:
                if isinstance(error, Unfetched) and error.kind not in _ANOTHER_SPELLING:
                    raise
                fault = fault or error
                continue
            if answer.items is None or answer.items:
                self._first = number
                return answer
            empty = empty or answer
        if empty is None and fault is not None:
            raise fault
        return empty or Answer(None, validators)

    def _spellings(self) -> Iterator[int]:
        count = len(self.feed.addresses)
        yield from ((self._first + step) % count for step in range(count))

    async def _read(self, address: str, validators: Validators) -> Answer:
        known = validators if validators.address == short(address) else Validators()
        fetched = await self._fetcher.get(address, known.etag, known.modified)
        if fetched.body is None:
            return Answer(None, known)
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._understood, address, fetched, fetched.body)

    def _understood(self, address: str, fetched: Fetched, body: bytes) -> Answer:
        try:
            items = read_items(body, fetched.content_type, fetched.url, self.feed)
        except Unreadable as error:
            raise Unreadable(f"{shown(fetched.url)}: {error}") from error
        return Answer(items, Validators(short(address), fetched.etag, fetched.modified))
