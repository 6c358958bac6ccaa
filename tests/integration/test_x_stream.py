"""The X source against a server that speaks X's documented protocol, on a real bus and store, in bent time."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from integration.x_payloads import NOW, frame, old, post, user, valid
from integration.x_server import TOKEN, XServer, page, serve

from collectors.intake import Intake
from collectors.reports import Report
from collectors.x import X
from collectors.x.client import Api
from collectors.x.listener import Listener
from collectors.x.place import id_at
from collectors.x.rules import Rule
from collectors.x.wire import Wire
from earshot.bus.sqlite import SqliteBus
from earshot.clock import SetClock, to_us
from earshot.config import from_dict
from earshot.errors import Refused, Unavailable
from earshot.model import Author, Level, Mention, Score
from earshot.runtime import Context
from earshot.store import Store, alerts, dead, mentions
from earshot.topics import MENTIONS, Event, Measured, Said

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]

BRANDS = [{"name": "Ronvia", "any": ["ronvia"], "accounts": ["@ronvia"]}, {"name": "Acme", "any": ["acme"]}]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Place:
    """The source, what surrounds it, and what came out."""

    def __init__(self, folder: Path, x: XServer, clock: SetClock, **settings: Any) -> None:
        self.x, self.clock = x, clock
        self.slept: list[float] = []
        brands = settings.pop("brands", BRANDS)
        self.silence = settings.pop("silence", 5.0)
        given = {
            "kind": "x",
            "token": TOKEN,
            "host": x.host,
            "price_per_user": 0,
            "daily_budget": 1_000,
        } | settings
        config = from_dict({"brands": brands, "collectors": [given]})
        (self.settings,) = config.collectors
        self.store = Store(folder / "earshot.db")
        self.bus = SqliteBus(folder / "bus.db", clock)
        self.context = Context(config, clock, self.bus, self.store)
        self.report = Report("x", "x", clock)
        self.stop = asyncio.Event()
        self._number = 0

    async def bent(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(timedelta(seconds=seconds))
        await asyncio.sleep(0)

    def listener(self) -> Listener:
        assert isinstance(self.settings, X)
        return Listener(
            self.settings,
            self.context,
            sleep=self.bent,
            thread_sleep=lambda _: None,
            silence=self.silence,
            look=timedelta(seconds=0.05),
        )

    @asynccontextmanager
    async def running(self, intake: Any = None) -> AsyncIterator[None]:
        self.stop = asyncio.Event()
        intake = intake or Intake(self.context, "x", report=self.report)
        task = asyncio.create_task(self.listener().run(intake, self.stop))
        try:
            yield
            assert not task.done(), task
        finally:
            self.stop.set()
            await asyncio.wait_for(task, 10)

    def native(self) -> int:
        self._number += 1
        return id_at(self.clock.now()) + self._number

    def write(self, text: str = "Ronvia lost my parcel", **more: Any) -> dict[str, Any]:
        return frame(post(self.native(), text, at=self.clock.now(), **more))

    def heard(self) -> list[Event]:
        return [MENTIONS.decode(record.value) for record in self.bus.newest(MENTIONS.name, 100_000)]

    def said(self, brand: str = "Ronvia") -> list[Mention]:
        return [
            each.mention for each in self.heard() if isinstance(each, Said) and each.mention.brand == brand
        ]

    def ids(self) -> set[str]:
        return {mention.id for mention in self.said()}

    def letters(self) -> list[tuple[str, bytes]]:
        with self.store.read() as connection:
            return [(letter.origin, dead.get(connection, letter.id).raw) for letter in dead.page(connection)]  # type: ignore[union-attr]


@pytest.fixture
async def x() -> AsyncIterator[XServer]:
    async with serve(SetClock(NOW)) as server:
        yield server


def place(tmp_path: Path, x: XServer, **settings: Any) -> Place:
    assert isinstance(x.clock, SetClock)
    return Place(tmp_path, x, x.clock, **settings)


async def until(true: Callable[[], Any], seconds: float = 10) -> None:
    """Look until it is true; the work goes on in threads and sockets, which nothing can wait for."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


