"""Staff say on a mention's page how it reads: only from a page of ours, and it is shown who said what."""

import pytest
from console_world import ENGLISH, ITALIAN, NOW, Words, World
from msgspec import structs
from test_console_login import Browser, console
from test_console_mentions import READ, page

from console import mention_view
from console.mention_view import MentionPage
from console.reading_mentions import Found
from earshot.clock import to_us
from earshot.config import Brand
from earshot.handling import Handling
from earshot.model import Author, Mention, Score, Story
from earshot.staff import STAFF, Polarity
from earshot.store import corrections, mentions
from earshot.store.corrections import Correction
from earshot.store.mentions import Kept


@pytest.fixture
def known(world: World) -> int:
    return world.tell("Ronvia", [Words("Still no parcel"), Words("gone", withdrawn=True, who="bob")])


@pytest.fixture
def browser(world: World, known: int) -> Browser:
    return Browser(console(world, login=False))


def said(world: World) -> list[tuple[int, str, str]]:
    with world.store.read() as connection:
        return [(each.mention, each.polarity, each.made_by) for each in corrections.standing(connection)]


def test_a_button_says_it_and_the_page_shows_it(world: World, browser: Browser, known: int) -> None:
    path = f"/mentions/{known}"
    answer = browser.post(path, browser.get(path), polarity="pos")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}#label")
    assert said(world) == [(known, "pos", "console")]
    shown = browser.get(path).text
    assert 'value="pos" aria-pressed="true"' in shown
    assert "<b>positive</b>, <bdi>in the console</bdi>, <time" in shown
    assert "It counts in its story within a minute" in shown


def test_the_same_again_is_not_said_twice(world: World, browser: Browser, known: int) -> None:
    path = f"/mentions/{known}"
    for polarity in ("neg", "neg", "neu"):
        browser.post(path, browser.get(path), polarity=polarity)
    with world.store.read() as connection:
        assert [each.polarity for each in corrections.of_mention(connection, known)] == ["neu", "neg"]


def wanted(world: World, n: int) -> list[tuple[str, ...] | None]:
    """The intents of each of its labels, the newest first."""
    with world.store.read() as connection:
        return [each.intents for each in corrections.of_mention(connection, n)]


def test_what_its_author_wants_is_said_with_it_and_shown(world: World, browser: Browser, known: int) -> None:
    path = f"/mentions/{known}"
    browser.post(path, browser.get(path), polarity="neg", **{"wants-churn": "on", "wants-complaint": "on"})
    assert wanted(world, known) == [("complaint", "churn")]
    shown = browser.get(path).text
    assert "<b>negative</b> (complaint, leaving), <bdi>" in shown
    assert 'name="wants-churn" checked>' in shown
    assert 'name="wants-praise">' in shown


def test_no_tick_says_nothing_of_what_it_wants(world: World, browser: Browser, known: int) -> None:
    path = f"/mentions/{known}"
    browser.post(path, browser.get(path), polarity="neg")
    assert wanted(world, known) == [None]
    assert '<details id="wants">' in browser.get(path).text


def test_another_intent_is_said_anew_and_the_same_ones_are_not(
    world: World, browser: Browser, known: int
) -> None:
    path = f"/mentions/{known}"
    for ticks in ({"wants-churn": "on"}, {"wants-churn": "on"}, {}, {"wants-legal": "on", "wants-joy": "on"}):
        browser.post(path, browser.get(path), polarity="neg", **ticks)
    assert wanted(world, known) == [("legal",), None, ("churn",)]


def test_a_tick_can_be_taken_back(world: World, browser: Browser, known: int) -> None:
    path = f"/mentions/{known}"
    browser.post(path, browser.get(path), polarity="neg", **{"wants-complaint": "on", "wants-safety": "on"})
    browser.post(path, browser.get(path), polarity="neu")
    assert wanted(world, known) == [None, ("complaint", "safety")]
    shown = browser.get(path).text
    assert "<b>neutral</b>, <bdi>in the console</bdi>" in shown
    assert " checked>" not in shown
    browser.post(path, browser.get(path), polarity="neu")
    assert len(wanted(world, known)) == 2


def test_ticks_alone_can_be_taken_back(world: World, browser: Browser, known: int) -> None:
    path = f"/mentions/{known}"
    for ticks in ({"wants-legal": "on"}, {}):
        browser.post(path, browser.get(path), polarity="neg", **ticks)
    assert wanted(world, known) == [None, ("legal",)]


def test_a_form_that_showed_no_tick_takes_none_back(world: World, browser: Browser, known: int) -> None:
    """Somebody ticked one while it was open."""
    path = f"/mentions/{known}"
    older = browser.get(path)
    browser.post(path, browser.get(path), polarity="neg", **{"wants-churn": "on"})
    browser.post(path, older, polarity="neu")
    assert wanted(world, known) == [("churn",), ("churn",)]


