"""Surges on the pages: in the list, on a page of their own, among what calls, and nothing of them runs."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from console_world import ENGLISH, NOW, Words, World
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient
from test_console_pages import Parsed

from console import surge_chart, surge_words
from console.charts import Gap
from console.marks import Mark
from console.role import Console
from console.surge_chart import Usual
from earshot.clock import to_us
from earshot.store import Store, outages, surges
from earshot.store.outages import Outage
from earshot.store.schema import ALERTS
from earshot.store.surges import Kept
from earshot.surge import NUMBERED, Fresh, Growth, Surge
from processors import surging

ID = (1 << 40) | NUMBERED | 1
HOSTILE = "<script>alert(1)</script>"


def growth(ago: float, hour: float, usual: float = 2.2) -> Growth:
    at = NOW - timedelta(minutes=ago)
    return Growth(at=at, hour=hour, usual=usual, deviation=2.0, rarity=2.2, enough=9.3)


def a_surge(
    world: World, *, topic: str = "", over: float | None = None, usual: float = 2.2, **changes: Any
) -> Surge:
    steps = (growth(180, 14, usual), growth(120, 23, usual))
    facts = {"mentions": (1 << 40 | 1, 1 << 40 | 2)} | changes
    surge = Surge(
        id=ID,
        brand="Ronvia",
        topic=topic,
        version=3,
        since=NOW - timedelta(minutes=247),
        opened_at=steps[0].at,
        bucket=1,
        steps=steps,
        last=growth(5, 3),
        height=steps[1],
        over_at=None if over is None else NOW - timedelta(minutes=over),
        **facts,
    )
    row = {
        "brand": "Ronvia", "story": ID, "episode": 1, "level": 2, "reason": "surge", "risk": 0.0,
        "opened_at": to_us(surge.opened_at), "raised_at": to_us(steps[-1].at),
        "resolved_at": to_us(surge.over_at) if surge.over_at else None,
    }  # fmt: skip
    with world.store.begin() as connection:
        surges.save(connection, [Kept(surge, (Fresh("accesso negato", 9, 0), Fresh(HOSTILE, 4, 1)))])
        connection.execute(ALERTS.delete().where(ALERTS.c.story == ID))
        connection.execute(ALERTS.insert().values(row))
    return surge


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(Store(tmp_path / "earshot.db"))
    people = [Words(f"App giù, non entro {n}", ago=200 - n, who=f"p{n}") for n in range(23)]
    made.tell("Ronvia", [*people, Words("Tutto bene", ago=1, who="z", negative=0.1)])
    return made


def client(world: World, topics: Sequence[Any] = (), **console: Any) -> TestClient:
    context = world.context("Ronvia", topics=topics, **console)
    return TestClient(Starlette(routes=[*Console(context).routes()]))


def test_a_surge_is_listed_and_has_a_page(world: World) -> None:
    a_surge(world)
    with client(world) as pages:
        listed, page = pages.get("/surges").text, pages.get(f"/surges/{ID}").text
    assert "1 surge goes on" in listed
    assert "23 negative authors in an hour, 2.2 is usual" in listed
    assert "accesso negato" in page
    assert "9 now, 0 before" in page
    assert "App giù, non entro 0" in page
    assert "a surge from here on" in page
    assert HOSTILE not in listed + page


@pytest.mark.parametrize(
    ("usual", "language", "said"),
    [
        (0.4532, "en", ["23 negative authors in an hour, 0.45 is usual", "at its height 51 times as many"]),
        (0.4532, "it", ["23 autori negativi in un’ora, di solito 0,45", "al culmine 51 volte tanto"]),
        (2.249, "en", ["2.2 is usual", "at its height 10 times as many"]),
        (3.04, "en", ["3 is usual", "at its height 7.7 times as many"]),
        (0.06, "en", ["0.06 is usual", "hardly anybody"]),
        (0.04, "en", ["usually hardly any", "hardly anybody"]),
    ],
)
def test_how_much_more_than_usual_is_worked_out_from_what_is_told(
    world: World, usual: float, language: str, said: list[str]
) -> None:
    a_surge(world, usual=usual)
    with client(world, language=language) as pages:
        text = " ".join(Parsed(pages.get(f"/surges/{ID}").text).text.split())
    assert [each for each in said if each not in text] == []


@pytest.mark.parametrize(
    ("gone", "language", "said"),
    [
        (0, "en", "reposts do not count. 14 when it was first told Usual"),
        (
            1,
            "en",
            "14 when it was first told; 1 fewer by now: withdrawn, erased, corrected or counted otherwise since",
        ),
        (
            2,
            "it",
            "ora ce ne sono 2 in meno: ritirati, cancellati, corretti o contati in altro modo nel frattempo",
        ),
    ],
)
def test_the_height_says_what_was_told_and_what_is_left_of_it(
    world: World, gone: int, language: str, said: str
) -> None:
    a_surge(world)
    with world.store.begin() as connection:
        connection.exec_driver_sql(
            "update mentions set withdrawn = true, vote = null where n in (select n from mentions limit ?)",
            (gone,),
        )
    with client(world, language=language) as pages:
        text = " ".join(Parsed(pages.get(f"/surges/{ID}").text).text.split())
    assert said in text


def test_new_words_say_beside_which_past_they_are_new(world: World) -> None:
    """Of a topic nothing else counts: a word may be old, and new there."""
    a_surge(world, topic="Casse")
    with client(world, language="it") as pages:
        of_topic = pages.get(f"/surges/{ID}").text
    assert "più di quelli precedenti sul tema Casse" in of_topic
    assert "meno di 100" in of_topic
    a_surge(world)
    with client(world) as pages:
        assert "earlier ones about this brand" in pages.get(f"/surges/{ID}").text
    assert surge_words._FEW == surging._ENOUGH


def test_it_stands_among_what_calls(world: World) -> None:
    a_surge(world, topic="Carte")
    with client(world) as pages:
        home, alerts = pages.get("/").text, pages.get("/alerts").text
    assert "1 surge goes on" in home
    assert "Ronvia, on Carte" in home
    assert f'href="/surges/{ID}"' in home
    assert f'href="/surges/{ID}"' in alerts
    assert "many complain at once" in alerts
    assert "whatever the risk" not in alerts


def test_a_page_of_a_topic_tells_of_that_topic_alone(world: World) -> None:
    """As who is told of what does: a story is of the topics that its first mention names."""
    world.tell("Ronvia", [Words("Carta bloccata", ago=150, who="k"), Words("Anche a me", ago=140, who="l")])
    world.tell("Ronvia", [Words("Pacco perso", ago=150, who="v"), Words("Pure il mio", ago=140, who="w")])
    topics = ({"name": "Carte", "any": ["carta", "app"]},)
    for topic, listed in (("Carte", {"Carta bloccata"}), ("", {"Carta bloccata", "Pacco perso"})):
        a_surge(world, topic=topic)
        with client(world, topics=topics) as pages:
            page = pages.get(f"/surges/{ID}").text
        assert {said for said in ("Carta bloccata", "Pacco perso") if said in page} == listed


def test_hours_of_a_topic_are_counted_as_those_of_the_brand(world: World) -> None:
    """Neither reposts nor what was imported make its hours higher."""
    world.tell(
        "Ronvia",
        [
            Words("App giù, non entro 0", ago=190, who="fan", kind="repost"),
            Words("App giù da ieri", ago=189, who="old", backfill=True),
        ],
    )
    for topic in ("App", ""):
        a_surge(world, topic=topic)
        with client(world, topics=({"name": "App", "any": ["app"]},)) as pages:
            page = pages.get(f"/surges/{ID}").text
        assert "at most 23; 2.2 is usual" in page


def test_one_that_is_over_says_so_in_italian_too(world: World) -> None:
    a_surge(world, over=10)
    with client(world, language="it") as pages:
        assert "Nessuna impennata in corso" in pages.get("/surges").text
        assert "Finita" in pages.get(f"/surges/{ID}").text
        assert "23 autori negativi in un’ora, di solito 2,2" in pages.get(f"/surges/{ID}").text


def test_the_time_in_which_a_source_told_nothing_is_shaded_and_said(world: World) -> None:
    a_surge(world)
    began = to_us(NOW - timedelta(minutes=100))
    with world.store.begin() as connection:
        outages.begin(connection, Outage(0, "x", "quiet", began, began + 1, None, None))
    with client(world) as pages:
        page, story = pages.get(f"/surges/{ID}").text, pages.get(f"/stories/{1 << 40 | 1}").text
    assert 'class="gap"' in page
    assert "x: silence, since 25 Nov, 18:11" in page
    assert 'class="gap"' in story


@pytest.mark.parametrize("path", ["/surges/1", "/surges/x", f"/surges/{ID + 1}", "/surges?after=x"])
def test_what_is_not_there_is_not_found(world: World, path: str) -> None:
    a_surge(world)
    with client(world) as pages:
        assert pages.get(path).status_code == 404


def test_of_a_brand_that_is_not_configured_nothing_is_shown(world: World) -> None:
    a_surge(world)
    other = TestClient(Starlette(routes=[*Console(world.context("Baldo")).routes()]))
    with other as pages:
        assert pages.get(f"/surges/{ID}").status_code == 404
        assert "accesso negato" not in pages.get("/surges").text


@given(
    counts=st.lists(st.integers(0, 10**6), max_size=40),
    usual=st.tuples(st.floats(0, 10**6), st.floats(0, 10**6)),
    label=st.text(max_size=40),
    spans=st.lists(st.tuples(st.integers(-50, 60), st.integers(-50, 60)), max_size=4),
)
def test_numbers_of_the_picture_are_finite_and_words_escaped(
    counts: list[int], usual: tuple[float, float], label: str, spans: list[tuple[int, int]]
) -> None:
    hours = [(at * 300_000_000, count) for at, count in enumerate(counts)]
    gaps = [Gap(begin * 300_000_000, end * 300_000_000, label + "<") for begin, end in spans]
    marks = [Mark(hours[len(hours) // 2][0], "warning", label)] if hours else []
    drawn = str(surge_chart.picture(ENGLISH, label, hours, Usual(*usual), marks, gaps))
    assert bool(drawn) == (len(hours) >= 2)
    assert "nan" not in drawn.replace(str(label), "")
    assert "<<" not in drawn
    assert all(float(width) >= 0 for width in _widths(drawn))


def _widths(drawn: str) -> list[str]:
    return [part.split('"')[0] for part in drawn.split('width="')[1:]]


def test_a_source_that_is_out_stands_on_the_home_page_and_among_the_alerts(world: World) -> None:
    began = to_us(NOW - timedelta(minutes=100))
    with world.store.begin() as connection:
        outages.begin(connection, Outage(0, "x-stream", "failing", began, began + 1, None, None))
        row = {"brand": "", "story": 1, "episode": 1, "level": 1, "reason": "quiet", "risk": 0.0}
        connection.execute(ALERTS.insert().values(row | {"opened_at": began + 1, "raised_at": began + 1}))
    with client(world) as pages:
        home, alerts = pages.get("/").text, pages.get("/alerts").text
    assert "x-stream: no answer, since 25 Nov, 18:11" in home
    assert "x-stream: no answer, since 25 Nov, 18:11" in alerts
    assert "a source has gone quiet" in alerts
    assert "One alert is open" in alerts
