"""Staff join and split stories on the pages as they do on the command line, while the pipeline runs."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from console_world import ENGLISH, ITALIAN, NOW, PATIENT
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from test_console_login import AT, RIGHT, Browser

from console import reading_regroup, regroup, regroup_view
from console.reading_regroup import Going, Pair, Told
from console.regroup_view import ALONE, WITH, named
from console.role import Console
from earshot.config import from_dict
from earshot.errors import Refused, Unavailable
from earshot.model import Author, Episode, Level, Mention, Score, Step, Story
from earshot.store import regrouped, stories
from earshot.store.mentions import Kept
from earshot.topics import STORIES

# Tests are folders, not packages: this one borrows the world of another.
sys.path.insert(0, str(Path(__file__).parents[1] / "processors"))
from pipeline_world import CONFIG, PLAIN, PLEASED, World, alike, said

OTHER = "The parcel never came and your courier lied about the delivery, what a shame"
XSS = "<script>alert(1)</script>"


class ByHand(World):
    """The real pipeline on a real store, and a browser that looks at the console beside it."""

    def browser(self, **console: Any) -> Browser:
        raw = CONFIG | {"console": {"login": False, "language": "en"} | console}
        return Browser(Console(replace(self.context, config=from_dict(raw))))

    def talk(self) -> tuple[Story, dict[str, int]]:
        """A story of four: 2 answers 1, 3 reposts 2, 4 answers 3. With the number of each."""
        self.hear(
            said("1"),
            said("2", 1, OTHER, parent="x:1"),
            said("3", 2, PLEASED, reposted="x:2"),
            said("4", 3, PLAIN, parent="x:3"),
        )
        story = self.stories()[0]
        return story, {kept.mention.id[2:]: kept.n for kept in self.kept(story)}

    def two(self) -> list[Story]:
        return self.hear(said("1", text=PLAIN), said("2", 1, OTHER)).stories()

    def ids(self) -> dict[int, list[str]]:
        """What is in each story."""
        return {story.id: [kept.mention.id[2:] for kept in self.kept(story)] for story in self.stories()}

    def whole(self) -> None:
        for story in self.stories():
            assert alike(self.rebuilt(story), story)

    def done(self) -> list[str]:
        with self.store.read() as connection:
            return [each.kind for each in regrouped.of_brand(connection, 1)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ByHand]:
    world = ByHand(tmp_path)
    yield world
    world.store.close()


def words(page: httpx.Response) -> str:
    return unescape(page.text)


# --- split --------------------------------------------------------------------------------------------------


def test_from_the_story_a_mention_is_split_off_with_what_hangs_on_it(world: ByHand) -> None:
    story, n = world.talk()
    browser, path = world.browser(), f"/stories/{story.id}/split/{n['2']}"
    assert f'<a href="{path}">Split off…</a>' in browser.get(f"/stories/{story.id}").text
    page = browser.get(path)
    assert "It goes with the 2 mentions that hang on it" in page.text
    assert (
        f"These 3 leave story {story.id} and become a story of their own, with the number {n['2']}."
        in page.text
    )
    assert f"Story {story.id} stays with 1 mention, and keeps its number and its page." in page.text
    assert world.done() == []  # looking changes nothing
    answer = browser.post(path, page, way="with")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/stories/{n['2']}#byhand")
    assert world.ids() == {story.id: ["1"], n["2"]: ["2", "3", "4"]}
    assert f"This story was split off story {story.id}" in browser.get(f"/stories/{n['2']}").text
    assert f"Story {n['2']} was split off this one" in browser.get(f"/stories/{story.id}").text
    world.whole()


def test_alone_goes_exactly_what_the_command_line_is_told(world: ByHand) -> None:
    story, n = world.talk()
    browser, path = world.browser(), f"/stories/{story.id}/split/{n['3']}"
    browser.post(path, browser.get(path), way="alone")
    assert world.ids() == {story.id: ["1", "2", "4"], n["3"]: ["3"]}


def test_the_running_pipeline_follows_and_joins_nothing_again(world: ByHand) -> None:
    story, n = world.talk()
    browser, path = world.browser(), f"/stories/{story.id}/split/{n['2']}"
    browser.post(path, browser.get(path), way="with")
    world.hear(said("5", 9, "so it is", parent="x:4"), said("6", 10, "no", parent="x:1", root="x:4"))
    assert world.ids() == {story.id: ["1", "6"], n["2"]: ["2", "3", "4", "5"]}
    world.whole()
    world.restart()


def test_the_first_mention_keeps_the_number_and_the_others_go(world: ByHand) -> None:
    story, n = world.talk()
    browser, path = world.browser(), f"/stories/{story.id}/split/{n['1']}"
    page = browser.get(path)
    assert 'value="with"' not in page.text  # everything hangs on it, and not all can go
    assert f"It began story {story.id}, so it keeps that number and stays there, alone." in page.text
    assert f"The other 3 mentions become a story of their own, with the number {n['2']}." in page.text
    answer = browser.post(path, page, way="alone")
    assert answer.headers["location"] == f"/stories/{story.id}#byhand"
    assert world.ids() == {story.id: ["1"], n["2"]: ["2", "3", "4"]}


def test_the_last_mention_of_a_story_stays(world: ByHand) -> None:
    story = world.hear(said("1")).stories()[0]
    browser, path = world.browser(), f"/stories/{story.id}/split/{story.id}"
    assert "Split off…" not in browser.get(f"/stories/{story.id}").text
    page = browser.get(path)
    assert f"It is the only mention of story {story.id}" in page.text
    assert "Nothing was changed." in page.text
    answer = browser.post(path, token=token(page), way="alone")
    assert (answer.status_code, world.done()) == (409, [])
    assert f"It is the only mention of story {story.id}" in answer.text


def test_what_somebody_else_split_off_meanwhile_is_told(world: ByHand) -> None:
    story, n = world.talk()
    browser, path = world.browser(), f"/stories/{story.id}/split/{n['3']}"
    page = browser.get(path)
    browser.post(path, page, way="alone")
    again = browser.post(path, page, way="alone")
    assert again.status_code == 409
    assert f"is not in story {story.id}: it is in story {n['3']} now." in again.text
    assert world.done() == ["split"]
    assert "data-mark" not in again.text  # not live: what was refused stays to be read


# --- join ---------------------------------------------------------------------------------------------------


def test_the_other_story_is_chosen_from_the_recent_ones_and_joined(world: ByHand) -> None:
    older, younger = world.two()
    browser, path = world.browser(), f"/stories/{younger.id}/join"
    assert f'action="{path}"' in browser.get(f"/stories/{younger.id}").text
    assert f'href="{path}?other={older.id}"' in browser.get(path).text
    page = browser.get(f"{path}?other={older.id}")
    assert f"Story {older.id} is the older one: it stays, with its number and its page." in page.text
    assert f"Story {younger.id} becomes part of it." in page.text
    assert "1 and 1 make 2" in page.text
    assert world.done() == []
    answer = browser.post(path, page)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/stories/{older.id}#byhand")
    assert world.ids() == {older.id: ["1", "2"]}
    assert browser.get(f"/stories/{younger.id}").headers["location"].endswith(f"/stories/{older.id}")
    assert f"Story {younger.id} was made part of this one" in browser.get(f"/stories/{older.id}").text
    world.hear(said("3", 9, "same", parent="x:2"))
    assert world.ids() == {older.id: ["1", "2", "3"]}
    world.whole()


def test_what_was_joined_can_be_split_off_again_and_lives(world: ByHand) -> None:
    older, younger = world.two()
    browser, path = world.browser(), f"/stories/{younger.id}/join"
    browser.post(path, browser.get(f"{path}?other={older.id}"))
    path = f"/stories/{older.id}/split/{younger.id}"
    page = browser.get(path)
    assert f"Story {younger.id} had become part of this one: it is there again." in page.text
    browser.post(path, page, way="alone")
    assert world.ids() == {older.id: ["1"], younger.id: ["2"]}
    assert browser.get(f"/stories/{younger.id}").status_code == 200


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (lambda world, story: "7", "There is no story 7."),
        (lambda world, story: "seven", "That is not the number of a story."),
        (lambda world, story: "9" * 25, "That is not the number of a story."),
        (lambda world, story: str(story.id), "That is the number of this story itself."),
        (
            lambda world, story: str(world.stories("Bolt")[0].id),
            "is about Bolt, this one about Acme: a story has one brand.",
        ),
    ],
)
def test_why_it_cannot_be_is_said_before_and_after_and_changes_nothing(
    world: ByHand, typed: Callable[[ByHand, Story], str], why: str
) -> None:
    story = world.hear(said("1"), said("2", brand="Bolt")).stories()[0]
    browser, path, other = world.browser(), f"/stories/{story.id}/join", typed(world, story)
    page = browser.get(f"{path}?other={other}")
    assert why in page.text
    assert f'value="{other}"' in page.text  # to be mended
    answer = browser.post(path, token=token(page), other=other)
    assert (answer.status_code, world.done()) == (409, [])
    assert why in answer.text


def test_joined_twice_is_told(world: ByHand) -> None:
    older, younger = world.two()
    browser, path = world.browser(language="it"), f"/stories/{older.id}/join"
    page = browser.get(f"{path}?other={younger.id}")
    browser.post(path, page)
    again = browser.post(path, page)
    assert again.status_code == 409
    assert f"La vicenda {younger.id} fa già parte di questa." in again.text
    assert "Non è cambiato nulla." in again.text
    assert world.done() == ["join"]


def test_of_what_is_not_there_nothing_is_asked(world: ByHand) -> None:
    older, younger = world.two()
    browser = world.browser()
    form = token(browser.get(f"/stories/{older.id}"))
    for path in (f"/stories/7/split/{older.id + 99}", "/stories/x/split/x", f"/stories/{older.id}/split/7"):
        assert browser.get(path).status_code == 404
        assert browser.post(path, token=form, way="alone").status_code == 404
    assert browser.post(f"/stories/{older.id}/split/{older.id}", token=form, way="all").status_code == 404
    assert browser.get("/stories/x/join").status_code == 404
    assert browser.get("/stories/7/join").headers["location"] == "/stories/7"
    assert browser.post("/stories/7/join", token=form, other=str(younger.id)).status_code == 404
    assert world.done() == []


# --- who may ------------------------------------------------------------------------------------------------


def token(page: httpx.Response) -> str:
    return page.text.partition('name="token" value="')[2].partition('"')[0]


def test_a_page_elsewhere_changes_nothing_in_our_name(world: ByHand) -> None:
    story, n = world.talk()
    browser = world.browser()
    form = token(browser.get(f"/stories/{story.id}"))
    for path, fields in ((f"/stories/{story.id}/split/{n['2']}", {"way": "alone"}), ("/stories/1/join", {})):
        for headers, sent in (
            ({"origin": "http://evil.example", "sec-fetch-site": "cross-site"}, {"token": form}),
            ({"origin": AT, "sec-fetch-site": "same-origin"}, {"token": "0" * 64}),
            ({}, {}),
        ):
            assert browser.forge(path, headers, **fields, **sent).status_code == 403
    assert world.done() == []


def test_who_has_not_logged_in_sees_and_changes_nothing(world: ByHand) -> None:
    older, younger = world.two()
    browser = world.browser(login=True, password=RIGHT)
    for path in (f"/stories/{older.id}/join", f"/stories/{older.id}/split/{older.id}"):
        assert browser.get(path).headers["location"].startswith("/login")
        answer = browser.forge(path, {}, other=str(younger.id), way="alone")
        assert answer.headers["location"].startswith("/login")
    assert world.done() == []
    browser.log_in()
    path = f"/stories/{older.id}/join"
    assert browser.post(path, browser.get(f"{path}?other={younger.id}")).status_code == 303
    assert world.done() == ["join"]


# --- what others are told -----------------------------------------------------------------------------------


def test_the_alerts_hear_of_it(world: ByHand) -> None:
    older, younger = world.two()
    heard = world.bus.subscribe(STORIES.name, "test")
    while heard.poll(0):
        pass
    browser, path = world.browser(), f"/stories/{older.id}/join"
    browser.post(path, browser.get(f"{path}?other={younger.id}"))
    batch = heard.poll(0)
    assert batch
    assert [record.key for record in batch.records] == [str(older.id), str(younger.id)]


def test_a_bus_that_is_away_undoes_nothing(world: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    older, younger = world.two()
    browser, path = world.browser(), f"/stories/{older.id}/join"
    page = browser.get(f"{path}?other={younger.id}")

    def away(*_: object) -> None:
        raise Unavailable("broker: cannot be reached")

    monkeypatch.setattr(world.bus, "publish", away)
    assert browser.post(path, page).status_code == 303
    assert world.ids() == {older.id: ["1", "2"]}


def test_another_refusal_is_shown_with_its_reason(world: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the processors are not installed, or write without a pause."""
    older, younger = world.two()
    browser, path = world.browser(language="it"), f"/stories/{older.id}/join"

    def none(*_: object) -> None:
        raise Refused(f"nothing that folds stories is installed {XSS}")

    monkeypatch.setattr(regroup, "find_regrouper", none)
    answer = browser.post(path, browser.get(f"{path}?other={younger.id}"))
    assert answer.status_code == 409
    assert "Earshot ne dà il motivo, in inglese:" in answer.text
    assert "nothing that folds stories is installed &lt;script&gt;" in answer.text
    split = f"/stories/{older.id}/split/{older.id}"
    world.hear(said("9", 3, "so", parent="x:1"))
    assert "Non è cambiato nulla." in browser.post(split, browser.get(split), way="alone").text
    assert world.done() == []


