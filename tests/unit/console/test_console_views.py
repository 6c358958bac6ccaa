"""Rows to what a page says: nothing hostile is marked as safe, nothing withdrawn is told, nothing is endless."""

from datetime import timedelta
from typing import Any

import pytest
from console_world import ENGLISH, NOW, PATIENT, Words, World, called
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from msgspec import structs
from test_console_pages import Parsed, ask

from console import reading, story_view, views
from console.rows import HomePage, StoryPage
from earshot.clock import to_us
from earshot.model import Author, Kind, Level, Mention, Rating, Score, SourceReport, Story, Terms
from earshot.store import sources, stories
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


@pytest.mark.parametrize(
    ("unread", "said"), [(0, ""), (1, ", 1 unreadable mention"), (3, ", 3 unreadable mentions")]
)
def test_only_what_could_not_be_read_is_called_unreadable(unread: int, said: str) -> None:
    """It may be of who has said something else: the others without a vote passed it on without a word, or took it back."""
    facts: dict[str, Any] = {"opened_at": NOW, "last_at": NOW, "authors": 5, "voters": 3, "unread": unread}
    story = Story(id=1, brand="Ronvia", first="x:1", negative_authors=1, **facts)
    assert views.story_row(ENGLISH, story, None, NOW).negative == f"1 negative of 3 readable{said}"


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


def test_an_alert_that_is_over_is_told_once_and_does_not_call(world: World) -> None:
    over = called(world.step(Level.warning, 300, 0), resolved_at=NOW - timedelta(hours=1))
    story = world.tell("Ronvia", [Words("a"), Words("b")], episodes=over)
    world.alert(story)
    page = home(world, "Ronvia")
    assert page.state == "Nothing calls for you right now"
    assert [(row.id, row.over, row.was) for row in page.resolved] == [
        (story, "Silent", "was warning, silent for 1 hr")
    ]
    assert (page.unseen, page.stories) == ([], [])


REASONS = ("safety", "legal", "discrimination", "self_harm", "press_interest", "pick_up", "risk", "voice")


@pytest.mark.parametrize(
    ("reason", "days", "stays"),
    [(each, 1, each not in ("risk", "voice")) for each in REASONS]
    + [("safety", 6.9, True), ("safety", 7.1, False)],
)
def test_what_was_grave_or_of_the_press_stays_after_its_alert_for_a_week(
    world: World, reason: str, days: float, stays: bool
) -> None:
    """It began as a risk; nobody said more, which does not say that anybody handled it."""
    steps = (
        world.step(Level.watch, days * 1440 + 90, 0),
        world.step(Level.warning, days * 1440 + 80, 0, reason),
    )
    over = called(*steps, resolved_at=NOW - timedelta(days=days))
    story = world.tell("Ronvia", [Words("ferito", ago=days * 1440 + 80)], episodes=over)
    world.alert(story)
    world.tell("Ronvia", [Words("altro", ago=1)])
    page = home(world, "Ronvia")
    assert [row.id for row in page.unseen] == ([story] if stays else [])
    assert [row.id for row in page.resolved] == ([] if stays else [story])
    assert ("Nothing calls for you" in page.state) is not stays
    if stays:
        assert page.state == "No story calls right now; one silent one needs a look"
        assert (page.unseen[0].over, story in {row.id for row in page.stories}) == ("Silent", False)


def test_what_calls_again_or_went_on_in_another_story_is_not_there_twice(world: World) -> None:
    grave = world.step(Level.warning, 300, 0, "legal")
    over = called(grave, resolved_at=NOW - timedelta(hours=1))
    again = (*over, structs.replace(called(world.step(Level.watch, 5, 0))[0], number=2))
    calling = world.tell("Ronvia", [Words("di nuovo")], episodes=over)
    world.alert(calling)
    with world.store.begin() as connection:
        stories.save(
            connection,
            [structs.replace(stories.load(connection, [calling])[calling], version=2, episodes=again)],
        )
    world.alert(calling)
    world.alert(world.tell("Ronvia", [Words("unita")], episodes=over, part_of=calling))
    page = home(world, "Ronvia")
    assert ([row.id for row in page.alerts], page.unseen) == ([calling], [])