async def connected(x: XServer) -> None:
    async with asyncio.timeout(10):
        await x.connected.wait()


async def settled(x: XServer) -> None:
    """Connected, and the search that follows is over, so that it brings nothing in between."""
    await connected(x)
    await until(lambda: x.count("search") == len(BRANDS))


async def test_what_is_said_is_heard_with_its_brand(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x)
    async with at.running():
        await settled(x)
        x.say(at.write("Ronvia and Acme lost it"))
        x.say(old(at.write("ronvia in the old spelling")))
        x.say(at.write("nothing of ours"))
        await until(lambda: len(at.heard()) == 3)
    assert [mention.text for mention in at.said()] == [
        "Ronvia and Acme lost it",
        "ronvia in the old spelling",
    ]
    assert len(at.said("Acme")) == 1
    assert at.report.now.last_success is not None
    assert (at.report.now.reads_today, at.report.now.cost_today) == (2, 0.01)
    assert (at.report.now.budget_today, at.report.now.limit_left) == (1_000, 50)
    stream = next(asked for what, asked in x.asked if what == "stream")
    assert "referenced_tweets.id.author_id" in stream["expansions"]
    assert "note_tweet" in stream["tweet.fields"]


async def test_rules_are_kept_in_step(tmp_path: Path, x: XServer) -> None:
    x.rules = {
        "1": {"value": '("old")', "tag": "earshot:Ronvia:1"},
        "2": {"value": "theirs", "tag": "campaign"},
    }
    at = place(tmp_path, x)
    async with at.running():
        await connected(x)
    assert sorted((rule["tag"], rule["value"]) for rule in x.rules.values()) == [
        ("campaign", "theirs"),
        ("earshot:Acme:1", '("acme" OR #acme)'),
        ("earshot:Ronvia:1", '("ronvia" OR #ronvia OR @ronvia OR from:ronvia OR to:ronvia)'),
    ]
    assert [what for what, _ in x.asked[:4]] == ["rules", "add", "delete", "stream"]
    async with at.running():
        await connected(x)
    assert (x.count("add"), x.count("delete")) == (1, 1)


async def test_a_rule_that_x_refuses_names_its_brand_and_the_others_go_on(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x, brands=[*BRANDS, {"name": "Odd", "any": ["forbidden"]}])
    async with at.running():
        await connected(x)
        assert at.report.now.errors["rule_refused"] == 1
        x.say(at.write())
        await until(at.heard)


async def test_own_accounts_reposts_quotes_replies_and_edits(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x)
    bob, own = user(8, "bob", 9_000), user(9, "Ronvia")
    original = post(at.native(), "Ronvia lost all of it", author=8)
    first = int(original["id"])
    async with at.running():
        await settled(x)
        repost = post(at.native(), "RT @bob: ronvia lo…", refers=[("retweeted", first)])
        x.say(frame(repost, [user(), bob], [original]))
        x.say(
            frame(
                post(at.native(), "@ronvia and you?", refers=[("replied_to", first)], conversation=first),
                [user()],
            )
        )
        x.say(frame(post(at.native(), "We are sorry", author=9), [own]))
        x.say(frame(post(at.native(), "shame on you", answers=9, refers=[("replied_to", 5)]), [user(), own]))
        edit = post(at.native(), "Ronvia found it", history=[first], author=8)
        x.say(frame(edit, [bob]))
        await until(lambda: len(at.said()) >= 6)
    by_id: dict[str, list[Mention]] = {}
    for mention in at.said():
        by_id.setdefault(mention.id, []).append(mention)
    before, after = by_id[f"x:{first}"]
    assert (before.text, before.author.followers, before.edited_at) == ("Ronvia lost all of it", 9_000, None)
    assert (after.text, after.edited_at is not None) == ("Ronvia found it", True)
    kinds = [(mention.kind, mention.why) for mention in at.said()]
    assert kinds == [
        ("post", "term"),
        ("repost", "term"),
        ("reply", "term"),
        ("post", "own account"),
        ("reply", "own account"),
        ("post", "term"),
    ]
    assert by_id[f"x:{repost['id']}"][0].reposted == f"x:{first}"


