import asyncio
from datetime import timedelta
from typing import Never

import pytest
from alerts_world import START, Recorded, Recorder, Shaky, a_mention, a_story, an_episode, keep, messages
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from alerts.orphans import Orphans
from alerts.role import Alerts
from earshot.bus.memory import MemoryBus
from earshot.clock import SetClock, to_us
from earshot.config import Config
from earshot.errors import Unavailable
from earshot.model import Story
from earshot.runtime import Context
from earshot.seams import Notice
from earshot.store import Store, notices


class Told(Recorder):
    """Sets an event of the loop when it has sent as many as were hoped for."""

    def hope_for(self, count: int) -> asyncio.Event:
        self._loop, self._count, self._arrived = asyncio.get_running_loop(), count, asyncio.Event()
        return self._arrived

    def send(self, notice: Notice) -> None:
        super().send(notice)
        if len(self.sent) == self._count:
            self._loop.call_soon_threadsafe(self._arrived.set)


def a_receiver(name: str = "press", channel: Recorder = None) -> Recorded:
    receiver = Recorded(name=name)
    receiver._channel = channel or Told()
    return receiver


def a_role(bus: MemoryBus, store: Store, clock: SetClock, *receivers: Recorded, live: bool = True) -> Alerts:
    return Alerts(Context(Config(receivers=receivers), clock, bus, store, live))


@pytest.fixture
def bus(clock: SetClock) -> MemoryBus:
    return MemoryBus(clock)


def tell(bus: MemoryBus, *stories: Story) -> None:
    bus.publish("stories", messages(stories))


def waiting(receiver: str) -> float | None:
    return REGISTRY.get_sample_value("earshot_notices_waiting", {"receiver": receiver})


def given_up(receiver: str) -> float | None:
    return REGISTRY.get_sample_value("earshot_notices_total", {"receiver": receiver, "outcome": "failed"})


async def until_told(role: Alerts, channel: Recorder, count: int = 1) -> None:
    """Run the role until so many notices have left, then stop it."""
    arrived, stop = channel.hope_for(count), asyncio.Event()
    running = asyncio.create_task(role.run(stop))
    waiting = asyncio.create_task(arrived.wait())
    await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED, timeout=30)
    waiting.cancel()
    stop.set()
    await running


def test_a_story_is_told_and_the_role_is_idle_again(bus: MemoryBus, store: Store, clock: SetClock) -> None:
    keep(store, a_mention())
    receiver = a_receiver()
    role = a_role(bus, store, clock, receiver)
    tell(bus, a_story(an_episode()), a_story(no=8))
    assert not role.idle()
    assert role.unready() == "not started"
    asyncio.run(until_told(role, receiver._channel))
    assert role.idle()
    assert role.unready() is None
    assert role.routes() == ()
    assert receiver._channel.closed
    assert receiver._channel.sent[0].link == "http://127.0.0.1:8600/stories/7"


def test_a_dead_channel_holds_up_nobody(bus: MemoryBus, store: Store, clock: SetClock) -> None:
    dead, alive = a_receiver("dead", Recorder([OSError("down")] * 100)), a_receiver("alive")
    role = a_role(bus, store, clock, dead, alive)
    tell(bus, *(a_story(an_episode(), no=no) for no in range(1, 4)))
    asyncio.run(until_told(role, alive._channel, 3))
    assert dead._channel.sent == []
    assert not role.idle()


def test_notices_of_a_receiver_that_is_gone_stay_and_are_told_of_once(
    bus: MemoryBus, store: Store, clock: SetClock
) -> None:
    first = a_receiver("gone", Recorder([OSError("down")] * 100))
    tell(bus, a_story(an_episode()))
    asyncio.run(until_told(a_role(bus, store, clock, first, known := a_receiver()), known._channel))
    tell(bus, a_story(an_episode(), no=8))
    with capture_logs() as lines:
        asyncio.run(until_told(role := a_role(bus, store, clock, known), known._channel, 2))
    told = [line for line in lines if line["event"] == "notices wait for a receiver that is not configured"]
    assert [(line["receiver"], line["notices"]) for line in told] == [("gone", 1)]
    assert "of the name gone" in told[0]["mend"]
    assert waiting("gone") == 1
    assert role.idle()
    assert role.unready() is None
    with store.read() as connection:
        assert notices.waiting_receivers(connection) == {"gone": 1}


