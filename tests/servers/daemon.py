"""A server as a process of its own: waited for when it starts, ended with us however we end."""

import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PATIENCE = 60.0  # s until a server that does not come up, or does not end, is a failure
# The kernel kills a child when the *thread* that started it ends, so one that lives as long as we do starts all.
_LAUNCHER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="servers")


class Missing(Exception):  # noqa: N818
    """A server cannot be had here; the message says what to install."""


class Daemon:
    """`start` and `stop`, as often as you like; what it said is in `log`."""

    def __init__(self, name: str, command: Sequence[str], log: Path, *, user: str | None = None) -> None:
        self._name, self._command, self.log = name, [*_bound_to_us(user), *command], log
        self._process: subprocess.Popen[bytes] | None = None
        self._since = 0

    def start(self, is_up: Callable[[], bool]) -> None:
        self.begin()
        self.wait_until(is_up)

    def begin(self) -> None:
        assert not self.is_running, f"{self._name} runs already"
        with self.log.open("ab") as log:
            self._since = log.tell()
            self._process = _LAUNCHER.submit(
                subprocess.Popen, self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            ).result()

    def wait_until(self, is_up: Callable[[], bool]) -> None:
        assert self._process, f"{self._name} was not begun"
        deadline = time.monotonic() + PATIENCE
        while not is_up():
            if self._process.poll() is not None:
                raise RuntimeError(self._complaint(f"ended with status {self._process.returncode}"))
            if time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(self._complaint("did not come up"))
            time.sleep(0.02)

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise RuntimeError(self._complaint("did not stop")) from None
        finally:
            self._process = None

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def freeze(self) -> None:
        """It answers nobody, and nobody is told."""
        assert self._process, f"{self._name} was not begun"
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process, f"{self._name} was not begun"
        self._process.send_signal(signal.SIGCONT)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def said(self) -> str:
        """Its log since the last start."""
        with self.log.open("rb") as log:
            log.seek(self._since)
            return log.read().decode(errors="replace")

    def _complaint(self, what: str) -> str:
        tail = "\n".join(self.said().splitlines()[-40:])
        return f"{self._name} {what}; the end of its log:\n{tail}"


def _bound_to_us(user: str | None) -> list[str]:
    """Linux ends it with us, also when we are killed; elsewhere a killed test run leaves its servers behind."""
    if not shutil.which("setpriv"):
        if user:
            raise Missing("a server that may not run as root needs setpriv (Debian: util-linux)")
        return []
    as_user = ["--reuid", user, "--regid", user, "--init-groups"] if user else []
    return ["setpriv", *as_user, "--pdeathsig", "KILL", "--"]


_GIVEN: set[int] = set()


def free_port() -> int:
    """Never given before, and below those of outgoing connections, which could take it while its server is stopped."""
    while True:
        port = random.randrange(20_000, 32_000)
        if port in _GIVEN:
            continue
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            _GIVEN.add(port)
            return port


def answers(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
