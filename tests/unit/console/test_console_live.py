"""The line that keeps pages true: what it says and when, that nobody waits on it, that it ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from console_world import NOW, Words, World, called

from console.door import Door
from console.live import AT_MOST, Beat, Live, _told
from console.website import Site
from earshot.clock import PlayedClock
from earshot.errors import Unavailable
from earshot.model import Level

SOON = 0.001  # s between looks
PATIENCE = 30


def run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), PATIENCE))  # type: ignore[arg-type]


class Marks:
    """What each look sees: the marks in turn, then the last for ever."""

    def __init__(self, *marks: str | Exception) -> None:
        self._marks = list(marks)
        self.looks = 0

    def __call__(self) -> str:
        self.looks += 1
        mark = self._marks.pop(0) if len(self._marks) > 1 else self._marks[0]
        if isinstance(mark, Exception):
            raise mark
        return mark


async def events(stream: AsyncIterator[str], count: int) -> list[str]:
    """So many, comments and the wait for another try left out."""
    found: list[str] = []
    async for said in stream:
        found += [
            " ".join(part.split("\n")) for part in said.strip().split("\n\n") if part.startswith("event:")
        ]
        if len(found) >= count:
            return found
    return found


def silent() -> str:
    return ""


def test_a_change_is_told_once_and_the_first_mark_always() -> None:
    async def listen() -> None:
        beat = Beat(Marks("a", "a", "b", "b", "c"), SOON)
        told = await events(_told(beat, silent), 3)
        assert told == [f"event: changed data: {mark}" for mark in "abc"]
        beat.end()

    run(listen)


def test_a_simulated_time_is_told_with_every_look() -> None:
    async def listen() -> None:
        times = iter(range(100))
        beat = Beat(Marks("a"), SOON)
        told = await events(_told(beat, lambda: f"sample: {next(times)}"), 4)
        assert told == [
            "event: changed data: a", "event: clock data: sample: 0",
            "event: clock data: sample: 1", "event: clock data: sample: 2",
        ][: len(told)]  # fmt: skip
        beat.end()

    run(listen)


def test_silence_is_broken_so_that_no_proxy_ends_the_line() -> None:
    async def listen() -> None:
        beat = Beat(Marks("a"), SOON)
        said = [each async for each in _first(_told(beat, silent), 4)]
        assert said == [
            "retry: 3000\n\n",
            "event: changed\ndata: a\n\n",
            ": still here\n\n",
            ": still here\n\n",
        ]
        beat.end()

    run(listen)


async def _first(stream: AsyncIterator[str], count: int) -> AsyncIterator[str]:
    for _ in range(count):
        yield await anext(stream)


def test_all_who_listen_share_one_look() -> None:
    async def listen() -> None:
        marks = Marks("a", *(str(n) for n in range(50)))
        beat = Beat(marks, SOON)
        told = await asyncio.gather(*(events(_told(beat, silent), 20) for _ in range(30)))
        assert {len(each) for each in told} == {20}
        assert marks.looks < 60
        beat.end()

    run(listen)


def test_a_store_that_cannot_be_read_is_looked_at_again() -> None:
    async def listen() -> None:
        beat = Beat(Marks(Unavailable("gone"), "a", Unavailable("gone"), "b"), SOON)
        assert await events(_told(beat, silent), 2) == ["event: changed data: a", "event: changed data: b"]
        beat.end()

    run(listen)


def test_a_stop_lets_everybody_go_at_once() -> None:
    async def listen() -> None:
        beat = Beat(Marks("a"), 3_600)
        listening = [asyncio.create_task(events(_told(beat, silent), 1_000)) for _ in range(5)]
        while not beat.mark:
            await asyncio.sleep(0)
        beat.end()
        assert all(len(told) <= 1 for told in await asyncio.gather(*listening))
        assert beat.listeners == 0
        assert await events(_told(beat, silent), 1) == []  # nor does anybody come in any more

    run(listen)


def test_nobody_looks_where_nobody_listens() -> None:
    async def listen() -> None:
        marks = Marks("a", "b", "c")
        beat = Beat(marks, SOON)
        await asyncio.sleep(5 * SOON)
        assert marks.looks == 0
        stream = _told(beat, silent)
        await events(stream, 1)
        await stream.aclose()  # type: ignore[attr-defined]
        assert beat.listeners == 0
        looks = marks.looks
        await asyncio.sleep(20 * SOON)
        assert marks.looks <= looks + 1
        assert await events(_told(beat, silent), 1)  # and it begins again
        beat.end()

    run(listen)


def test_a_line_is_let_go_so_that_the_session_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.live._LONGEST", 5)

    async def listen() -> None:
        beat = Beat(Marks(*"abcdefghij"), SOON)
        assert len(await events(_told(beat, silent), 1_000)) == 5
        beat.end()

    run(listen)


# --- over the routes ------------------------------------------------------------------------------------------


def site(world: World) -> Site:
    context = world.context("Ronvia")
    return Site(context, Door(context.store, context.config))


def test_too_many_pages_are_told_to_come_back_later(world: World) -> None:
    live = Live(site(world), SOON)
    live._beat.listeners = AT_MOST
    answer = asyncio.run(live.events(None))  # type: ignore[arg-type]
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")


def test_whatever_a_page_shows_changes_the_mark(world: World) -> None:
    live = Live(site(world))
    marks = [live._look()]
    story = world.tell("Ronvia", [Words("a")], episodes=called(world.step(Level.watch, 10, 0)))
    marks.append(live._look())
    world.alert(story)
    marks.append(live._look())
    with world.store.begin() as connection:
        connection.exec_driver_sql("update alerts set resolved_at = 1")
    marks.append(live._look())
    assert len(set(marks)) == 4
    assert live._look() == marks[-1]


def test_the_time_of_a_sample_is_told_as_such_and_that_of_the_reader_is_not(world: World) -> None:
    clock = PlayedClock(lambda: 0.0)
    context = replace(world.context("Ronvia", time_zone="Europe/Rome"), clock=clock, live=False)
    played = Site(context, Door(context.store, context.config))
    say = played._tongues["it"]
    assert played.played(say) == ""
    clock.play(NOW - timedelta(days=6, hours=11), 300)
    assert played.played(say) == "esempio, 300 volte più veloce: gio 19 nov, 09:51"
    assert site(world).played(say) == ""
