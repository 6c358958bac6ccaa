"""Staff split and join in a real browser, beside a pipeline that goes on: without scripts, and on every screen."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from browser_site import XSS, Seen, Served
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette

from console.role import Console
from earshot.config import from_dict
from processors.regroup import Regroup

# Tests are folders, not packages: this one borrows the world of another.
sys.path.insert(0, str(Path(__file__).parents[1] / "unit/processors"))
import pipeline_world
from pipeline_world import CONFIG, PLAIN, PLEASED, said

pytestmark = pytest.mark.browser

LATE = "The parcel never came and your courier lied about the delivery, what a shame"


@dataclass
class Running:
    """A console beside the pipeline, on the same store."""

    url: str
    world: pipeline_world.World

    def ids(self) -> list[list[str]]:
        """What is in each story, oldest first."""
        stories = self.world.stories()
        return [[kept.mention.id[2:] for kept in self.world.kept(story)] for story in stories]

    def opened(self, page: Page, story: int = 0) -> Page:
        page.goto(f"{self.url}/stories/{self.world.stories()[story].id}")
        return page


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Two stories: one of four, of which 3 answers 2; and one that says something else."""
    world = pipeline_world.World(tmp_path)
    world.hear(
        said("1", by=XSS),
        said("2", 1, XSS, parent="x:1"),
        said("3", 2, PLEASED, parent="x:2"),
        said("4", 3, PLAIN, parent="x:1"),
        said("5", 4, LATE),
    )
    context = replace(world.context, config=from_dict(CONFIG | {"console": {"login": False}}))
    with Served(Starlette(routes=[*Console(context).routes()])) as url:
        yield Running(url, world)
    world.store.close()


def test_split_off_without_scripts_and_the_pipeline_goes_on(chromium: Browser, running: Running) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="it")
    page = running.opened(context.new_page())
    second = page.locator(".mentions > li", has_text="alert(1)").nth(0)
    second.get_by_role("link", name="Separa…").click()
    assert page.locator("h1").inner_text() == "Separare questa menzione dalla sua vicenda?"
    assert "Va via con la menzione che ne dipende" in page.inner_text("main")
    assert running.ids() == [["1", "2", "3", "4"], ["5"]]
    page.get_by_role("button", name="Separa con ciò che ne dipende").click()
    page.wait_for_url("**#byhand")
    assert "Questa vicenda è stata separata dalla vicenda" in page.inner_text("#byhand")
    assert running.ids() == [["1", "4"], ["2", "3"], ["5"]]
    running.world.hear(said("6", 9, "and me", parent="x:3"))
    assert running.ids() == [["1", "4"], ["2", "3", "6"], ["5"]]
    context.close()


def test_joined_by_the_address_of_a_page_without_scripts(chromium: Browser, running: Running) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en")
    page = running.opened(context.new_page(), 1)
    older, younger = running.world.stories()
    page.get_by_label("Number of the other story, or address of its page").fill(
        f"{running.url}/stories/{older.id}#m1"
    )
    page.get_by_role("button", name="Show what would happen").click()
    assert f"Story {older.id} is the older one: it stays" in page.inner_text("main")
    page.get_by_role("button", name="Join the two stories").click()
    page.wait_for_url(f"**/stories/{older.id}#byhand")
    assert f"Story {younger.id} was made part of this one" in page.inner_text("#byhand")
    assert running.ids() == [["1", "2", "3", "4", "5"]]
    page.goto(f"{running.url}/stories/{younger.id}")
    assert page.url.endswith(f"/stories/{older.id}")
    context.close()


def test_joined_from_the_list_with_scripts(chromium: Browser, running: Running, seen: Seen) -> None:
    page = chromium.new_page(locale="it")
    seen.watch(page)
    running.opened(page)
    page.get_by_role("link", name="Scegli tra le vicende recenti").click()
    page.click("a.row")
    page.get_by_role("button", name="Unisci le due vicende").click()
    page.wait_for_url("**#byhand")
    assert running.ids() == [["1", "2", "3", "4", "5"]]
    assert (seen.dialogs, seen.complaints) == ([], [])
    page.context.close()


def test_what_is_refused_stays_to_be_read(chromium: Browser, running: Running) -> None:
    """Somebody else was faster: the page says so, and is not renewed under the reader while more is heard."""
    page = running.opened(chromium.new_page(locale="en"))
    last = page.locator(".mentions > li", has_text="as it does on Sunday")
    last.get_by_role("link", name="Split off…").click()
    story, *_ = running.world.stories()
    n = next(kept.n for kept in running.world.kept(story) if kept.mention.id == "x:4")
    context = running.world.context
    Regroup(context.config, context.store, context.clock).split(story.id, [n])
    page.get_by_role("button", name="Split off alone").click()
    page.wait_for_selector("[role=alert]")
    assert page.locator("script[src*=live]").count() == 0
    assert f"Nothing was changed. This mention is not in story {story.id}" in page.inner_text("[role=alert]")
    page.get_by_role("link", name="Back to the story, change nothing").click()
    page.wait_for_url(f"**/stories/{n}#m{n}")
    assert running.ids() == [["1", "2", "3"], ["4"], ["5"]]
    page.context.close()


@pytest.mark.parametrize(("scheme", "locale"), [("light", "it"), ("dark", "en")])
@pytest.mark.parametrize("width", [390, 1440])
def test_each_page_fits_and_hostile_words_do_nothing(
    chromium: Browser, running: Running, seen: Seen, width: int, scheme: str, locale: str
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme, locale=locale)  # type: ignore[arg-type]
    seen.watch(page)
    first, other = running.world.stories()
    n = running.world.kept(first)[1].n
    for path in (
        "",
        "#byhand",
        f"/split/{first.id}",
        f"/split/{n}",
        "/join",
        f"/join?other={other.id}",
        "/join?other=" + "w" * 300,
        "/join?other=" + XSS.replace("#", ""),
    ):
        page.goto(f"{running.url}/stories/{first.id}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert (seen.dialogs, seen.complaints) == ([], [])
    page.context.close()
