"""The collector against a real web server, a real store, and the bus in memory."""

import asyncio
import re
import threading
import tomllib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from collectors_world import Place
from feeds_world import REVIEWS, Web, item, rss, web
from pydantic import ValidationError

from collectors.feeds import Feeds
from collectors.feeds.collector import FeedReader
from collectors.feeds.handover import Handover
from collectors.feeds.poll import Poll
from collectors.feeds.presets import Feed, plain
from collectors.feeds.reader import Reader
from collectors.fetch import Fetcher
from collectors.intake import Intake
from collectors.reports import Report
from earshot.clock import SetClock
from earshot.errors import Refused, Unavailable
from earshot.model import Mention, SourceReport
from earshot.seams import CollectorSettings
from earshot.topics import Event, Said

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTES = timedelta(minutes=1)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Desk(Place):
    """One block of feeds; each `run` is a process that polls once, and stops."""

    def __init__(self, folder: Path, site: Web) -> None:
        super().__init__(folder, brands=[{"name": "Ronvia"}])
        self.site = site
        self.clock = self.context.clock
        assert isinstance(self.clock, SetClock)
        self.report = Report("feeds", "feeds", self.clock)
        self.stop = asyncio.Event()

    def collector(self, *addresses: str, **more: Any) -> FeedReader:
        given = {"name": "feeds", "urls": addresses, "allow_private": True, "timeout": 10} | more
        built = Feeds.model_validate(given).build(self.context)
        assert isinstance(built, FeedReader)
        return built

    async def run(self, *addresses: str, answers: int | None = None, **more: Any) -> list[Mention]:
        """What is newly published; ends when so many feeds have said how they are."""
        before, told, stop = len(self.heard), [0], asyncio.Event()
        expected = answers or len(addresses)

        def told_one(_: Any) -> None:
            told[0] += 1
            if told[0] >= expected:
                stop.set()

        await asyncio.wait_for(self.collector(*addresses, **more).run(self.observed(told_one), stop), 60)
        return [event.mention for event in self.heard[before:] if isinstance(event, Said)]

    def observed(self, told: Callable[[Any], None]) -> Intake:
        report = self.report

        class Observed(Intake):
            def report(self, **values: Any) -> None:
                super().report(**values)
                told(values)

        return Observed(self.context, "feeds", report=report)

    def now(self) -> SourceReport:
        return self.report.now


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as site:
        yield site


@pytest.fixture
def desk(tmp_path: Path, site: Web) -> Desk:
    return Desk(tmp_path, site)


async def test_a_feed_is_heard_oldest_first(desk: Desk, site: Web) -> None:
    late, early = item(1), item(2, at="Mon, 02 Mar 2026 10:00:00 GMT")
    heard = await desk.run(site.feed("/a", rss(late, early, item(3, "il meteo", title="Sole"))))
    assert [(mention.id[-1], mention.brand, mention.why) for mention in heard] == [
        ("2", "Ronvia", "term"),
        ("1", "Ronvia", "term"),
    ]
    assert heard[0].source == "feeds"
    assert (desk.now().last_success, desk.now().error, desk.now().unmatched) == (NOW, "", 1)


async def test_what_did_not_change_is_not_published_again_after_a_restart(desk: Desk, site: Web) -> None:
    url = site.feed("/a", rss(item(1)))
    assert len(await desk.run(url)) == 1
    site.feed("/a", rss(item(2), item(1)))
    assert [mention.id[-1] for mention in await desk.run(url)] == ["2"]
    assert await desk.run(url) == []


async def test_what_changed_is_a_new_revision_of_the_same_mention(desk: Desk, site: Web) -> None:
    (first,) = await desk.run(site.feed("/a", rss(item(1, "Ronvia non va"))))
    desk.clock.advance(5 * MINUTES)
    (second,) = await desk.run(site.feed("/a", rss(item(1, "Ronvia va di nuovo"))))
    assert (first.id, first.edited_at) == (second.id, None)
    assert (second.text, second.edited_at) == ("Ronvia va di nuovo", NOW + 5 * MINUTES)
    assert second.created_at == first.created_at


