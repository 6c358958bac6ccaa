"""The console of a real `earshot run`: its password, its login, the line that keeps pages live."""

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from service_world import PATIENCE, Service, receiver, service

MADE = r"\b(?:[a-z]{4}-){4}[a-z]{4}\b"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Service]:
    with receiver() as told, service(tmp_path, told) as started:
        yield started.start()


def printed(running: Service) -> str:
    """What stands below the address, up to the password."""
    assert running.process
    assert running.process.stdout
    return next(line for line in running.process.stdout if re.search(MADE, line))


def log_in(web: httpx.Client, password: str) -> httpx.Response:
    (token,) = set(re.findall(r'name="token" value="(\w+)"', web.get("/login").text))
    return web.post("/login", data={"token": token, "password": password, "next": "/"})


def test_the_password_that_is_printed_opens_the_console(running: Service) -> None:
    (password,) = re.findall(MADE, printed(running))
    with httpx.Client(base_url=running.url, timeout=PATIENCE) as web:
        assert web.get("/").headers["location"] == "/login?next=%2F"
        assert log_in(web, "another").status_code == 403
        assert log_in(web, password).headers["location"] == "/"
        assert web.get("/").status_code == 200
    kept = [path for path in running.folder.rglob("*") if path.is_file()]
    assert [path for path in kept if password.encode() in path.read_bytes()] == []  # nor in the log


def test_what_is_asked_by_machines_needs_no_login(running: Service) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert httpx.get(f"{running.url}{path}").status_code == 200
    assert running.post("1", "Acme was horrible").status_code == 202
    assert httpx.get(f"{running.url}/events").status_code == 401


def test_pages_that_listen_do_not_hold_up_a_stop(running: Service) -> None:
    (password,) = re.findall(MADE, printed(running))
    with httpx.Client(base_url=running.url, timeout=PATIENCE) as web:
        log_in(web, password)
        with web.stream("GET", "/events") as line:
            lines = line.iter_lines()
            assert next(said for said in lines if said.startswith("event:")) == "event: changed"
            begun = time.monotonic()
            running.signal(signal.SIGTERM)
            assert list(lines)[-1:] in ([], [""])  # the line is ended in order
    assert running.ended() == 0
    assert time.monotonic() - begun < 5  # the server alone would wait 10 s
