"""A page that stays open stays true, and lets its reader read on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from browser_site import Seen, Served, Words, World, called
from console_world import NOW
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette

from console.role import Console
from earshot.clock import PlayedClock
from earshot.model import Level
from earshot.store import Store

pytestmark = pytest.mark.browser


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(Store(tmp_path_factory.mktemp("live") / "earshot.db"))
    world.tell("Ronvia", [Words("Carta bloccata"), Words("anche a me", who="bo")], risk=20.0)
    yield world
    world.store.close()


@pytest.fixture
def url(world: World) -> Iterator[str]:
    with Served(Starlette(routes=[*Console(world.context("Ronvia")).routes()])) as url:
        yield url


def happen(world: World) -> int:
    """A story calls."""
    story = world.tell(
        "Ronvia", [Words("Scandalo")], risk=90.0, episodes=called(world.step(Level.critical, 1, 0))
    )
    world.alert(story)
    return story


def test_what_happens_appears_and_is_read_out(chromium: Browser, world: World, url: str, seen: Seen) -> None:
    page = chromium.new_page()
    seen.watch(page)
    page.goto(url)
    assert page.inner_text("h1") == "Nothing calls for you right now"
    happen(world)
    page.wait_for_selector("h1:text('One story is critical')")
    assert page.title() == "One story is critical · Earshot"
    assert page.inner_text("#places .count") == "1"
    assert page.text_content("#told") == "1 alert is open"
    with world.store.begin() as connection:
        connection.exec_driver_sql("update stories set open = false")
        connection.exec_driver_sql("update alerts set resolved_at = raised_at")
    page.wait_for_selector("#places:not(:has(.count))")
    assert page.text_content("#told") == "1 alert is open"  # only what is worse is read out
    assert seen.complaints == []
    page.context.close()


def test_the_reader_keeps_their_place(chromium: Browser, world: World, url: str) -> None:
    for n in range(30):
        world.tell("Ronvia", [Words(f"vicenda {n}"), Words("b", who="bo")], risk=10.0)
    page = chromium.new_page(viewport={"width": 800, "height": 500})
    page.goto(f"{url}/stories")
    page.evaluate("window.here = true; scrollTo(0, 700)")
    link = page.locator("main a.row").nth(12)
    link.focus()
    at, place = link.get_attribute("href"), page.evaluate("scrollY")
    story = happen(world)
    page.wait_for_selector(f'main a[href="/stories/{story}"]')
    assert page.evaluate("document.activeElement.getAttribute('href')") == at
    assert page.evaluate("scrollY") == place
    assert page.evaluate("window.here")  # it was not loaded again
    page.context.close()


def test_what_was_ticked_and_chosen_stays(chromium: Browser, world: World, url: str) -> None:
    n = world.tell("Ronvia", [Words("Chiamatemi")])
    page = chromium.new_page()
    page.goto(f"{url}/mentions/{n}")
    page.click("#handling summary")
    page.check("[name=sign-minor]")
    page.select_option("[name=mood]", "worry")
    page.evaluate("document.activeElement.blur()")
    happen(world)
    page.wait_for_selector("#places .count")
    assert page.locator("#handling").get_attribute("open") is not None
    assert page.is_checked("[name=sign-minor]")
    assert page.input_value("[name=mood]") == "worry"
    page.context.close()


def test_nobody_is_disturbed_who_types_or_has_marked_words(chromium: Browser, world: World, url: str) -> None:
    page = chromium.new_page()
    page.goto(url)
    page.evaluate("getSelection().selectAllChildren(document.querySelector('main .words'))")
    page.evaluate(_MARK_SEEN)
    page.wait_for_function("() => window.marks > 0")
    story = happen(world)
    page.wait_for_function("() => window.marks > 1")
    page.evaluate("document.querySelector('main').prepend(document.createElement('textarea'))")
    page.focus("main textarea")
    page.evaluate("getSelection().removeAllRanges(); document.querySelector('main textarea').focus()")
    assert page.locator(f'main a[href="/stories/{story}"]').count() == 0
    page.evaluate("document.activeElement.blur()")
    page.wait_for_selector(f'main a[href="/stories/{story}"]')
    page.context.close()


_MARK_SEEN = """
window.marks = 0;
new EventSource("/events").addEventListener("changed", () => window.marks++);
"""


def test_a_line_that_breaks_is_said_softly(chromium: Browser, world: World) -> None:
    page = chromium.new_page()
    with Served(Starlette(routes=[*(role := Console(world.context("Ronvia"))).routes()])) as url:
        page.goto(url)
        page.wait_for_load_state()
        assert page.locator(".unlive").is_hidden()
        role._live.end()
    page.wait_for_selector(".unlive >> visible=true")
    assert page.inner_text("h1") == "Nothing calls for you right now"  # what was read stays
    page.context.close()


def test_in_a_sample_the_clock_on_the_page_runs(chromium: Browser, world: World) -> None:
    clock = PlayedClock()
    clock.play(NOW - timedelta(days=6, hours=10), 300)
    context = replace(world.context("Ronvia", time_zone="Europe/Rome"), clock=clock, live=False)
    with Served(Starlette(routes=[*(role := Console(context)).routes()])) as url:
        told = _clock_without_scripts(chromium, url)
        assert told.startswith("sample, 300 times as fast: Thu 19 Nov, 1")
        page = chromium.new_page()
        page.goto(url)
        first = page.inner_text("#clock")
        page.wait_for_function("first => document.querySelector('#clock').textContent !== first", arg=first)
        page.context.close()
        role._live.end()


def _clock_without_scripts(chromium: Browser, url: str) -> str:
    context = chromium.new_context(java_script_enabled=False)
    page: Page = context.new_page()
    page.goto(url)
    told = page.inner_text("#clock")
    context.close()
    return told


def test_the_mention_that_was_led_to_stays_marked_and_in_its_place(
    chromium: Browser, world: World, url: str
) -> None:
    said = [Words(f"menzione {n}", who=f"u{n}") for n in range(40)]
    story = world.tell("Ronvia", said, risk=20.0)
    page = chromium.new_page(viewport={"width": 800, "height": 500})
    page.goto(f"{url}/stories/{story}#m{story + 20}")
    page.wait_for_load_state()
    top = "document.querySelector(':target')?.getBoundingClientRect().top"
    before = page.evaluate(top)
    page.evaluate("document.addEventListener('earshot:shown', () => { window.shown = true })")
    happen(world)
    page.wait_for_function("() => window.shown")
    assert page.evaluate(top) == pytest.approx(before, abs=2)
    page.context.close()
