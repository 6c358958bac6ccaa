import asyncio
import json
import logging
import socket
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import uvicorn
from collectors_world import Place
from pydantic import ValidationError
from starlette.applications import Starlette
from structlog.testing import capture_logs

from collectors.intake import Intake
from collectors.reports import Report
from collectors.webhook import Webhook
from console.source_words import state_of
from earshot.clock import EPOCH, SetClock
from earshot.errors import Unavailable
from earshot.signing import new_secret, sign
from earshot.store import dead
from earshot.topics import Event, Measured, Said, Withdrawn
from processors.listening import is_out

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SECRET, PREVIOUS = new_secret(), new_secret()
PATH = "/api/mentions"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Memory:
    """An intake in memory, for one brand."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.parked: list[tuple[bytes, str, str]] = []
        self.wait: int | None = None
        self.successes = 0
        self.failures: list[tuple[str, str]] = []
        self.refusals: list[tuple[str, str]] = []
        self.down = False
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def hear(self, events: Sequence[Event]) -> int:
        self.begun.set()
        self.go_on.wait()
        if self.down:
            raise Unavailable("the bus cannot be reached")
        found = [event for event in events if not isinstance(event, Said) or "Ronvia" in event.mention.text]
        self.heard += found
        return len(found)

    def busy(self) -> int | None:
        return self.wait

    def park(self, raw: bytes, reason: str, origin: str) -> None:
        if self.down:
            raise Unavailable("the store cannot be reached")
        self.parked.append((raw, reason, origin))

    def succeeded(self) -> None:
        self.successes += 1

    def failed(self, kind: str, reason: str) -> None:
        self.failures.append((kind, reason))

    def refused(self, kind: str, reason: str, place: str = "") -> None:
        self.refusals.append((kind, f"{place}: {reason}" if place else reason))

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.refusals]


class Site:
    """The collector behind a real server, and a client that knows how to sign."""

    def __init__(self, client: httpx.AsyncClient, intake: Memory, clock: SetClock, port: int) -> None:
        self.client = client
        self.intake = intake
        self.clock = clock
        self.port = port
        self.stop = asyncio.Event()
        self.running: asyncio.Task[None]

    async def post(self, payload: Any, **signing: Any) -> httpx.Response:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return await self.client.post(PATH, content=body, headers=signed(body, **signing))


def signed(body: bytes, *, secret: str = SECRET, at: datetime = NOW) -> dict[str, str]:
    seconds = (at - EPOCH) // timedelta(seconds=1)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(seconds),
        "webhook-signature": sign(secret, "msg_1", seconds, body),
    }


def mention(number: int = 1, text: str = "Ronvia non risponde", **more: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "author": {"id": "forum:anna"},
        "created_at": "2026-03-02T09:00:00Z",
        "text": text,
    } | more


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """Bound before the server starts, so that nobody has to wait for it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@asynccontextmanager
async def serve(
    listening: socket.socket,
    *,
    start: bool = True,
    brands: Sequence[str] = ("Ronvia", "Bolt"),
    intake: Any = None,
    **settings: Any,
) -> AsyncIterator[Site]:
    intake, clock, port = intake or Memory(), SetClock(NOW), listening.getsockname()[1]
    config = Webhook.model_validate({"name": "forum", "secret": SECRET, **settings})
    configured = SimpleNamespace(brands=[SimpleNamespace(name=name) for name in brands])
    collector = config.build(SimpleNamespace(clock=clock, config=configured))
    app = Starlette(routes=list(collector.routes()))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        site = Site(client, intake, clock, port)
        if start:
            site.running = asyncio.create_task(collector.run(intake, site.stop))
        yield site
    site.stop.set()
    if start:
        await site.running
    server.should_exit = True
    await serving


@pytest.fixture
async def site(listening: socket.socket) -> AsyncIterator[Site]:
    async with serve(listening, previous_secret=PREVIOUS, max_body=10_000, max_mentions=3) as site:
        yield site


