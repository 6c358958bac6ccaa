"""The login as a browser does it: its own headers, its own cookies."""

from collections.abc import Iterator

import pytest
from browser_site import Seen, Served, Words, World
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette

from console.role import Console
from earshot.store import Store

pytestmark = pytest.mark.browser

RIGHT = "tivo-ruka-dami-fose-pilu"


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    world = World(Store(tmp_path_factory.mktemp("locked") / "earshot.db"))
    world.tell("Ronvia", [Words("Carta bloccata"), Words("anche a me", who="bo")])
    context = world.context("Ronvia", login=True, password=RIGHT, language="")
    with Served(Starlette(routes=[*Console(context).routes()])) as url:
        yield url
    world.store.close()


def log_in(page: Page, address: str, password: str = RIGHT) -> None:
    page.goto(address)
    page.fill("#password", password)
    page.press("#password", "Enter")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_in_and_out_again(chromium: Browser, locked: str, seen: Seen, scripts: bool) -> None:
    context = chromium.new_context(java_script_enabled=scripts, locale="it")
    page = context.new_page()
    seen.watch(page)
    log_in(page, f"{locked}/stories/{(1 << 40) + 1}")
    assert page.inner_text("h1") == "Carta bloccata"
    page.click("button:text-is('Esci')")
    assert page.url == f"{locked}/login"
    page.goto(locked)
    assert page.url.startswith(f"{locked}/login")
    assert seen.complaints == []
    context.close()


def test_a_wrong_password_is_said_where_it_was_typed(chromium: Browser, locked: str) -> None:
    page = chromium.new_page(locale="it")
    log_in(page, locked, "un’altra")
    assert page.inner_text("#fault") == "La password non è corretta."
    assert page.get_attribute("#password", "aria-describedby") == "fault"
    assert page.evaluate("document.activeElement.id") == "password"
    page.context.close()


def test_the_language_is_the_browsers_until_it_is_chosen(chromium: Browser, locked: str, seen: Seen) -> None:
    page = chromium.new_page(locale="it-CH")
    seen.watch(page)
    page.goto(locked)
    assert page.inner_text("h1") == "Per entrare serve la password"
    page.click("button:text-is('English')")
    assert page.inner_text("h1") == "This console asks for its password"
    log_in(page, f"{locked}/?brand=Ronvia")
    assert page.inner_text("h1") == "Nothing calls for you right now"
    page.click("button:text-is('Italiano')")
    assert page.inner_text("h1") == "In questo momento non c’è nulla da gestire"
    assert page.url == f"{locked}/?brand=Ronvia"
    assert seen.complaints == []
    page.context.close()


def test_a_page_elsewhere_can_press_no_button_of_ours(chromium: Browser, locked: str) -> None:
    context = chromium.new_context(locale="en")
    page = context.new_page()
    log_in(page, locked)
    token = page.get_attribute("input[name=token] >> nth=0", "value")
    elsewhere = locked.replace("127.0.0.1", "localhost")  # another site, which even knows the token
    page.route(f"{elsewhere}/trap", lambda route: route.fulfill(
        content_type="text/html",
        body=f'<form method="post" action="{locked}/logout"><input name="token" value="{token}"><button>x</button></form>',
    ))  # fmt: skip
    page.goto(f"{elsewhere}/trap")
    page.click("button")
    assert "That was not done" in page.inner_text("h1")
    page.goto(locked)
    assert page.inner_text("h1") == "Nothing calls for you right now"
    context.close()
