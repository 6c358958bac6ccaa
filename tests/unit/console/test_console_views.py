"""Rows to what a page says: nothing hostile is marked as safe, nothing withdrawn is told, nothing is endless."""

from datetime import timedelta
from typing import Any

import pytest
from console_world import ENGLISH, NOW, PATIENT, Words, World, called
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from msgspec import structs

from console import reading, story_view, views
from console.rows import HomePage, StoryPage
from earshot.model import Author, Kind, Level, Mention, Rating, Score, Story, Terms
from earshot.store.mentions import Kept


def kept(text: str = "basta", *, withdrawn: bool = False, score: Score | None = None, **changes: Any) -> Kept:
    said: dict[str, Any] = {
        "id": "x:1",
        "brand": "Ronvia",
        "author": Author(id="1", handle="@ada"),
        "created_at": NOW,
        "collected_at": NOW,
        "text": text,
    }
    read = score or Score(language="it", negative=0.86, basis="vader")
    return Kept(1, Mention(**(said | changes)), read, "new", withdrawn)


def test_a_mention_in_words() -> None:
    row = views.mention_row(
        ENGLISH, kept("Vergogna", url="https://x.example/1", rating=Rating(1), kind="review"), NOW
    )
    assert (row.handle, row.source, row.kind, row.why) == ("@ada", "X", "review", "began a story")
    assert (row.score, row.mood, row.stars, row.rated) == (
        "negative 0.86 (automatic)",
        "negative",
        "★☆☆☆☆",
        "rated 1 of 5",
    )
    assert (row.link, row.host, row.said.full) == (
        "https://x.example/1",
        "x.example",
        "25 Nov 2026, 19:51 UTC",
    )


def test_what_was_withdrawn_is_not_told() -> None:
    """Even if the row still held it."""
    row = views.mention_row(
        ENGLISH,
        kept("segreto", withdrawn=True, title="segreto", rating=Rating(1), url="https://x.example/segreto"),
        NOW,
    )
    assert row.withdrawn
    assert (row.text, row.score, row.rated, row.stars, row.link) == (None, "", "", "", None)
    assert views.headline(ENGLISH, kept("segreto", withdrawn=True)) is None


@PATIENT
@given(st.text(max_size=5_000))
def test_a_text_is_cut_never_changed(text: str) -> None:
    shown = views.excerpt(ENGLISH, text, kept(), 280)
    assert text.startswith(shown.text)
    assert len(shown.text) <= 280
    assert bool(shown.more) == (shown.text != text)


@PATIENT
@given(
    st.text(st.characters(codec="utf-8"), max_size=200), st.text(st.characters(codec="utf-8"), max_size=80)
)
def test_hostile_words_are_never_markup(text: str, handle: str) -> None:
    row = views.mention_row(ENGLISH, kept(text, author=Author(id="1", handle=handle), url=text), NOW)
    assert not any(isinstance(value, Markup) for value in (*row, *(row.text or ())))


def test_a_thousand_lines_and_a_thousand_letters_are_cut() -> None:
    row = views.mention_row(ENGLISH, kept("\n".join("abc" * 400)), NOW)
    assert row.text is not None
    assert row.text.text.count("\n") < 30
    assert row.text.more == "… 2,340 more characters"
    assert len(views.mention_row(ENGLISH, kept(author=Author(id="1", handle="w" * 1_000)), NOW).handle) == 60


@pytest.mark.parametrize(
    ("language", "tag"), [("it", "it"), ("pt-BR", "pt-BR"), ("unknown", None), ('it" onclick="x', None)]
)
def test_only_a_real_language_is_given_to_the_browser(language: str, tag: str | None) -> None:
    shown = views.headline(ENGLISH, kept(score=Score(language=language)))
    assert shown is not None
    assert shown.language == tag


def test_the_alerts_come_loudest_first_and_the_rest_by_risk(world: World) -> None:
    ids = [
        world.tell("Ronvia", [Words("a" * 5), Words("b", who="bo")], risk=risk) for risk in (10.0, 30.0, 20.0)
    ]
    for level in (Level.watch, Level.critical):
        steps = called(world.step(level, 30, 0))
        world.alert(world.tell("Ronvia", [Words(level.name)], risk=5.0, level=level, episodes=steps))
    page = home(world, "Ronvia")
    assert page.state == "One story is critical; one is being watched"
    assert [row.level for row in page.alerts] == ["critical", "watch"]
    assert [row.id for row in page.stories] == [ids[1], ids[2], ids[0]]


def test_a_resolved_alert_is_told_once_and_does_not_call(world: World) -> None:
    over = called(world.step(Level.warning, 300, 0), resolved_at=NOW - timedelta(hours=1))
    story = world.tell("Ronvia", [Words("a"), Words("b")], episodes=over)
    world.alert(story)
    page = home(world, "Ronvia")
    assert page.state == "Nothing calls for you right now"
    assert [(row.id, row.level, row.resolved and row.resolved.ago) for row in page.resolved] == [
        (story, "warning", "1 hr ago")
    ]
    assert page.stories == []


