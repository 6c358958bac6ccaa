"""Roles that write down what happens to them."""

import asyncio
import math
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY
from starlette.routing import BaseRoute

from earshot.bus.memory import MemoryBus
from earshot.clock import SetClock
from earshot.config import from_dict
from earshot.errors import Refused, Unavailable
from earshot.runtime import DOWNSTREAM_FIRST, Context, Runtime, find_roles
from earshot.store import Store
from earshot.topics import READERS

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
UPSTREAM_FIRST = tuple(reversed(DOWNSTREAM_FIRST))


class Recorder:
    """A role. `busy` is how often it says that it is not idle; `fault` is raised once `running` is set."""

    def __init__(
        self, name: str, log: list[str], busy: int = 0, fault: Exception | None = None, why: str | None = None
    ) -> None:
        self._name, self._log, self._busy, self._fault, self._why = name, log, busy, fault, why

    def routes(self) -> Sequence[BaseRoute]:
        return []

    async def run(self, stop: asyncio.Event) -> None:
        self._log.append(f"start {self._name}")
        if self._fault:
            raise self._fault
        await stop.wait()
        for _ in range(5):  # what was in hand
            await asyncio.sleep(0)
        self._log.append(f"end {self._name}")

    def unready(self) -> str | None:
        return self._why

    def idle(self) -> bool:
        if not self._busy:
            self._log.append(f"idle {self._name}")
        self._busy = max(0, self._busy - 1)
        return not self._busy


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "earshot.db")
    yield opened
    opened.close()


@pytest.fixture
def log() -> list[str]:
    return []


Make = Callable[..., Runtime]


@pytest.fixture
def runtime(store: Store, log: list[str]) -> Make:
    """A runtime of four recorders; each can be given values of its own."""

    def make(
        *, serve: bool = False, server: dict[str, Any] | None = None, **values: dict[str, Any]
    ) -> Runtime:
        clock = SetClock(NOW)
        config = from_dict({"server": {"port": 0} | (server or {})})
        context = Context(config=config, clock=clock, bus=MemoryBus(clock), store=store)
        factories = {
            name: lambda _context, name=name: Recorder(name, log, **values.get(name, {}))
            for name in DOWNSTREAM_FIRST
        }
        return Runtime(context, factories, serve=serve)  # type: ignore[arg-type]

    return make


def finish(runtime: Runtime, **values: Any) -> None:
    asyncio.run(asyncio.wait_for(runtime.run(**values), 30))


def only(log: list[str], verb: str) -> list[str]:
    return [line.split()[1] for line in log if line.startswith(f"{verb} ")]


def test_roles_start_downstream_first_and_stop_upstream_first(runtime: Make, log: list[str]) -> None:
    finish(runtime(), until_done=True)
    assert only(log, "start") == [*DOWNSTREAM_FIRST]
    assert only(log, "end") == [*UPSTREAM_FIRST]


def test_stopped_before_it_began_it_ends(runtime: Make, log: list[str]) -> None:
    made = runtime()
    made.stop()
    finish(made)
    assert only(log, "end") == [*UPSTREAM_FIRST]


def test_it_is_done_when_each_is_idle_upstream_first(runtime: Make, log: list[str]) -> None:
    """What a source has not said yet is not waiting further down."""
    finish(runtime(collectors={"busy": 2}, processors={"busy": 2}), until_done=True)
    looks = [line for line in log if line.startswith("idle ")]
    assert only(log, "end") == [*UPSTREAM_FIRST]
    assert looks == [f"idle {name}" for name in UPSTREAM_FIRST if name not in {"collectors", "processors"}]


def test_notices_that_wait_are_waited_for_only_so_long(runtime: Make, log: list[str]) -> None:
    finish(runtime(alerts={"busy": 10**9}), until_done=True, patience=timedelta(seconds=0.1))
    assert only(log, "end") == [*UPSTREAM_FIRST]


@pytest.mark.parametrize("name", DOWNSTREAM_FIRST)
@pytest.mark.parametrize("until_done", [False, True])
def test_a_role_that_fails_stops_all_and_the_error_comes_out(
    runtime: Make, log: list[str], name: str, until_done: bool
) -> None:
    others = [other for other in UPSTREAM_FIRST if other != name]
    with pytest.raises(Unavailable, match="no broker"):
        finish(
            runtime(serve=True, **{name: {"fault": Unavailable("no broker")}}),
            until_done=until_done,
        )
    assert only(log, "end") == others


def test_the_first_error_upstream_comes_out(runtime: Make) -> None:
    faults = {name: {"fault": Unavailable(name)} for name in ("alerts", "processors")}
    with pytest.raises(Unavailable, match="processors"):
        finish(runtime(**faults))


