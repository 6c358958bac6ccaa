"""A webhook that notices reach: notes when each arrived and which mention it is about, before it answers."""

import json
import queue
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any

import service

from earshot.signing import new_secret

_NUMBER = re.compile(r"case \((\d+)\)")


class Receiver(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.arrived: queue.Queue[tuple[float, int]] = queue.Queue()

    def table(self) -> str:
        """Its part of the configuration."""
        url = f"http://127.0.0.1:{self.server_port}/"
        return service.table("+receivers", kind="webhook", name="team", url=url, secret=new_secret())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        arrived = monotonic()
        found = _NUMBER.search(json.loads(body)["data"]["subject"])
        self.server.arrived.put((arrived, int(found[1]) if found else -1))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    yield receiver
    receiver.shutdown()
    receiver.server_close()
