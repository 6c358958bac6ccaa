"""What is old goes with all that hangs on it; what was withdrawn is never forgotten."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from starlette.routing import BaseRoute

from earshot.bus.memory import MemoryBus
from earshot.clock import SetClock, to_us
from earshot.config import from_dict
from earshot.model import Episode, Level, Step, Story
from earshot.runtime import Context, Runtime
from earshot.store import Store, alerts, authors, brands, dead, ledger, mentions, notices, retention, stories
from earshot.store.retention import purge

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STEP = Step(level=Level.watch, reason="risk", at=START, mention="x:1", risk=31.0)
CALLING = (Episode(number=1, steps=(STEP,)),)
OVER = (Episode(number=1, steps=(STEP,), resolved_at=START),)


def day(number: float) -> int:
    return to_us(START + timedelta(days=number))


class Teller:
    """Writes stories as a brand's owner does: numbers in the order of its clock."""

    def __init__(self, store: Store, brand: str = "Acme") -> None:
        self._store = store
        with store.begin() as connection:
            self.row = brands.create(connection, brand)

    def tell(
        self, days: float, *, size: int = 1, story: int = 0, withdrawn: bool = False, **values: Any
    ) -> int:
        """A story whose mentions are all heard on one day; or more mentions of one."""
        with self._store.begin() as connection:
            first = brands.number(self.row.no, self.row.seq + 1)
            numbers = range(first, first + size)
            self.row = brands.save(connection, self.row._replace(seq=self.row.seq + size))
            at, into = day(days), story or first
            ledger.add(
                connection,
                [ledger.Entry(n, n, into, at, withdrawn, False, at, 1, b"12345678") for n in numbers],
            )
            mentions.add(
                connection,
                [
                    mentions.Row(n, into, at, at, n, 1, None, None, 1, withdrawn, "new", "{}", "{}")
                    for n in numbers
                ],
            )
            authors.add(connection, [authors.Seat(n, n, 1, 1, 1) for n in numbers])
            heard = START + timedelta(days=days)
            given = {"brand": self.row.name, "first": "x:1", "opened_at": heard, "version": 1} | values
            if not story:
                stories.save(connection, [Story(id=into, last_at=heard, **given)])
            return into


def kept(store: Store, ask: Callable[[Connection], Any]) -> Any:
    with store.read() as connection:
        return ask(connection)


def ids(store: Store) -> list[int]:
    return [
        story.id
        for brand in kept(store, brands.every)
        for story in kept(store, lambda c, no=brand.no: stories.newest(c, brands.numbers(no), 1_000))
    ]


def test_what_is_old_goes_with_all_that_hangs_on_it(store: Store) -> None:
    acme = Teller(store)
    old, young = acme.tell(0, size=3, episodes=OVER), acme.tell(9, episodes=OVER)
    with store.begin() as connection:
        for story in (old, young):
            alert = alerts.add(connection, alerts.Alert(0, "Acme", story, 1, 1, "risk", 1, 1, 2, 31.0))
            notices.add(connection, [notices.New(f"a/{story}", alert.id, "desk", 5, "{}")])
    assert purge(store, day(9)) == 1
    assert ids(store) == [young]
    with store.read() as connection:
        first, last = brands.numbers(acme.row.no)
        assert [row[0] for chunk in ledger.scan(connection, first, last) for row in chunk] == [young]
        assert [row[0] for chunk in authors.scan(connection, first, last) for row in chunk] == [young]
        assert mentions.count(connection) == notices.count(connection) == alerts.count(connection) == 1
        assert [alert.story for alert in alerts.page(connection)] == [young]
    assert purge(store, day(9)) == 0


def test_a_story_that_is_still_told_or_still_calls_stays(store: Store) -> None:
    acme = Teller(store)
    told, calling, old = acme.tell(0), acme.tell(0, episodes=CALLING), acme.tell(1)
    acme.tell(8, story=told)
    with store.begin() as connection:
        (story,) = stories.load(connection, [told]).values()
        story.version, story.last_at = 2, START + timedelta(days=8)
        stories.save(connection, [story])
    assert purge(store, day(7)) == 1
    assert ids(store) == [calling, told]
    assert old not in ids(store)
    assert kept(store, mentions.count) == 3


def test_what_was_withdrawn_is_remembered_and_nothing_else_of_it(store: Store) -> None:
    old = Teller(store).tell(0, withdrawn=True)
    assert purge(store, day(1)) == 1
    entry = kept(store, lambda c: ledger.get(c, [old]))[old]
    assert (entry.hash, bool(entry.withdrawn), entry.story, entry.keys) == (old, True, 0, b"")
    assert kept(store, mentions.count) == 0


@pytest.mark.parametrize(("batch", "two_looks"), [(1, 2), (2, 4), (7, 5)])
def test_batches_go_through_all_brands_the_oldest_first(store: Store, batch: int, two_looks: int) -> None:
    acme, bolt = Teller(store), Teller(store, "Bolt")
    old = [acme.tell(n) for n in range(5)] + [bolt.tell(n) for n in range(5)]
    young = [acme.tell(20), bolt.tell(20)]
    left = []

    def once() -> bool:
        left.append(len(ids(store)))
        return len(left) > 2

    assert purge(store, day(10), batch, once) == two_looks
    assert min(old) not in ids(store)
    assert purge(store, day(10), batch) == 10 - two_looks
    assert sorted(ids(store)) == sorted(young)


