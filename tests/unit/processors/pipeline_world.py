"""A pipeline on a real SQLite store and the in-memory bus, fed with invented mentions."""

import shutil
from datetime import UTC, datetime, timedelta
from functools import cache
from math import isclose
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from msgspec import structs

from earshot.bus.memory import MemoryBus
from earshot.clock import SetClock
from earshot.config import Config, from_dict
from earshot.model import Author, Mention, Metrics, Rating, Story
from earshot.runtime import Context
from earshot.seams import Message
from earshot.store import Store, authors, brands, ledger, mentions, stories
from earshot.store.authors import Seat
from earshot.topics import MENTIONS, Event, Measured, Said, Withdrawn, brand_of
from processors.pipeline import Pipeline
from processors.rebuild import rebuild
from processors.turn import Desk

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FURIOUS = "This is a horrible, disgusting company and the worst service that I have ever had"
PLEASED = "Thank you so much, that was wonderful and very kind, you are the best"
PLAIN = "Does the shop in the station open at nine on weekdays, or at ten as it does on Sunday?"

CONFIG: dict[str, Any] = {
    "brands": [
        {"name": "Acme", "any": ["acme"], "accounts": ["@acme_help"], "audience": {"places": ["Bologna"]}},
        {"name": "Bolt", "voices": ["@watchdog"], "audience": {"places": ["Bologna"], "languages": ["en"]}},
    ],
    "outlets": [
        {"domain": "daily.example", "class": "national", "accounts": ["@d", "d_too"]},
        {"domain": "town.example", "class": "local"},
        {"domain": "courier.example", "class": "national"},
    ],
}


@cache
def config() -> Config:
    return from_dict(CONFIG)


@cache
def desk() -> Desk:
    return Desk(config())


@cache
def _empty_store() -> Path:
    path = Path(mkdtemp(prefix="earshot-test-")) / "empty.db"
    Store(path).close()
    return path


def fresh_store(folder: Path) -> Store:
    path = folder / "earshot.db"
    shutil.copy(_empty_store(), path)
    return Store(path)


def mention(native: str, minutes: float = 0, text: str = FURIOUS, **values: Any) -> Mention:
    """Heard so many minutes after the start, said a minute before."""
    heard = START + timedelta(minutes=minutes)
    given: dict[str, Any] = {
        "id": f"x:{native}",
        "brand": "Acme",
        "author": Author(
            id=values.pop("by", f"u{native}"),
            followers=values.pop("followers", 200),
            place=values.pop("place", ""),
        ),
        "created_at": heard - timedelta(minutes=1),
        "collected_at": heard,
        "text": text,
    }
    if (stars := values.pop("stars", None)) is not None:
        given["rating"] = Rating(stars)
    return Mention(**(given | values))


def said(native: str, minutes: float = 0, text: str = FURIOUS, **values: Any) -> Said:
    return Said(mention=mention(native, minutes, text, **values))


def withdrawn(native: str, minutes: float = 0, brand: str = "Acme") -> Withdrawn:
    return Withdrawn(id=f"x:{native}", brand=brand, collected_at=START + timedelta(minutes=minutes))


def measured(native: str, minutes: float, reposts: int) -> Measured:
    at = START + timedelta(minutes=minutes)
    return Measured(id=f"x:{native}", brand="Acme", collected_at=at, metrics=Metrics(at=at, reposts=reposts))


def alike(one: Story, other: Story) -> bool:
    """The same numbers; what is remembered of the spread is a sum of fractions, and differs by their rounding."""
    spread = zip(one.spread, other.spread, strict=False)
    return (
        structs.replace(one, spread=()) == structs.replace(other, spread=())
        and len(one.spread) == len(other.spread)
        and all(isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) for a, b in spread)
    )


class World:
    """`hear` publishes and processes; `restart` is a new process on the same store and bus."""

    def __init__(self, folder: Path, *, live: bool = False) -> None:
        self.clock = SetClock(START)
        self.bus = MemoryBus(self.clock)
        self.store = fresh_store(folder)
        self.context = Context(config(), self.clock, self.bus, self.store, live)
        self.restart()

    def restart(self) -> None:
        self.pipeline = Pipeline(self.context, desk())

    def publish(self, *events: Event) -> None:
        self.bus.publish(
            MENTIONS.name, [Message(brand_of(event), MENTIONS.encode(event)) for event in events]
        )

    def drain(self) -> None:
        while self.pipeline.step():
            pass

    def hear(self, *events: Event) -> "World":
        self.publish(*events)
        self.drain()
        return self

    def stories(self, brand: str = "Acme") -> list[Story]:
        """Oldest first."""
        with self.store.read() as connection:
            row = brands.load(connection, brand)
            return stories.newest(connection, brands.numbers(row.no), 1_000)[::-1] if row else []

    def joined(self, brand: str = "Acme") -> list[Story]:
        """Those that have become part of another one, oldest first."""
        with self.store.read() as connection:
            row = brands.load(connection, brand)
            known = stories.redirects(connection, *brands.numbers(row.no)) if row else []
            return [
                stories.load(connection, [each.id])[each.id] for each in sorted(known, key=lambda r: r.id)
            ]

    def seats(self, story: Story) -> dict[int, Seat]:
        """By hash, of everybody who is in it."""
        with self.store.read() as connection:
            rows = mentions.of_story(connection, story.id)
            return {seat.hash: seat for seat in authors.get(connection, (row.n for row in rows)).values()}

    def story(self) -> Story:
        (story,) = self.stories()
        return story

    def kept(self, story: Story) -> list[mentions.Kept]:
        with self.store.read() as connection:
            return [mentions.read(row) for row in mentions.of_story(connection, story.id)]

    def rebuilt(self, story: Story) -> Story:
        with self.store.read() as connection:
            return rebuild(story, mentions.of_story(connection, story.id))[0]

    def state(self) -> list[Any]:
        """Everything that was worked out, without the versions, which count saves."""
        with self.store.read() as connection:
            rows = [row._replace(version=0) for row in brands.every(connection)]
            kept = [stories.newest(connection, brands.numbers(row.no), 10_000) for row in rows]
            heard = [
                ledger.get(connection, range(*brands.numbers(row.no)[:1], brands.numbers(row.no)[0] + 500))
                for row in rows
            ]
        joined = [self.joined(row.name) for row in rows]
        return [rows, [structs.replace(story, version=0) for each in kept + joined for story in each], heard]
