"""The alerts role on the embedded bus and store, over HTTP to a real server, killed and started again."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from alerts.channels.webhook import Webhook
from alerts.role import Alerts
from earshot.bus.sqlite import SqliteBus
from earshot.clock import SystemClock, to_us
from earshot.config import AlertSettings, Config
from earshot.model import Author, Episode, Level, Mention, Score, Step, Story, Terms
from earshot.runtime import Context
from earshot.seams import Message
from earshot.signing import new_secret
from earshot.store import Store, alerts, mentions, notices
from earshot.topics import STORIES, Snapshot

CLOCK = SystemClock()
SECRET = new_secret()


class Hook(ThreadingHTTPServer):
    """Answers the first `refusals` calls with `status`; tells the loop when so many were accepted."""

    def __init__(self, refusals: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refusals, self.status, self.calls, self.accepted = refusals, 503, [], []
        self.lock, self.enough, self.hoped = threading.Lock(), threading.Event(), 1

    def take(self, body: dict[str, Any]) -> int:
        with self.lock:
            self.calls.append(body)
            if len(self.calls) <= self.refusals:
                return self.status
            self.accepted.append((time.monotonic(), body))
            if len(self.accepted) >= self.hoped:
                self.enough.set()
            return 204


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(self.server.take(json.loads(self.rfile.read(int(self.headers["content-length"])))))
        self.end_headers()

    def log_message(self, *args: object) -> None: ...


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = Hook()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def world(tmp_path: Path, hook: Hook) -> Iterator[Context]:
    store, bus = Store(tmp_path / "earshot.db"), SqliteBus(tmp_path / "bus.db", CLOCK)
    receiver = Webhook(
        name="press", url=f"http://127.0.0.1:{hook.server_port}/", secret=SECRET, language="it"
    )
    patience = AlertSettings(first_retry=timedelta(milliseconds=1), longest_retry=timedelta(milliseconds=5))
    yield Context(Config(receivers=(receiver,), alerts=patience), CLOCK, bus, store)
    bus.close()
    store.close()


def speak(context: Context, *numbers: int) -> None:
    """As the processors do: the mention, then its story that calls."""
    now = CLOCK.now()
    mention = Mention(
        id="x:1",
        brand="Ronvia",
        author=Author(id="x:a", handle="giulia"),
        created_at=now,
        collected_at=now,
        text="Basta",
    )
    body, score, at = mentions.encode(mention), mentions.encode(Score(language="it")), to_us(now)
    with context.store.begin() as connection:
        rows = [
            mentions.Row(n, n, at, at, 1, 0, None, None, 9_000, False, "new", body, score) for n in numbers
        ]
        mentions.add(connection, rows)
    step = Step(level=Level.warning, reason="risk", at=now, mention="x:1", risk=64.0)
    stories = [
        Story(
            id=n,
            brand="Ronvia",
            version=1,
            first="x:1",
            opened_at=now,
            last_at=now,
            terms=Terms(bias=-5),
            episodes=(Episode(number=1, steps=(step,)),),
        )
        for n in numbers
    ]
    context.bus.publish(
        "stories", [Message("Acme", STORIES.encode(Snapshot(story=s)), str(s.id)) for s in stories]
    )


async def run_until(
    context: Context, hook: Hook, count: int, meanwhile: Callable[[], None] = lambda: None
) -> Alerts:
    """Run the role until so many notices were accepted and all is done, then stop it."""
    hook.hoped, stop, role = count, asyncio.Event(), Alerts(context)
    running = asyncio.create_task(role.run(stop))
    await asyncio.to_thread(meanwhile)
    assert await asyncio.to_thread(hook.enough.wait, 30)
    stop.set()
    await running
    return role


def test_a_story_reaches_its_receiver_within_a_second(world: Context, hook: Hook) -> None:
    spoken = []

    def meanwhile() -> None:
        for number in range(1, 21):
            spoken.append(time.monotonic())
            speak(world, number)

    role = asyncio.run(run_until(world, hook, 20, meanwhile))
    assert role.idle()
    took = [at - said for (at, _), said in zip(hook.accepted, spoken, strict=True)]
    assert max(took) < 1
    assert hook.accepted[0][1]["data"]["subject"] == '[Earshot] Attenzione: Ronvia, "Basta"'


def test_a_receiver_that_refuses_at_first_gets_everything_once(world: Context, hook: Hook) -> None:
    hook.refusals = 15
    speak(world, *range(1, 31))
    role = asyncio.run(run_until(world, hook, 30))
    assert role.idle()
    assert len({body["data"]["identity"] for _, body in hook.accepted}) == 30


@pytest.mark.parametrize("status", [307, 400, 401, 403, 404, 405, 409, 422, 500])
def test_whatever_a_receiver_answers_for_a_while_it_loses_nothing(
    world: Context, hook: Hook, status: int
) -> None:
    """As a proxy does while what is behind it is deployed."""
    hook.refusals, hook.status = 5, status
    speak(world, 1, 2, 3)
    with capture_logs() as lines:
        role = asyncio.run(run_until(world, hook, 3))
    assert role.idle()
    assert len({body["data"]["identity"] for _, body in hook.accepted}) == 3
    delayed = [line for line in lines if line["event"] == "notice delayed"]
    assert {line["log_level"] for line in delayed} == {"warning"}
    assert all(f"answered {status}" in line["error"] for line in delayed)


def test_a_receiver_that_wants_no_more_is_asked_no_more(world: Context, hook: Hook) -> None:
    hook.refusals, hook.status = 1, 410
    speak(world, 1, 2)
    role = asyncio.run(run_until(world, hook, 1))
    assert role.idle()
    assert (len(hook.calls), len(hook.accepted)) == (2, 1)


def test_what_was_being_sent_at_a_kill_is_sent_again_by_the_next_process(world: Context, hook: Hook) -> None:
    speak(world, 1)
    asyncio.run(run_until(world, hook, 1))
    with world.store.begin() as connection:  # what a kill before our record leaves behind
        connection.exec_driver_sql("update notices set state = 'sending', sent_at = null")
    hook.enough.clear()
    role = asyncio.run(run_until(world, hook, 2))
    (_, first), (_, second) = hook.accepted
    assert first["data"]["identity"] == second["data"]["identity"]
    assert (first["data"]["possible_repeat"], second["data"]["possible_repeat"]) == (False, True)
    assert role.idle()


def test_a_log_that_is_read_again_from_the_start_tells_nobody_twice(world: Context, hook: Hook) -> None:
    speak(world, 1, 2, 3)
    asyncio.run(run_until(world, hook, 3))
    repeated = world.bus.subscribe("stories", "copy").poll(0)
    world.bus.publish("stories", [Message("", record.value, record.key) for record in repeated.records])
    speak(world, 4)
    hook.enough.clear()
    asyncio.run(run_until(world, hook, 4))
    assert len(hook.calls) == 4
    with world.store.read() as connection:
        assert (alerts.count(connection), notices.count(connection)) == (4, 4)