async def test_a_feed_that_is_empty_once_has_not_forgotten(desk: Desk, site: Web) -> None:
    url = site.feed("/a", rss(item(1)))
    await desk.run(url)
    site.feed("/a", rss())
    await desk.run(url)
    site.feed("/a", rss(item(1)))
    assert await desk.run(url) == []


async def test_it_asks_whether_anything_changed(desk: Desk, site: Web) -> None:
    url = site.feed("/a", rss(item(1)), ETag='"1"', **{"Last-Modified": "Mon, 02 Mar 2026 11:00:00 GMT"})
    await desk.run(url)
    site.pages["/a"] = 304, {}, b""
    assert await desk.run(url) == []
    assert site.asked[1][1]["if-none-match"] == '"1"'
    assert site.asked[1][1]["if-modified-since"] == "Mon, 02 Mar 2026 11:00:00 GMT"
    assert desk.now().error == ""


async def test_the_cursor_is_kept_only_when_all_was_heard(desk: Desk, site: Web) -> None:
    """The bus is down until the collector must stop: the next process hears it all."""
    stop = asyncio.Event()

    class Down(Intake):
        def hear(self, events: Sequence[Event]) -> int:
            loop.call_soon_threadsafe(stop.set)
            raise Unavailable("the bus cannot be reached")

    loop = asyncio.get_running_loop()
    url = site.feed("/a", rss(item(1)), ETag='"1"')
    await asyncio.wait_for(desk.collector(url).run(Down(desk.context, "feeds"), stop), 30)
    assert desk.heard == []
    assert len(await desk.run(url)) == 1
    assert "if-none-match" not in site.asked[-1][1]


async def test_it_waits_while_the_processors_are_behind(desk: Desk, site: Web) -> None:
    waits = [3, 1, None]
    asked = threading.Event()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    class Behind(Intake):
        def busy(self) -> int | None:
            asked.set()
            return waits.pop(0)

        def report(self, **values: Any) -> None:
            loop.call_soon_threadsafe(stop.set)

    collector = FeedReader(
        Feeds(name="feeds", urls=(site.feed("/a", rss(item(1))),), allow_private=True),
        desk.context,
        sleep=lambda _: None,
    )
    await asyncio.wait_for(collector.run(Behind(desk.context, "feeds"), stop), 30)
    assert (waits, len(desk.heard)) == ([], 1)


async def test_more_items_than_it_may_read(desk: Desk, site: Web) -> None:
    items = (item(n, at=(NOW - n * MINUTES).isoformat()) for n in range(30))
    heard = await desk.run(site.feed("/a", rss(*items)), max_items=10)
    assert [mention.id.partition("=")[2] for mention in heard] == [str(n) for n in range(9, -1, -1)]
    assert "20 older items left out" in desk.now().note


async def test_one_that_fails_holds_up_no_other(desk: Desk, site: Web) -> None:
    good, page = site.feed("/good", rss(item(1))), site.feed("/page", "<html>", "text/html")
    heard = await desk.run(good, site.url("/none"), page)
    assert len(heard) == 1
    note = desk.now().note
    assert "2 of 3 feeds fail" in note
    assert "127.0.0.1/none: HTTP 404" in note
    assert "127.0.0.1/page: not a feed but a web page" in note
    assert desk.now().errors == {"http_404": 1, "not_a_feed": 1}


async def test_a_stop_does_not_wait_for_a_server_that_is_slow(desk: Desk, site: Web) -> None:
    reached, go = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def slow(handler: BaseHTTPRequestHandler) -> None:
        loop.call_soon_threadsafe(reached.set)
        go.wait(30)

    site.pages["/a"] = slow
    running = asyncio.create_task(desk.collector(site.url("/a"), timeout=60).run(desk.intake(), desk.stop))
    await reached.wait()
    desk.stop.set()
    await asyncio.wait_for(running, 5)
    go.set()
    assert desk.heard == []


async def test_a_brand_of_its_own_concerns_every_item(desk: Desk, site: Web) -> None:
    (found,) = await desk.run(
        site.feed("/a", rss(item(1, "il meteo", title="Sole"))), brand="Ronvia", source="press"
    )
    assert (found.brand, found.why, found.source) == ("Ronvia", "configured source", "press")


