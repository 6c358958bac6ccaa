"""From frames to what the intake is handed, and what is remembered of them."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from integration.x_payloads import NOW, frame, native, post, raw, user

from collectors.x.accounts import Accounts
from collectors.x.budget import Budget, Count, Prices
from collectors.x.hearing import Hearing
from collectors.x.inbox import Inbox
from collectors.x.place import Kept, Place
from collectors.x.waiting import pause, unless
from earshot.clock import SetClock
from earshot.config import Brand
from earshot.store import Store, positions
from earshot.topics import Event, Measured, Said

BRANDS = [
    Brand(name="Ronvia", any=("ronvia",), none=("ronvia street",), accounts=("@Ronvia",)),
    Brand(name="Acme", any=("acme",), accounts=("@acme_it",)),
]
ID = native(NOW)


class Memory:
    """An intake that keeps what it is handed."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.parked: list[tuple[bytes, str]] = []

    def hear(self, events: Sequence[Event]) -> int:
        self.events += events
        return len(events)

    def park(self, raw: bytes, reason: str, origin: str) -> None:
        self.parked.append((raw, origin))

    def succeeded(self) -> None: ...

    @property
    def told(self) -> list[tuple[str, str]]:
        return [
            (
                each.mention.id if isinstance(each, Said) else each.id,
                each.mention.brand if isinstance(each, Said) else "m",
            )
            for each in self.events
        ]


