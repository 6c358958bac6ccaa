"""docker-compose.yml without Docker: each service's command, with its environment, as a process of its own."""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import yaml
from servers.daemon import free_port
from sqlalchemy import make_url

from earshot.signing import new_secret, sign

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0  # s until a test gives up; nothing ever waits so long
_REFERENCE = re.compile(r"\$\{(\w+):-((?:[^{}]|\{[^{}]*\})*)\}")


def compose() -> dict[str, Any]:
    """What `docker compose` makes of the file where nothing is set."""
    text = _REFERENCE.sub(lambda found: found[2], (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert "${" not in text, "a reference that this test cannot read"
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def variables() -> set[str]:
    """What the file asks .env for."""
    return {
        found[1] for found in _REFERENCE.finditer((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    }


def ours() -> dict[str, dict[str, Any]]:
    """The services that run our image."""
    return {name: s for name, s in compose()["services"].items() if s["image"].startswith("earshot")}


def environment_of(service: Mapping[str, Any]) -> dict[str, str]:
    """What it is given where nothing is set: a variable without a value is passed on, and there is none."""
    return {name: str(value) for name, value in service["environment"].items() if value is not None}


def image_environment() -> dict[str, str]:
    """ENV of the image that is run, PATH aside."""
    last = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").rpartition("\nFROM ")[2]
    words = [word for line in last.splitlines() if line.startswith("ENV ") for word in line.split()[1:]]
    return {name: value for name, _, value in (word.partition("=") for word in words) if name != "PATH"}


class World:
    """A folder in place of the containers' files, and real servers in place of the bundled ones."""

    def __init__(self, folder: Path, brokers: Sequence[str] = (), database: str = "") -> None:
        """The embedded service needs neither brokers nor a database."""
        self.folder, self.data, self.secret = folder, folder / "data", new_secret()
        (folder / "secrets").mkdir()
        (folder / "secrets" / "hook").write_text(self.secret)
        (folder / "earshot.toml").write_text(
            _with_the_webhook((ROOT / "deploy/earshot.toml").read_text("utf-8"))
        )
        self._instead = {"/etc/earshot/earshot.toml": str(folder / "earshot.toml"), "/data": str(self.data)}
        if database:
            url, password = make_url(database), folder / "postgres_password"
            password.write_text(str(url.password))
            self._instead |= {
                "kafka:9092": ",".join(brokers), "/run/secrets/postgres_password": str(password),
                "postgresql://earshot@postgres:5432/earshot": url.set(password=None).render_as_string(),
            }  # fmt: skip
        self._prefix = f"test-{secrets.token_hex(4)}."  # the brokers serve other tests too
        self._sent = 0

    def start(self, name: str) -> "Process":
        service, port = ours()[name], str(free_port())
        said = image_environment() | environment_of(service)
        instead = self._instead | {"{host}": f"container-{port}"}  # each container has a host name of its own
        environment = {key: instead.get(value, value) for key, value in said.items()} | {
            "EARSHOT_SERVER__PORT": port, "EARSHOT_BUS__PREFIX": self._prefix, "PATH": os.environ["PATH"],
            "EARSHOT_CONSOLE__LOGIN": "false",
        }  # fmt: skip
        log = self.folder / f"{name}-{port}.log"
        command = [sys.executable, "-m", "earshot", *service["command"]]
        with log.open("wb") as said_to:
            started = subprocess.Popen(
                command, env=environment, cwd=self.folder / "secrets", stdout=said_to, stderr=said_to
            )
        return Process(name, f"http://127.0.0.1:{port}", started, log, service)

    def post(self, collectors: "Process", mentions: list[dict[str, Any]]) -> httpx.Response:
        self._sent += 1
        body, at = json.dumps(mentions).encode(), int(datetime.now(UTC).timestamp())
        identity = f"compose-{self._sent}"
        headers = {
            "webhook-id": identity, "webhook-timestamp": str(at),
            "webhook-signature": sign(self.secret, identity, at, body), "content-type": "application/json",
        }  # fmt: skip
        return httpx.post(f"{collectors.url}/api/mentions", content=body, headers=headers, timeout=PATIENCE)


@dataclass
class Process:
    """One container, as it were."""

    name: str
    url: str
    started: subprocess.Popen[bytes]
    log: Path
    service: Mapping[str, Any]

    def until_healthy(self) -> None:
        until(lambda: self._is_ready() or self.started.poll() is not None, self._complaint("is not ready"))
        assert self._is_healthy(), self._complaint("is not healthy")()

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def _is_healthy(self) -> bool:
        """By the service's own check."""
        kind, program, *arguments = self.service["healthcheck"]["test"]
        assert (kind, program) == ("CMD", "python")
        asked = [word.replace("http://127.0.0.1:8600", self.url) for word in arguments]
        return subprocess.run([sys.executable, *asked], capture_output=True, check=False).returncode == 0

    def stopped(self) -> int:
        """Its exit status, when it was told to stop and given its grace."""
        grace = float(self.service["stop_grace_period"].removesuffix("s"))
        self.started.send_signal(signal.SIGTERM)
        try:
            return self.started.wait(grace)
        except subprocess.TimeoutExpired:
            raise AssertionError(self._complaint(f"did not end within {grace} s")()) from None

    def kill(self) -> None:
        self.started.kill()
        self.started.wait()

    def _complaint(self, what: str) -> Callable[[], str]:
        return lambda: f"{self.name} {what}:\n{self.log.read_text()[-8_000:]}"


def until(condition: Callable[[], bool], complaint: Callable[[], str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, complaint()
        threading.Event().wait(0.05)


def _with_the_webhook(example: str) -> str:
    """The example with its webhook uncommented, as it tells people to."""
    uncommented = re.sub(r'(?m)^# (\[\[collectors\]\]|kind = "webhook"|secret_file = )', r"\1", example)
    assert uncommented.count("\n[[collectors]]\n") == 1
    return uncommented