async def test_private_addresses_are_refused_unless_allowed(desk: Desk, site: Web) -> None:
    url = site.feed("/a", rss(item(1)))
    assert await desk.run(url, allow_private=False) == []
    assert site.asked == []
    assert desk.now().errors == {"private_address": 1}
    assert "allow_private = true" in desk.now().error


# --- one feed over time ------------------------------------------------------------------------------------


class Polled:
    """A feed asked tick by tick, on a clock that moves when told."""

    def __init__(self, desk: Desk, fetcher: Fetcher, feed: Feed) -> None:
        self.desk, self.stop = desk, asyncio.Event()
        intake = Intake(desk.context, "feeds", report=desk.report)
        handover = Handover("feeds", "", intake, desk.store, self.stop, desk.clock.now, lambda _: None)
        self.poll = Poll(
            Reader(feed, fetcher, asyncio.Lock()), handover, intake, desk.clock, interval=5 * MINUTES, max_items=100,
            changed=lambda: None,
        )  # fmt: skip

    async def asked_over(self, minutes: int) -> list[int]:
        """The minutes at which the server was asked, with a tick every five."""
        asked = []
        for minute in range(0, minutes, 5):
            before = len(self.desk.site.asked)
            await self.poll.tick(self.stop)
            asked += [minute] if len(self.desk.site.asked) > before else []
            self.desk.clock.advance(5 * MINUTES)
        return asked


@pytest.fixture
async def fetcher(desk: Desk) -> Any:
    async with Fetcher(desk.clock, timeout=10, max_bytes=100_000, allowed=lambda _: True) as fetcher:
        yield fetcher


async def test_a_feed_that_fails_is_asked_less_and_less_often(
    desk: Desk, site: Web, fetcher: Fetcher
) -> None:
    polled = Polled(desk, fetcher, plain(site.url("/a"), "news"))
    assert await polled.asked_over(240) == [0, 10, 30, 70, 130, 190]
    site.feed("/a", rss(item(1)))
    desk.clock.advance(60 * MINUTES)
    assert await polled.asked_over(20) == [0, 5, 10, 15]
    assert (len(desk.heard), polled.poll.trouble) == (1, "")


async def test_a_server_that_says_when_to_come_back(desk: Desk, site: Web, fetcher: Fetcher) -> None:
    site.pages["/a"] = 503, {"Retry-After": "3000"}, b""
    assert await Polled(desk, fetcher, plain(site.url("/a"), "news")).asked_over(100) == [0, 50]


async def test_a_feed_that_is_gone_is_not_asked_again_and_says_so(
    desk: Desk, site: Web, fetcher: Fetcher
) -> None:
    site.pages["/a"] = 410, {}, b""
    polled = Polled(desk, fetcher, plain(site.url("/a"), "news"))
    assert await polled.asked_over(300) == [0]
    assert "gone for good" in polled.poll.trouble


async def test_apples_spellings_are_tried_until_one_is_not_empty(
    desk: Desk, site: Web, fetcher: Fetcher
) -> None:
    empty = '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title></feed>'
    site.feed("/1/xml", empty)
    site.pages["/2/xml"] = 502, {}, b""
    site.feed("/3/xml", "<html>", "text/html")
    site.feed("/4/json", REVIEWS)
    paths = ("/1/xml", "/2/xml", "/3/xml", "/4/json")
    polled = Polled(desk, fetcher, Feed(tuple(map(site.url, paths)), "App Store", "reviews", "appstore"))
    await polled.asked_over(10)
    assert site.paths() == [*paths, "/4/json"], "the one that answered is asked first the next time"
    site.feed("/4/json", empty)
    site.feed("/1/xml", REVIEWS)
    await polled.asked_over(5)
    assert site.paths()[5:] == ["/4/json", "/1/xml"]
    assert polled.poll.trouble == ""


async def test_an_app_without_reviews_is_no_fault_and_one_that_does_not_exist_is(
    desk: Desk, site: Web, fetcher: Fetcher
) -> None:
    empty = '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title></feed>'
    store = Feed((site.feed("/1", empty), site.url("/2")), "App Store", "reviews", "appstore")
    polled = Polled(desk, fetcher, store)
    await polled.asked_over(5)
    assert polled.poll.trouble == ""
    site.pages.clear()
    await polled.asked_over(5)
    assert "HTTP 404" in polled.poll.trouble