class World:
    def __init__(self, store: Store) -> None:
        self.memory, self.clock, self.store = Memory(), SetClock(NOW + timedelta(seconds=9)), store
        self.place = Place(1, None)
        self.budget = Budget(Prices(5, 0.3, 0.005, 0.01), Count(NOW.date()))
        self.stopping = False
        memory: Any = self.memory
        self.hearing = Hearing(
            "x",
            intake=memory,
            store=store,
            clock=self.clock,
            accounts=Accounts(BRANDS),
            budget=self.budget,
            place=self.place,
            insist=self.insist,
        )

    def insist(self, work: Callable[[], object]) -> bool:
        if not self.stopping:
            work()
        return not self.stopping

    def hear(self, *frames: dict[str, Any]) -> bool:
        return self.hearing.lines([raw(each) for each in frames])

    def kept(self) -> Kept:
        with self.store.read() as connection:
            return Kept.decode(positions.cursor(connection, "x"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(Store(tmp_path / "earshot.db"))


def test_an_original_comes_before_what_refers_to_it_and_once(world: World) -> None:
    original = post(ID, "ronvia lost it", author=8, reposts=5)
    first = frame(post(ID + 1, "RT", refers=[("retweeted", ID)]), [user(), user(8, "bob")], [original])
    second = frame(post(ID + 2, "RT", refers=[("retweeted", ID)]), [user(), user(8, "bob")], [original])
    world.hear(first, second, first)
    ids = [f"x:{ID}", f"x:{ID + 1}", f"x:{ID + 2}", f"x:{ID}"]
    assert [told for told, _ in world.memory.told] == ids
    assert isinstance(world.memory.events[-1], Measured)
    world.hear(first, second)
    assert len(world.memory.events) == 4
    assert world.budget.count(NOW) == Count(NOW.date(), 3, 2)


def test_an_original_of_nobody_s_interest_is_left_out(world: World) -> None:
    original = post(ID, "good morning", author=8)
    world.hear(
        frame(post(ID + 1, "ronvia is late, like this", refers=[("quoted", ID)]), [user()], [original])
    )
    assert world.memory.told == [(f"x:{ID + 1}", "")]


def test_own_accounts(world: World) -> None:
    own = user(9, "RONVIA")
    world.hear(
        frame(post(ID + 1, "We are sorry", author=9), [own]),
        frame(post(ID + 2, "shame, says acme", answers=9), [user(), own]),
        frame(post(ID + 3, "the ronvia street office", answers=9), [user(), own]),
        frame(post(ID + 4, "ronvia and me", author=9), [own]),
        frame(post(ID + 5, "hello"), [user(7, "ronvia_fan")]),
        frame(post(ID + 6, "and another thing", author=9, answers=9), [own]),
    )
    assert world.memory.told == [
        (f"x:{ID + 1}", ""),
        (f"x:{ID + 2}", "Ronvia"),
        (f"x:{ID + 2}", ""),
        (f"x:{ID + 3}", ""),
        (f"x:{ID + 4}", ""),
        (f"x:{ID + 5}", ""),
        (f"x:{ID + 6}", ""),
    ]


def test_a_statement_of_an_own_account_is_heard_where_it_comes_along_with_its_answer(world: World) -> None:
    statement = post(ID, "batch 4471 is recalled", author=9)
    answer = post(ID + 1, "is 4472 safe?", answers=9, refers=[("replied_to", ID)])
    world.hear(frame(answer, [user(), user(9, "RONVIA")], [statement]))
    assert world.memory.told == [(f"x:{ID}", ""), (f"x:{ID + 1}", "Ronvia"), (f"x:{ID + 1}", "")]


def test_the_place_moves_only_with_what_is_durable(world: World) -> None:
    world.hear(frame(post(ID)))
    assert (world.place.newest, world.kept().newest) == (ID, ID)
    world.stopping = True
    assert not world.hear(frame(post(ID + 1)))
    assert world.place.newest == ID
    world.stopping = False
    world.hear(frame(post(ID + 1)))
    assert [told for told, _ in world.memory.told] == [f"x:{ID}", f"x:{ID + 1}"]


def test_an_id_from_the_future_hides_no_gap(world: World) -> None:
    world.hear(frame(post(10**19 - 1)))
    assert world.place.newest == native(world.clock.now())


def test_the_place_is_kept_once_a_second(world: World) -> None:
    world.hear(frame(post(ID)))
    world.hear(frame(post(ID + 1)))
    assert world.kept().newest == ID
    world.clock.advance(timedelta(seconds=1))
    world.hear(frame(post(ID + 2)))
    assert (world.kept().newest, world.kept().posts) == (ID + 2, 3)


def test_pages_are_heard_in_the_order_in_which_they_were_said(world: World) -> None:
    newest, older = (
        {"data": [post(ID + 9), post(ID + 8)]},
        {"data": [post(ID + 7), {"id": "?"}, post(ID + 6)]},
    )
    assert world.hearing.pages([raw(newest), raw(older)])
    assert [told for told, _ in world.memory.told] == [f"x:{ID + number}" for number in (6, 7, 8, 9)]
    assert [origin for _, origin in world.memory.parked] == ["x:search"]


# --- between them ---------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 6), max_size=30), st.integers(1, 5))
def test_the_inbox_keeps_order_and_counts_what_waits(sizes: list[int], at_most: int) -> None:
    async def run() -> None:
        inbox, taken = Inbox(1_000), []
        put = [b"%d" % number for number in range(sum(sizes))]
        for line in put:
            await inbox.put(line)
        await inbox.end()
        assert inbox.waiting == len(put)
        while lines := await inbox.take(at_most):
            assert len(lines) <= at_most
            taken += lines
            inbox.done(len(lines))
        assert (taken, inbox.waiting) == (put, 0)
        assert await inbox.take(9) == []

    asyncio.run(run())


def test_a_stop_cuts_a_wait_short() -> None:
    async def run() -> None:
        stop = asyncio.Event()
        assert await pause(0, stop, asyncio.sleep)
        assert await unless(stop, asyncio.sleep(0))
        asyncio.get_running_loop().call_soon(stop.set)
        assert not await pause(3_600, stop, asyncio.sleep)
        assert not await pause(0, stop, asyncio.sleep)

    asyncio.run(run())


def test_what_fails_while_it_is_waited_for_is_told() -> None:
    async def fail() -> None:
        raise OSError("broken")

    with pytest.raises(OSError, match="broken"):
        asyncio.run(unless(asyncio.Event(), fail()))