async def test_a_second_repost_brings_newer_counters_of_the_original(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x)
    original = at.native()
    async with at.running():
        await settled(x)
        for reposts, many in ((1, 2), (50, 3)):
            again = post(original, "Ronvia lost all of it", author=8, reposts=reposts)
            x.say(
                frame(
                    post(at.native(), "RT @bob: ronvia", refers=[("retweeted", original)]),
                    [user(), user(8, "bob")],
                    [again],
                )
            )
            await until(lambda many=many: len(at.said()) == many)
    measured = [event for event in at.heard() if isinstance(event, Measured)]
    assert [(each.id, each.brand, each.metrics.reposts) for each in measured] == [
        (f"x:{original}", "Ronvia", 50)
    ]
    assert at.report.now.reads_today == 3  # two reposts and the original


async def test_duplicates_and_unknown_fields(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x)
    written = at.write() | {"new_in_2027": {"a": [1]}}
    written["data"]["also_new"] = None
    async with at.running():
        await settled(x)
        for _ in range(3):
            x.say(written)
        x.say(at.write("ronvia, the last"))
        await until(lambda: len(at.heard()) == 2)
    assert at.report.now.reads_today == 2


async def test_what_cannot_be_read_is_kept(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x)
    async with at.running():
        await connected(x)
        x.send_raw(b'{"data": {"id": "x", "text": "Ronvia"}}')
        x.send_raw(b"no JSON at all")
        x.say(at.write())
        await until(at.heard)
    assert sorted(at.letters()) == [
        ("x:stream", b"no JSON at all"),
        ("x:stream", b'{"data": {"id": "x", "text": "Ronvia"}}'),
    ]


@pytest.mark.parametrize("how", ["cut", "end", "operational"])
async def test_after_a_disconnect_what_was_missed_is_searched_for(
    tmp_path: Path, x: XServer, how: str
) -> None:
    at = place(tmp_path, x)
    async with at.running():
        await settled(x)
        x.say(at.write("ronvia 1"))
        await until(at.heard)
        x.disconnect(how)
        x.say(at.write("ronvia 2, missed"))
        await connected(x)
        x.say(at.write("ronvia 3"))
        await until(lambda: len(at.ids()) == 3)
        await until(lambda: x.count("search") >= 4)
    assert set(at.slept) == {30.0}  # tried again at once; 30 s are the gap's, until the search knows
    assert at.report.now.reads_today == 3
    assert sum(at.report.now.errors.values()) == 1
    assert at.letters() == []


async def test_silence_is_a_dead_connection(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x, silence=0.4)
    async with at.running():
        await connected(x)
        await asyncio.sleep(0.6)  # longer than the watchdog allows, but for the keep-alives
        assert "silence" not in at.report.now.errors
        x.silent = True
        await until(lambda: at.report.now.errors.get("silence"))
        x.silent = False
        await until(lambda: x.connects >= 2)
    assert "keep-alive" in at.report.now.error or at.report.now.error == ""


async def test_a_fault_of_ours_is_not_taken_for_one_of_the_wire(tmp_path: Path, x: XServer) -> None:
    async def line(_: bytes) -> None:
        raise RuntimeError("a bug")

    x.rules = {"1": {"value": "ronvia", "tag": ""}}
    wire = Wire(x.host, TOKEN, connected=lambda _: None, line=line, alive=lambda: None, silence=5)
    listening = asyncio.create_task(wire.listen())
    await connected(x)
    x.say(place(tmp_path, x).write())
    with pytest.raises(RuntimeError, match="a bug"):
        await listening


async def test_keys_that_do_not_open_are_tried_rarely(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x, token="wrong")
    async with at.running():
        await until(lambda: len(x.asked) >= 3)
    assert set(at.slept) == {900.0}
    assert len(x.asked) <= len(at.slept) + 1
    assert "set `token`" in at.report.now.error