async def test_too_many_requests_are_not_answered_with_more(desk: Desk, site: Web, fetcher: Fetcher) -> None:
    site.pages["/1"] = 429, {}, b""
    polled = Polled(desk, fetcher, Feed((site.url("/1"), site.url("/2")), "App Store", "reviews", "appstore"))
    await polled.asked_over(5)
    assert site.paths() == ["/1"]


# --- try and check -----------------------------------------------------------------------------------------


async def test_once_shows_the_newest_and_keeps_nothing(desk: Desk, site: Web) -> None:
    urls = [
        site.feed(f"/{n}", rss(*(item(10 * n + k, at=(NOW - k * MINUTES).isoformat()) for k in range(5))))
        for n in (1, 2)
    ]
    found = await desk.collector(*urls).once(4)
    assert sorted(event.mention.id[-2:] for event in found if isinstance(event, Said)) == [
        "10",
        "11",
        "20",
        "21",
    ]
    assert desk.heard == []
    assert len(await desk.run(*urls)) == 10


async def test_once_says_why_not(desk: Desk, site: Web) -> None:
    page = site.feed("/page", "<html>", "text/html")
    with pytest.raises(Refused) as refused:
        await desk.collector(site.feed("/a", rss(item(1))), site.url("/none"), page).once(10)
    assert str(refused.value) == (
        "feeds: 127.0.0.1/none: HTTP 404 Not Found; "
        "feeds: 127.0.0.1/page: not a feed but a web page: look there for the address of its feed"
    )


# --- settings ----------------------------------------------------------------------------------------------


def settings(**more: Any) -> Feeds:
    return Feeds.model_validate({"name": "feeds"} | more)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "nothing to fetch"),
        ({"urls": ["news.example/feed"]}, "must be the address of a feed"),
        ({"urls": ["file:///etc/passwd"]}, "must be the address of a feed"),
        ({"urls": ["https://[::1/"]}, "must be the address of a feed"),
        ({"google_news": ["ronvia"], "interval": "30s"}, "at least 60s for Google"),
        ({"urls": ["https://x.example"], "interval": "1s"}, "at least 30s"),
        ({"google_news": [""]}, "is empty"),
        ({"apple_apps": ["ronvia"]}, "pattern"),
        ({"apple_apps": ["99"], "countries": []}, "at least 1"),
        ({"urls": ["https://x.example"], "source": "a:b"}, "pattern"),
        ({"urls": ["https://x.example"], "timeout": 0}, "longer than nothing"),
    ],
)
def test_settings_that_cannot_work(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        settings(**given)


def test_everything_that_is_polled_each_once() -> None:
    given = settings(
        urls=["https://x.example/feed", "https://x.example/feed"], google_news=["ronvia"],
        google_alerts=["https://www.google.com/alerts/feeds/1/2"], apple_apps=["99"], countries=["it", "DE"],
    )  # fmt: skip
    found = given.feeds()
    assert [(feed.label, feed.source) for feed in found] == [
        ("x.example/feed", "feeds"),
        ("Google News: ronvia", "news"),
        ("Google Alert 2", "news"),
        ("App Store it: 99", "appstore"),
        ("App Store de: 99", "appstore"),
    ]
    assert len({feed.key for feed in found}) == 5


def test_a_brand_that_nobody_watches(desk: Desk) -> None:
    with pytest.raises(Refused, match="brand 'Acme' is not among"):
        settings(urls=["https://x.example"], brand="Acme").build(desk.context)


GUIDE = (Path(__file__).parents[3] / "docs/guide/sources-feeds.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", sorted(Feeds.model_fields.keys() - CollectorSettings.model_fields.keys()))
def test_the_guide_has_each_setting(key: str) -> None:
    (row,) = [line for line in GUIDE.splitlines() if line.startswith(f"| `{key}` |")]
    assert row.endswith(f" | {Feeds.model_fields[key].description} |")


def test_the_example_in_the_guide_is_valid() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    for block in tomllib.loads(example)["collectors"]:
        assert Feeds.model_validate(block).feeds()
