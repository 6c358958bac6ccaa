"""The page of a mention in a real browser: what is ticked is said, what is unticked is taken back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from browser_site import Served, Words, World
from playwright.sync_api import Browser
from starlette.applications import Starlette

from console.role import Console
from earshot.config import from_dict
from earshot.handling import Handling
from earshot.model import Intent
from earshot.store import Store, corrections

pytestmark = pytest.mark.browser


@dataclass
class Told:
    url: str
    world: World
    n: int

    def intents(self) -> list[tuple[Intent, ...] | None]:
        """Of each label, the newest first."""
        with self.world.store.read() as connection:
            return [each.intents for each in corrections.of_mention(connection, self.n)]

    def handling(self) -> Handling:
        with self.world.store.read() as connection:
            return corrections.of_mention(connection, self.n)[0].handling


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    world = World(Store(tmp_path / "earshot.db"))
    n = world.tell("Ronvia", [Words("The parcel is broken", language="en", negative=0.02)])
    context = replace(world.context("Ronvia"), config=from_dict({"console": {"login": False}}))
    with Served(Starlette(routes=[*Console(context).routes()])) as url:
        yield Told(f"{url}/mentions/{n}", world, n)
    world.store.close()


def test_ticks_are_said_and_taken_back(chromium: Browser, told: Told) -> None:
    page = chromium.new_page()
    page.goto(told.url)
    page.click("#wants summary")
    for each in ("complaint", "danger"):
        page.get_by_label(each, exact=True).check()
    page.click("button[value=neg]")
    page.wait_for_selector("button[value=neg][aria-pressed=true]")
    assert told.intents() == [("complaint", "safety")]
    for each in page.locator("#wants input:checked").all()[::-1]:
        each.uncheck()
    page.click("button[value=neu]")
    page.wait_for_selector("button[value=neu][aria-pressed=true]")
    assert told.intents() == [None, ("complaint", "safety")]
    assert page.locator("#wants input:checked").count() == 0
    page.context.close()


def test_what_is_put_right_is_said_and_set_back(chromium: Browser, told: Told) -> None:
    page = chromium.new_page()
    page.goto(told.url)
    page.click("#handling summary")
    page.get_by_label("a minor is concerned").check()
    page.get_by_label("self-harm").check()
    page.get_by_label("Sounds").select_option("worried")
    page.click("button[value=neg]")
    page.wait_for_selector("button[value=neg][aria-pressed=true]")
    assert told.handling() == Handling(("minor",), ("self_harm",), "worry")
    page.click("#handling summary")
    page.get_by_label("a minor is concerned").uncheck()
    page.get_by_label("self-harm").uncheck()
    page.get_by_label("Sounds").select_option("calm, or just facts")
    page.click("button[value=neu]")
    page.wait_for_selector("button[value=neu][aria-pressed=true]")
    assert told.handling() == Handling()
    page.context.close()


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize("width", [1440, 390])
def test_both_readings_fit_where_they_differ(
    chromium: Browser, told: Told, language: str, width: int
) -> None:
    page = chromium.new_page(locale=language, viewport={"width": width, "height": 900})
    page.goto(told.url)
    page.click("#handling summary")
    assert page.locator("[aria-labelledby=reads] .shares").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()
