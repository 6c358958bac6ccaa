"""A model is fetched from a hub once, whole or not at all; what the hub does wrong is told."""

import threading
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import structlog

from earshot.config import TransformerSettings
from earshot.errors import ConfigError, EarshotError, Unavailable
from processors.negativity.hub import fetched

COMMIT = "0123456789abcdef" * 2 + "01234567"
FILES = {"onnx/model.onnx": b"\0weights" * 400_000, "tokenizer.json": b"{}", "config.json": b'{"a": 1}'}


class Hub(ThreadingHTTPServer):
    """Leads to a place of its own for large files, as hubs do; `status` and `cut` are what it does wrong."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[str] = []
        self.status, self.cut = 200, 0

    @property
    def settings(self) -> TransformerSettings:
        source = f"http://127.0.0.1:{self.server_port}/owner/xlm-t"
        return TransformerSettings(source=source, revision=COMMIT, file="onnx/model.onnx")


class Answer(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        head, _, name = self.path.partition(f"/resolve/{COMMIT}/")
        if name == "onnx/model.onnx" and head == "/owner/xlm-t":
            self.send_response(302)
            self.send_header("Location", f"/large/resolve/{COMMIT}/{name}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = FILES[name]
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) - self.server.cut])

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_files_come_once_at_one_commit_and_their_digests_are_told(hub: Hub, tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as told:
        folder = fetched(hub.settings, tmp_path)
    assert folder.name == "xlm-t"
    assert {name: (folder / name).read_bytes() for name in FILES} == FILES
    assert [each["sha256"] for each in told] == [sha256(body).hexdigest() for body in FILES.values()]
    asked = len(hub.asked)
    assert fetched(hub.settings, tmp_path) == folder
    assert len(hub.asked) == asked == 4


@pytest.mark.parametrize(
    ("status", "error", "told"),
    [
        (401, ConfigError, "keeps it to itself: fetch the files by hand"),
        (404, ConfigError, "has no such file: look at transformer.source, revision and file"),
        (503, Unavailable, "cannot be fetched: .*503"),
    ],
)
def test_what_the_hub_refuses(
    hub: Hub, tmp_path: Path, status: int, error: type[EarshotError], told: str
) -> None:
    hub.status = status
    with pytest.raises(error, match=told):
        fetched(hub.settings, tmp_path)
    assert files(tmp_path) == []


def test_what_is_cut_short_is_not_there(hub: Hub, tmp_path: Path) -> None:
    hub.cut = 1
    with pytest.raises(Unavailable, match=r"onnx/model\.onnx: cannot be fetched"):
        fetched(hub.settings, tmp_path)
    assert files(tmp_path) == []


def test_what_is_too_large_is_not_kept(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"model\.onnx: has more than 1 MB"):
        fetched(hub.settings, tmp_path, largest=1 << 20)
    assert files(tmp_path) == []


def test_a_hub_that_is_away_and_a_disk_that_takes_nothing(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file")
    with pytest.raises(Unavailable, match="cannot be written: Not a directory"):
        fetched(hub.settings, tmp_path)
    away = TransformerSettings(source="http://127.0.0.1:1/owner/xlm-t", revision=COMMIT)
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1/owner/xlm-t/resolve/.*: cannot be fetched"):
        fetched(away, tmp_path / "other")


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() or path.name.startswith(".")]