# --- words --------------------------------------------------------------------------------------------------


def test_hostile_words_stay_words(world: ByHand) -> None:
    world.hear(said("1", text=XSS, by=XSS), said("2", 1, XSS + " again and again", parent="x:1"))
    story = world.stories()[0]
    browser = world.browser()
    for path in (f"/stories/{story.id}/split/{story.id}", f"/stories/{story.id}/join?other={XSS}"):
        page = browser.get(path)
        assert XSS not in page.text
        assert XSS in words(page)


@pytest.mark.parametrize(
    ("typed", "story"),
    [
        ("1099511627811", 1099511627811),
        (" 12 ", 12),
        ("https://earshot.example/stories/12#m13", 12),
        ("/stories/12?x=1", 12),
        ("", None),
        ("12 13", None),
        ("-1", None),
        ("١٢", None),
        ("https://earshot.example/mentions/12", None),
    ],
)
def test_a_story_is_named_by_its_number_or_its_address(typed: str, story: int | None) -> None:
    assert named(typed) == story


@PATIENT
@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_number_that_a_store_takes_or_none(typed: str) -> None:
    found = named(typed)
    assert found is None or 0 <= found < 2**63


def told(number: int, **values: Any) -> Told:
    given = {"brand": "Ronvia", "first": f"x:{number}", "opened_at": NOW, "last_at": NOW} | values
    return Told(Story(id=number, **given), None)


