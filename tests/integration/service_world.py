"""`earshot run` as a process of its own, a sender that signs, and a receiver that notes what it is told."""

import json
import os
import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from earshot.signing import new_secret, sign

FURIOUS = "This is a horrible, disgusting company and the worst service that I have ever had"
PATIENCE = 20.0  # s until a test gives up; nothing ever waits so long


class Receiver(ThreadingHTTPServer):
    """Answers while `open` is set; holds its callers up while it is not."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.open, self.called = threading.Event(), threading.Event()
        self.open.set()
        self.notices: queue.Queue[dict[str, Any]] = queue.Queue()

    def next(self) -> dict[str, Any]:
        return self.notices.get(timeout=PATIENCE)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.called.set()
        self.server.open.wait(PATIENCE)
        self.send_response(204)
        self.end_headers()
        self.server.notices.put(body["data"])

    def log_message(self, *_: Any) -> None: ...


@contextmanager
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.open.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Service:
    """One `earshot run`; `url` is known once it listens."""

    def __init__(self, folder: Path, told: Receiver, *, port: int = 0) -> None:
        self.folder, self.secret = folder, new_secret()
        self.config = folder / "earshot.toml"
        self.config.write_text(
            f"""
[earshot]
data_dir = "{folder / "data"}"
[server]
port = {port}
[[brands]]
name = "Acme"
[[collectors]]
kind = "webhook"
secret = "{self.secret}"
[[receivers]]
kind = "webhook"
name = "team"
url = "http://127.0.0.1:{told.server_port}/"
secret = "{new_secret()}"
""",
            encoding="utf-8",
        )
        self.process: subprocess.Popen[str] | None = None
        self.url = ""
        self._errors = folder / "errors.log"
        self._sent = 0

    def start(self) -> "Service":
        command = [sys.executable, "-m", "earshot", "run", "--config", str(self.config)]
        errors = self._errors.open("a")
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=os.environ | {"COLUMNS": "200"}
        )
        errors.close()
        assert self.process.stdout
        line = self.process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, line + self._errors.read_text()
        self.url = found[0]
        self._until_ready()
        return self

    def until_it_says(self, words: str) -> None:
        _until(lambda: words in self._errors.read_text(), lambda: f"never said {words!r}")

    def _until_ready(self) -> None:
        _until(lambda: _is_ready(self.url), lambda: "never ready:\n" + self._errors.read_text())

    def post(self, native: str, text: str, **values: Any) -> httpx.Response:
        self._sent += 1
        now = datetime.now(UTC)
        mention = {
            "id": f"x:{native}", "text": text, "author": {"id": f"u{native}", "followers": 800_000},
            "created_at": now.isoformat(),
        } | values  # fmt: skip
        body, at = json.dumps(mention).encode(), int(now.timestamp())
        identity = f"test-{self._sent}"
        headers = {
            "webhook-id": identity, "webhook-timestamp": str(at),
            "webhook-signature": sign(self.secret, identity, at, body), "content-type": "application/json",
        }  # fmt: skip
        return httpx.post(f"{self.url}/api/mentions", content=body, headers=headers)

    def signal(self, number: int) -> None:
        assert self.process
        self.process.send_signal(number)

    def ended(self) -> int:
        """The exit status."""
        assert self.process
        try:
            self.process.communicate(timeout=PATIENCE)
        finally:
            self.process.kill()
            self.process.communicate()
        return self.process.returncode


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def _until(condition: Callable[[], bool], complaint: Callable[[], str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, complaint()
        threading.Event().wait(0.01)


@contextmanager
def service(folder: Path, told: Receiver, **settings: Any) -> Iterator[Service]:
    made = Service(folder, told, **settings)
    try:
        yield made
    finally:
        if made.process and made.process.poll() is None:
            made.process.kill()
            made.process.communicate()
