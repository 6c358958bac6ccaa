"""`/stories` and `/alerts` over the real routes: what is asked for, page after page, in words."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from console_world import ENGLISH, ITALIAN, NOW, Words, World, called
from test_console_pages import Parsed, ask

from console import alert_list, reading_stories
from earshot.clock import to_us
from earshot.model import Level
from earshot.store import alerts, notices
from earshot.store.listing import Told

MINUTE = 60_000_000


def links(answer_text: str) -> list[str]:
    found = [attrs.get("href") or "" for tag, attrs in Parsed(answer_text).elements if tag == "a"]
    return [link for link in found if re.fullmatch(r"/stories/\d+", link)]


def fill(world: World, level: Level = Level.warning, ago: float = 10, *, resolved: bool = False) -> int:
    over = NOW - timedelta(minutes=ago / 2) if resolved else None
    story = world.tell(
        "Ronvia",
        [Words("Carta bloccata", ago=ago)],
        risk=66.0,
        level=Level.calm if resolved else level,
        episodes=called(world.step(level, ago, 0), resolved_at=over),
    )
    world.alert(story)
    return story


def told(state: str, **values: object) -> Told:
    now = to_us(NOW)
    notice = Told(1, 1, "pr", state, now, now, None, 0, possible_repeat=False, error="")  # type: ignore[arg-type]
    return notice._replace(**values)


# --- stories ------------------------------------------------------------------------------------------------


def test_the_list_says_the_state_and_goes_on_page_after_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_stories, "PAGE", 2)
    ids = [world.tell("Ronvia", [Words(f"numero {n}", ago=100 - n)]) for n in range(5)]
    (first,) = ask(world, "/stories")
    assert "No story calls right now" in first.text
    assert links(first.text) == [f"/stories/{n}" for n in reversed(ids[3:])]
    (onwards,) = re.findall(r'href="(/stories\?after=[^"]+)"', first.text)
    (second,) = ask(world, onwards)
    assert links(second.text) == [f"/stories/{n}" for n in reversed(ids[1:3])]
    assert "Back to the first page" in second.text


def test_only_what_is_asked_for_is_listed(world: World) -> None:
    calm = world.tell("Celerpost", [Words("tutto bene", ago=50)])
    open_, over = fill(world, Level.critical, 40), fill(world, Level.watch, 30, resolved=True)
    answers = ask(
        world,
        "/stories",
        "/stories?state=open",
        "/stories?state=resolved",
        "/stories?level=warning",
        "/stories?brand=Celerpost",
        "/stories?brand=Celerpost&state=open",
    )
    listed = [
        {int(urlsplit(link).path.rsplit("/", 1)[1]) for link in links(answer.text)} for answer in answers
    ]
    assert listed == [{calm, open_, over}, {open_}, {over}, {open_}, {calm}, set()]
    assert "One story is critical" in answers[0].text
    assert "was watch, calm for 15 mins" in answers[2].text
    assert "No story calls right now" in answers[4].text
    assert "No story here is as you ask." in answers[5].text


def test_the_next_page_keeps_what_was_asked_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_stories, "PAGE", 1)
    for ago in (30, 20):
        fill(world, ago=ago)
    (answer,) = ask(world, "/stories?state=open&brand=Ronvia&level=warning")
    (onwards,) = re.findall(r'<a class="more" href="([^"]+)"', answer.text)
    assert "state=open&amp;brand=Ronvia&amp;level=warning&amp;after=" in onwards


@pytest.mark.parametrize(
    "query",
    [
        "brand=nobody",
        "state=odd",
        "level=loud",
        "level=calm",
        "after=x",
        "state=open&after=1",
        "level=watch&after=y",
    ],
)
def test_what_there_is_not_is_said(world: World, query: str) -> None:
    fill(world)
    (answer,) = ask(world, f"/stories?{query}")
    assert answer.status_code == 404


def test_a_first_run_says_what_will_be_here(world: World) -> None:
    stories, calls = ask(world, "/stories", "/alerts")
    assert "Nothing has been heard yet" in stories.text
    assert "No story has called yet" in calls.text


# --- alerts -------------------------------------------------------------------------------------------------


def test_an_alert_says_why_and_who_was_told(world: World) -> None:
    story = fill(world)
    with world.store.begin() as connection:
        (alert,) = alerts.page(connection)
        new = [notices.New(to, alert.id, to, to_us(NOW) - 9 * MINUTE, "{}") for to in ("pr", "desk", "log")]
        notices.add(connection, new)
        pr, desk, _ = (row.id for row in notices.of_alert(connection, alert.id))
        for notice in (pr, desk):
            notices.mark_sending(connection, notice)
        notices.mark_sent(connection, pr, to_us(NOW) - 8 * MINUTE)
        notices.mark_failed(connection, desk, "desk: the receiver answered 404 <here>")
    (answer,) = ask(world, "/alerts")
    said = " ".join(Parsed(answer.text).text.split())
    for words in (
        "One alert is open",
        "its risk rose",
        "opened 19:41, 10 mins ago",
        "still open",
        "pr told 19:43, 8 mins ago",
        "desk not delivered desk: the receiver answered 404 <here>",
        "log about to be told",
    ):
        assert words in said
    assert links(answer.text) == [f"/stories/{story}"]


@pytest.mark.parametrize(
    ("sent", "failed", "waiting", "english", "italian"),
    [
        (12, 0, 0, "told to 4 receivers, 12 notices", "4 destinatari avvisati, 12 avvisi inviati"),
        (1, 1, 1, "told to 1 receiver, 1 notice; 1 not delivered; 1 on its way", "1 destinatario avvisato"),
        (0, 3, 0, "3 not delivered", "3 non consegnati"),
        (2, 0, 0, "", ""),
    ],
)
def test_many_notices_are_folded_under_how_many_were_told(
    world: World, sent: int, failed: int, waiting: int, english: str, italian: str
) -> None:
    """What did not arrive is open from the beginning."""
    fill(world)
    with world.store.begin() as connection:
        (alert,) = alerts.page(connection)
        names = [f"{n}" for n in range(sent + failed + waiting)]
        notices.add(
            connection,
            [notices.New(name, alert.id, f"to-{int(name) % 4}", to_us(NOW), "{}") for name in names],
        )
        for n, row in enumerate(notices.of_alert(connection, alert.id)):
            if n < sent + failed:
                notices.mark_sending(connection, row.id)
            if n < sent:
                notices.mark_sent(connection, row.id, to_us(NOW))
            elif n < sent + failed:
                notices.mark_failed(connection, row.id, "gone")
    for language, said in (("en", english), ("it", italian)):
        (answer,) = ask(world, "/alerts", language=language)
        opened = [dict(attrs) for tag, attrs in Parsed(answer.text).elements if tag == "details"]
        assert ["open" in each for each in opened] == ([bool(failed)] if said else [])
        assert said in " ".join(Parsed(answer.text).text.split())
        assert answer.text.count("to-") == sent + failed + waiting


def test_an_alert_says_all_its_reasons_the_gravest_first(world: World) -> None:
    steps = (
        world.step(Level.watch, 30, 0),
        world.step(Level.warning, 20, 0, "voice"),
        world.step(Level.warning, 10, 0, "legal"),
        world.step(Level.warning, 9, 0, "safety"),
    )
    world.alert(world.tell("Ronvia", [Words("ustionato")], episodes=called(*steps)))
    listed, home = ask(world, "/alerts", "/")
    for answer in (listed, home):
        assert (
            "somebody may be in danger; a lawyer, a court or an authority is named;"
            " a voice took it up: by rule, whatever the risk; its risk rose"
        ) in " ".join(Parsed(answer.text).text.split())


def test_open_and_past_alerts(world: World) -> None:
    open_, over = fill(world, ago=10), fill(world, ago=20, resolved=True)
    answers = ask(
        world, "/alerts", "/alerts?state=open", "/alerts?state=past", "/alerts?state=odd", "/alerts?after=z"
    )
    assert [links(answer.text) for answer in answers[:3]] == [
        [f"/stories/{open_}", f"/stories/{over}"],
        [f"/stories/{open_}"],
        [f"/stories/{over}"],
    ]
    assert "No notice of any of these went out: no receiver is configured." in answers[0].text
    assert [answer.status_code for answer in answers[3:]] == [404, 404]


def test_an_alert_outlives_its_story(world: World) -> None:
    story = fill(world)
    with world.store.begin() as connection:
        connection.exec_driver_sql("delete from stories where id = ?", (story,))
    (answer,) = ask(world, "/alerts")
    assert answer.status_code == 200
    assert "The story was erased" in answer.text
    assert links(answer.text) == []


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        (told("sent", sent_at=to_us(NOW), attempts=1), ["told"]),
        (told("sent", sent_at=to_us(NOW), attempts=3), ["told", "after 3 tries"]),
        (told("due"), ["about to be told"]),
        (told("due", attempts=2, error="no"), ["not told yet, next try", "after 2 tries"]),
        (told("sending", attempts=1), ["being told now"]),
        (told("failed", attempts=1, error="no"), ["not delivered"]),
        (
            told("sent", sent_at=to_us(NOW), attempts=1, possible_repeat=True),
            ["told", "it may have arrived twice: we were interrupted while sending"],
        ),
    ],
)
def test_what_became_of_a_notice(notice: Told, said: list[str]) -> None:
    row = alert_list.told_row(ENGLISH, notice, NOW)
    assert row.said == said
    assert row.failed == (notice.state == "failed")
    assert (row.at is None) == (notice.sent_at is None and not (notice.state == "due" and notice.attempts))


def test_many_notices_are_counted(world: World) -> None:
    fill(world)
    with world.store.begin() as connection:
        (alert,) = alerts.page(connection)
        notices.add(connection, [notices.New(f"{n}", alert.id, f"r{n}", 1, "{}") for n in range(15)])
    (answer,) = ask(world, "/alerts")
    assert "and 3 more notices" in answer.text


def test_in_italian_one_alert_is_masculine() -> None:
    assert alert_list._state(ITALIAN, 1) == "Un avviso è aperto"
    assert alert_list._state(ITALIAN, 3) == "Tre avvisi sono aperti"
