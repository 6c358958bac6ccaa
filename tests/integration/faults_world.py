"""Earshot scaled out over a real Kafka and a real PostgreSQL, each process of which can be killed or paused."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex

import httpx
from crash_checks import check_decided, check_notices, check_stored_once, decided
from crash_world import Receivers, run_to_end, write_config, write_log
from sqlalchemy import make_url

from earshot.bus.kafka import KafkaBus
from earshot.clock import SystemClock
from earshot.config import BusSettings
from earshot.errors import Unavailable
from earshot.model import Story
from earshot.store import Store, brands, dead, notices, positions
from earshot.topics import MENTIONS, PROCESSORS, READERS

SCALED = {"in": "collectors", "p1": "processors", "p2": "processors", "out": "alerts"}
PATIENCE = 120.0  # s until something that must happen has not
_LOOK = 0.05  # s between looks
_GENTLE = 10.0  # s within which a process that is told to stop has ended
_SPAN = timedelta(minutes=40)


def eventually(happened: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not happened():
        assert time.monotonic() < deadline, f"not within {patience:.0f} s: {what}"
        time.sleep(_LOOK)


@dataclass(frozen=True)
class Log:
    """What is heard. It ended just now: while a test lasts the wall clock decides nothing that it does not.

    An episode ends an hour after it fell silent, and all of the log is less than an hour old.
    """

    path: Path
    events: int
    expected: Counter[tuple[str, str]]

    def speed(self, seconds: float) -> float:
        """To play it in so many seconds."""
        return _SPAN.total_seconds() / seconds


def fresh_log(folder: Path, events: int, names: Sequence[str]) -> Log:
    path = folder / "log.jsonl"
    start = datetime.now(UTC) - _SPAN - timedelta(seconds=10)
    apart = _SPAN.total_seconds() / events
    return Log(path, events, write_log(path, events, seed=1, names=names, start=start, apart=apart))


_AT_WORK = (
    "select state, backend_xid is not null from pg_stat_activity"
    " where datname = current_database() and application_name = ?"
)


class Process:
    """One `earshot run`, under a name of its own among its group."""

    def __init__(self, name: str, role: str, config: Path, url: str) -> None:
        """PostgreSQL knows it by its name too."""
        self.name, self._role, self._config = name, role, config
        self._url = make_url(url).update_query_dict({"application_name": name})
        self._said = config.parent / f"{name}.log"
        self._running: subprocess.Popen[bytes] | None = None
        self._since = 0

    def start(self) -> None:
        assert not self.is_running
        command = [sys.executable, "-m", "earshot", "run", self._role, "--config", str(self._config)]
        url = self._url.render_as_string(hide_password=False)
        names = {"EARSHOT_BUS__INSTANCE": self.name, "EARSHOT_STORE__URL": url, "COLUMNS": "200"}
        with self._said.open("ab") as said:
            self._since = said.tell()
            self._running = subprocess.Popen(command, stdout=said, stderr=said, env=os.environ | names)

    @property
    def is_running(self) -> bool:
        return self._running is not None and self._running.poll() is None

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        assert self._running
        self._running.wait()

    def restart(self) -> None:
        self.kill()
        self.start()

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def stop(self, within: float = _GENTLE) -> None:
        """As a service manager does; it must be gone soon, and content."""
        self.tell_to_stop()
        self.wait_until_stopped(within)

    def tell_to_stop(self) -> None:
        self._signal(signal.SIGTERM)

    def wait_until_stopped(self, within: float) -> None:
        assert self._running
        with suppress(subprocess.TimeoutExpired):
            self._running.wait(within)
        assert self._running.poll() == 0, (
            f"{self.name}: {self._running.poll()} within {within:.0f} s after SIGTERM\n{self.said()}"
        )

    def end(self) -> None:
        if self.is_running:
            self.kill()

    def said(self, since: int | None = None) -> str:
        """Since its last start."""
        with self._said.open("rb") as said:
            said.seek(self._since if since is None else since)
            return said.read().decode(errors="replace")

    def ready(self) -> bool:
        found = re.search(r"http://\S+", self.said())
        with suppress(httpx.HTTPError):
            return bool(found) and httpx.get(f"{found[0]}/readyz").status_code == 200
        return False

    def metric(self, sample: str) -> float:
        """The sum of the samples whose line begins so."""
        found = re.search(r"http://\S+", self.said())
        assert found, self.said()
        lines = httpx.get(f"{found[0]}/metrics").text.splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(sample))

    def _signal(self, number: int) -> None:
        assert self._running
        assert self.is_running, f"{self.name} had ended with status {self._running.poll()}:\n{self.said()}"
        self._running.send_signal(number)


class World:
    """One log on its way through processes of all roles to two receivers."""

    def __init__(
        self, config: Path, log: Log, url: str, store: Store, bus: KafkaBus, receivers: Receivers
    ) -> None:
        self.config, self.log, self._url = config, log, url
        self.store, self.bus, self.receivers = store, bus, receivers
        self.processes: dict[str, Process] = {}

    def start(self, **roles: str) -> None:
        """More processes, by name; all of them without any."""
        for name, role in (roles or SCALED).items():
            self.processes[name] = Process(name, role, self.config, self._url)
            self.processes[name].start()

    def heard(self) -> int:
        """Records of the log that were published."""
        with self.store.read() as connection:
            cursor = connection.exec_driver_sql("select cursor from cursors").scalar()
        return int(json.loads(cursor)["done"]) if cursor else 0

    def stored(self) -> int:
        """Mentions that were saved."""
        return sum(self.sequences().values())

    def sequences(self) -> dict[str, int]:
        """Each brand's own count of its mentions."""
        with self.store.read() as connection:
            return {row.name: row.seq for row in brands.every(connection)}

    def writes(self, name: str) -> bool | None:
        """Whether a process that is paused has a transaction open and rows locked; None: it is between the two."""
        with self.store.read() as connection:
            states = connection.exec_driver_sql(_AT_WORK, (name,)).all()
        if all(state == "idle" for state, _ in states):
            return False
        return True if ("idle in transaction", True) in states else None

    def committed(self, share: Iterable[int]) -> bool:
        """Whether of these partitions everything that was saved is committed too: the next batch is in hand."""
        with self.store.read() as connection:
            saved = positions.load(connection, MENTIONS.name, PROCESSORS)
        name, group = (self.bus._settings.prefix + each for each in (MENTIONS.name, PROCESSORS))
        places = {tp.partition: place for tp, place in self.bus._committed(name, group).items()}
        return all(places.get(n, 0) == saved.get(n, 0) for n in share)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def reached(self, share: float, without: Sequence[str] = ()) -> None:
        """Wait until so much of the log is stored."""
        least = share * len(self.log.expected)
        eventually(
            lambda: self._known(self.stored) >= least or not self.all_run(without),
            f"{share:.0%} of the log stored",
        )
        self.check_all_run(without)

    def outlast(self, seconds: float) -> None:
        """Nothing may end meanwhile."""
        until = time.monotonic() + seconds
        eventually(lambda: time.monotonic() > until or not self.all_run(), f"{seconds:.0f} s passed")
        self.check_all_run()

    def all_run(self, without: Sequence[str] = ()) -> bool:
        return all(each.is_running for each in self.processes.values() if each.name not in without)

    def check_all_run(self, without: Sequence[str] = ()) -> None:
        for process in self.processes.values():
            assert process.is_running or process.name in without, (
                f"{process.name} ended by itself:\n{process.said()}"
            )

    def stop_together(self, within: float) -> None:
        """As an orchestrator does."""
        until = time.monotonic() + within
        for process in self.processes.values():
            process.tell_to_stop()
        for process in self.processes.values():
            process.wait_until_stopped(max(0.0, until - time.monotonic()))

    def finish(self, *, patience: float = PATIENCE) -> None:
        """Everything is done, by processes that all run and all end when they are told."""
        eventually(
            lambda: self._done() or not self.all_run(), "the log heard, no lag, no notice waiting", patience
        )
        self.check_all_run()
        for process in self.processes.values():
            process.stop()

    def _known(self, number: Callable[[], int]) -> int:
        """-1 while a server is away."""
        with suppress(Unavailable):
            return number()
        return -1

    def _done(self) -> bool:
        return self._known(self.heard) == self.log.events and self._known(self._waiting) == 0

    def _waiting(self) -> int:
        with self.store.read() as connection:
            told = sum(notices.waiting_receivers(connection).values())
        return told + sum(self.bus.lag(*reader) for reader in READERS)

    def check(self, whole: list[Story], letters: int = 0) -> None:
        """Stored once, decided as in `whole`, told once."""
        with self.store.read() as connection:
            assert dead.count(connection) == letters, dead.page(connection, limit=3)
        check_stored_once(self.store, self.log.expected)
        check_decided(self.store, whole)
        check_notices(self.store, self.receivers)

    def tails(self) -> Iterator[str]:
        for process in self.processes.values():
            yield f"--- {process.name}\n{process.said(0)[-6_000:]}"