async def test_one_mention(site: Site) -> None:
    answer = await site.post(mention())
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "published": 1, "refused": []})
    (said,) = site.intake.heard
    assert isinstance(said, Said)
    assert (said.mention.id, said.mention.collected_at) == ("forum:1", NOW)


async def test_an_array_of_every_kind_of_event(site: Site) -> None:
    told = {"id": "forum:1", "brand": "Ronvia", "collected_at": "2026-03-02T09:20:00Z"}
    counted = {"metrics": {"at": "2026-03-02T09:20:00Z", "likes": 3}}
    answer = await site.post([mention(), {"type": "measured"} | told | counted, {"type": "withdrawn"} | told])
    assert (answer.status_code, answer.json()["accepted"]) == (202, 3)
    assert [type(event) for event in site.intake.heard] == [Said, Measured, Withdrawn]


async def test_a_mention_of_no_brand_is_accepted_and_not_published(site: Site) -> None:
    answer = await site.post([mention(1), mention(2, text="il meteo")])
    assert (answer.status_code, answer.json()) == (202, {
        "accepted": 2, "published": 1, "refused": [],
        "note": "of 2 accepted at least 1 concern no brand, and what concerns no brand is not kept:"
        " it holds no term of [[brands]]",
    })  # fmt: skip


async def test_a_statement_of_an_own_account_and_its_answer_concern_its_brand(
    listening: socket.socket, tmp_path: Path
) -> None:
    place = Place(tmp_path, brands=[{"name": "Ronvia", "accounts": ["@ronvia"]}])
    told = [
        mention(1, "Richiamo volontario, lotto 4471", author={"id": "9", "handle": "ronvia"}),
        mention(2, "e il lotto 4472?", parent="1"),
        mention(3, "e il lotto 4473?", parent="77"),
    ]
    async with serve(listening, brands=["Ronvia"], intake=place.intake()) as site:
        answer = await site.post(told)
    assert (answer.json()["accepted"], answer.json()["published"]) == (3, 2)
    assert place.ids == ["forum:1", "forum:2"]
    place.store.close()


async def test_an_empty_array_is_nothing_to_do(site: Site) -> None:
    answer = await site.post([])
    assert (answer.status_code, answer.json()) == (202, {"accepted": 0, "published": 0, "refused": []})


async def test_what_cannot_be_read_is_told_and_kept_and_the_rest_is_heard(site: Site) -> None:
    answer = await site.post([{"id": "forum:1"}, mention(2), 7])
    assert answer.status_code == 202
    assert answer.json()["accepted"] == 1
    assert [refused["index"] for refused in answer.json()["refused"]] == [0, 2]
    reason = answer.json()["refused"][0]["error"]
    assert "author" in reason
    assert site.intake.parked[0] == (b'{"id": "forum:1"}', reason, "forum:msg_1:0")
    assert len(site.intake.heard) == 1
    assert site.intake.refusals[0] == ("http_422", f"forum:msg_1:0: {reason}")
    assert (len(site.intake.refusals), site.intake.failures, site.intake.successes) == (2, [], 1)


@pytest.mark.parametrize(
    ("payload", "reason", "letters"),
    [
        ({"id": "forum:1"}, "author", 1),
        ([{}, 1], "id: is required", 2),
        (mention(kind="shout"), "'shout' is none of post, repost, quote, reply, comment, review, article", 1),
        (mention(created_at="2026-03-02T09:00:00"), "created_at: must be a time with its zone", 1),
        (mention(rating={"value": 7}), "rating.value: 7 of 5: must lie between 0 and best", 1),
        ({"type": "shouted", "id": "forum:1"}, "'shouted' is none of said, measured, withdrawn", 1),
    ],
)
async def test_when_nothing_can_be_read_it_is_refused_and_kept_with_the_reason(
    site: Site, payload: Any, reason: str, letters: int
) -> None:
    with capture_logs() as lines:
        answer = await site.post(payload)
    told = answer.json()
    assert (answer.status_code, told["accepted"], told["published"]) == (422, 0, 0)
    assert [refused["index"] for refused in told["refused"]] == list(range(letters))
    assert reason in told["refused"][0]["error"]
    parked = [(why, origin) for _, why, origin in site.intake.parked]
    assert parked == [(each["error"], f"forum:msg_1:{each['index']}") for each in told["refused"]]
    assert site.intake.refusals == [("http_422", f"{origin}: {why}") for why, origin in parked]
    assert (site.intake.failures, site.intake.successes) == ([], 1), "the sender was wrong, not the source"
    assert [(line["status"], line["reason"]) for line in lines] == [(422, told["refused"][0]["error"])]