def mention(n: int) -> Kept:
    made = Mention(
        id=f"x:{n}", brand="Ronvia", author=Author(id="1"), created_at=NOW, collected_at=NOW, text="No"
    )
    return Kept(n, made, Score(language="en"), "reply", withdrawn=False)


def test_what_will_happen_reads_in_italian() -> None:
    found = Going(told(10), mention(12), {10, 11, 12, 13, 14}, {13}, {12})
    with_it, alone = regroup_view.split_page(ITALIAN, found, 10, NOW).ways
    assert (with_it.key, with_it.name) == (WITH, "Va via con la menzione che ne dipende")
    assert with_it.happens == [
        "Queste 2 lasciano la vicenda 10 e diventano una vicenda a sé, con il numero 12.",
        "Alla vicenda 10 restano 3 menzioni; numero e pagina non cambiano.",
        "La vicenda 12 era stata unita a questa: torna a essere una vicenda a sé.",
        "Menzioni, autori, copertura e rischio di entrambe vengono ricalcolati.",
        "Un avviso aperto segue la menzione che lo ha fatto scattare; nessuno riceve notifiche.",
        "Earshot da solo non le riunirà più; una persona può farlo.",
    ]
    assert (alone.key, alone.name) == (ALONE, "Va via da sola")
    assert alone.happens[:2] == [
        "Lascia la vicenda 10 e diventa una vicenda a sé, con il numero 12.",
        "Alla vicenda 10 restano 4 menzioni; numero e pagina non cambiano.",
    ]