def test_what_is_heard_just_now_is_not_called_silent(world: World) -> None:
    over = called(world.step(Level.warning, 300, 0, "legal"), resolved_at=NOW - timedelta(hours=2))
    world.alert(world.tell("Ronvia", [Words("diffida", ago=300), Words("ancora", ago=2)], episodes=over))
    (row,) = home(world, "Ronvia").unseen
    assert (row.over, row.was) == ("Calm", "was warning, calm for 2 hrs")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            [
                "Grave, or of the press, and silent now",
                "was warning, silent for 5 hrs",
                "stay here for 7 days",
            ],
        ),
        (
            "it",
            [
                "Gravi o della stampa, ora silenziose",
                "attenzione; silenziosa da 5 h",
                "restano qui per 7 giorni",
            ],
        ),
    ],
)
def test_the_page_says_that_it_is_silent_and_not_handled(
    world: World, language: str, said: list[str]
) -> None:
    over = called(world.step(Level.warning, 300, 0, "press_interest"), resolved_at=NOW - timedelta(hours=4))
    world.alert(world.tell("Ronvia", [Words("cerco clienti", ago=300)], episodes=over))
    world.heed("Ronvia")
    (answer,) = ask(world, "/", language=language)
    text = " ".join(Parsed(answer.text).text.split())
    for words in said:
        assert words in text
    assert "rientrat" not in text.lower()
    assert "resolved" not in text.lower()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            [
                "was warning, silent for 1 day by 13 Nov, 19:51",
                "stay here for 7 days, counted up to 13 Nov, 19:51, where what was heard ends.",
                "Other stories heard of in the seven days up to 13 Nov, 19:51, riskiest first",
            ],
        ),
        (
            "it",
            [
                "attenzione; silenziosa da 1 giorno al 13 nov, 19:51",
                "restano qui per 7 giorni, contati fino al 13 nov, 19:51, dove finisce ciò che è stato rilevato.",
                "Altre vicende con menzioni rilevate nei sette giorni fino al 13 nov, 19:51",
            ],
        ),
    ],
)
def test_where_what_was_heard_ends_earlier_its_days_are_counted_up_to_there(
    world: World, language: str, said: list[str]
) -> None:
    """As after a replay of old data; the days are those of all brands."""
    day = 24 * 60
    over = called(
        world.step(Level.warning, 13 * day, 0, "press_interest"), resolved_at=NOW - timedelta(days=12.9)
    )
    world.alert(world.tell("Ronvia", [Words("cerco clienti", ago=13 * day)], episodes=over))
    world.tell("Ronvia", [Words("rotto"), Words("ancora rotto")], last_at=NOW - timedelta(days=18))
    world.tell(
        "Celerpost", [Words("da tempo"), Words("da troppo", ago=20 * day)], last_at=NOW - timedelta(days=20)
    )
    with world.store.begin() as connection:
        connection.exec_driver_sql("update brands set clock = ?", (to_us(NOW - timedelta(days=12)),))
        connection.exec_driver_sql(
            "update brands set clock = ? where name = 'Celerpost'", (to_us(NOW - timedelta(days=20)),)
        )
    (answer,) = ask(world, "/", language=language)
    text = " ".join(Parsed(answer.text).text.split())
    assert [words for words in said if words not in text] == []
    assert "rotto" in text
    assert "da tempo" not in text


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "with processors beside it"])
@pytest.mark.parametrize(
    ("language", "after", "is_silent", "said"),
    [
        ("en", 30, False, "was watch, calm for 1 hr by 24 Nov, 20:21"),
        ("it", 30, False, "da seguire; calma da 1 h al 24 nov, 20:21"),
        ("en", 60, True, "was watch, silent for 1 hr by 24 Nov, 20:51"),
        ("it", 60, True, "da seguire; silenziosa da 1 h al 24 nov, 20:51"),
    ],
)
def test_a_replayed_story_is_silent_only_if_nobody_spoke_while_it_was_heard(
    world: World, language: str, after: int, is_silent: bool, said: str, beside: bool
) -> None:
    """Its log ends so many minutes after its last mention; its alert was over before that.

    Processors that run beside the console later go on counting, but there is nothing to hear: a source that was taken
    out of the configuration brings nothing any more.
    """
    last = NOW - timedelta(days=1)
    (over,) = called(world.step(Level.watch, 1440 + 180, 0), resolved_at=last - timedelta(minutes=40))
    episodes = (structs.replace(over, below_since=last - timedelta(minutes=100)),)
    told = [Words("rotto", ago=1440 + 180), Words("grazie", ago=1440)]
    world.alert(world.tell("Ronvia", told, episodes=episodes))
    gone = SourceReport(name="gone", kind="x", at=last, started_at=last)
    ended = SourceReport(name="replay", kind="replay", at=NOW, started_at=NOW, working=False)
    with world.store.begin() as connection:
        end = to_us(last + timedelta(minutes=after))
        connection.exec_driver_sql("update brands set clock = ?", (end,))
        sources.save(connection, [ended, gone])
    if beside:
        world.heed("Ronvia")
    answers = ask(world, "/", "/stories?state=resolved", "/alerts", language=language)
    pages = [" ".join(Parsed(answer.text).text.split()) for answer in answers]
    silent = {"en": "Silent", "it": "Silenziosa"}[language]
    assert [silent in page for page in pages] == [is_silent] * 3
    assert [said in page for page in pages] == [True, True, False]


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
    assert [row.n - story for row, *_ in page.said[:2]] == [1_233, 1_232]


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