@pytest.mark.parametrize(
    ("status", "waits"),
    [(403, [900, 900]), (429, [60, 120]), (503, [5, 10])],
)
async def test_waits_by_the_kind_of_error(
    tmp_path: Path, x: XServer, status: int, waits: list[float]
) -> None:
    at = place(tmp_path, x)
    x.refuse("stream", status, times=2, body="<html>sorry</html>")
    async with at.running():
        await connected(x)
    assert at.slept[:2] == waits
    assert at.report.now.errors == {f"http_{status}": 2}


async def test_the_time_that_x_names_is_honoured(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x)
    reset = int((NOW + timedelta(seconds=500)).timestamp())
    x.refuse("stream", 429, **{"x-rate-limit-reset": str(reset)})
    async with at.running():
        await connected(x)
    assert at.slept[0] == 501


async def test_the_search_waits_for_its_limit_and_outlives_trouble(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x)
    x.page, x.left = 10, 4
    async with at.running():
        await connected(x)
        x.disconnect("end")
        x.refuse("search", 503)
        missed: set[str] = set()
        for number in range(65):
            written = at.write(f"ronvia {number}")
            missed.add(f"x:{written['data']['id']}")
            x.say(written)
        await until(lambda: at.ids() == missed)
    assert at.report.now.errors.get("http_503") == 1
    assert 5 in at.slept
    assert any(600 < wait <= 901 for wait in at.slept)  # the window of the limit
    assert "http_429" not in at.report.now.errors


async def test_nothing_is_lost_over_a_restart(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x)
    async with at.running():
        await connected(x)
        x.say(at.write("ronvia 1"))
        await until(at.heard)
    at.clock.advance(timedelta(hours=2))
    x.say(at.write("ronvia 2, while we were away"))
    at.clock.advance(timedelta(hours=2))
    async with at.running():
        await until(lambda: len(at.ids()) == 2)
    since = [int(asked["since_id"]) for what, asked in x.asked if what == "search"][-1]
    assert id_at(NOW - timedelta(minutes=2)) < since < id_at(NOW + timedelta(minutes=1))
    assert at.report.now.reads_today == 3  # the first was read again, and what was read before is forgotten


async def test_a_gap_is_searched_no_further_back_than_we_want(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x, max_gap="1h")
    async with at.running():
        await connected(x)
        x.say(at.write("ronvia 1"))
        await until(at.heard)
    x.say(at.write("ronvia 2, too old"))
    at.clock.advance(timedelta(hours=5))
    x.say(at.write("ronvia 3"))
    async with at.running():
        await until(lambda: len(at.ids()) == 2)
    assert [mention.text for mention in at.said()] == ["ronvia 1", "ronvia 3"]


class Flaky:
    """An intake whose bus fails now and then."""

    def __init__(self, inner: Intake, failures: int) -> None:
        self._inner, self.failures = inner, failures

    def hear(self, events: Any) -> int:
        if self.failures:
            self.failures -= 1
            raise Unavailable("the bus is away")
        return self._inner.hear(events)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


async def test_it_waits_for_the_bus(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x)
    flaky = Flaky(Intake(at.context, "x", report=at.report), 3)
    async with at.running(flaky):
        await connected(x)
        x.say(at.write())
        await until(at.heard)
    assert flaky.failures == 0


async def test_what_was_received_is_published_before_we_leave(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x)
    async with at.running():
        await settled(x)
        for number in range(300):
            x.say(at.write(f"ronvia {number}"))
        await until(at.heard)
    before = len(at.ids())
    async with at.running():
        await until(lambda: len(at.ids()) == 300)
    assert before > 0


async def test_a_stop_waits_for_nothing_that_hangs(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x)
    x.hanging = True
    async with at.running():
        await connected(x)
        await until(lambda: x.count("search"))
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < 5
    assert at.report.now.errors == {}


# --- the budget -------------------------------------------------------------------------------------------