def test_the_first_takes_what_hangs_on_it_and_leaves_the_rest() -> None:
    found = Going(told(10), mention(10), {10, 11, 12, 13}, {12}, set())
    with_it, alone = regroup_view.split_page(ENGLISH, found, 10, NOW).ways
    assert (with_it.name, with_it.others_go) == (
        "It stays with the 1 mention that hangs on it, the others go",
        True,
    )
    assert with_it.happens[:2] == [
        "It began story 10, so it keeps that number and stays there with what hangs on it: 2 mentions.",
        "The other 2 mentions become a story of their own, with the number 11.",
    ]
    assert alone.happens[1] == "The other 3 mentions become a story of their own, with the number 11."


def test_an_open_alert_goes_on_in_the_story_that_stays() -> None:
    step = Step(level=Level.watch, reason="risk", at=NOW, mention="x:20", risk=40.0)
    open_one = told(20, episodes=(Episode(number=1, steps=(step,)),), mentions=4)
    page = regroup_view.join_page(ENGLISH, Pair(open_one, told(10, mentions=2000), []), "10", NOW)
    assert page.kept == 10
    assert "The open alert of story 20 goes on in story 10." in page.happens
    assert any("2,000 and 4 make 2,004" in each for each in page.happens)
    calm = Pair(told(20), told(10), [])
    assert "avviso" not in " ".join(regroup_view.join_page(ITALIAN, calm, "10", NOW).happens)


def test_only_recent_stories_of_the_brand_that_stand_are_offered(world: ByHand) -> None:
    texts = [f"{word} {word}ing {word}ed" for word in ("walk", "talk", "jump", "park", "cook")]
    world.hear(*(said(f"{i}", i, text) for i, text in enumerate(texts)), said("9", 9, OTHER, brand="Bolt"))
    one, gone, *others = world.stories()
    with world.store.begin() as connection:
        stories.save(connection, [structs.replace(gone, part_of=one.id, version=gone.version + 1)])
        found = reading_regroup.pair(connection, one.id, None)
        assert reading_regroup.pair(connection, gone.id, None) is None
    assert found
    assert [told.story.id for told in found.recent] == [story.id for story in reversed(others)]
