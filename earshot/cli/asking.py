"""Ask sources what is there now, without keeping any of it: what `earshot try` and `earshot check` share."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import typer

from earshot.attribution import Attribution, Names, finder, terms_of
from earshot.bus.memory import MemoryBus
from earshot.clock import PlayedClock, SystemClock
from earshot.config import Brand, Config
from earshot.errors import EarshotError, Refused
from earshot.model import Why
from earshot.runtime import Context
from earshot.seams import Clock, Collector, CollectorSettings
from earshot.store import Store
from earshot.topics import Event, Said

PATIENCE = 45.0  # s for the answer of one source; more than any of ours gives its own servers


class Answer(NamedTuple):
    """What one source said when it was asked."""

    source: CollectorSettings
    events: Sequence[Event] = ()
    fault: str = ""
    """Why it did not answer, and what to do; it may hold words of strangers."""
    unasked: str = ""
    """It was not asked, or cannot be; `fault` says why, and that is no fault of its."""


class Found(NamedTuple):
    """An event, whom it concerns and why."""

    source: str
    event: Event
    brands: tuple[str, ...]
    why: str


@contextmanager
def scratch(config: Config) -> Iterator[Context]:
    """A context that keeps nothing: a bus in memory, and a store in a folder that is deleted at the end."""
    clock: Clock = PlayedClock() if config.own_time else SystemClock()
    with (
        TemporaryDirectory(prefix="earshot-") as folder,
        closing(Store(Path(folder) / "earshot.db")) as store,
    ):
        yield Context(config, clock, MemoryBus(clock), store, live=not config.own_time)


def ask(
    context: Context, wanted: Sequence[tuple[CollectorSettings, int]], patience: float = PATIENCE
) -> list[Answer]:
    """What sources have now, each at most so many events; side by side, each for at most `patience` seconds."""

    async def all_of_them() -> list[Answer]:
        return await asyncio.gather(*(_ask(context, source, limit, patience) for source, limit in wanted))

    return asyncio.run(all_of_them())


async def _ask(context: Context, source: CollectorSettings, limit: int, patience: float) -> Answer:
    collector: Collector | None = None
    try:
        collector = source.build(context)
        async with asyncio.timeout(patience):
            return Answer(source, await collector.once(limit))
    except TimeoutError:
        return Answer(source, fault=f"no answer within {patience:g} s: is its address right, and reachable?")
    except EarshotError as error:
        is_called = isinstance(error, Refused) and collector is not None and bool(collector.routes())
        return Answer(source, fault=str(error), unasked="waits" if is_called else "")
    except Exception as error:  # noqa: BLE001 - a source that breaks must not hide how the others are doing
        return Answer(source, fault=f"breaks: {type(error).__name__}: {error}; please report it")


def not_asked(source: CollectorSettings) -> Answer:
    return Answer(source, fault="it bills what it is asked: --yes asks it", unasked="skipped")


def concerning(answers: Sequence[Answer], brands: Sequence[Brand]) -> list[Found]:
    """Every event with the brands that it would be published for, as a collector's intake finds them."""
    attribution, why, names = Attribution(brands), _Why(brands), Names(brand.name for brand in brands)
    known: dict[str, tuple[str, ...]] = {}
    found = []
    for answer in answers:
        for event in map(names.configured, answer.events):
            whom = _attributed(event, attribution, known)
            found.append(Found(answer.source.name, event, tuple(whom), why.told(event, whom)))
            if whom:
                known[_id(event)] = tuple(whom)
    return found


def _attributed(event: Event, attribution: Attribution, known: dict[str, tuple[str, ...]]) -> dict[str, Why]:
    def heard(mention: str) -> tuple[str, ...]:
        return known.get(mention, ())

    if isinstance(event, Said):
        return attribution.of(event.mention, heard)
    return dict.fromkeys((event.brand,) if event.brand else heard(event.id), "followed conversation")


def _id(event: Event) -> str:
    return event.mention.id if isinstance(event, Said) else event.id


class _Why:
    """Why mentions concern their brands, as people read it: `term ronvia`."""

    def __init__(self, brands: Sequence[Brand]) -> None:
        self._of = {brand.name: terms_of(brand) for brand in brands}
        self._finder = finder(term for terms in self._of.values() for term in terms)

    def told(self, event: Event, whom: Mapping[str, Why]) -> str:
        reasons = dict.fromkeys(whom.values()) or ("followed conversation",)
        return ", ".join(self._term(event, whom) if why == "term" else why for why in reasons)

    def _term(self, event: Event, whom: Mapping[str, Why]) -> str:
        if not isinstance(event, Said):
            return "term"
        hits = self._finder.match(f"{event.mention.title} {event.mention.text}")
        wanted = {term for brand, why in whom.items() if why == "term" for term in self._of.get(brand, ())}
        return f"term {', '.join(term for term in hits if term in wanted)}"


def price(source: CollectorSettings, limit: int, brands: int) -> float:
    """US dollars that asking may cost, by the prices in the source's settings; 0 where it bills nothing."""
    prices = (getattr(source, key, 0) for key in type(source).model_fields if key.startswith("price_per_"))
    return sum(prices) * limit * max(1, brands)


def affordable(
    config: Config, sources: Sequence[CollectorSettings], limit: int, *, yes: bool, say: Callable[[str], None]
) -> list[CollectorSettings]:
    """Those that may be asked: free, or paid for by consent. What is left out is said."""

    def agreed(source: CollectorSettings) -> bool:
        dollars = price(source, limit, len(config.brands))
        return not dollars or _agreed(f"{source.name} bills what it is asked: about ${dollars:.2f}", yes, say)

    return [source for source in sources if agreed(source)]


def _agreed(cost: str, yes: bool, say: Callable[[str], None]) -> bool:
    if yes:
        say(f"{cost}.")
    elif typer.get_text_stream("stdin").isatty():
        return typer.confirm(f"{cost}. Ask it?", err=True)
    else:
        say(f"{cost}. It is not asked: --yes allows it.")
    return yes
