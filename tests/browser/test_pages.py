"""The curve as the browser draws it, and the lists, the sources and the tour: on every width, scheme and language."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from browser_site import Seen, Served, Words, World, called
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette

from console.role import Console
from earshot import sample
from earshot.clock import PlayedClock, to_us
from earshot.config import Config, from_dict
from earshot.model import Forecast, Level, SourceReport
from earshot.sample import Progress
from earshot.store import Store, alerts, dead, notices, sources

pytestmark = pytest.mark.browser

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
BRANDS = ("Ronvia", "Celerpost")
MINUTE = 60_000_000
NAME = "a-feed-with-a-name-that-goes-on-and-on-and-on-until-nobody-reads-it"
FAULT = "https://vocediportochiaro.example/" + "feed/" * 30 + "feed.xml: timed out after 30 s"
FIRST = date(2026, 11, 7)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A first run: no source, nothing heard."""
    world = World(Store(tmp_path_factory.mktemp("empty") / "earshot.db"))
    context = replace(world.context(), config=from_dict({"console": {"login": False}}))
    with Served(Starlette(routes=[*Console(context).routes()])) as url:
        yield url
    world.store.close()


@dataclass
class Living:
    """A console whose store goes on changing."""

    url: str
    world: World
    story: int
    growing: int
    """A story of which more is expected."""
    crowded: int
    """A story that called many times."""

    @property
    def paths(self) -> list[str]:
        stories = [f"/stories/{story}" for story in (self.story, self.growing, self.crowded)]
        return ["/", *stories, "/stories", "/stories?state=open", "/alerts", "/sources", "/unsure"]


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    world = World(Store(tmp_path_factory.mktemp("living") / "earshot.db"))
    story = fill(world)
    context = replace(world.context(*BRANDS), config=config())
    with Served(Starlette(routes=[*Console(context).routes()])) as url:
        yield Living(url, world, story, grow(world), crowd(world))
    world.store.close()