def test_the_heading_does_not_wait_for_the_alerts_role(world: World) -> None:
    world.tell("Ronvia", [Words("a")], risk=90.0, episodes=called(world.step(Level.critical, 1, 0)))
    assert home(world, "Ronvia").state == "One story is critical"


def test_old_and_harmless_stories_leave_the_list_but_open_ones_stay(world: World) -> None:
    old = 9 * 24 * 60
    world.tell("Ronvia", [Words("vecchia", ago=old), Words("b", ago=old)])
    world.tell("Ronvia", [Words("una, e contenta", negative=0.1)])
    still = world.tell(
        "Ronvia", [Words("vecchia ma aperta", ago=old)], episodes=called(world.step(Level.watch, old, 0))
    )
    assert [row.id for row in home(world, "Ronvia").stories] == [still]


def test_a_brand_shows_only_its_own(world: World) -> None:
    for brand in ("Ronvia", "Baldo"):
        story = world.tell(brand, [Words(brand)], episodes=called(world.step(Level.warning, 5, 0)))
        world.alert(story)
        world.tell(brand, [Words("altro"), Words("altro", who="bo")])
    page = home(world, "Ronvia", "Baldo", chosen="Baldo")
    assert {row.brand for row in (*page.alerts, *page.stories)} == {"Baldo"}
    assert page.state == "One story needs attention"


def test_what_was_known_when_it_called_counts_ties_by_the_mention_that_did_it(world: World) -> None:
    """Five mentions of one request are heard at the same instant; the third one called."""
    first = (1 << 40) + 1
    step = world.step(Level.warning, 60, first + 2)
    story = world.tell("Ronvia", [Words("x", who=f"u{i}") for i in range(5)], episodes=called(step))
    page = detail(world, story)
    assert [(row.known, row.handle, row.anchor) for row in page.steps] == [("3 mentions", "u2", first + 2)]


def test_what_calls_again_says_how_many_more_and_names_who_waited(world: World) -> None:
    """The clock called for the second one, an hour after it was heard."""
    first = (1 << 40) + 1
    called_first = world.step(Level.warning, 70, first, "safety")
    later = structs.replace(world.step(Level.warning, 10, first + 1, "safety"), again=2, said=3)
    said = [Words("x", ago=70), Words("y", who="bo", ago=65), Words("z", who="cy", ago=5)]
    page = detail(world, world.tell("Ronvia", said, episodes=called(called_first, later)))
    assert [(row.reason, row.known, row.handle, row.anchor) for row in page.steps] == [
        ("somebody may be in danger: 3 more mentions since it last called", "2 mentions", "bo", first + 1),
        ("somebody may be in danger", "1 mention", "ada", first),
    ]


def test_a_long_story_shows_its_newest(world: World) -> None:
    story = world.tell("Ronvia", [Words("x", ago=200 - i / 10) for i in range(1_234)])
    page = detail(world, story)
    assert page.shown == "showing the newest 100 of 1,234"
    assert [row.n - story for row in page.said[:2]] == [1_233, 1_232]


def test_an_unread_brand_says_that_nothing_was_heard(world: World) -> None:
    page = home(world, "Ronvia")
    assert page.empty
    assert not page.heard


@PATIENT
@given(st.floats(0, 100), st.sampled_from(Level))
def test_any_story_makes_a_row(risk: float, level: Level) -> None:
    story = Story(
        id=1, brand="R", first="x:1", opened_at=NOW, last_at=NOW, risk=risk, level=level, terms=Terms(bias=-5)
    )
    row = views.story_row(ENGLISH, story, None, NOW)
    assert 0 <= row.risk <= 100
    assert row.gone


def home(world: World, *names: str, chosen: str | None = None) -> HomePage:
    with world.store.read() as connection:
        return views.home(ENGLISH, reading.home(connection, names, chosen), names, chosen, NOW)


def detail(world: World, story: int) -> StoryPage:
    with world.store.read() as connection:
        found = reading.detail(connection, story)
    assert found is not None
    return story_view.story_page(ENGLISH, found, ["Ronvia"], NOW)


@pytest.mark.parametrize(("kind", "ours"), [("reply", True), ("review", False)])
def test_the_brands_own_account_is_told_but_not_by_a_name_that_anybody_may_take(
    kind: Kind, ours: bool
) -> None:
    author = Author(id="1", handle="Ronvia_Aiuta", followers=41_000)
    row = views.mention_row(ENGLISH, kept(kind=kind, author=author), NOW, ["@ronvia_aiuta"])
    assert (row.ours, row.people) == (ours, "41,000 followers")