# --- how it is to be handled ----------------------------------------------------------------------------

ASKED = Score(
    language="it",
    negative=0.9,
    neutral=0.08,
    positive=0.02,
    basis="text",
    intents={"complaint": 0.9},
    signs=("press_interest", "minor"),
    grave=("discrimination",),
    mood="anger",
    address="tu",
    model="negativity-1",
)
AS_SHOWN = {"sign-press_interest": "on", "sign-minor": "on", "mood": "anger", "address": "tu"}
"""What a browser sends of a form that nobody changed."""


@pytest.fixture
def asked(world: World, known: int) -> int:
    with world.store.begin() as connection:
        mentions.rescore(connection, [(known, ASKED, 0)])
    return known


def handled(world: World, n: int) -> list[Handling]:
    with world.store.read() as connection:
        return [each.handling for each in corrections.of_mention(connection, n)]


def test_the_form_is_set_as_it_was_read(browser: Browser, asked: int) -> None:
    shown = browser.get(f"/mentions/{asked}").text
    for part in (
        'name="sign-minor" checked>',
        'name="sign-spam">',
        'name="danger-self_harm">',
        'name="danger-discrimination" checked disabled>',
        'value="anger" selected>',
        'value="tu" selected>',
        "A danger that Earshot read stays.",
    ):
        assert part in shown
    assert 'value="informal"' not in shown
    assert "Earshot read:" not in shown


def test_what_is_put_right_is_said_and_shown(world: World, browser: Browser, asked: int) -> None:
    path = f"/mentions/{asked}"
    right = {"sign-press_interest": "on", "danger-self_harm": "on", "mood": "worry", "address": "lei"}
    browser.post(path, browser.get(path), polarity="neg", **right)
    assert handled(world, asked) == [Handling(("press_interest",), ("self_harm",), "worry", "lei")]
    shown = browser.get(path).text
    for part in (
        "<b>negative</b> (the press asks for a word; self-harm; worried; says “Lei”), <bdi>",
        "Earshot read: the press asks for a word, a minor is concerned; angry; says “tu”.",
        'name="sign-minor">',
        'value="worry" selected>',
    ):
        assert part in shown


def test_what_comes_back_as_it_was_shown_is_not_said(world: World, browser: Browser, asked: int) -> None:
    path = f"/mentions/{asked}"
    browser.post(path, browser.get(path), polarity="neg", **AS_SHOWN)
    browser.post(path, polarity="neu", token=browser.get(path).text.split('name="token" value="')[1][:64])
    assert handled(world, asked) == [Handling(), Handling()]


def test_what_is_set_as_it_was_read_is_taken_back(world: World, browser: Browser, asked: int) -> None:
    path = f"/mentions/{asked}"
    browser.post(path, browser.get(path), polarity="neg", mood="joy", address="none")
    with world.store.read() as connection:
        (made,) = corrections.of_mention(connection, asked)
    assert made.handling == Handling((), (), "joy", "none")
    with world.store.begin() as connection:  # the brand's owner has put it right
        mentions.rescore(connection, [(asked, corrections.corrected(ASKED, made), 0)])
    assert "(nothing to be known; glad; no form of address)" in browser.get(path).text
    browser.post(path, browser.get(path), polarity="neg", **AS_SHOWN)
    assert handled(world, asked)[0] == Handling()


def test_a_danger_that_somebody_named_can_be_unticked(world: World, browser: Browser, asked: int) -> None:
    path = f"/mentions/{asked}"
    for danger in ({"danger-self_harm": "on"}, {}):
        browser.post(path, browser.get(path), polarity="neg", **AS_SHOWN, **danger)
    assert [each.dangers for each in handled(world, asked)] == [(), ("self_harm",)]


def test_a_form_that_is_older_takes_nothing_back(world: World, browser: Browser, asked: int) -> None:
    """Somebody put a sign right while it was open."""
    path = f"/mentions/{asked}"
    older = browser.get(path)
    browser.post(path, browser.get(path), polarity="neg", **AS_SHOWN | {"sign-spam": "on"})
    browser.post(path, older, polarity="neg", **AS_SHOWN | {"mood": "irony"})
    assert handled(world, asked)[0] == Handling(("press_interest", "minor", "spam"), (), "irony")


def test_other_words_in_the_form_say_nothing(world: World, browser: Browser, asked: int) -> None:
    path = f"/mentions/{asked}"
    strange = {"mood": "rage", "address": "informal", "sign-rude": "on", "danger-safety": "on"}
    browser.post(path, browser.get(path), polarity="neg", **AS_SHOWN | strange)
    assert handled(world, asked) == [Handling()]


