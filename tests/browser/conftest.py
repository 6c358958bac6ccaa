"""A real server on a real port, and a real Chromium that looks at it."""

import os
import shutil
from collections.abc import Iterator

import pytest
from browser_site import Seen, Served, Site, World, fill
from playwright.sync_api import Browser, sync_playwright
from starlette.applications import Starlette

from console.role import Console
from earshot.store import Store

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    world = World(Store(tmp_path_factory.mktemp("store") / "earshot.db"))
    stories = fill(world)
    app = Starlette(routes=[*Console(world.context("Ronvia", "Celerpost", "Baldo")).routes()])
    with Served(app) as url:
        yield Site(url, *stories)
    world.store.close()


@pytest.fixture(scope="module")  # while it is open, Playwright keeps an event loop running in this thread
def chromium() -> Iterator[Browser]:
    path = os.environ.get("EARSHOT_TEST_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.fail(
            "no Chromium: run `make browser` (Debian: apt-get install chromium), or set EARSHOT_TEST_CHROMIUM",
            pytrace=False,
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def seen() -> Seen:
    return Seen()