async def test_a_source_whose_senders_are_wrong_is_well_and_tells_of_them(
    listening: socket.socket, tmp_path: Path
) -> None:
    """It was taken to be out five minutes after the last bad record, and its receivers were told."""
    place = Place(tmp_path, brands=[{"name": "Ronvia"}])
    clock = SetClock(NOW)
    report = Report("forum", "webhook", clock)
    intake = Intake(place.context, "forum", report=report)
    async with serve(listening, brands=["Ronvia"], intake=intake) as site:
        assert (await site.post(mention())).status_code == 202
        clock.advance(timedelta(minutes=1))
        assert (await site.post(mention(2, kind="shout"))).status_code == 422
        assert (await site.post(b"{")).status_code == 400
        assert (await site.client.post(PATH, json=mention(3))).status_code == 401
        clock.advance(timedelta(minutes=6))
    told = report.now
    assert is_out(told, clock.now(), None) is None
    assert is_out(Report("forum", "webhook", clock, told).now, clock.now(), None) is None, "after a restart"
    assert (state_of(told, clock.now()), told.errors) == ("works", {})
    assert told.refused == {"http_422": 1, "http_400": 1, "http_401": 1}
    assert told.refusal == "forum:msg_1:0: not JSON: it ends in the middle", "no stranger's request hides it"
    assert told.last_success == told.refused_at == NOW + timedelta(minutes=1)
    assert [where for where, _ in place.letters] == ["forum:msg_1:0", "forum:msg_1:0"]
    place.store.close()


async def test_a_letter_keeps_no_more_than_the_longest_record(
    listening: socket.socket, tmp_path: Path
) -> None:
    place = Place(tmp_path, brands=[{"name": "Ronvia"}])
    async with serve(listening, brands=["Ronvia"], intake=place.intake()) as site:
        assert (await site.post(b"{" + b" " * 2_000_000)).status_code == 400
    with place.store.read() as connection:
        (letter,) = dead.page(connection)
    assert (len(letter.raw), letter.size) == (dead.KEEP_BYTES, 2_000_001)
    place.store.close()


async def test_what_is_refused_whole_is_kept_even_while_the_processors_are_behind(site: Site) -> None:
    site.intake.wait = 17
    assert (await site.post({"id": "forum:1"})).status_code == 422
    assert len(site.intake.parked) == 1


async def test_what_cannot_be_kept_either_stays_with_the_sender(site: Site) -> None:
    site.intake.down = True
    answer = await site.post({"id": "forum:1"})
    assert (answer.status_code, answer.json()["error"]) == (503, "the store cannot be reached")
    assert (site.intake.refusals, site.intake.successes) == ([], 0)


@pytest.mark.parametrize("written", ["Nope", "ronvia srl"])
async def test_a_brand_that_is_not_configured_is_refused_with_those_that_are(
    site: Site, written: str
) -> None:
    reason = f"brand: '{written}' is not configured; known: Ronvia, Bolt"
    answer = await site.post(mention(brand=written))
    assert (answer.status_code, answer.json()["refused"]) == (422, [{"index": 0, "error": reason}])
    counted = {"type": "measured", "id": "1", "collected_at": "2026-03-02T09:20:00Z", "brand": written}
    answer = await site.post([mention(2), counted | {"metrics": {"at": "2026-03-02T09:20:00Z"}}])
    assert (answer.status_code, answer.json()["refused"]) == (202, [{"index": 1, "error": reason}])
    assert [why for _, why, _ in site.intake.parked] == [reason, reason]


