"""What people write is shown, never obeyed: each vector in every field of a mention, each page in both languages."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote

import pytest
from browser_site import Served, Words, World, called
from hostile_vectors import VECTORS
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request
from sqlalchemy import Connection
from starlette.applications import Starlette

from console.role import Console
from earshot.clock import to_us
from earshot.model import Author, Level, Mention, Score, SourceReport
from earshot.store import Store, mentions, notices, sources
from earshot.store.notices import Kept

pytestmark = pytest.mark.browser

EACH = 12  # vectors a story
BRANDS = ("Ronvia", *VECTORS[::20])
OURS = 'script[src^="/static/"]'
WATCH = """
window.ran = [];
window.hit = (what) => window.ran.push(String(what));
for (const name of ["alert", "confirm", "prompt", "open", "print"]) window[name] = () => window.ran.push(name);
document.addEventListener("securitypolicyviolation", (event) =>
    window.ran.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


@dataclass
class Watched:
    """What a page did: all of it should be nothing."""

    host: str
    left: list[str] = field(default_factory=list)
    """Requests for another host."""
    dialogs: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.add_init_script(WATCH)
        page.on("request", self._asked)
        page.on("dialog", self._dialog)
        page.on("popup", lambda other: self.left.append(f"popup {other.url}"))
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(self.host):
            self.left.append(request.url)

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        if "status of 404" not in message.text:
            self.complaints.append(message.text)

    @property
    def nothing(self) -> bool:
        return not (self.left or self.dialogs or self.complaints)


def mention(vector: str, row: mentions.Row) -> mentions.Row:
    """The row with the vector wherever a string may stand."""
    said = mentions.read(row).mention
    language = vector[:35] if row.n % 2 else "en"  # the even ones are read, so their words are tinted
    author = Author(id=vector, handle=vector, name=vector, url=vector, followers=1, verified=True)
    hostile = Mention(
        id=f"{vector}:{row.n}", brand=said.brand, author=author, created_at=said.created_at,
        collected_at=said.collected_at, text=vector, title=vector, language=language, url=vector,
        root=vector, parent=vector, quoted=vector, reposted=vector, links=(vector, f"https://evil.example/{vector}"),
    )  # fmt: skip
    score = Score(language=vector, negative=0.9, neutral=0.1, positive=0.0, basis=vector, model=vector)
    return row._replace(
        link=vector,
        outlet=vector,
        outlet_class=vector,
        mention=mentions.encode(hostile),
        score=mentions.encode(score),
    )


def plant(world: World, brand: str, vectors: tuple[str, ...]) -> int:
    """A story that each of them is a mention of, with an alert, a notice and a voice for each."""
    first = world.step(Level.warning, 30, 0)
    story = world.tell(brand, [Words(v, who=f"u{n}") for n, v in enumerate(vectors)], episodes=called(first))
    with world.store.begin() as connection:
        rows = mentions.of_story(connection, story)
        told = [mention(vector, row) for vector, row in zip(vectors, rows, strict=True)]
        mentions.replace(connection, told)
        connection.exec_driver_sql(
            "update mentions set link = ?, outlet = ?, outlet_class = ? where n = ?",
            [(row.link, row.outlet, row.outlet_class, row.n) for row in told],
        )
        _retell(connection, story, vectors)
    world.alert(story, reason=vectors[-1])
    return story


def _retell(connection: Connection, story: int, vectors: tuple[str, ...]) -> None:
    (body,) = connection.exec_driver_sql("select story from stories where id = ?", (story,)).one()
    raw = json.loads(body)
    step = raw["episodes"][0]["steps"][0]
    raw["outlets"] = dict.fromkeys(vectors, "news")
    raw["episodes"][0]["steps"] = [step | {"mention": f"{vector}:{story}"} for vector in vectors[:3]]
    connection.exec_driver_sql("update stories set story = ? where id = ?", (json.dumps(raw), story))


def tell(world: World, alert: int, vector: str) -> None:
    """A notice of an alert, to a receiver of that name, that failed with those words."""
    at = world.now - timedelta(minutes=1)
    notice = Kept(
        identity=vector, receiver=vector, brand=vector, story=1, episode=1, level=Level.warning, reason=vector,
        decided_at=at, subject=vector, text=vector, link=vector, heard_at=at,
    )  # fmt: skip
    with world.store.begin() as connection:
        connection.exec_driver_sql(
            "insert into notices (identity, alert, receiver, state, decided_at, due_at, attempts, possible_repeat,"
            " error, notice) values (?, ?, ?, 'failed', ?, ?, 1, ?, ?, ?)",
            (vector, alert, vector, to_us(at), to_us(at), True, vector, notices.encode(notice)),
        )


def report(world: World, vector: str) -> None:
    """A source that calls itself so."""
    now = world.now
    told = SourceReport(
        name=vector,
        kind=vector,
        at=now,
        started_at=now,
        errors={vector: 3},
        error=vector,
        error_at=now,
        refused={vector: 3},
        refusal=vector,
        refused_at=now,
        note=vector,
    )
    with world.store.begin() as connection:
        sources.save(connection, [told])


@dataclass
class Planted:
    url: str
    own: list[str]
    """Every page that has an address of its own."""
    stories: dict[int, tuple[str, ...]]

    @property
    def pages(self) -> list[str]:
        lists = [*self.own, *(f"/stories/{story}" for story in self.stories)]
        asked = [f"/?brand={quote(brand)}" for brand in BRANDS[1:3]]
        odd = [f"/stories/{quote(VECTORS[0], safe='')}", f"/alerts?after={quote(VECTORS[40])}"]
        return [self.url + path for path in (*lists, *asked, *odd, f"/login?next={quote(VECTORS[82])}")]

    @property
    def mentions(self) -> list[str]:
        """The page of each vector."""
        told = [(story, n) for story, part in self.stories.items() for n in range(len(part))]
        return [f"{self.url}/mentions/{story + n}" for story, n in told]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    world = World(Store(tmp_path_factory.mktemp("hostile") / "earshot.db"))
    parts = [VECTORS[n : n + EACH] for n in range(0, len(VECTORS), EACH)]
    stories = {plant(world, BRANDS[n % len(BRANDS)], part): part for n, part in enumerate(parts)}
    for vector in VECTORS[::3]:
        tell(world, 1 + len(vector) % len(parts), vector)
        report(world, vector)
    role = Console(world.context(*BRANDS, language=""))
    pages = [page for group in role._groups for page in group.pages() if page.method == "GET"]
    own = [page.path for page in pages if "{" not in page.path]
    with Served(Starlette(routes=[*role.routes()])) as url:
        yield Planted(url, own, stories)
    world.store.close()


def test_there_are_enough_of_them() -> None:
    assert len(set(VECTORS)) == len(VECTORS) >= 100


def test_what_a_page_does_would_be_seen(chromium: Browser) -> None:
    """The control: outside of our pages the same words do run, and ask for things elsewhere."""
    page, watched = chromium.new_page(), Watched("http://127.0.0.1")
    watched.watch(page)
    page.route("**/evil.example/**", lambda route: route.abort())
    page.goto("about:blank")
    page.set_content("<svg onload=hit()><img src=http://evil.example/p.png>")
    page.wait_for_function("() => window.ran.length > 0")
    assert watched.left
    page.context.close()


@pytest.mark.parametrize("language", ["en", "it"])
def test_no_vector_runs_or_asks_for_anything_on_any_page(
    chromium: Browser, planted: Planted, language: str
) -> None:
    visit(chromium, planted.url, planted.pages, language)


@pytest.mark.parametrize("language", ["en", "it"])
def test_no_vector_runs_on_the_page_of_its_mention(
    chromium: Browser, planted: Planted, language: str
) -> None:
    assert len(planted.mentions) == len(VECTORS)
    half = len(VECTORS) // 2
    pages = planted.mentions[:half] if language == "en" else planted.mentions[half:]
    tinted = visit(chromium, planted.url, pages, language)
    assert tinted > len(VECTORS) // 8, "their words are not explained"


def visit(chromium: Browser, host: str, addresses: Sequence[str], language: str) -> int:
    """Looks at each; how many of them tint words."""
    context, tinted = chromium.new_context(locale=language), 0
    page, watched = context.new_page(), Watched(host)
    watched.watch(page)
    for address in addresses:
        page.goto(address)
        assert page.evaluate("window.ran") == [], address
        assert page.inner_text("h1").strip(), address
        assert page.locator(f"script:not({OURS}), base, meta[http-equiv], iframe, object, embed").count() == 0
        assert (
            page.locator("main :is(img, video, audio, style, link, meta, foreignObject, math)").count() == 0
        )
        assert page.evaluate(DISOBEYED) == [], address
        assert page.evaluate("document.documentElement.lang") == language
        assert watched.nothing, (address, watched)
        tinted += page.locator("main .tinted mark").count() > 0
    context.close()
    return tinted


DISOBEYED = r"""
[...document.querySelectorAll("*")].flatMap((each) => [...each.attributes]
    .filter(({ name, value }) => /^on|^srcdoc$|^formaction$|^ping$|^xlink:/.test(name)
        || (/^(href|src|action|poster|data)$/.test(name) && !/^(\/(?![\/\\])|#|https?:\/\/[^\/])/.test(value)))
    .map(({ name, value }) => `${each.tagName} ${name}=${value}`))
"""


def test_all_of_them_can_be_read(chromium: Browser, planted: Planted) -> None:
    page = chromium.new_page(locale="en")
    for story, vectors in planted.stories.items():
        page.goto(f"{planted.url}/stories/{story}")
        told = page.locator("main p.text").all_text_contents()
        lost = [vector for vector in vectors if not any(_plain(vector) in _plain(each) for each in told)]
        assert lost == []
    page.context.close()


def _plain(text: str) -> str:
    return " ".join(text.split())


def test_no_link_leads_where_it_does_not_say(chromium: Browser, planted: Planted) -> None:
    page = chromium.new_page(locale="en")
    for story in planted.stories:
        page.goto(f"{planted.url}/stories/{story}")
        for link in page.locator("main a[target]").all():
            host = link.evaluate("link => new URL(link.href).hostname")
            assert host in link.inner_text()
            assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    page.context.close()


def test_what_arrives_while_the_page_is_open_is_not_obeyed_either(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The page that live.js fetches goes another way into the document."""
    world = World(Store(tmp_path_factory.mktemp("hostile") / "earshot.db"))
    world.tell("Ronvia", [Words("Carta bloccata"), Words("anche a me", who="bo")])
    with Served(Starlette(routes=[*Console(world.context("Ronvia")).routes()])) as url:
        page, watched = chromium.new_page(), Watched(url)
        watched.watch(page)
        page.goto(url)
        story = plant(world, "Ronvia", VECTORS[:40])
        page.wait_for_selector(f'main a[href="/stories/{story}"]')
        assert page.evaluate("window.ran") == []
        assert watched.nothing, watched
        page.context.close()
    world.store.close()
