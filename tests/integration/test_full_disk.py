"""The disk of the embedded service fills up: intake stops and says so, all goes on once there is room again."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from crash_checks import check_notices, check_stored_once
from crash_world import Receivers, write_config, write_log
from servers.daemon import Missing
from servers.needed import or_fail

from earshot.bus import SqliteBus
from earshot.clock import SystemClock
from earshot.signing import new_secret, sign
from earshot.store import Store, notices
from earshot.topics import READERS

DISK = "48m"
EVENTS = 4_000
APART = 0.005  # s: the log lasts longer than the disk takes to fill
MANY = range(1, 501)  # mentions in one request: the processors are at them for a while
LONG = "Acme has an office near the station that opens at nine on weekdays. " * 60
PATIENCE = 60.0  # s until something that must happen has not
SKIN = 10  # refusals in a row until the disk counts as full

pytestmark = [pytest.mark.crash, pytest.mark.timeout(200)]

# The mount is seen by the service alone, and goes with it.
_WRAPPER = """
import os, subprocess, sys
size, folder, *command = sys.argv[1:]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=" + size, "earshot-test", folder], check=True)
os.execvp(command[0], command)
"""


def _namespace() -> list[str]:
    """A namespace of mounts: as root a plain one, else with a user's namespace around it. Raises `Missing`."""
    for flags in ("-m", "-rm"):
        trial = ["unshare", flags, "mount", "-t", "tmpfs", "earshot-test", "/mnt"]
        if (
            shutil.which("unshare")
            and subprocess.run(trial, capture_output=True, check=False).returncode == 0
        ):
            return ["unshare", flags]
    raise Missing(
        "no small file system can be made here: it takes Linux with util-linux, and root or the right to make user"
        " namespaces (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0)"
    )


class Embedded:
    """`earshot run` that replays a log and hears a webhook, with its data on a small disk."""

    def __init__(self, folder: Path, log: Path, config: Path) -> None:
        self._config, self._said, self._data = config, folder / "said.log", folder / "data"
        self._data.mkdir()
        self._secret, self._sent = new_secret(), 0
        self.acknowledged = Counter[tuple[str, str]]()
        with config.open("a", encoding="utf-8") as file:
            file.write(_sources(self._data, log, self._secret))

    @contextmanager
    def running(self) -> Iterator["Embedded"]:
        command = [sys.executable, "-m", "earshot", "run", "--config", str(self._config)]
        small = [sys.executable, "-c", _WRAPPER, DISK, str(self._data)]
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                [*_namespace(), *small, *command],
                stdout=said,
                stderr=said,
                env=os.environ | {"COLUMNS": "200"},
            )
        try:
            yield self
        except BaseException:
            sys.stdout.write(self.said()[-20_000:])
            raise
        finally:
            self._process.kill()
            self._process.wait()

    def said(self) -> str:
        return self._said.read_text(encoding="utf-8")

    def until(self, happened: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not happened():
            assert self._process.poll() is None, f"it ended with status {self._process.returncode}"
            assert time.monotonic() < deadline, f"not within {PATIENCE:.0f} s: {what}"
            time.sleep(0.05)

    def says(self, pattern: str) -> None:
        self.until(lambda: re.search(pattern, self.said()), f"it says {pattern}")

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self._url + path, timeout=PATIENCE)

    def ready(self) -> bool:
        with suppress(httpx.TransportError):
            return " listens on " in self.said() and self.get("/readyz").status_code == 200
        return False

    def post(self, *natives: int) -> httpx.Response:
        """What is answered with 202 is acknowledged."""
        self._sent += 1
        identity, now = f"test-{self._sent}", datetime.now(UTC)
        body, at = _mentions(natives, now), int(now.timestamp())
        signature = sign(self._secret, identity, at, body)
        headers = {"webhook-id": identity, "webhook-timestamp": str(at), "webhook-signature": signature}
        answer = httpx.post(f"{self._url}/api/mentions", content=body, headers=headers, timeout=PATIENCE)
        assert answer.status_code in {202, 503}, answer.text
        if answer.status_code == 202:
            self.acknowledged.update((f"sent:{native}", "Acme") for native in natives)
        return answer

    @contextmanager
    def paused(self) -> Iterator[None]:
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def fill(self) -> None:
        with self._ballast.open("ab", buffering=0) as ballast:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while ballast.write(bytes(size)):
                        pass
                except OSError:
                    continue

    def make_room(self) -> None:
        self._ballast.unlink()

    def stored(self, folder: Path) -> Store:
        """As it would be found if the power failed now."""
        shutil.rmtree(folder, ignore_errors=True)
        with self.paused():
            shutil.copytree(self._disk, folder)
        return Store(folder / "earshot.db")

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(PATIENCE) == 0

    @property
    def _url(self) -> str:
        found = re.search(r"http://\S+", self.said())
        assert found
        return found[0]

    @property
    def _disk(self) -> Path:
        """As the service sees it."""
        return Path(f"/proc/{self._process.pid}/root{self._data}")

    @property
    def _ballast(self) -> Path:
        return self._disk / "ballast"