@pytest.mark.parametrize("written", ["Ronvia", "ronvia", " RONVIA\n", "  "])
async def test_a_brand_may_be_written_in_other_letters_or_not_at_all(site: Site, written: str) -> None:
    answer = await site.post(mention(brand=written))
    assert (answer.status_code, answer.json()["refused"]) == (202, [])


async def test_where_no_brand_is_configured_senders_bring_their_own(listening: socket.socket) -> None:
    async with serve(listening, brands=()) as site:
        assert (await site.post(mention(brand="Nope"))).status_code == 202


async def test_fields_that_mean_nothing_are_named_and_the_mention_is_heard(site: Site) -> None:
    strange = {"followers": 7, "repost_of": "x:1", "in_reply_to": None, "why": "term", "v": 1}
    wrapped = {"type": "said", "mention": mention(2, followers=7, mood="bad"), "sent_by": "crm"}
    answer = await site.post([mention(**strange), wrapped, {"author": {}, "hidden": 1}])
    assert (answer.status_code, answer.json()["accepted"]) == (202, 2)
    assert answer.json()["ignored"] == ["followers", "repost_of", "in_reply_to", "sent_by", "mood"]


async def test_no_more_than_twenty_such_fields_are_named(site: Site) -> None:
    answer = await site.post(mention(**{f"f{number}" + "x" * 200: 1 for number in range(21)}))
    assert answer.json()["ignored"] == [
        f"f{number}" + "x" * (100 - len(f"f{number}")) for number in range(20)
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[1,", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 9_000, "nested too deeply"),
        (b'"Ronvia"', "not a mention"),
        (b"null", "not a mention"),
    ],
)
async def test_what_is_no_object_and_no_array(site: Site, body: bytes, reason: str) -> None:
    answer = await site.post(body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error.startswith(reason)
    assert site.intake.refusals == [("http_400", f"forum:msg_1:0: {error}")]
    assert site.intake.parked == [(body, error, "forum:msg_1:0")], "kept as it came"


async def test_what_is_no_json_stays_with_the_sender_where_it_cannot_be_kept(site: Site) -> None:
    site.intake.down = True
    answer = await site.post(b"{")
    assert (answer.status_code, answer.json()["error"]) == (503, "the store cannot be reached")


async def test_what_strangers_send_that_is_no_json_is_not_kept(site: Site) -> None:
    assert (await site.client.post(PATH, content=b"{")).status_code == 401
    assert not site.intake.parked


async def test_the_previous_secret_is_still_good(site: Site) -> None:
    assert (await site.post(mention(), secret=PREVIOUS)).status_code == 202


async def test_a_forged_signature(site: Site) -> None:
    answer = await site.post(mention(), secret=new_secret())
    assert answer.status_code == 401
    assert answer.json()["error"].startswith("the signature does not match")
    assert site.intake.kinds == ["http_401"]
    assert not site.intake.heard


async def test_strangers_are_counted_and_fill_neither_the_log_nor_the_store(site: Site) -> None:
    with capture_logs() as lines:
        for _ in range(20):
            assert (await site.client.post(PATH, json={"id": "q"})).status_code == 401
            assert (await site.client.post(PATH, content=b" " * 10_001)).status_code == 413
        site.clock.advance(timedelta(minutes=1))
        await site.client.post(PATH, json={"id": "q"})
    assert (site.intake.kinds.count("http_401"), site.intake.kinds.count("http_413")) == (21, 20)
    assert [(line["status"], line["untold"]) for line in lines] == [(401, 0), (401, 39)]
    assert not site.intake.parked


async def test_no_signature(site: Site) -> None:
    answer = await site.client.post(PATH, json=mention())
    assert answer.status_code == 401
    assert "webhook-id" in answer.json()["error"]


async def test_a_played_back_request_is_refused_once_it_is_old(site: Site) -> None:
    site.clock.advance(timedelta(seconds=300))
    assert (await site.post(mention(), at=NOW)).status_code == 202
    site.clock.advance(timedelta(seconds=1))
    answer = await site.post(mention(), at=NOW)
    assert answer.status_code == 401
    assert "check the clock" in answer.json()["error"]


async def test_a_body_up_to_the_limit(site: Site) -> None:
    body = json.dumps(mention()).encode().ljust(10_000)
    assert (await site.post(body)).status_code == 202
    answer = await site.post(body + b" ")
    assert (answer.status_code, answer.json()["error"]) == (
        413,
        "at most 10,000 bytes a request: send it in parts",
    )


async def test_a_body_of_unknown_length_is_capped_too(site: Site) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b" " * 1_000

    assert (await site.client.post(PATH, content=pieces())).status_code == 413


async def test_too_many_mentions(site: Site) -> None:
    answer = await site.post([mention(number) for number in range(4)])
    assert answer.status_code == 413
    assert answer.json()["error"] == "4 mentions, at most 3 a request: send them in parts"
    assert site.intake.kinds == ["http_413"]
    assert [why for _, why, _ in site.intake.parked] == [
        "4 mentions, at most 3 a request: send them in parts"
    ]
    assert not site.intake.heard


async def test_while_the_processors_are_behind(site: Site) -> None:
    site.intake.wait = 17
    answer = await site.post([mention(), 7])
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "17")
    assert not site.intake.refusals, "the sender did nothing wrong"
    assert not site.intake.heard
    assert not site.intake.parked