def test_a_language_with_one_form_of_address_asks_for_none(
    world: World, browser: Browser, asked: int
) -> None:
    with world.store.begin() as connection:
        mentions.rescore(connection, [(asked, structs.replace(ASKED, language="en", address="none"), 0)])
    assert 'name="address"' not in browser.get(f"/mentions/{asked}").text


def test_a_sign_of_what_nobody_could_read_is_shown() -> None:
    made = correction()._replace(handling=Handling(signs=("minor",), dangers=("self_harm",)))
    rows = dict(labelled(corrections.corrected(Score(language="unknown"), made), made).about)
    assert (rows["To be known"], rows["Cannot wait"]) == ("a minor is concerned", "self-harm")


def test_a_page_elsewhere_says_nothing_in_our_name(world: World, browser: Browser, known: int) -> None:
    path = f"/mentions/{known}"
    token = browser.get(path).text.partition('name="token" value="')[2].partition('"')[0]
    for headers, fields in (
        ({"origin": "http://evil.example", "sec-fetch-site": "cross-site"}, {"token": token}),
        ({"sec-fetch-site": "same-origin"}, {"token": "0" * 64}),
        ({}, {}),
    ):
        assert browser.forge(path, headers, polarity="pos", **fields).status_code == 403
    assert said(world) == []


def test_who_has_not_logged_in_is_led_to_the_login(world: World, known: int) -> None:
    browser = Browser(console(world))
    assert browser.forge(f"/mentions/{known}", {}, polarity="pos").headers["location"].startswith("/login")
    assert said(world) == []


@pytest.mark.parametrize("polarity", ["", "negative", "NEG", "neg\0"])
def test_other_words_are_not_understood(world: World, browser: Browser, known: int, polarity: str) -> None:
    path = f"/mentions/{known}"
    assert browser.post(path, browser.get(path), polarity=polarity).status_code == 404
    assert said(world) == []


def test_of_what_is_gone_nothing_can_be_said(world: World, browser: Browser, known: int) -> None:
    form = browser.get(f"/mentions/{known}")
    token = form.text.partition('name="token" value="')[2].partition('"')[0]
    for n in (known + 1, known + 9, "x", "9" * 30):
        assert browser.post(f"/mentions/{n}", token=token, polarity="neg").status_code == 404
    assert said(world) == []
    assert "Is this read right?" not in browser.get(f"/mentions/{known + 1}").text


# --- words ----------------------------------------------------------------------------------------------


def correction(polarity: Polarity = "neg", number: int = 3, by: str = "cli") -> Correction:
    return Correction(number, 1, "x", 1, to_us(NOW), by, polarity, None, "", None, "")


def labelled(score: Score, *labels: Correction) -> MentionPage:
    said = Mention(
        id="x:1", brand="Ronvia", author=Author(id="1"), created_at=NOW, collected_at=NOW, text="No"
    )
    kept = Kept(1, said, score, "new", withdrawn=False)
    story = Story(id=1, brand="Ronvia", first="x:1", opened_at=NOW, last_at=NOW)
    found = Found(kept, to_us(NOW), story, kept, labels)
    return mention_view.mention_page(ENGLISH, found, None, NOW, Brand(name="Ronvia"))


def test_a_reading_by_staff_names_no_model() -> None:
    made = correction()
    shown = labelled(corrections.corrected(READ, made), made)
    assert (shown.basis, shown.model, shown.other_model, shown.waits) == ("what staff said", "", "", "")
    assert shown.meaning == "Set by what staff said of it: no model changes it again."
    assert shown.row.score == "negative (said by staff)"
    assert shown.by_staff


def test_who_said_what_is_listed_newest_first() -> None:
    shown = labelled(READ, correction("pos", 4, "Ada"), correction("neg", 3))
    assert [(each.word, each.by) for each in shown.labels] == [
        ("positive", "Ada"),
        ("negative", "on the command line"),
    ]
    assert [each.key for each in shown.choices if each.stands] == ["pos"]
    assert shown.waits


def test_a_name_may_be_long_or_hostile(world: World, browser: Browser, known: int) -> None:
    with world.store.begin() as connection:
        kept = corrections.heard(connection, known)
        assert kept
        corrections.add(connection, kept, "neg", to_us(NOW), "<script>" + "a" * 500)
    shown = browser.get(f"/mentions/{known}").text
    assert "<script>a" not in shown
    assert "&lt;script&gt;a" in shown


def test_a_model_that_has_learnt_is_no_other_model() -> None:
    learnt = Score(
        language="en", negative=0.7, neutral=0.2, positive=0.1, basis="text", model="negativity-1+c7"
    )
    shown = page(learnt)
    assert (shown.model, shown.other_model) == ("negativity-1+c7", "")
    assert shown.learnt == "Adjusted by what staff said of other mentions."
    assert page(learnt, say=ITALIAN).learnt.startswith("Corretto")
    assert page().learnt == ""
    assert STAFF not in page().basis