def test_what_keeps_it_from_seeing_whether_all_is_done_comes_out(store: Store, log: list[str]) -> None:
    """It must not look like a run that did everything."""

    class Blind(Recorder):
        def idle(self) -> bool:
            raise Unavailable("the store cannot be read")

    clock = SetClock(NOW)
    context = Context(config=from_dict({}), clock=clock, bus=MemoryBus(clock), store=store)
    with pytest.raises(Unavailable, match="the store cannot be read"):
        finish(Runtime(context, {"alerts": lambda _: Blind("alerts", log)}, serve=False), until_done=True)
    assert only(log, "end") == ["alerts"]


def test_the_lag_of_the_loop_is_observed(runtime: Make) -> None:
    def count() -> float:
        return REGISTRY.get_sample_value("earshot_loop_lag_seconds_count") or 0.0

    before = count()
    finish(runtime(), until_done=True)
    assert count() > before


def test_a_lag_that_nobody_knows_is_not_told_as_it_was(store: Store) -> None:
    """A broker that is away: the last value would look like calm."""

    class Away(MemoryBus):
        away = False

        def lag(self, topic: str, group: str) -> int:
            if self.away:
                raise Unavailable("kafka:9092 cannot be reached")
            return super().lag(topic, group)

    def told() -> list[float]:
        return [
            REGISTRY.get_sample_value("earshot_lag", {"topic": topic, "group": group}) or 0.0
            for topic, group in READERS
        ]

    clock = SetClock(NOW)
    bus = Away(clock)
    made = Runtime(Context(config=from_dict({}), clock=clock, bus=bus, store=store), {}, serve=False)
    for bus.away, expected in ((False, False), (True, True), (False, False)):
        asyncio.run(made._measure_lag())
        assert [math.isnan(each) for each in told()] == [expected] * len(READERS)


# --- its server ---------------------------------------------------------------------------------------------


def served(runtime: Runtime, *asked: tuple[str, str]) -> list[httpx.Response]:
    """The answers to (path, Host)."""

    async def whole() -> list[httpx.Response]:
        running = asyncio.create_task(runtime.run())
        assert runtime.server
        try:
            async with httpx.AsyncClient(base_url=runtime.server.url, trust_env=False, timeout=30) as client:
                return [await client.get(path, headers={"host": host}) for path, host in asked]
        finally:
            runtime.stop()
            await asyncio.wait_for(running, 30)

    return asyncio.run(whole())


def test_readiness_is_that_of_the_roles(runtime: Make) -> None:
    made = runtime(serve=True, processors={"why": "no broker"}, alerts={"why": "no mail"})
    (found,) = served(made, ("/readyz", "localhost"))
    assert found.status_code == 503
    assert found.json()["faults"] == {"alerts": "no mail", "processors": "no broker"}


def test_it_answers_to_the_names_of_the_configuration(runtime: Make) -> None:
    names = {"public_url": "https://ear.example:8443/base", "allowed_hosts": ["inside.example"]}
    hosts = {
        "ear.example": 404,
        "ear.example:8443": 404,
        "inside.example:1": 404,
        "127.0.0.1": 404,
        "evil.example": 421,
    }
    found = served(runtime(serve=True, server=names), *(("/nothing", host) for host in hosts))
    assert [answer.status_code for answer in found] == list(hosts.values())


def test_a_port_in_use_is_an_error_before_anything_runs(runtime: Make, log: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(Unavailable, match=r"server\.port"):
        runtime(serve=True, server={"port": other.getsockname()[1]})
    assert log == []


# --- roles --------------------------------------------------------------------------------------------------


def test_all_roles_are_found_downstream_first() -> None:
    assert tuple(find_roles([])) == DOWNSTREAM_FIRST
    assert tuple(find_roles(["processors", "alerts"])) == ("alerts", "processors")


def test_an_unknown_role_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(
        Refused, match=r"unknown role scribes; known: alerts, collectors, console, processors"
    ):
        find_roles(["scribes"])


# --- signals ------------------------------------------------------------------------------------------------

PROGRAM = """
import asyncio, sys
from types import SimpleNamespace
from earshot.runtime import Runtime

class Slow:
    def routes(self): return []
    def unready(self): return None
    def idle(self): return False
    async def run(self, stop):
        print("running", flush=True)
        await stop.wait()
        print("finishing", flush=True)
        if sys.argv[1] == "for ever":
            await asyncio.Event().wait()
        print("finished", flush=True)

asyncio.run(Runtime(SimpleNamespace(), {"slow": lambda _: Slow()}, serve=False).run())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_when_what_was_in_hand_is_finished(number: signal.Signals) -> None:
    with started("not long") as process:
        heard(process, "running")
        os.kill(process.pid, number)
        heard(process, "finishing")
        heard(process, "finished")
        assert process.wait(30) == 0


def test_a_second_signal_ends_it_at_once() -> None:
    with started("for ever") as process:
        heard(process, "running")
        process.terminate()
        heard(process, "finishing")
        process.terminate()
        assert process.wait(30) == 130


def started(how: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", PROGRAM, how], stdout=subprocess.PIPE, text=True)


def heard(process: "subprocess.Popen[str]", word: str) -> None:
    """Reads over what is logged on the way."""
    assert process.stdout
    assert any(line.strip() == word for line in iter(process.stdout.readline, ""))