async def test_while_the_bus_is_down(site: Site) -> None:
    site.intake.down = True
    answer = await site.post([mention(), 7])
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.json()["error"] == "the bus cannot be reached"
    assert not site.intake.refusals, "the sender did nothing wrong"
    assert not site.intake.failures, (
        "it listens: that the bus is away is told by readiness, and would outlast it here"
    )
    assert not site.intake.parked


async def test_only_post_and_only_there(site: Site) -> None:
    assert (await site.client.get(PATH)).status_code == 405
    assert (await site.client.post("/")).status_code == 404


async def test_before_it_runs_and_after(listening: socket.socket) -> None:
    async with serve(listening, start=False) as site:
        assert (await site.post(mention())).headers["Retry-After"] == "10"


async def test_after_it_was_stopped(site: Site) -> None:
    site.stop.set()
    await site.running
    answer = await site.post(mention())
    assert (answer.status_code, answer.json()["error"]) == (
        503,
        "Earshot is starting or stopping: send it again",
    )


async def test_stopping_finishes_what_is_in_hand(site: Site) -> None:
    site.intake.go_on.clear()
    sending = asyncio.create_task(site.post(mention()))
    await asyncio.to_thread(site.intake.begun.wait)
    site.stop.set()
    assert (await site.post(mention())).status_code == 503  # it has seen the stop, and still runs
    assert not site.running.done()
    site.intake.go_on.set()
    await site.running
    assert len(site.intake.heard) == 1
    assert (await sending).status_code == 202


async def test_a_sender_that_hangs_up(listening: socket.socket, caplog: pytest.LogCaptureFixture) -> None:
    async with serve(listening) as site:
        _, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{{".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        assert (await site.post(mention())).status_code == 202  # by now the server has seen the other go
    assert len(site.intake.heard) == 1
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_another_path(listening: socket.socket) -> None:
    async with serve(listening, path="/in/forum") as site:
        assert (await site.client.post("/in/forum")).status_code == 401


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("secret", "hunter2"),
        ("previous_secret", "whsec_hunter2"),
        ("path", "api"),
        ("max_body", 0),
        ("colour", "red"),
    ],
)
async def test_settings_are_checked_and_never_shown(key: str, value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        Webhook.model_validate({"name": "forum", "secret": SECRET, key: value})
    assert key in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert SECRET not in str(refused.value)
