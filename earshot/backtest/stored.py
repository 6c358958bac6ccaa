"""A source that says again what a store has heard, in the order in which it was heard."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import islice
from typing import Literal, NamedTuple

from msgspec import structs
from pydantic import ConfigDict
from starlette.routing import BaseRoute

from earshot.clock import from_us
from earshot.metrics import REPLAY_RECORDS
from earshot.model import Mention
from earshot.runtime import Context
from earshot.seams import CollectorSettings, Intake
from earshot.store import Store, brands, ledger, mentions, positions
from earshot.store.brands import Brand
from earshot.store.mentions import Row
from earshot.topics import Event, Said

_FRAME = 500
_PAGE = 1_000
_PAUSE = 0.02  # s between looks, while the processors catch up


class Stored(CollectorSettings):
    """Made by `earshot backtest --last` only: nobody configures it."""

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid", frozen=True)

    kind: Literal["stored"] = "stored"
    store: Store
    since: int
    """Heard at this time or later, µs."""

    def build(self, context: Context) -> "Teller":
        return Teller(self, context)


class _Range(NamedTuple):
    """The mentions of a brand that are told: the first, the last, and which is next."""

    first: int
    last: int
    next: int


class _Next(NamedTuple):
    """A mention in its place."""

    at: int
    n: int
    mention: Mention | None
    """None: it was withdrawn, or is gone."""


class Teller:
    """Goes on where it was: what there was to tell is fixed by the first run in a data directory."""

    def __init__(
        self, settings: Stored, context: Context, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.name = settings.name
        self._store, self._since, self._context, self._sleep = settings.store, settings.since, context, sleep

    def routes(self) -> Sequence[BaseRoute]:
        return []

    async def once(self, limit: int) -> Sequence[Event]:
        told = await asyncio.to_thread(lambda: list(islice(self._told(self._begun()), limit)))
        return [Said(mention=each.mention) for each in told if each.mention]

    async def run(self, intake: Intake, stop: asyncio.Event) -> None:
        await asyncio.to_thread(self._tell, intake, stop)

    def _tell(self, intake: Intake, stop: asyncio.Event) -> None:
        ranges = self._kept() or self._begun()
        done = sum(at - first for first, _, at in ranges.values())
        REPLAY_RECORDS.labels("total").set(sum(last + 1 - first for first, last, _ in ranges.values()))
        REPLAY_RECORDS.labels("done").set(done)
        told = self._told(ranges)
        while frame := list(islice(told, _FRAME)):
            while intake.busy() and not stop.is_set():
                self._sleep(_PAUSE)
            if stop.is_set():
                return
            intake.hear([Said(mention=each.mention) for each in frame if each.mention])
            for each in frame:
                number = str(brands.brand_no(each.n))
                ranges[number] = ranges[number]._replace(next=each.n + 1)
            self._keep(ranges)
            intake.succeeded()
            done += len(frame)
            REPLAY_RECORDS.labels("done").set(done)

    # --- what there is to tell --------------------------------------------------------------------------

    def _begun(self) -> dict[str, _Range]:
        """By brand's number."""
        with self._store.read() as connection:
            known = brands.every(connection)
            firsts = [ledger.first_since(connection, brand, self._since) for brand in known]
        return {str(b.no): _Range(first, _last(b), first) for b, first in zip(known, firsts, strict=True)}

    def _told(self, ranges: Mapping[str, _Range]) -> Iterator[_Next]:
        return merge(*(self._of_brand(at, last) for _, last, at in ranges.values()))

    def _of_brand(self, first: int, last: int) -> Iterator[_Next]:
        """A page at a time, each in a short transaction: a service may write meanwhile."""
        latest = 0
        for start in range(first, last + 1, _PAGE):
            numbers = range(start, min(start + _PAGE, last + 1))
            with self._store.read() as connection:
                rows = mentions.get(connection, numbers)
            for n in numbers:
                row = rows.get(n)
                latest = max(latest, row.heard_at) if row else latest
                yield _Next(latest, n, as_heard(row) if row and not row.withdrawn else None)

    # --- how far ----------------------------------------------------------------------------------------

    def _kept(self) -> dict[str, _Range] | None:
        with self._context.store.read() as connection:
            cursor = positions.cursor(connection, self.name)
        return {number: _Range(*each) for number, each in json.loads(cursor).items()} if cursor else None

    def _keep(self, ranges: Mapping[str, _Range]) -> None:
        with self._context.store.begin() as connection:
            positions.save_cursor(connection, self.name, json.dumps(ranges))


def _last(brand: Brand) -> int:
    return brands.number(brand.no, brand.seq)


def as_heard(row: Row) -> Mention:
    """As far as it is known, less what became known of it later. A newer wording stays: the old one is gone."""
    mention, heard = mentions.read(row).mention, from_us(row.heard_at)
    metrics = mention.metrics if mention.metrics and mention.metrics.at <= heard else None
    edited = mention.edited_at if mention.edited_at and mention.edited_at <= heard else None
    return structs.replace(mention, collected_at=heard, metrics=metrics, edited_at=edited)
