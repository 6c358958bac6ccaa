"""The real routes in a real application, over HTTP."""

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from console_world import Words, World, called
from starlette.applications import Starlette

from console.role import Console
from console.security import POLICY
from earshot.model import Level

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'><svg/onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "</title></style><b>",
    "&lt;b&gt; &#x202e; \u202egnp.exe",
)
TAGS = {"img", "b onmouseover", "iframe", "object", "style"}


class Parsed(HTMLParser):
    """The elements that a browser would make, and the text that it would show."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def ask(world: World, *paths: str, method: str = "GET", language: str = "en") -> list[httpx.Response]:
    """Each answer of a console that watches three brands."""
    speaks = {"cookie": f"earshot_language={language}"}
    return asyncio.run(
        _ask(world, *(lambda web, p=path: web.request(method, p, headers=speaks) for path in paths))
    )


async def _ask(
    world: World, *calls: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]
) -> list[httpx.Response]:
    local = {"name": "Celerpost", "audience": {"places": ["Bologna"], "languages": ["it"]}}
    app = Starlette(routes=[*Console(world.context("Ronvia", local, "A&B <brand>")).routes()])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://console.example") as web:
        return list(await asyncio.gather(*(call(web) for call in calls)))


def test_the_home_page_tells_the_state_and_links_to_the_stories(world: World) -> None:
    story = world.tell(
        "Ronvia",
        [Words("Carta bloccata da tanti giorni"), Words("anche a me", who="bo")],
        risk=66.6,
        episodes=called(world.step(Level.warning, 10, 0)),
    )
    world.alert(story)
    (answer,) = ask(world, "/")
    assert answer.status_code == 200
    page = Parsed(answer.text)
    assert ("a", {"class": "row", "href": f"/stories/{story}"}) in page.elements
    for said in (
        "One story needs attention",
        "Carta bloccata da tanti giorni",
        "its risk rose",
        "2 mentions",
        "67",
    ):
        assert said in page.text


def test_a_story_shows_everything_that_it_is_made_of(world: World) -> None:
    first = (1 << 40) + 1
    story = world.tell(
        "Ronvia",
        [
            Words("Carta bloccata", who="@giulia", url="https://x.example/1"),
            Words("Pessimi", who="Paolo", kind="review", source="trustpilot", stars=1, link="copy"),
            Words("🙃", who="@lia", negative=None, link="quote"),
            Words("ritirata", who="@quattro", withdrawn=True),
        ],
        risk=63.2,
        episodes=called(
            world.step(Level.watch, 60, first), world.step(Level.warning, 60, first + 1, source="trustpilot")
        ),
    )
    (answer,) = ask(world, f"/stories/{story}")
    page = Parsed(answer.text)
    for said in (
        "Why the risk is 63",
        "Watch alert: 1 mention, 18:51",
        "Warning alert: 2 mentions, 18:51",
        "negative 0.90 (automatic)",
        "rated 1 of 5",
        "the same words",
        "withdrawn",
        "1 withdrawn (it still counts among mentions, authors and reach, not in the negativity), mood of 1 not assessed",
        "1.30 − 5 = −3.70",
    ):
        assert said in page.text
    assert "ritirata" not in answer.text
    links = [
        attrs for tag, attrs in page.elements if tag == "a" and (attrs.get("href") or "").startswith("http")
    ]
    assert {attrs["href"] for attrs in links} == {"https://x.example/1", "https://social.example/post/1"}
    assert all(attrs["rel"] == "noopener noreferrer nofollow" for attrs in links)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "1 of 2 authors is of the brand’s audience (Bologna; Italian)"),
        ("it", "1 autore su 2 fa parte del pubblico del marchio (Bologna; italiano)"),
    ],
)
def test_how_many_are_of_the_audience_is_told_and_of_nobody_that_they_are(
    world: World, language: str, sentence: str
) -> None:
    said = [Words("Pacco perso", who="@a", place="Bologna, casa mia"), Words("Anche il mio", who="@b")]
    story = world.tell("Celerpost", said, audience=1)
    page, mention = ask(world, f"/stories/{story}", f"/mentions/{story}", language=language)
    assert sentence in Parsed(page.text).text
    assert mention.status_code == 200
    assert "casa mia" not in page.text + mention.text


def test_a_story_that_is_critical_below_the_risk_of_it_says_why(world: World) -> None:
    steps = called(world.step(Level.critical, 60, (1 << 40) + 1))
    story = world.tell("Ronvia", [Words("Carta bloccata")], risk=72.4, episodes=steps)
    asked = [
        lambda web, language=language: web.get(
            f"/stories/{story}", headers={"cookie": f"earshot_language={language}"}
        )
        for language in ("en", "it")
    ]
    english, italian = (Parsed(answer.text).text for answer in asyncio.run(_ask(world, *asked)))
    assert "Critical although its risk is 72: it was worse before, and a level falls" in english
    assert "Critico anche se il rischio è 72: prima era peggio, e il livello scende" in italian
    (calm,) = ask(world, f"/stories/{world.tell('Ronvia', [Words('Carta')], risk=72.4)}")
    assert "although" not in calm.text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_shown_and_never_obeyed(world: World, text: str) -> None:
    words = Words(text, who=text, title=text, url=f"javascript:{text}", source="x", link=text)
    story = world.tell("Ronvia", [words, words], episodes=called(world.step(Level.watch, 60, (1 << 40) + 1)))
    for answer in ask(world, "/", f"/stories/{story}"):
        page = Parsed(answer.text)
        assert text in page.text
        scripts = [attrs["src"] for tag, attrs in page.elements if tag == "script"]
        assert [src for src in scripts if not (src or "").startswith("/static/")] == []
        assert not TAGS & {tag for tag, _ in page.elements}
        assert not [a for _, attrs in page.elements for a in attrs if a.startswith("on") or a == "style"]
        assert not [a for _, attrs in page.elements if "javascript" in (a := attrs.get("href") or "")]


@pytest.mark.parametrize(
    "path", ["/", "/stories/1", "/stories/x/y", "/static/earshot.css", "/static/none", "/?brand=none"]
)
def test_every_answer_is_guarded(world: World, path: str) -> None:
    (answer,) = ask(world, path)
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    kept = "immutable" if path == "/static/earshot.css" else "no-store"
    assert kept in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "/stories/1",
        "/stories/",
        "/stories/0",
        "/stories/-1",
        "/stories/+1",
        "/stories/1_0",
        "/stories/٣",
        "/stories/1.0",
        "/stories/9223372036854775808",
        "/stories/" + "9" * 400,
        "/stories/%00",
        "/stories/1/2",
        "/stories/..%2f..%2fetc",
        "/static/..%2fpages.py",
        "/static/base.html",
        "/?brand=Ronvi",
    ],
)
def test_what_is_not_there_gets_a_page_that_helps(world: World, path: str) -> None:
    (answer,) = ask(world, path)
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.text
    assert 'href="/"' in answer.text


def test_an_empty_installation_teaches(world: World) -> None:
    (answer,) = ask(world, "/")
    assert "earshot init" in answer.text
    assert "/api/mentions" in answer.text
    assert "Nothing heard yet" in answer.text


def test_a_brand_may_have_any_name(world: World) -> None:
    world.tell("A&B <brand>", [Words("solo sua"), Words("b", who="bo")])
    world.tell("Ronvia", [Words("di un altro"), Words("b", who="bo")])
    (everything,) = ask(world, "/")
    (tab,) = {
        a["href"] for t, a in Parsed(everything.text).elements if t == "a" and "A%26B" in (a["href"] or "")
    }
    (answer,) = ask(world, tab or "")
    assert "solo sua" in answer.text
    assert "di un altro" not in answer.text


def test_head_answers_like_get_without_a_body_and_nothing_else_is_allowed(world: World) -> None:
    (answer,) = ask(world, "/", method="HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    for method in ("POST", "PUT", "DELETE"):
        (refused,) = ask(world, "/", method=method)
        assert refused.status_code == 405


def test_what_a_page_needs_is_served_and_may_be_kept(world: World) -> None:
    (answer,) = ask(world, "/")
    needed = re.findall(r'(?:href|src)="(/static/[^"]+)"', answer.text)
    assert {"/static/earshot.css", "/static/live.js"} <= {address.partition("?")[0] for address in needed}
    assert {asset.status_code for asset in ask(world, *needed)} == {200}


def test_a_store_that_cannot_be_read_is_said_and_makes_the_role_unready(world: World) -> None:
    role = Console(world.context("Ronvia"))
    assert role.unready() is None
    world.store.close()
    world.store.path.rename(world.store.path.with_suffix(".away"))
    (answer,) = ask(world, "/")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"
    assert "The store cannot be read right now" in answer.text
    assert "cannot be read" in (role.unready() or "")


def test_reading_never_holds_the_loop(world: World) -> None:
    """The loop goes on while a page waits for the store: it is what lets the store answer."""
    answer_now = threading.Event()
    context = world.context("Ronvia")
    read = context.store.read

    def slow() -> object:
        assert answer_now.wait(30)
        return read()

    context.store.read = slow  # type: ignore[method-assign,assignment]

    async def browse() -> int:
        transport = httpx.ASGITransport(Starlette(routes=[*Console(context).routes()]))
        async with httpx.AsyncClient(transport=transport, base_url="http://console.example") as web:
            page = asyncio.create_task(web.get("/"))
            asset = await web.get("/static/earshot.css")
            answer_now.set()
            return asset.status_code + (await page).status_code

    assert asyncio.run(browse()) == 400


def test_the_role_waits_until_it_is_stopped(world: World) -> None:
    async def live() -> None:
        role, stop = Console(world.context()), asyncio.Event()
        running = asyncio.create_task(role.run(stop))
        await asyncio.sleep(0)
        assert not running.done()
        assert role.idle()
        stop.set()
        await running

    asyncio.run(live())


def test_the_page_of_a_joined_story_leads_to_the_one_that_stays(world: World) -> None:
    kept = world.tell("Acme", [Words("Nobody answers the phone")])
    gone = world.tell("Acme", [Words("The phone again")], part_of=kept, joined_n=1)
    page, home = ask(world, f"/stories/{gone}", "/")
    assert (page.status_code, page.headers["location"]) == (307, f"/stories/{kept}")
    assert "The phone again" not in home.text


def test_a_call_of_a_joined_story_that_is_over_is_on_the_page_of_the_one_that_stays(world: World) -> None:
    kept = world.tell("Acme", [Words("Nobody answers the phone")])
    first = called(world.step(Level.warning, ago=300, mention=kept + 1), resolved_at=world.now)
    world.tell("Acme", [Words("The phone again")], part_of=kept, joined_n=1, episodes=first)
    (page,) = ask(world, f"/stories/{kept}")
    steps = page.text.partition('id="steps"')[2].partition("</section>")[0]
    assert steps.count("<li>") == 1
    assert "Warning" in steps


def test_who_leaves_before_a_form_is_sent_breaks_nothing(world: World) -> None:
    app = Starlette(routes=[*Console(world.context("Ronvia")).routes()])
    sent = []

    async def leave() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def hear(message: MutableMapping[str, Any]) -> None:
        sent.append(message.get("status"))

    scope = {
        "type": "http", "method": "POST", "path": "/mentions/1", "raw_path": b"/mentions/1", "query_string": b"",
        "headers": [(b"host", b"console.example")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        "scheme": "http", "http_version": "1.1", "root_path": "",
    }  # fmt: skip
    asyncio.run(app(scope, leave, hear))
    assert sent[0] == 403
