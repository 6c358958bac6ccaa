"""From a mention's arrival to the notice about it, in ms: what a person waits for the first word.

    python bench/latency.py [--count 200] [--json]

`earshot run` in a process of its own, all roles on the embedded bus and store, is sent loud negative mentions
one after the other, each of its own author (800,000 followers) and in words of its own, so that each begins a
story and calls. Measured from just before the signed POST leaves to the notice's arrival at a local webhook.
"""

import argparse
import json
import queue
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from earshot.signing import new_secret, sign

PATIENCE = 30.0
WARMING = 5  # imports, the first connections and caches are paid at a start, not by every mention
NOUNS = (
    "parcel card flight refund counter app driver agent phone line queue booking ticket invoice account meter "
    "contract router seat luggage lounge kiosk branch letter form password coupon garage lift ferry"
).split()
VERBS = "lost broke delayed ignored cancelled damaged doubled refused forgot dropped blocked ruined".split()


class Receiver(ThreadingHTTPServer):
    """Notes when each call arrived and which story it is about, before it answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.arrived: queue.Queue[tuple[float, int]] = queue.Queue()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        arrived = time.perf_counter()
        self.server.arrived.put((arrived, json.loads(body)["data"]["story"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


def words(number: int) -> str:
    """Angry, about Acme, and unlike the others."""
    rng = random.Random(number)
    things = [f"they {rng.choice(VERBS)} my {noun}" for noun in rng.sample(NOUNS, 5)]
    return f"Acme is horrible, disgusting, the worst: {', '.join(things)}. I hate it, never again ({number})"


def configure(folder: Path, secret: str, port: int) -> Path:
    path = folder / "earshot.toml"
    path.write_text(
        f"""
[earshot]
data_dir = "{folder / "data"}"
log_level = "warning"
[server]
port = 0
[[brands]]
name = "Acme"
[[collectors]]
kind = "webhook"
secret = "{secret}"
[[receivers]]
kind = "webhook"
name = "team"
url = "http://127.0.0.1:{port}/"
secret = "{new_secret()}"
""",
        encoding="utf-8",
    )
    return path


@contextmanager
def running(config: Path) -> Iterator[str]:
    """The service's address, once it is ready."""
    command = [sys.executable, "-m", "earshot", "run", "--config", str(config)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        found = re.search(r"http://\S+", process.stdout.readline() if process.stdout else "")
        if not found:
            raise SystemExit("earshot run did not start")
        _until_ready(found[0])
        yield found[0]
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def _until_ready(url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with httpx.Client() as client:
            try:
                if client.get(f"{url}/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.02)
    raise SystemExit("earshot run was never ready")


def post(client: httpx.Client, secret: str, number: int) -> float:
    """When it was about to leave."""
    now = datetime.now(UTC)
    author = {"id": f"u{number}", "followers": 800_000}
    mention = {"id": f"x:{number}", "text": words(number), "author": author, "created_at": now.isoformat()}
    body, at = json.dumps(mention).encode(), int(now.timestamp())
    headers = {
        "webhook-id": f"bench-{number}",
        "webhook-timestamp": str(at),
        "webhook-signature": sign(secret, f"bench-{number}", at, body),
    }
    started = time.perf_counter()
    answer = client.post("/api/mentions", content=body, headers=headers)
    if answer.status_code != 202 or answer.json()["published"] != 1:
        raise SystemExit(f"not accepted: {answer.status_code} {answer.text}")
    return started


def measure(count: int) -> list[float]:
    """Milliseconds, mention by mention."""
    receiver, secret = Receiver(), new_secret()
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        config = configure(Path(folder), secret, receiver.server_port)
        with running(config) as url, httpx.Client(base_url=url) as client:
            taken: dict[int, float] = {}
            for number in range(WARMING + count):
                started = post(client, secret, number)
                arrived, story = receiver.arrived.get(timeout=PATIENCE)
                taken[story] = (arrived - started) * 1_000
    receiver.shutdown()
    receiver.server_close()
    if len(taken) != WARMING + count:
        raise SystemExit(f"{WARMING + count} mentions made {len(taken)} stories: they must differ more")
    return list(taken.values())[WARMING:]


def summary(taken: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    figures = {"p50_ms": cuts[49], "p99_ms": cuts[98], "max_ms": max(taken)}
    return {"mentions": len(taken)} | {name: round(value, 1) for name, value in figures.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=200, help="mentions, at least 2 (200)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    if given.count < 2:
        parser.error("--count must be at least 2")
    found = summary(measure(given.count))
    if given.json:
        print(json.dumps(found))
    else:
        print(f"{found['mentions']} mentions, from POST to notice:")
        print(f"  p50 {found['p50_ms']} ms   p99 {found['p99_ms']} ms   longest {found['max_ms']} ms")


if __name__ == "__main__":
    main()