def test_a_batch_is_small_in_mentions_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_MOST", 10)
    acme = Teller(store)
    sizes = [4, 4, 4, 30, 1]
    for size in sizes:
        acme.tell(0, size=size)
    left: list[int] = []

    def look() -> bool:
        left.append(kept(store, mentions.count))
        return False

    assert purge(store, day(1), 500, look) == 5
    assert left == [43, 35, 31, 1, 0]


def test_a_killed_purge_is_whole(store: Store) -> None:
    acme = Teller(store)
    for n in range(4):
        acme.tell(n)

    def die() -> bool:
        if len(ids(store)) == 2:
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        purge(store, day(9), 2, die)
    assert kept(store, mentions.count) == len(ids(store)) == 2
    assert purge(store, day(9)) == 2


def test_the_owner_of_a_brand_notices_nothing(store: Store) -> None:
    """Its row is held while its stories go, and is as it was."""
    acme = Teller(store)
    acme.tell(0)
    assert purge(store, day(1)) == 1
    acme.tell(2)
    assert kept(store, lambda c: brands.load(c, "Acme")) == acme.row


def test_a_long_ledger_is_not_read_through(store: Store) -> None:
    """Only its halves, its quarters: what is young costs nothing, however much there is."""
    acme = Teller(store)
    for n in range(30):
        acme.tell(n, size=40)
    with store.read() as connection:
        found = ledger.first_since(connection, acme.row, day(12))
    assert found == brands.number(1, 12 * 40 + 1)
    assert kept(store, lambda c: ledger.first_since(c, acme.row, day(99))) == brands.number(1, 1_201)
    assert kept(store, lambda c: ledger.first_since(c, acme.row, day(-1))) == brands.number(1, 1)
    assert purge(store, day(12)) == 12
    assert kept(store, lambda c: ledger.first_since(c, acme.row, day(12))) <= found


def test_old_dead_letters_go_too_whether_somebody_has_looked_or_not(store: Store) -> None:
    with store.begin() as connection:
        for number in range(5):
            dead.park(connection, day(number), [("webhook", "no id", bytes([number]))])
        dead.mark_retried(connection, dead.page(connection)[-1].id, day(1))
    looks: list[int] = []

    def stop_after_one() -> bool:
        looks.append(kept(store, dead.count))
        return True

    purge(store, day(3), 2, stop_after_one)
    assert looks == [3], "in batches, between which it may be stopped"
    assert purge(store, day(3), 2) == 0
    assert [letter.raw for letter in kept(store, dead.page)] == [b"\4", b"\3"]
    assert kept(store, lambda c: dead.page(c, retried=True)) == []


# --- who does it, and when ------------------------------------------------------------------------------------


class Idle:
    """A role that does nothing."""

    def routes(self) -> list[BaseRoute]:
        return []

    async def run(self, stop: asyncio.Event) -> None:
        await stop.wait()

    def unready(self) -> str | None:
        return None

    def idle(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("roles", "live", "left"),
    [
        (["processors"], True, 1),
        (["console"], True, 2),  # somebody looks at what a replay of an old file has made
        (["console", "processors"], False, 2),  # and this is such a replay
    ],
)
def test_processors_purge_what_is_older_than_configured(
    tmp_path: Path, roles: list[str], live: bool, left: int
) -> None:
    with closing(Store(tmp_path / "earshot.db")) as store:
        acme = Teller(store)
        acme.tell(0)
        acme.tell(30)
        clock = SetClock(START + timedelta(days=100))
        config = from_dict({"store": {"retain_days": 80}})
        context = Context(config, clock, MemoryBus(clock), store, live)
        runtime = Runtime(context, {name: lambda _context: Idle() for name in roles}, serve=False)
        asyncio.run(runtime._retain())
        assert len(ids(store)) == left


def test_a_stop_does_not_wait_for_all_that_is_old(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "earshot.db")) as store:
        Teller(store).tell(0)
        clock = SetClock(START + timedelta(days=1_000))
        context = Context(from_dict({}), clock, MemoryBus(clock), store)
        runtime = Runtime(context, {"processors": lambda _context: Idle()}, serve=False)
        runtime.stop()
        asyncio.run(runtime._retain())
        assert len(ids(store)) == 1


def test_what_was_joined_goes_with_the_story_that_it_is_part_of_and_not_before(store: Store) -> None:
    acme = Teller(store)
    kept_one, middle, gone = acme.tell(0), acme.tell(0), acme.tell(0)
    with store.begin() as connection:
        for story, into in ((gone, middle), (middle, kept_one)):
            mentions.move(connection, story, into)
            (part,) = stories.load(connection, [story]).values()
            part.version, part.part_of = 2, into
            stories.save(connection, [part])
        (whole,) = stories.load(connection, [kept_one]).values()
        whole.version, whole.last_at = 2, START + timedelta(days=8)
        stories.save(connection, [whole])
    assert purge(store, day(7)) == 0
    assert ids(store) == [kept_one]
    assert kept(store, lambda c: stories.standing(c, gone)).id == kept_one
    assert purge(store, day(9)) == 1
    assert kept(store, lambda c: stories.known(c, [kept_one, middle, gone])) == set()
    assert kept(store, mentions.count) == 0
