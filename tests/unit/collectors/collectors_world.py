"""Collectors on a real store and the in-memory bus."""

import asyncio
import itertools
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collectors.intake import Intake
from collectors.replay import Replay, Replayer
from earshot.bus.memory import MemoryBus
from earshot.clock import SetClock
from earshot.config import Config, from_dict
from earshot.runtime import Context
from earshot.store import Store, dead
from earshot.topics import MENTIONS, Event, Said

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MAP = {"id": "id", "time": "at", "text": "text", "brand": "brand"}


class Place:
    """`heard` and `letters`: what came out, in order."""

    def __init__(self, folder: Path, **config: Any) -> None:
        self.folder = folder
        self.config: Config = from_dict(config)
        self.bus = MemoryBus(SetClock(NOW))
        self.store = Store(folder / "earshot.db")
        self.context = Context(self.config, SetClock(NOW), self.bus, self.store, live=False)

    @property
    def heard(self) -> list[Event]:
        return [MENTIONS.decode(record.value) for record in self.bus.read(MENTIONS.name, 0, 0)]

    @property
    def ids(self) -> list[str]:
        return [event.mention.id if isinstance(event, Said) else event.id for event in self.heard]

    @property
    def letters(self) -> list[tuple[str, str]]:
        """(where, why), as they came."""
        with self.store.read() as connection:
            return [(letter.origin, letter.reason) for letter in dead.page(connection)][::-1]

    def drained(self) -> None:
        """The processors have done with everything."""
        self.bus.subscribe(MENTIONS.name, "processors")
        self.bus.move(MENTIONS.name, "processors", len(self.heard))

    def intake(self) -> Intake:
        """That asks the bus each time how much waits."""
        return Intake(self.context, "replay", monotonic=itertools.count(step=10).__next__)

    def replay(
        self,
        name: str,
        content: bytes | str | None = None,
        *,
        stop: asyncio.Event | None = None,
        monotonic: Callable[[], float] = lambda: 0.0,
        sleep: Callable[[float], None] = lambda _: None,
        intake: Any = None,
        **settings: Any,
    ) -> Replayer:
        path = self.folder / name
        if content is not None:
            path.write_bytes(
                content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
            )
        given = Replay.model_validate({"name": "replay", "path": path, "source": "x"} | settings)
        replayer = Replayer(given, self.context, monotonic=monotonic, sleep=sleep)
        replayer._replay(intake or self.intake(), stop or asyncio.Event())
        return replayer


def jsonl(rows: Iterable[Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def own(native: str, minute: int = 0, **values: Any) -> dict[str, Any]:
    """A mention in our own form."""
    at = f"2026-03-02T09:{minute:02}:00Z"
    return {
        "id": f"x:{native}", "brand": "Acme", "text": f"words {native}", "author": {"id": "u"},
        "created_at": at, "collected_at": at,
    } | values  # fmt: skip


__all__ = ["MAP", "NOW", "Place", "jsonl", "own"]
