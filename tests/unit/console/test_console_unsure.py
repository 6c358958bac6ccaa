"""What may tell of danger and called nobody: it is listed until somebody says whether it does."""

import re

import pytest
from console_world import ENGLISH, ITALIAN, Words, World
from test_console_login import Browser, console

from console.reading_unsure import COUNTED, PAGE
from console.role import Console
from console.words import unsure
from earshot.store import corrections
from earshot.store.corrections import LOOKED_AT, Correction

HOT = Words("The plug gets hot and smells of burning", intents={"complaint": 0.8}, perhaps={"safety": 0.5})
RIGHTS = Words("I know my rights", who="bob", negative=0.4, perhaps={"legal": 0.9, "discrimination": 0.2})
FINE = Words("All fine here", who="cid", negative=0.1)


@pytest.fixture
def known(world: World) -> int:
    return world.tell("Ronvia", [HOT, RIGHTS, FINE])


@pytest.fixture
def browser(world: World, known: int) -> Browser:
    return Browser(console(world, login=False))


def listed(browser: Browser, path: str = "/unsure") -> list[int]:
    return [int(n) for n in re.findall(r'<li id="m(\d+)"', browser.get(path).text)]


def labels(world: World, n: int) -> list[Correction]:
    with world.store.read() as connection:
        return corrections.of_mention(connection, n)


def test_what_is_nearest_to_a_call_is_listed_first_with_the_words_that_speak_for_it(
    browser: Browser, known: int
) -> None:
    assert listed(browser) == [known + 1, known]
    page = browser.get("/unsure").text
    for part in (
        "The plug gets hot and smells of burning",
        "may tell of: <b>danger</b>",
        "burning",
        "<bdi>Ronvia</bdi> · <bdi>X</bdi>",
        "<span>complaint</span>",
        f'href="/mentions/{known}"',
    ):
        assert part in page, part
    assert re.search("seen by: “[^”]*smells of burning", page)
    assert "All fine here" not in page


def test_the_home_page_says_how_many_there_are(world: World, browser: Browser) -> None:
    said = "2 mentions may tell of danger or the law and called nobody"
    assert f'<a href="/unsure">{said}</a>' in browser.get("/").text
    world.tell("Other", [FINE])
    both = Browser(Console(world.context("Ronvia", "Other")))
    assert '<a href="/unsure?brand=Ronvia">2 mentions may tell' in both.get("/?brand=Ronvia").text
    assert "called nobody" not in both.get("/?brand=Other").text


def test_more_than_are_counted_are_said_to_be_more() -> None:
    assert unsure(ENGLISH, 1, COUNTED).startswith("1 mention may tell")
    assert unsure(ENGLISH, COUNTED + 1, COUNTED).startswith("More than 100 mentions")
    assert unsure(ITALIAN, 1, COUNTED).startswith("1 menzione potrebbe")


@pytest.mark.parametrize(
    ("asked", "which"),
    [("grave=safety", [0]), ("grave=discrimination", [1]), ("grave=self_harm", []), ("brand=Ronvia", [1, 0])],
)
def test_one_danger_or_one_brand_can_be_asked_for(
    browser: Browser, known: int, asked: str, which: list[int]
) -> None:
    assert listed(browser, f"/unsure?{asked}") == [known + each for each in which]


@pytest.mark.parametrize("asked", ["grave=risk", "brand=Nobody", "after=1", "after=x_y"])
def test_what_nothing_leads_to_is_not_found(browser: Browser, asked: str) -> None:
    assert browser.get(f"/unsure?{asked}").status_code == 404


def test_pages_hold_every_mention_once(world: World) -> None:
    first = world.tell("Ronvia", [Words(f"hot {n}", perhaps={"safety": 0.5}) for n in range(PAGE + 3)])
    browser = Browser(console(world, login=False))
    page = browser.get("/unsure").text
    (following,) = re.findall(r'href="(/unsure\?after=[^"]+)" rel="next"', page)
    shown = listed(browser) + listed(browser, following)
    assert shown == list(range(first + PAGE + 2, first - 1, -1))
    assert 'rel="next"' not in browser.get(following).text


def test_older_mentions_are_not_listed(world: World) -> None:
    week = 7 * 24 * 60
    first = world.tell("Ronvia", [Words("hot", ago=week + 90, perhaps={"safety": 0.5}), HOT])
    assert listed(Browser(console(world, login=False))) == [first + 1]