def alarm(at: Place, root: int, level: Level) -> int:
    """A story that calls, begun by a post of X; the alert's number."""
    began = Mention(
        id=f"x:{root}", brand="Ronvia", author=Author(id="7"), created_at=NOW, collected_at=NOW, text="Ronvia"
    )
    row = mentions.Row(
        root % 1_000_000, root % 1_000_000, to_us(NOW), to_us(NOW), 1, 1, None, None, 1, False, "",
        mentions.encode(began), mentions.encode(Score(language="en")),
    )  # fmt: skip
    with at.store.begin() as connection:
        mentions.add(connection, [row])
        alert = alerts.Alert(0, "Ronvia", row.story, 1, level, "risk", to_us(NOW), to_us(NOW), None, 70.0)
        return alerts.add(connection, alert).id


async def test_the_last_third_of_the_day_is_for_stories_that_call(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x, daily_budget=0.1)  # 20 reads, 14 for all
    quiet, loud = at.native(), at.native()
    async with at.running():
        await connected(x)
        alarm(at, quiet, Level.watch)
        for number in range(14):
            x.say(at.write(f"ronvia {number}"))
        await until(lambda: "there is none now" in at.report.now.note)
        await until(lambda: not x.connected.is_set())
        assert not x.say(at.write("ronvia, not afforded"))
        alert = alarm(at, loud, Level.warning)
        await connected(x)
        assert "1 conversations" in at.report.now.note
        assert all(rule["tag"].startswith("earshot:stories:") for rule in x.rules.values())
        assert not x.say(at.write("ronvia, of no story"))
        for number in range(3):
            x.say(
                at.write(
                    f"they lost mine too {number} ronvia", conversation=loud, refers=[("replied_to", loud)]
                )
            )
        await until(lambda: len(at.said()) == 17)
        with at.store.begin() as connection:
            ended = alerts.get(connection, alert)
            assert ended
            alerts.replace(connection, [ended._replace(resolved_at=to_us(NOW))])
        await until(lambda: not x.connected.is_set())
    assert at.report.now.reads_today == 17


async def test_a_spent_budget_stops_everything_until_the_day_turns(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x, daily_budget=0.1, reserve=0)
    async with at.running():
        await settled(x)  # a page that came after the day's turn would be counted on the new day
        for number in range(400):
            x.say(at.write(f"ronvia {number}"))
        await until(lambda: "until the UTC day turns" in at.report.now.note)
        await until(lambda: not x.connected.is_set())
        searches = x.count("search")
        spent = at.report.now.cost_today
        assert spent is not None
        assert 0.1 <= spent <= 0.2  # a page of the search may be on its way when the stream reaches the end
        x.say(at.write("ronvia, at night"))
        at.clock.advance(timedelta(hours=20))
        await connected(x)
        x.say(at.write("ronvia, in the morning"))
        await until(lambda: "ronvia, in the morning" in [mention.text for mention in at.said()])
        await until(lambda: (at.report.now.reads_today, at.report.now.note) == (1, ""))
    assert x.count("search") >= searches
    assert "ronvia, at night" not in [mention.text for mention in at.said()]


async def test_the_count_outlives_a_restart(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x, daily_budget=0.1, reserve=0)
    async with at.running():
        await connected(x)
        for number in range(20):
            x.say(at.write(f"ronvia {number}"))
        await until(lambda: "until the UTC day turns" in at.report.now.note)
    connects = x.connects
    async with at.running():
        await asyncio.sleep(0.2)  # nothing may happen
    assert x.connects == connects


async def test_what_yesterday_could_not_afford_is_not_read_today(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x, daily_budget=0.1, reserve=0)
    async with at.running():
        await connected(x)
        for number in range(20):
            x.say(at.write(f"ronvia {number}"))
        await until(lambda: "until the UTC day turns" in at.report.now.note)
    x.say(at.write("ronvia, at night"))
    at.clock.advance(timedelta(hours=20))
    async with at.running():
        await connected(x)
        x.say(at.write("ronvia, in the morning"))
        await until(lambda: "ronvia, in the morning" in [mention.text for mention in at.said()])
        await until(lambda: x.count("search"))
    assert "ronvia, at night" not in [mention.text for mention in at.said()]