@pytest.fixture(scope="module")
def toured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample, on its Thursday at noon."""
    world = World(Store(tmp_path_factory.mktemp("toured") / "earshot.db"))
    with world.store.begin() as connection:
        sample.save_progress(connection, Progress(FIRST, 270))
    clock = PlayedClock()
    clock.play(sample.moment(FIRST, 12 * 86_400 + 12 * 3_600), 2)
    context = replace(world.context(), config=config({"kind": "sample"}), clock=clock, live=False)
    with Served(Starlette(routes=[*Console(context).routes()])) as url:
        yield url
    world.store.close()


def config(*collectors: dict[str, object]) -> Config:
    feeds = [
        {"kind": "feeds", "name": name, "urls": ["https://a.example/f.xml"]} for name in (NAME, "blog", "new")
    ]
    brands = [{"name": name} for name in BRANDS]
    return from_dict({"brands": brands, "console": {"login": False}, "collectors": list(collectors) or feeds})


def fill(world: World) -> int:
    """A story with two calls, who was told of them, sources well and ill, and what was set aside."""
    steps = (world.step(Level.watch, 240, 0), world.step(Level.critical, 100, 0))
    said = [
        Words("Carta bloccata", ago=300),
        *(Words("anche a me", ago=290 - n, who=f"@u{n}") for n in range(200)),
    ]
    story = world.tell("Ronvia", said, risk=93.0, episodes=called(*steps))
    world.alert(story)
    for n in range(60):
        world.tell("Celerpost", [Words(f"In ritardo, {'w' * n}", ago=400 - n, perhaps={"legal": n / 60})])
    now = to_us(world.now)
    reports = [
        report(world, NAME, error=FAULT, errors={"timeout": 12, "http_503": 3}),
        report(world, "blog", cost_today=8.2, budget_today=10.0, limit_left=3, note="nearly used up"),
    ]
    with world.store.begin() as connection:
        (alert,) = alerts.page(connection)
        notices.add(connection, [notices.New(to, alert.id, to, now, "{}") for to in ("pr", "desk")])
        notices.mark_failed(connection, notices.of_alert(connection, alert.id)[0].id, f"pr: {FAULT}")
        sources.save(connection, reports)
        dead.park(connection, now, [("file.jsonl:3", "no id", b"x")])
    return story


def grow(world: World) -> int:
    said = [Words("il pacco non arriva", ago=100 - n, who=f"@u{n}") for n in range(40)]
    return world.tell(
        "Celerpost",
        said,
        level=Level.watch,
        forecast=Forecast(90, 55, 160),
        episodes=called(world.step(Level.watch, 96, 0)),
    )


def crowd(world: World) -> int:
    said = [Words("la carta non va", ago=600 - n, who=f"@u{n}") for n in range(300)]
    often = [590, *(500 - 3 * n for n in range(13)), 400, 310]
    steps = [world.step(Level.watch if n % 2 else Level.warning, ago, n) for n, ago in enumerate(often)]
    return world.tell("Celerpost", said, episodes=called(*steps, resolved_at=world.now))


def report(world: World, name: str, **values: object) -> SourceReport:
    at, before = world.now, world.now - timedelta(hours=3)
    return SourceReport(name=name, kind="feeds", at=at, started_at=before, last_success=before, **values)  # type: ignore[arg-type]


def opened(chromium: Browser, seen: Seen, address: str, **how: object) -> Page:
    page = chromium.new_page(**({"viewport": DESK} | how))  # type: ignore[arg-type]
    seen.watch(page)
    page.goto(address)
    return page


def colours(page: Page) -> set[tuple[int, ...]]:
    """What the curve is drawn with, without what is see-through."""
    found = page.evaluate(
        """() => {
            const { width, height } = document.querySelector("#curve canvas"), drawn = new Set();
            const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
            copy.drawImage(document.querySelector("#curve canvas"), 0, 0);
            const { data } = copy.getImageData(0, 0, width, height);
            for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255) drawn.add(data.slice(at, at + 3).join());
            return [...drawn];
        }"""
    )
    return {tuple(map(int, colour.split(","))) for colour in found}


# --- the curve ----------------------------------------------------------------------------------------------

INK = {"light": (29, 27, 24), "dark": (236, 235, 230)}
SPREAD = (180, 84, 10)
CRITICAL = {"light": (168, 29, 42), "dark": (255, 138, 142)}


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_curve_is_drawn_in_the_colours_of_the_scheme(
    chromium: Browser, living: Living, seen: Seen, size: dict[str, int]
) -> None:
    page = opened(chromium, seen, f"{living.url}/stories/{living.story}", viewport=size, color_scheme="light")
    assert {INK["light"], CRITICAL["light"]} <= colours(page)
    assert page.locator(".chart > svg >> visible=true").count() == 0
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("document.querySelector('#curve canvas').offsetWidth > 0")
    assert {INK["dark"], CRITICAL["dark"]} <= colours(page)
    assert INK["light"] not in colours(page)
    assert (seen.dialogs, seen.complaints) == ([], [])
    page.context.close()


def test_the_curve_fits_when_the_window_changes(chromium: Browser, living: Living, seen: Seen) -> None:
    page = opened(chromium, seen, f"{living.url}/stories/{living.story}")
    page.set_viewport_size(PHONE)
    page.wait_for_function("document.querySelector('#curve canvas').offsetWidth < 380")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.context.close()


def test_the_curve_is_read_off_with_the_keyboard(chromium: Browser, living: Living, seen: Seen) -> None:
    page = opened(chromium, seen, f"{living.url}/stories/{living.story}", locale="en")
    curve = page.get_by_role("slider")
    assert curve.get_attribute("aria-valuetext") == "25 Nov, 18:20: 201 mentions"
    curve.press("Home")
    assert curve.get_attribute("aria-valuetext") == "25 Nov, 14:51: 1 mention"
    curve.press("ArrowRight")
    assert page.inner_text(".readout") == "25 Nov, 15:01: 2 mentions"
    curve.press("End")
    assert page.inner_text(".readout") == "25 Nov, 18:20: 201 mentions"
    page.context.close()


def test_the_pointer_reads_it_off_too(chromium: Browser, living: Living, seen: Seen) -> None:
    page = opened(chromium, seen, f"{living.url}/stories/{living.story}")
    page.hover("#curve .u-over", position={"x": 5, "y": 40})
    page.wait_for_function("document.querySelector('.readout').textContent.endsWith(': 1 mention')")
    page.context.close()


def test_the_curve_goes_on_while_the_page_is_open(chromium: Browser, living: Living, seen: Seen) -> None:
    """Something is heard, the page is renewed under the reader, and who reads with the keyboard reads on."""
    page = opened(chromium, seen, f"{living.url}/stories/{living.story}")
    page.get_by_role("slider").press("Home")
    page.evaluate(
        "document.querySelector('main').dataset.old = 'yes'; document.querySelector('h1').id = 'old'"
    )
    living.world.tell("Ronvia", [Words("e un'altra", ago=1)])
    page.wait_for_selector("#old", state="detached", timeout=20_000)
    page.wait_for_selector(".chart.drawn canvas")
    assert page.locator(".chart > svg >> visible=true").count() == 0
    assert page.locator("canvas").count() == 1
    assert page.evaluate("document.activeElement.id") == "curve"
    assert page.get_by_role("slider").get_attribute("aria-valuenow") == "0"
    assert (seen.dialogs, seen.complaints) == ([], [])
    page.context.close()


def test_a_curve_that_has_grown_is_drawn_again(chromium: Browser, living: Living, seen: Seen) -> None:
    page = opened(chromium, seen, f"{living.url}/stories/{living.story}")
    page.evaluate(
        """() => {
            const old = document.getElementById("curve"), fresh = document.createElement("div");
            const given = JSON.parse(old.dataset.curve);
            given.at.push(given.to); given.count.push(777);
            Object.assign(fresh, { id: "curve", className: "plot" });
            fresh.dataset.curve = JSON.stringify(given);
            old.replaceWith(fresh);
            document.dispatchEvent(new CustomEvent("earshot:shown"));
        }"""
    )
    assert "777" in page.inner_text(".readout")
    assert page.locator("canvas").count() == 1
    page.context.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_forecast_is_a_dashed_line_in_a_fan(
    chromium: Browser, living: Living, seen: Seen, size: dict[str, int]
) -> None:
    page = opened(
        chromium, seen, f"{living.url}/stories/{living.growing}", color_scheme="light", viewport=size
    )
    assert {SPREAD, INK["light"]} <= colours(page)
    page.get_by_role("slider").press("End")
    assert page.inner_text(".readout").endswith(": 40 mentions")  # what was heard, not what is expected
    assert seen.complaints == []
    page.context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_many_calls_are_few_rows_that_can_be_read_on_a_phone(
    chromium: Browser, living: Living, *, scripts: bool
) -> None:
    context = chromium.new_context(java_script_enabled=scripts, viewport=PHONE, locale="en")
    page = context.new_page()
    page.goto(f"{living.url}/stories/{living.crowded}")
    told = page.locator(".told-below p")
    assert told.count() <= 8
    assert "Watch alerts, " in page.inner_text(".told-below")
    lines = [each.bounding_box() for each in told.all()]
    assert all(box and box["height"] < 30 for box in lines), "each on a line of its own"
    page.click("text=The curve in figures")
    assert page.locator(".figures td:last-child", has_text="alert").count() == 16
    context.close()


def test_what_the_curve_shows_is_also_said_without_scripts(chromium: Browser, living: Living) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport=PHONE, locale="it")
    page = context.new_page()
    page.goto(f"{living.url}/stories/{living.growing}")
    assert page.locator(".chart svg .fan >> visible=true").count() == 1
    said = page.inner_text(".outlook")
    assert "Circa 90 menzioni alla fine; in 4 casi su 5, tra 55 e 160." in said
    assert "20 menzioni rilevate avrebbe avvisato (18:30). Earshot ha avvisato 15 min prima con" in said
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.click(".carriers a >> nth=0")
    page.wait_for_url("**/mentions/*")
    context.close()


# --- every page ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scheme", "locale"), [("light", "it"), ("dark", "en")])
@pytest.mark.parametrize("width", [390, 1440])
def test_every_page_fits_and_nothing_complains(
    chromium: Browser,
    living: Living,
    toured: str,
    empty: str,
    seen: Seen,
    width: int,
    scheme: str,
    locale: str,
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme, locale=locale)
    seen.watch(page)
    others = [f"{url}{path}" for url in (toured, empty) for path in ("/", "/stories", "/alerts", "/sources")]
    for address in (*(f"{living.url}{path}" for path in living.paths), *others):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert page.locator("h1").inner_text()
    assert (seen.dialogs, seen.complaints) == ([], [])
    page.context.close()


def test_every_page_reads_without_scripts(chromium: Browser, living: Living, toured: str) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport=PHONE, locale="en")
    page = context.new_page()
    page.goto(f"{living.url}/stories/{living.story}")
    assert page.locator(".chart > svg >> visible=true").count() == 1
    page.click("text=The curve in figures")
    assert "201" in page.inner_text(".figures table")
    page.goto(f"{living.url}/stories")
    assert page.locator("a.row").count() == 50
    page.click("a.more")
    assert page.locator("a.row").count() >= 11
    page.select_option("select[name=brand]", "Ronvia")
    page.click("text=Filter")
    assert "Carta bloccata" in page.inner_text("main")
    page.goto(f"{living.url}/alerts")
    assert "not delivered" in page.inner_text("main")
    page.goto(f"{living.url}/sources")
    assert "timed out after 30 s" in page.inner_text("main")
    page.goto(toured)
    assert "Whom we won back" in page.inner_text("main")
    context.close()


def test_what_an_alert_tells_leads_to_its_story(chromium: Browser, living: Living, seen: Seen) -> None:
    page = opened(chromium, seen, f"{living.url}/alerts", locale="en")
    page.click("text=Carta bloccata")
    page.wait_for_url(f"**/stories/{living.story}")
    assert json.loads(page.get_attribute("#curve", "data-curve") or "")["count"][-1] == 201
    page.context.close()