@contextmanager
def world(
    folder: Path,
    log: Log,
    servers: Sequence[str],
    url: str,
    seconds: float,
    high_water: int = 20_000,
    **bus: object,
) -> Iterator[World]:
    """`seconds`: how long the log takes to play, at least; `high_water`: how much may wait for the processors."""
    receivers = Receivers(failing=False)
    prefix = f"faults-{token_hex(4)}."
    told: dict[str, object] = {"partitions": 6, "session": "6s", "longest_batch": "30s"} | bus
    settings = BusSettings.model_validate({"servers": servers, "prefix": prefix} | told)
    with ExitStack() as ending:
        config = folder / "earshot.toml"
        write_config(config, *ending.enter_context(receivers.listening()))
        with config.open("a", encoding="utf-8") as file:
            file.write(_scaled(folder, log, settings, told, log.speed(seconds)))
            file.write(f"\n[intake]\nhigh_water = {high_water}\n")
        store = ending.enter_context(closing(Store(make_url(url))))
        client = ending.enter_context(closing(KafkaBus(settings, SystemClock())))
        found = World(config, log, url, store, client, receivers)
        try:
            yield found
        except BaseException:
            sys.stdout.write("\n".join(found.tails()))
            raise
        finally:
            for process in found.processes.values():
                process.end()


def _scaled(folder: Path, log: Log, settings: BusSettings, told: dict[str, object], speed: float) -> str:
    bus = "\n".join(f"{key} = {json.dumps(value)}" for key, value in told.items())
    return f"""
[earshot]
data_dir = "{folder / "data"}"

[server]
port = 0

[bus]
servers = {json.dumps(settings.servers)}
prefix = "{settings.prefix}"
{bus}

[[collectors]]
kind = "replay"
name = "log"
path = "{log.path}"
speed = {speed}
"""


def uninterrupted(log: Log) -> list[Story]:
    """What the embedded service decides about the same log, undisturbed."""
    folder = log.path.parent
    quiet = folder / "quiet.toml"
    quiet.write_text('[[outlets]]\ndomain = "daily.example"\nclass = "national"\n', encoding="utf-8")
    run_to_end(log.path, folder / "whole", quiet)
    with closing(Store(folder / "whole" / "earshot.db")) as store:
        whole = decided(store)
    assert sum(len(story.episodes) for story in whole) > 20
    return whole
