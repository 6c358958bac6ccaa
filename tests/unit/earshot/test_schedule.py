"""Real ticks, a few milliseconds apart; each test ends as soon as it has seen what it waits for."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import pairwise

from structlog.testing import capture_logs

from earshot.schedule import Schedule

SOON = timedelta(milliseconds=5)
NEVER = timedelta(days=1)


def run(*jobs: tuple[timedelta, Callable[[asyncio.Event], Awaitable[None]]]) -> None:
    """Until one of the jobs sets the event that it is given."""

    async def whole() -> None:
        stop, schedule = asyncio.Event(), Schedule()
        for interval, job in jobs:
            schedule.every(job.__name__, interval, lambda job=job: job(stop))  # type: ignore[misc]
        await asyncio.wait_for(schedule.run(stop), 30)

    asyncio.run(whole())


def test_a_job_runs_again_and_again_and_others_wait_their_time() -> None:
    done: list[str] = []

    async def often(stop: asyncio.Event) -> None:
        done.append("often")
        if len(done) == 3:
            stop.set()

    async def seldom(_stop: asyncio.Event) -> None:
        done.append("seldom")

    run((SOON, often), (NEVER, seldom))
    assert done == ["often"] * 3


def test_a_job_that_fails_is_logged_and_runs_again() -> None:
    tries: list[int] = []

    async def flaky(stop: asyncio.Event) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise KeyError
        stop.set()

    with capture_logs() as logged:
        run((SOON, flaky))
    assert [(line["job"], line["log_level"]) for line in logged] == [("flaky", "error")] * 2


def test_a_job_never_runs_beside_itself_and_does_not_pile_up() -> None:
    """While `slow` works, `quick` counts many ticks; afterwards `slow` has one to make up for, not many."""
    running, most, quick_ones = 0, 0, 0
    rounds: list[int] = []
    ticked = asyncio.Event()

    async def slow(stop: asyncio.Event) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        rounds.append(quick_ones)
        await ticks(5)
        running -= 1
        if len(rounds) == 3:
            stop.set()

    async def quick(_stop: asyncio.Event) -> None:
        nonlocal quick_ones
        quick_ones += 1
        ticked.set()

    async def ticks(count: int) -> None:
        for _ in range(count):
            ticked.clear()
            await ticked.wait()

    run((SOON, slow), (SOON, quick))
    assert most == 1
    assert all(later >= earlier + 5 for earlier, later in pairwise(rounds))


def test_work_in_hand_is_finished_before_it_ends() -> None:
    done: list[str] = []

    async def work(stop: asyncio.Event) -> None:
        stop.set()
        for _ in range(10):
            await asyncio.sleep(0)
        done.append("finished")

    run((SOON, work))
    assert done[0] == "finished"


def test_it_ends_at_once_when_nothing_is_in_hand() -> None:
    async def whole() -> None:
        stop, schedule = asyncio.Event(), Schedule()
        schedule.every("never", NEVER, stop.wait)  # type: ignore[arg-type]
        stop.set()
        await asyncio.wait_for(schedule.run(stop), 5)

    asyncio.run(whole())


def test_a_job_may_begin_at_once() -> None:
    async def whole() -> None:
        stop, schedule = asyncio.Event(), Schedule()

        async def work() -> None:
            stop.set()

        schedule.every("now", NEVER, work, at_once=True)
        await asyncio.wait_for(schedule.run(stop), 30)

    asyncio.run(whole())


def test_a_job_may_come_later_by_chance_and_still_comes_again() -> None:
    done: list[int] = []

    async def whole() -> None:
        stop, schedule = asyncio.Event(), Schedule()

        async def work() -> None:
            done.append(1)
            if len(done) == 3:
                stop.set()

        schedule.every("soon", SOON, work, jitter=SOON)
        await asyncio.wait_for(schedule.run(stop), 30)

    asyncio.run(whole())
    assert len(done) == 3
