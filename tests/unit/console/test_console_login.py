"""Who comes in, how, for how long, and what a page elsewhere cannot do in their name."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from console_world import NOW, PATIENT, World
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from console.attempts import ALL, EACH, Attempts
from console.door import Door
from console.entrance import Entrance
from console.role import Console
from console.session import LASTS, Seal
from console.website import local
from earshot import passwords
from earshot.clock import SetClock
from earshot.config import from_dict
from earshot.store import access

RIGHT = "tivo-ruka-dami-fose-pilu"
AT = "http://console.example"


class Browser:
    """Keeps cookies, fills forms in, and says where a form came from; over the real routes."""

    def __init__(self, role: Console) -> None:
        self._app = Starlette(routes=[*role.routes()])
        self.cookies = httpx.Cookies()

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, page: httpx.Response | None = None, **fields: str) -> httpx.Response:
        """The form of `page` that goes to `path`, with its hidden fields."""
        _, _, form = (page.text if page else "").partition(f'action="{path}"')
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form.partition("</form>")[0]))
        return self._ask("POST", path, hidden | fields, {"origin": AT, "sec-fetch-site": "same-origin"})

    def forge(self, path: str, headers: dict[str, str], **fields: str) -> httpx.Response:
        return self._ask("POST", path, fields, headers)

    def log_in(self, password: str = RIGHT, path: str = "/login") -> httpx.Response:
        return self.post("/login", self.get(path), password=password)

    def _ask(
        self, method: str, path: str, fields: dict[str, str] | None, headers: dict[str, str]
    ) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url=AT, cookies=self.cookies) as web:
                answer = await web.request(method, path, data=fields, headers=headers)
                self.cookies = web.cookies
                return answer

        return asyncio.run(ask())


def console(world: World, **settings: Any) -> Console:
    return Console(world.context("Ronvia", **({"login": True, "password": RIGHT} | settings)))


@pytest.fixture
def browser(world: World) -> Browser:
    return Browser(console(world))


def test_without_a_session_every_page_leads_to_the_login_and_back(browser: Browser) -> None:
    led = browser.get("/stories/7?x=1")
    assert (led.status_code, led.headers["location"]) == (303, "/login?next=%2Fstories%2F7%3Fx%3D1")
    back = browser.log_in(path=led.headers["location"])
    assert (back.status_code, back.headers["location"]) == (303, "/stories/7?x=1")
    assert browser.get("/").status_code == 200


def test_what_is_no_page_is_told_instead_of_led(browser: Browser) -> None:
    assert browser.get("/events").status_code == 401
    assert browser.get("/static/earshot.css").status_code == 200


def test_the_login_says_where_the_password_is(world: World) -> None:
    page = Browser(console(world, language="it", password=None)).get("/login")
    assert "al primo avvio" in page.text
    assert "earshot password" in page.text
    assert "nella sezione <code>[console]" in Browser(console(world, language="it")).get("/login").text
    assert "Vicende" not in page.text  # nothing behind the door is shown


@pytest.mark.parametrize("wrong", ["", "x", RIGHT[:-1], RIGHT.upper(), RIGHT + "\0", "é" * 1_000])
def test_a_wrong_password_opens_nothing(browser: Browser, wrong: str) -> None:
    refused = browser.log_in(wrong)
    assert refused.status_code == 403
    assert "That is not the password." in refused.text
    assert browser.get("/").status_code == 303


def test_the_session_is_kept_from_scripts_and_other_sites(world: World) -> None:
    answer = Browser(console(world)).log_in()
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert f"max-age={7 * 86_400}" in cookie
    assert "secure" not in cookie


def test_over_https_cookies_are_only_for_https(world: World) -> None:
    context = world.context("Ronvia", login=True, password=RIGHT)
    raw = {"server": {"public_url": "https://earshot.example"}, "console": {"password": RIGHT}}
    browser = Browser(Console(replace(context, config=from_dict(raw))))
    assert "secure" in browser.get("/login").headers["set-cookie"].lower()


def test_logging_out_ends_it_for_this_browser(browser: Browser) -> None:
    browser.log_in()
    assert browser.get("/logout").status_code == 405
    page = browser.get("/")
    assert "Log out" in page.text
    browser.post("/logout", page)
    assert browser.get("/").status_code == 303


def test_where_nobody_has_to_log_in_there_is_no_way_out_either(world: World) -> None:
    page = Browser(console(world, login=False, password=None)).get("/")
    assert page.status_code == 200
    assert "Log out" not in page.text


# --- forms that are not ours ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": AT, "sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site"},
    ],
)
def test_a_form_from_elsewhere_does_nothing_even_with_a_token(
    browser: Browser, headers: dict[str, str]
) -> None:
    browser.log_in()
    token = re.findall(r'name="token" value="([^"]+)"', browser.get("/").text)[0]
    refused = browser.forge("/logout", headers, token=token)
    assert refused.status_code == 403
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_its_token_does_nothing(browser: Browser, token: str) -> None:
    browser.log_in()
    assert browser.forge("/logout", {"origin": AT}, token=token).status_code == 403
    assert browser.get("/").status_code == 200


def test_a_token_is_only_for_whom_it_was_made(world: World) -> None:
    role = console(world)
    mine, other = Browser(role), Browser(role)
    for browser in (mine, other):
        browser.log_in()
    token = re.findall(r'name="token" value="([^"]+)"', other.get("/").text)[0]
    assert mine.forge("/logout", {"origin": AT}, token=token).status_code == 403


def test_a_form_that_is_too_large_or_no_form_is_refused(browser: Browser) -> None:
    assert browser.forge("/login", {"origin": AT}, token="x" * 20_000).status_code == 403
    many = {f"f{n}": "x" for n in range(60)}
    assert browser.forge("/login", {"origin": AT}, **many).status_code == 403


@pytest.mark.parametrize(
    ("address", "goes"),
    [
        ("/", "/"),
        ("/stories/7?a=b&c=%20", "/stories/7?a=b&c=%20"),
        ("", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/%0d%0aset-cookie:x", "/%0d%0aset-cookie:x"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nset-cookie: x=y", "/"),
        ("/à", "/"),
    ],
)
def test_one_is_only_sent_on_within_the_console(browser: Browser, address: str, goes: str) -> None:
    assert local(address) == goes
    page = browser.get("/login")
    assert browser.post("/login", page, password=RIGHT, next=address).headers["location"] == goes


# --- language -------------------------------------------------------------------------------------------------


def test_a_language_that_was_chosen_stays(world: World) -> None:
    browser = Browser(console(world, language=""))
    page = browser.get("/login", **{"accept-language": "de"})
    assert '<html lang="en">' in page.text
    chosen = browser.post("/language", page, language="it", next="/login?next=%2F")
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/login?next=%2F")
    assert '<html lang="it">' in browser.get("/login", **{"accept-language": "en"}).text


def test_what_is_configured_wins_over_the_browser_and_nonsense_changes_nothing(world: World) -> None:
    browser = Browser(console(world, language="it"))
    page = browser.get("/login", **{"accept-language": "en"})
    assert '<html lang="it">' in page.text
    browser.post("/language", page, language="../../etc")
    assert '<html lang="it">' in browser.get("/login").text


# --- the password ---------------------------------------------------------------------------------------------


@contextmanager
def running(role: Console) -> Iterator[None]:
    """A start and a stop of the role."""

    async def live() -> None:
        stop = asyncio.Event()
        stop.set()
        await role.run(stop)

    asyncio.run(live())
    yield


def test_the_first_start_makes_a_password_and_shows_it_once(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    role = console(world, password=None)
    with running(role):
        said = capsys.readouterr().out
    (made,) = re.findall(r"\b(?:[a-z]{4}-){4}[a-z]{4}\b", said)
    assert Browser(role).log_in(made).status_code == 303
    with world.store.read() as connection:
        assert made not in (access.get(connection, passwords.KEPT_AS) or "")
    with running(console(world, password=None)):
        assert capsys.readouterr().out == ""
    assert Browser(console(world, password=None)).log_in(made).status_code == 303


def test_for_machines_it_is_one_event(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    context = world.context("Ronvia", login=True)
    config = from_dict({"earshot": {"log_format": "json"}})
    with running(Console(replace(context, config=config))):
        event = httpx.Response(200, content=capsys.readouterr().out).json()
    assert event["event"] == "password made"
    assert passwords.is_right(event["password"], _kept(world))


@pytest.mark.parametrize("settings", [{"login": False, "password": None}, {"password": RIGHT}])
def test_where_none_is_needed_none_is_made(
    world: World, capsys: pytest.CaptureFixture[str], settings: dict[str, Any]
) -> None:
    with running(console(world, **settings)):
        assert (capsys.readouterr().out, _kept(world)) == ("", "")


def test_another_password_ends_the_sessions_of_the_old_one(world: World) -> None:
    role = console(world, password=None)
    _keep(world, "first-password")
    browser = Browser(role)
    browser.log_in("first-password")
    assert browser.get("/").status_code == 200
    _keep(world, "second-password")
    assert browser.get("/").status_code == 303
    assert browser.log_in("first-password").status_code == 403
    assert browser.log_in("second-password").status_code == 303


def test_before_there_is_a_password_nobody_comes_in(world: World) -> None:
    assert Browser(console(world, password=None)).log_in("").status_code == 403


def _keep(world: World, password: str) -> None:
    with world.store.begin() as connection:
        access.replace(connection, passwords.KEPT_AS, passwords.hashed(password))


def _kept(world: World) -> str:
    with world.store.read() as connection:
        return access.get(connection, passwords.KEPT_AS) or ""


# --- how long, how often --------------------------------------------------------------------------------------


def test_a_session_lasts_a_week_of_the_readers_time(world: World) -> None:
    clock = SetClock(NOW)
    door = Door(world.store, from_dict({"console": {"password": RIGHT}}), clock)
    cookies = {"earshot_session": door._seal().session(NOW)}
    clock.advance(LASTS - timedelta(seconds=1))
    assert door.visitor(cookies).inside
    clock.advance(timedelta(seconds=1))
    assert not door.visitor(cookies).inside


@PATIENT
@given(st.text(max_size=60), st.integers(0, 200), st.characters())
def test_no_cookie_but_ours_is_a_session(cookie: str, place: int, letter: str) -> None:
    seal = Seal("key", "password")
    assert seal.holder(cookie, NOW) is None
    good = seal.session(NOW)
    at = place % len(good)
    if good[at] != letter:
        assert seal.holder(good[:at] + letter + good[at + 1 :], NOW) is None
    assert seal.holder(good, NOW) is not None
    assert Seal("other key", "password").holder(good, NOW) is None
    assert Seal("key", "other password").holder(good, NOW) is None


def test_who_tries_too_often_waits(world: World) -> None:
    role = console(world)
    browser = Browser(role)
    codes = [browser.log_in("wrong").status_code for _ in range(EACH + 1)]
    assert codes == [403] * EACH + [429]
    late = browser.log_in(RIGHT)
    assert late.status_code == 429
    assert 0 < int(late.headers["retry-after"]) <= 60
    assert "Too many tries" in late.text


def test_tries_are_forgotten_after_a_minute_and_right_ones_at_once() -> None:
    now = [0.0]
    attempts = Attempts(lambda: now[0])
    for _ in range(3 * EACH):
        right = attempts.begin("a")
        assert not isinstance(right, int)
        attempts.forgive(right)
    assert [isinstance(attempts.begin("a"), int) for _ in range(EACH + 1)] == [False] * EACH + [True]
    assert not isinstance(attempts.begin("b"), int)
    now[0] = 59.9
    assert attempts.begin("a") == 1
    now[0] = 60.0
    assert not isinstance(attempts.begin("a"), int)


def test_many_addresses_together_wait_too() -> None:
    attempts = Attempts(lambda: 0.0)
    tried = [attempts.begin(f"10.0.0.{n}") for n in range(ALL + 1)]
    assert [isinstance(each, int) for each in tried] == [False] * ALL + [True]


def test_all_that_is_open_to_everybody_is_meant_to_be(world: World) -> None:
    role = console(world)
    pages = [page for group in (*role._groups, role._live) for page in group.pages()]
    assert {page.path for page in pages if page.open} == {"/login", "/logout", "/language"}
    assert Entrance in {type(group) for group in role._groups}
