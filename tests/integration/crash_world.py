"""A story-rich log, two receivers that remember everything, and a service that can be killed."""

import json
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from earshot.signing import new_secret

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BRANDS = ("Acme", "Bolt", "Celer")
ANGRY = (
    "This is a horrible, disgusting company, the worst that I have ever had to deal with",
    "I hate this awful service, they lost my parcel and lied about it, terrible people",
    "Pathetic and dishonest support, an absolute nightmare, never again, shame on them",
)
CALM = (
    "Thank you, the lovely lady at the counter was wonderful and very helpful today",
    "The office near the station opens at nine on weekdays and closes at six",
    "Qualcuno sa a che ora apre lo sportello di via Roma il sabato mattina?",
)


def write_log(
    path: Path,
    count: int,
    seed: int,
    *,
    names: Sequence[str] = BRANDS,
    start: datetime = START,
    apart: float = 6,
) -> Counter[tuple[str, str]]:
    """Events in heard order, `apart` seconds apart; the identities that must be stored, once each."""
    rng = random.Random(seed)
    said: list[dict[str, Any]] = []
    with path.open("w", encoding="utf-8") as file:
        for i in range(count):
            event = _event(rng, i, (start + timedelta(seconds=apart * i)).isoformat(), said, names)
            file.write(json.dumps(event) + "\n")
    return Counter({(m["id"], m["brand"]): 1 for m in said})


def _event(
    rng: random.Random, i: int, heard: str, said: list[dict[str, Any]], names: Sequence[str]
) -> dict[str, Any]:
    chance = rng.random()
    # Words of what begins a story link others until the next start, what is said instead from then on: answers have none.
    answers = [each for each in said[-200:] if "parent" in each]
    if answers and chance < 0.03:
        old = rng.choice(answers)
        return {"type": "withdrawn", "id": old["id"], "brand": old["brand"], "collected_at": heard}
    if answers and chance < 0.08:
        old = rng.choice(answers)
        return old | {"text": rng.choice(ANGRY + CALM), "edited_at": heard, "collected_at": heard}
    if said and chance < 0.12:
        return rng.choice(said)
    mention = _mention(rng, i, heard, names)
    if said and chance < 0.6:
        other = rng.choice(said[-30:])
        mention |= {"brand": other["brand"], "parent": other["id"], "kind": "reply"}
    said.append(mention)
    return mention


def _mention(rng: random.Random, i: int, heard: str, names: Sequence[str]) -> dict[str, Any]:
    loud = rng.random() < 0.02
    words = rng.choice(ANGRY if loud or rng.random() < 0.6 else CALM)
    mention: dict[str, Any] = {
        "id": f"x:{i}",
        "brand": rng.choice(names),
        "author": {"id": f"u{rng.randrange(900)}", "followers": 300_000 if loud else rng.randrange(3_000)},
        "created_at": heard,
        "collected_at": heard,
        "text": f"{words} {i}",
    }
    if rng.random() < 0.01:
        mention |= {"kind": "article", "url": f"https://daily.example/{i}"}
    return mention


class Receivers:
    """A webhook and an SMTP server that count what they accepted, and may refuse every other try."""

    def __init__(self, *, failing: bool) -> None:
        self.failing = failing
        self.webhook: Counter[str] = Counter()
        self.mail: Counter[str] = Counter()
        self._rng = random.Random(7)
        self._lock = threading.Lock()

    def accepts(self, counter: Counter[str], identity: str) -> bool:
        with self._lock:
            if self.failing and self._rng.random() < 0.5:
                return False
            counter[identity] += 1
            return True

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        head = envelope.content.decode("utf-8", "replace")
        identity = head.lower().split("message-id: <", 1)[1].split("@", 1)[0]
        return "250 OK" if self.accepts(self.mail, identity) else "451 later"

    @contextmanager
    def listening(self) -> Iterator[tuple[int, int]]:
        """(webhook port, SMTP port)."""
        web = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        thread = threading.Thread(target=web.serve_forever, daemon=True)
        thread.start()
        smtp = Controller(self, hostname="127.0.0.1", port=_free_port(), ready_timeout=10)
        smtp.start()
        try:
            yield web.server_port, smtp.port
        finally:
            smtp.stop()
            web.shutdown()
            web.server_close()
            thread.join()


def _handler(receivers: Receivers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            accepted = receivers.accepts(receivers.webhook, self.headers["webhook-id"])
            self.send_response(204 if accepted else 503)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    return Handler


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def write_config(path: Path, web: int, smtp: int) -> None:
    path.write_text(
        f"""
[alerts]
first_retry = "50ms"
longest_retry = "500ms"

[[outlets]]
domain = "daily.example"
class = "national"

[[receivers]]
kind = "webhook"
name = "web"
url = "http://127.0.0.1:{web}/"
secret = "{new_secret()}"

[[receivers]]
kind = "mail"
name = "post"
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "earshot@example.org"
to = ["care@example.org"]
min_level = "warning"
""",
        encoding="utf-8",
    )


def start(log: Path, data: Path, config: Path, speed: str) -> "subprocess.Popen[bytes]":
    command = [
        sys.executable,
        "-m",
        "earshot",
        "replay",
        str(log),
        "--data-dir",
        str(data),
        "--notify",
        "--json",
    ]
    return subprocess.Popen(
        [*command, "--config", str(config), "--speed", speed], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def kill_after(process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    """True where it was killed, False where it had finished before."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return True
    out, errors = process.communicate()
    assert process.returncode == 0, errors.decode()[-4_000:] + out.decode()
    return False


def run_to_end(log: Path, data: Path, config: Path) -> dict[str, Any]:
    process = start(log, data, config, "max")
    out, errors = process.communicate(timeout=100)
    assert process.returncode == 0, errors.decode()[-4_000:]
    summary: dict[str, Any] = json.loads(out)
    return summary
