"""The words that an alert was raised for, on every page that tells of it, and what became of them since."""

from collections.abc import Sequence

import pytest
from console_world import ENGLISH, ITALIAN, NOW, Words, World, called
from test_console_pages import Parsed, ask

from console import alert_list, reading, story_view, views
from console.alert_list import AlertRow
from console.reading_alerts import alerts_page
from console.rows import StepRow, StoryRow
from console.tongue import Tongue
from earshot.model import Level

GAS = Words(
    "Finally iced the cake for Saturday, three layers and it only leans a bit. Shed door is mended as well, so that is"
    " the weekend gone. There is a smell of gas by the meter since the man from Ronvia came. Anyone watching Bake Off?",
    ago=40,
    evidence=("gas", "smell"),
)
GLAD = Words("Updated: they rang and paid in full. Five stars now", ago=40, negative=0.05, edited=5)
BEGAN = Words("Long queue at the counter", ago=90)
PAGES = ["/", "/alerts", "/stories/{story}"]


NOBODY = alert_list.Asked((), ())


def tell(world: World, *said: Words, reason: str = "safety", over: bool = False) -> int:
    """A story that the last of them called for."""
    story = world.tell("Ronvia", said, risk=66.0, level=Level.warning)
    *_, last = said
    step = world.step(Level.warning, last.ago, story + len(said) - 1, reason)
    with world.store.begin() as connection:
        told = reading.stories.load(connection, [story])[story]
        told.episodes, told.version = called(step, resolved_at=NOW if over else None), told.version + 1
        reading.stories.save(connection, [told])
    world.alert(story)
    return story


def text_of(page: str) -> str:
    return " ".join(" ".join(Parsed(page).text.split()).split())


def home_row(world: World, say: Tongue = ENGLISH) -> StoryRow:
    with world.store.read() as connection:
        (row,) = views.home(say, reading.home(connection, ["Ronvia"], None), ["Ronvia"], None, NOW).alerts
    return row


def alert_row(world: World, say: Tongue = ENGLISH) -> AlertRow:
    with world.store.read() as connection:
        (row,) = alert_list.shown(say, alerts_page(connection, ("Ronvia",)), "", "", NOW, NOBODY).rows
    return row


def step_row(world: World, story: int, say: Tongue = ENGLISH) -> StepRow:
    with world.store.read() as connection:
        found = reading.detail(connection, story)
    assert found is not None
    (row,) = story_view.story_page(say, found, ["Ronvia"], NOW).steps
    return row


@pytest.mark.parametrize("said", [[GAS], [BEGAN, GAS]], ids=["by the first", "by another one"])
def test_the_words_that_called_are_quoted_and_named_on_every_page(
    world: World, said: Sequence[Words]
) -> None:
    story = tell(world, *said)
    for page in ask(world, *(each.format(story=story) for each in PAGES)):
        told = text_of(page.text)
        assert "There is a smell of gas by the meter" in told
        assert "seen by: “gas”, “smell”" in told
    for row in (home_row(world), alert_row(world)):
        assert row.headline is not None
        assert row.headline.text.startswith("…")
        assert len(row.headline.text) <= 100


def test_in_italian_too(world: World) -> None:
    story = tell(world, GAS)
    cause = step_row(world, story, ITALIAN).cause
    assert cause is not None
    assert cause.seen == "si è visto da: “gas”, “smell”"
    assert home_row(world, ITALIAN).seen == alert_row(world, ITALIAN).seen == cause.seen


def test_the_list_of_past_stories_says_so_too(world: World) -> None:
    tell(world, BEGAN, GAS, over=True)
    (page,) = ask(world, "/stories?state=resolved")
    assert "There is a smell of gas by the meter" in text_of(page.text)
    assert "seen by: “gas”, “smell”" in text_of(page.text)


def test_a_risk_is_told_by_what_began_its_story(world: World) -> None:
    story = tell(world, BEGAN, GAS, reason="risk")
    for row in (home_row(world), alert_row(world)):
        assert row.headline is not None
        assert (row.headline.text, row.seen, row.edited) == (BEGAN.text, "", "")
    assert step_row(world, story).cause is None


@pytest.mark.parametrize("said", [[GLAD], [BEGAN, GLAD]], ids=["by the first", "by another one"])
def test_a_recovery_is_not_quoted_as_the_danger(world: World, said: Sequence[Words]) -> None:
    """What was read then is not kept, so the page says when it was edited, and to what."""
    story = tell(world, *said)
    cause = step_row(world, story).cause
    assert cause is not None
    assert cause.quote is not None
    assert cause.seen == ""
    assert cause.edited == "edited since, 19:46; it reads positive now, and says:"
    assert cause.quote.text == GLAD.text
    assert home_row(world).edited == alert_row(world).edited == cause.edited
    assert home_row(world, ITALIAN).edited == "modificata nel frattempo, 20:46; ora è positiva e dice:"
    for page in ask(world, *(each.format(story=story) for each in PAGES)):
        told = text_of(page.text)
        assert f"it reads positive now, and says: {GLAD.text}" in told
        assert "seen by" not in told


def test_what_was_edited_and_is_no_better_says_no_more_than_that(world: World) -> None:
    tell(world, BEGAN, Words("Still nobody came", ago=40, edited=5))
    assert home_row(world).edited == "edited since, 19:46; it says now:"
    tell_words = home_row(world).headline
    assert tell_words is not None
    assert tell_words.text == "Still nobody came"


def test_nothing_else_is_quoted_where_an_edit_left_no_words(world: World) -> None:
    tell(world, BEGAN, Words("", ago=40, edited=5))
    headline = home_row(world).headline
    assert headline is not None
    assert headline.text == "without words"


def test_what_was_withdrawn_since_is_said_to_be(world: World) -> None:
    story = tell(world, BEGAN, Words("", ago=40, withdrawn=True, edited=5))
    cause = step_row(world, story).cause
    assert cause is not None
    assert (cause.quote, cause.seen, cause.edited) == (None, "", "withdrawn since")
    row = home_row(world)
    assert row.headline is not None
    assert (row.headline.text, row.edited) == (BEGAN.text, "withdrawn since")


def test_a_mention_says_that_and_when_it_was_edited(world: World) -> None:
    story = tell(world, GLAD)
    on_story, own = ask(world, f"/stories/{story}", f"/mentions/{story}")
    assert "edited 19:46, 5 mins ago" in text_of(on_story.text)
    assert "Edited 19:46, 5 mins ago: what it said before is not kept." in text_of(own.text)
    other = tell(world, BEGAN)
    assert "dited" not in text_of(ask(world, f"/mentions/{other}")[0].text)


def test_hostile_words_are_escaped(world: World) -> None:
    nasty = Words(f"{'x ' * 200}<script>gas()</script>", ago=40, evidence=("gas", "<img src=x>"))
    story = tell(world, nasty)
    for page in ask(world, *(each.format(story=story) for each in PAGES)):
        assert "<script>gas" not in page.text
        assert "<img src=x" not in page.text
        assert "&lt;script&gt;gas()" in page.text