async def test_users_are_metered_too(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x, price_per_user=0.01)
    async with at.running():
        await connected(x)
        x.say(at.write("ronvia 1"))
        x.say(at.write("ronvia 2"))
        await until(lambda: len(at.heard()) == 2)
        await until(lambda: at.report.now.reads_today == 2)
    assert at.report.now.cost_today == 0.02  # two posts, one author


# --- asked once -------------------------------------------------------------------------------------------


async def test_once_checks_the_rules_and_searches_each_brand(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x)
    for number in range(30):
        x.say(at.write(f"ronvia {number}"))
    x.say(at.write("acme"))
    events = await at.listener().once(5)
    assert len([event for event in events if isinstance(event, Said)]) == 11  # X gives ten at least
    assert [what for what, _ in x.asked] == ["dry_run", "search", "search"]
    assert (x.rules, at.heard()) == ({}, [])


async def test_once_says_what_is_wrong(tmp_path: Path, x: XServer) -> None:
    bad = [*BRANDS, {"name": "Odd", "any": ["forbidden"]}]
    with pytest.raises(Refused, match="brand Odd: not like this"):
        await place(tmp_path, x, brands=bad).listener().once(5)
    with pytest.raises(Refused, match="X answers 401: the bearer token"):
        await place(tmp_path, x, token="wrong").listener().once(5)
    with pytest.raises(Refused, match="no brand"):
        await place(tmp_path, x, brands=[]).listener().once(5)
    x.refuse("search", 503)
    with pytest.raises(Refused, match="503"):
        await place(tmp_path, x).listener().once(5)


async def test_what_the_server_sends_is_what_x_says_that_it_sends(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x)
    valid(at.write(), "StreamPostsResponse")
    valid(
        page([at.write(), at.write()]) | {"meta": {"result_count": 2, "next_token": "abc"}},
        "SearchPostsRecentResponse",
    )


async def test_its_answers_about_rules_too(x: XServer) -> None:
    async with Api(x.host, TOKEN, asyncio.Event()) as api:
        assert await api.add([Rule("ronvia", "earshot:Ronvia:1")]) == []
        assert await api.add([Rule("ronvia", "again")]) == []  # it is there already
        (held,) = await api.rules()
        assert (held.value, held.tag) == ("ronvia", "earshot:Ronvia:1")
        valid({"data": [held._asdict()], "meta": {"result_count": 1}}, "GetRulesResponse")
        await api.delete([held.id])
        assert await api.rules() == []


# --- all of it ----------------------------------------------------------------------------------------------


async def test_twenty_thousand_posts_with_a_disconnect_every_few_hundred(tmp_path: Path, x: XServer) -> None:
    at = place(tmp_path, x)
    chance = random.Random(7)
    said: set[str] = set()
    missed = 0
    cut, back = 300, 350
    async with at.running():
        await connected(x)
        for number in range(20_000):
            written = at.write(f"ronvia {number}")
            said.add(f"x:{written['data']['id']}")
            missed += not x.say(written)
            if chance.random() < 0.02:
                x.send(written)  # X repeats itself now and then
            if number == cut:
                x.disconnect(chance.choice(["cut", "end", "operational"]))
                cut, back = number + chance.randint(200, 500), number + chance.randint(10, 100)
            if number == back:
                await connected(x)
            if number % 10 == 0:
                at.clock.advance(timedelta(seconds=2))
                await asyncio.sleep(0.001)
        await until(lambda: at.report.now.heard >= len(said), 60)  # posts alone here, nothing measured
    assert at.ids() == said
    assert len(at.said()) == 20_000  # and none twice
    assert at.report.now.reads_today == 20_000
    assert x.connects > 40
    assert missed > 1_000
    assert "http_429" not in at.report.now.errors  # never two connections at a time
    assert at.letters() == []
