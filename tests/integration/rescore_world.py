"""A store that another model scored, what must be true of it at any time, and a process that is killed rescoring it."""

import os
import random
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import structs
from sqlalchemy import URL

from earshot.bus.memory import MemoryBus
from earshot.clock import SetClock
from earshot.config import from_dict
from earshot.model import Author, Level, Mention, Story
from earshot.runtime import Context
from earshot.seams import Message
from earshot.store import Store, authors, brands, mentions, stories
from earshot.topics import MENTIONS, Event, Said
from processors import redo, rescore
from processors.negativity.opinion import Opinion
from processors.pipeline import Pipeline
from processors.rebuild import rebuild
from processors.rescore import Rescore
from processors.score import Finding, Scorer, Text
from processors.turn import Desk

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WORDS = (
    "pacco corriere ritardo rotto ufficio gentile grazie pessimo servizio parcel late broken lovely desk queue awful"
    " staff helped money refund app crash bello truffa rimborso telefono attesa giorni mai consiglio"
).split()


class OldModel:
    """Thinks the better of a text the longer it is."""

    def read(self, texts: Sequence[Text]) -> list[Finding]:
        return [self._finding(len(text) % 100 / 100) for text, _ in texts]

    def _finding(self, p: float) -> Finding:
        return Finding("en", Opinion(p, 1 - p, 0.0), uncertain=False, model="old-0")


@cache
def desk() -> Desk:
    return Desk(from_dict({}))


def hear(store: Store, events: Sequence[Event], *, old: bool, batch: int = 500) -> None:
    bus, at = MemoryBus(SetClock(START)), copy(desk())
    if old:
        at.scorer = Scorer(OldModel())
    pipeline = Pipeline(Context(from_dict({}), SetClock(START), bus, store, live=False), at)
    for first in range(0, len(events), batch):
        part = events[first : first + batch]
        bus.publish(MENTIONS.name, [Message("", MENTIONS.encode(event)) for event in part])
        while pipeline.step():
            pass


def log(count: int) -> list[Event]:
    """Replies, loud authors, people who come again, texts that cannot be read."""
    rng = random.Random(7)
    return [_said(rng, number) for number in range(count)]


def _said(rng: random.Random, number: int) -> Said:
    heard = START + timedelta(seconds=20 * number)
    text = f"{_subject(number // 40)} {' '.join(rng.choices(WORDS, k=rng.randint(3, 12)))} {number}"
    values: dict[str, Any] = {
        "id": f"x:{number}",
        "brand": ("Acme", "Bolt")[number % 2],
        "author": Author(id=f"u{rng.randrange(300)}", followers=rng.choice([20, 900, 900_000])),
        "created_at": heard,
        "collected_at": heard,
        "text": text if rng.random() < 0.95 else "配送が遅れて最悪です。",
    }
    if number > 20 and rng.random() < 0.4:
        values |= {"parent": f"x:{number - 2 * rng.randint(1, 9)}", "kind": "reply"}
    return Said(mention=Mention(**values))


def _subject(number: int) -> str:
    """Words of its own, so that there are many stories."""
    name = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    return " ".join(f"{word}{name}" for word in ("mod", "via", "cart", "rit", "port"))


def numbers(store: Store) -> list[Any]:
    """All that scores decide, but for episodes, levels that have a memory, and what was counted at the time."""
    with store.read() as connection:
        known = brands.every(connection)
        told = [each for row in known for each in stories.newest(connection, brands.numbers(row.no), 99_999)]
        rows = [row for story in told for row in mentions.of_story(connection, story.id)]
        seats = sorted(authors.get(connection, [row.n for row in rows]).values())
    bare = [
        structs.replace(_timeless(story), version=0, level=Level.calm, calmed=Level.calm, episodes=())
        for story in told
    ]
    return [[row._replace(version=0, counted="") for row in known], rows, seats, bare]


def _timeless(story: Story) -> Story:
    """Less what depends on when it was worked out: at each mention as it came, or at the brand's clock."""
    terms = structs.replace(story.terms, spread=0.0, reach=0.0, media=0.0, audience=0.0, surge=0.0)
    return structs.replace(_rounded(story), chance=0.0, echo=1.0, forecast=None, risk=0.0, terms=terms)


def _rounded(story: Story) -> Story:
    """What is remembered of the spread of a story that was joined differs by the rounding of its sums."""
    return structs.replace(story, spread=tuple(float(f"{value:.7g}") for value in story.spread))


def check_whole(store: Store) -> int:
    """Every story is the sum of its rows, every brand too; how many mentions carry the new model."""
    _, rows, _, _ = numbers(store)
    with store.read() as connection:
        for brand in brands.every(connection):
            own = [row for row in rows if brands.brand_no(row.n) == brand.no]
            read = [row.vote for row in own if row.vote is not None]
            assert (brand.votes, brand.voters) == (sum(read), len(read))
        known = stories.load(connection, {row.story for row in rows})
        for number, story in known.items():
            of_story = mentions.of_story(connection, number)
            fresh, seats = rebuild(story, of_story)
            assert _rounded(fresh) == _rounded(story)
            stored = authors.get(connection, [row.n for row in of_story]).values()
            assert sorted(seats.values()) == sorted(stored)
    return sum(mentions.score_of(row).model == desk().model for row in rows)


def made(at: Path | URL, events: Sequence[Event], *, old: bool) -> Store:
    store = Store(at)
    hear(store, events, old=old)
    return store


def kill_again_and_again(at: Path, times: int) -> None:
    """Children that share the loaded model begin the work; each is killed in it. Prints how many were done after each."""
    rng = random.Random(3)
    desk()
    for _ in range(times):
        told, tell = os.pipe()
        child = os.fork()
        if not child:
            _work(at, tell)
        os.close(tell)  # so that a child that had nothing left to do is not waited for
        for _ in range(rng.randint(1, 3)):
            os.read(told, 1)
        time.sleep(rng.uniform(0.0, 0.1))  # the moment is the point: there is nothing to wait for
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(told)
        with closing(Store(at)) as store:
            sys.stdout.write(f"{check_whole(store)}\n")


def _work(at: Path, step: int) -> None:
    store = Store(at)
    os.write(step, b".")
    rescore_again(store, told=lambda: os.write(step, b"."))
    os._exit(0)


def rescore_again(store: Store, told: Callable[[], object] = lambda: None) -> None:
    """All brands; `told` is called after each piece in which anything was to do."""
    rescorer = Rescore(from_dict({}), store, copy(desk()))
    with store.read() as connection:
        known = brands.every(connection)
    for brand in known:
        for step in rescorer.score(brand, dry=False):
            if step.changes:
                told()
        rescorer.settle(brand)


if __name__ == "__main__":
    rescore._PAGE = redo._MOST = 50  # pieces so small that there is always one to be killed in
    kill_again_and_again(Path(sys.argv[1]), int(sys.argv[2]))