def test_who_says_that_it_does_labels_it_as_it_was_read_and_it_leaves_the_list(
    world: World, browser: Browser, known: int
) -> None:
    path = f"/unsure/{known}"
    answer = browser.post(path, browser.get("/unsure?grave=safety"), tells="safety")
    assert (answer.status_code, answer.headers["location"]) == (303, "/unsure?grave=safety")
    (made,) = labels(world, known)
    assert (made.polarity, made.intents, made.made_by) == ("neg", ("complaint", "safety"), LOOKED_AT)
    assert listed(browser) == [known + 1]
    assert "1 mention may tell" in browser.get("/").text
    assert "<b>negative</b> (complaint, danger)" in browser.get(f"/mentions/{known}").text


def test_who_says_that_it_does_not_takes_it_off_too(world: World, browser: Browser, known: int) -> None:
    browser.post(f"/unsure/{known}", browser.get("/unsure"), tells="")
    (made,) = labels(world, known)
    assert (made.polarity, made.intents, made.handling.dangers) == ("neg", ("complaint",), ())
    assert listed(browser) == [known + 1]


def test_of_several_each_can_be_said_alone(world: World, browser: Browser, known: int) -> None:
    shown = browser.get("/unsure").text
    for word in ("Only legal steps", "Only discrimination", "All of it", "None of it"):
        assert f">{word}</button>" in shown
    browser.post(f"/unsure/{known + 1}", browser.get("/unsure"), tells="discrimination")
    (made,) = labels(world, known + 1)
    assert (made.polarity, made.intents, made.handling.dangers) == ("neg", (), ("discrimination",))


def test_danger_that_is_told_is_against_the_brand_however_it_was_read(world: World) -> None:
    asks = Words("Is it normal that the plug gets hot?", negative=0.2, perhaps={"safety": 0.5})
    first = world.tell("Ronvia", [asks, asks])
    browser = Browser(console(world, login=False))
    browser.post(f"/unsure/{first}", browser.get("/unsure"), tells="safety")
    browser.post(f"/unsure/{first + 1}", browser.get("/unsure"), tells="")
    (does,), (does_not,) = labels(world, first), labels(world, first + 1)
    assert (does.polarity, does_not.polarity != "neg") == ("neg", True)


def test_the_mentions_page_says_where_it_was_said(world: World, browser: Browser, known: int) -> None:
    browser.post(f"/unsure/{known}", browser.get("/unsure"), tells="safety")
    assert "under “To look at”" in browser.get(f"/mentions/{known}").text


def test_who_was_faster_is_left_to_have_said_it(world: World, browser: Browser, known: int) -> None:
    older = browser.get("/unsure")
    browser.post(f"/mentions/{known}", browser.get(f"/mentions/{known}"), polarity="pos")
    assert browser.post(f"/unsure/{known}", older, tells="safety").status_code == 303
    assert [each.polarity for each in labels(world, known)] == ["pos"]


def test_a_form_that_is_none_of_ours_says_nothing(world: World, browser: Browser, known: int) -> None:
    page = browser.get("/unsure")
    assert (
        browser.forge(f"/unsure/{known}", {"origin": "http://evil.example"}, tells="safety").status_code
        == 403
    )
    assert browser.post(f"/unsure/{known}", page).status_code == 404
    assert browser.post("/unsure/999", page, tells="safety").status_code in {403, 404}
    assert labels(world, known) == []


def test_nobody_looks_without_having_logged_in(world: World, known: int) -> None:
    led = Browser(console(world)).get("/unsure")
    assert (led.status_code, led.headers["location"]) == (303, "/login?next=%2Funsure")


def test_hostile_words_stay_words(world: World) -> None:
    text = '<script>alert(1)</script> gas leak "><img src=x onerror=alert(2)>'
    world.tell("Ronvia", [Words(text, who="<b>eve</b>", source="x", perhaps={"safety": 0.5, "legal": 0.1})])
    page = Browser(console(world, login=False)).get("/unsure").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>eve</b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; gas leak" in page


def test_nothing_to_look_at_is_said(world: World) -> None:
    browser = Browser(console(world, login=False))
    assert "What was said in the last seven days" in browser.get("/unsure").text
    world.tell("Ronvia", [FINE])
    assert "Nothing is left to look at" in browser.get("/unsure").text
    assert "Nothing here is as you ask." in browser.get("/unsure?grave=legal").text