def _mentions(natives: Sequence[int], now: datetime) -> bytes:
    shared = {"brand": "Acme", "created_at": now.isoformat()}
    return json.dumps(
        [{"id": f"sent:{n}", "text": f"{LONG}{n}", "author": {"id": f"u{n}"}} | shared for n in natives]
    ).encode()


def _sources(data: Path, log: Path, secret: str) -> str:
    return f"""
[earshot]
data_dir = "{data}"

[server]
port = 0

[[brands]]
name = "Acme"

[[collectors]]
kind = "webhook"
secret = "{secret}"

[[collectors]]
kind = "replay"
name = "log"
path = "{log}"
speed = 1
"""


@pytest.fixture
def log(tmp_path: Path) -> tuple[Path, Counter[tuple[str, str]]]:
    path, start = tmp_path / "log.jsonl", datetime.now(UTC) - timedelta(minutes=1)
    return path, write_log(path, EVENTS, seed=3, start=start, apart=APART)


def test_all_waits_for_room_and_nothing_is_lost(
    tmp_path: Path, log: tuple[Path, Counter[tuple[str, str]]]
) -> None:
    receivers = Receivers(failing=False)
    with or_fail(_possible()), receivers.listening() as ports:
        write_config(tmp_path / "earshot.toml", *ports)
        with Embedded(tmp_path, log[0], tmp_path / "earshot.toml").running() as it:
            it.until(it.ready, "ready")
            assert it.post(*MANY).status_code == 202
            with it.paused():  # they are heard and hardly begun
                it.fill()
            refused = _until_full(it)
            _check_that_it_says_so(it)
            it.make_room()
            for native in refused:
                it.until(lambda native=native: it.post(native).status_code == 202, "room again")  # type: ignore[misc]
            it.until(it.ready, "ready again")
            expected = log[1] + it.acknowledged
            it.until(lambda: _done(it, tmp_path / "copy", sum(expected.values())), "all stored, all told")
            _check(it, tmp_path / "copy", expected, receivers)
            it.stop()


@contextmanager
def _possible() -> Iterator[None]:
    _namespace()
    yield


def _until_full(it: Embedded) -> list[int]:
    """What is left of room in the files is used up; the mentions that are refused."""
    refused, in_a_row, native = list[int](), 0, MANY.stop
    while in_a_row < SKIN:
        answer = it.post(native)
        if answer.status_code == 503:
            refused.append(native)
            assert "disk is full" in answer.json()["error"]
            assert int(answer.headers["retry-after"]) > 0
        in_a_row = in_a_row + 1 if answer.status_code == 503 else 0
        native += 1
    return refused


def _check_that_it_says_so(it: Embedded) -> None:
    it.says(r"request refused .*disk is full")
    it.says(r"waiting .*disk is full.* source=log")
    it.says(r"waiting .*processors\.pipeline.*disk is full")
    assert it.get("/readyz").status_code == 503
    assert "disk is full" in it.get("/readyz").text


def _done(it: Embedded, copy: Path, mentions: int) -> bool:
    with closing(it.stored(copy)) as store, store.read() as connection:
        stored = connection.exec_driver_sql("select count(*) from mentions").scalar()
        waiting = sum(notices.waiting_receivers(connection).values())
    with closing(SqliteBus(copy / "bus.db", SystemClock())) as bus:
        waiting += sum(bus.lag(*reader) for reader in READERS)
    return stored == mentions and not waiting


def _check(it: Embedded, copy: Path, expected: Counter[tuple[str, str]], receivers: Receivers) -> None:
    with closing(it.stored(copy)) as store:
        check_stored_once(store, expected)
        check_notices(store, receivers)