def test_a_receiver_that_is_gone_is_waited_for_as_long_as_one_that_refuses(
    bus: MemoryBus, store: Store, clock: SetClock
) -> None:
    lost = a_receiver("lost", Recorder([OSError("down")] * 100))
    tell(bus, a_story(an_episode()))
    asyncio.run(until_told(a_role(bus, store, clock, lost, known := a_receiver()), known._channel))
    clock.advance(timedelta(days=3))
    orphans = Orphans(store, clock, ["press"], timedelta(hours=24))
    orphans.look()
    assert (waiting("lost"), given_up("lost")) == (1, 0)
    clock.advance(timedelta(hours=24))
    orphans.look()
    assert (waiting("lost"), given_up("lost")) == (0, 1)
    with store.read() as connection:
        assert "no receiver of this name" in next(row.error for row in notices.of_alert(connection, 1))


def test_a_receiver_that_has_come_back_is_counted_as_any_other(
    bus: MemoryBus, store: Store, clock: SetClock
) -> None:
    away, back, known = a_receiver("back", Told([OSError("down")] * 9)), a_receiver("back"), a_receiver()
    tell(bus, a_story(an_episode()))
    asyncio.run(until_told(a_role(bus, store, clock, away, known), known._channel))
    Orphans(store, clock, ["press"], timedelta(hours=24)).look()
    assert waiting("back") == 1
    clock.advance(timedelta(hours=1))
    asyncio.run(until_told(a_role(bus, store, clock, back), back._channel))
    assert waiting("back") == 0


def test_a_thread_that_dies_ends_the_run_with_what_it_died_of(
    bus: MemoryBus, store: Store, clock: SetClock
) -> None:
    class Wrong(MemoryBus):
        def read(self, topic: str, place: int, timeout: float) -> Never:
            raise ZeroDivisionError

    async def run() -> None:
        await a_role(Wrong(clock), store, clock, a_receiver()).run(asyncio.Event())

    with capture_logs() as lines, pytest.raises(ZeroDivisionError):
        asyncio.run(run())
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["thread died"]


def test_a_bus_that_cannot_be_reached_is_said_and_waited_for(store: Store, clock: SetClock) -> None:
    class Away(MemoryBus):
        def read(self, topic: str, place: int, timeout: float) -> Never:
            looked.set()
            raise Unavailable("broker away")

    async def run() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(role.run(stop))
        await asyncio.to_thread(looked.wait, 30)
        stop.set()
        await running

    import threading

    looked = threading.Event()
    role = a_role(Away(clock), store, clock)
    asyncio.run(run())
    assert role.unready() == "broker away"


def test_a_store_that_cannot_be_written_delays_and_loses_nothing(
    bus: MemoryBus, store: Store, clock: SetClock
) -> None:
    receiver = a_receiver()
    tell(bus, a_story(an_episode()))
    role = a_role(bus, Shaky(store, [True, True]), clock, receiver)
    asyncio.run(until_told(role, receiver._channel))
    assert len(receiver._channel.sent) == 1


def test_a_replay_tells_in_the_time_of_its_log(bus: MemoryBus, store: Store, clock: SetClock) -> None:
    receiver = a_receiver()
    role = a_role(bus, store, clock, receiver, live=False)
    tell(bus, a_story(an_episode()))
    asyncio.run(until_told(role, receiver._channel))
    with store.read() as connection:
        (row,) = notices.of_alert(connection, 1)
    assert (row.decided_at, row.sent_at) == (to_us(START), to_us(START))
    assert "late" not in receiver._channel.sent[0].text
