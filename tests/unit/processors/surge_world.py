"""A pipeline whose brand is spoken of for days, and what its series and surges then look like."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline_world import CONFIG, FURIOUS, PLAIN, START, World, said

from earshot.config import Config, from_dict
from earshot.runtime import Context
from earshot.store import brands, series, surges
from earshot.store.series import Key
from earshot.store.surges import Kept
from earshot.surge import Surge
from earshot.topics import STORIES, Said, Surging
from processors.pipeline import Pipeline
from processors.surge.series import BUCKET, Series
from processors.surge.stored import decoded
from processors.turn import Desk

DAY = 24 * 60
"""Minutes."""
AUTHORS = Key("", "streamed", "authors")
ALL = Key("", "streamed", "all")
NEGATIVE = Key("", "streamed", "negative")
DOWN = "The Acme app is down again, I cannot log in, this is a horrible service"


_DESKS: dict[str, Desk] = {}
"""By configuration: to load the model takes longer than a day of mentions."""


class SurgeWorld(World):
    def __init__(self, folder: Path, *, live: bool = False, **sections: Any) -> None:
        self.settings: Config = from_dict(CONFIG | sections)
        self._desk = _DESKS.setdefault(repr(sections), _DESKS.get(repr(sections)) or Desk(self.settings))
        super().__init__(folder, live=live)
        self.context = Context(self.settings, self.clock, self.bus, self.store, live)
        self.restart()

    def restart(self) -> None:
        self.pipeline = Pipeline(self.context, self._desk)

    def series(self, brand: str = "Acme") -> dict[Key, Series]:
        with self.store.read() as connection:
            row = brands.load(connection, brand)
            found = series.of_brand(connection, row.no) if row else {}
        return {key: decoded(state.body) for key, state in found.items()}

    def surges(self, brand: str = "Acme") -> list[Kept]:
        """The oldest first."""
        with self.store.read() as connection:
            return surges.newest(connection, [brand], 1_000)[::-1]

    def surge(self) -> Surge:
        ((surge, _),) = self.surges()
        return surge

    def published(self) -> list[Surge]:
        """All that was ever told of surges, in order."""
        subscription, found = self.bus.subscribe(STORIES.name, "reader"), list[Surge]()
        while batch := subscription.poll(0):
            told = [STORIES.decode(record.value) for record in batch.records]
            found += [each.surge for each in told if isinstance(each, Surging)]
        return found


def murmur(days: float = 1.5, every: float = 20) -> list[Said]:
    """What is said on quiet days: now and then somebody, hardly ever negative."""
    count = round(days * DAY / every)
    return [
        said(f"m{n}", n * every + 1, FURIOUS if n % 15 == 3 else f"{PLAIN} Question {n}", by=f"m{n % 50}")
        for n in range(count)
    ]


def storm(at: float, people: int = 20, minutes: float = 20, text: str = DOWN, **values: Any) -> list[Said]:
    """So many people, each once, from minute `at` on."""
    return [
        said(f"s{at}-{n}", at + n * minutes / people, f"{text} number {n}", by=f"s{at}-{n}", **values)
        for n in range(people)
    ]


def tail(at: float) -> Said:
    """Somebody who lets the clock pass."""
    return said(f"t{at}", at, PLAIN, by="tail")


def moment(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def bucket(minute: float) -> int:
    return int(moment(minute).timestamp()) // BUCKET
