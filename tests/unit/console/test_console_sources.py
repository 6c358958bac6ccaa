"""`/sources`: each source's state in words, from its report alone, and what waits."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from console_world import ENGLISH, ITALIAN, NOW, Words, World
from starlette.applications import Starlette
from test_console_pages import Parsed

from console import source_list, source_words
from console.reading_sources import SourcesFound, heard_until
from console.role import Console
from console.source_list import SourcesShown
from console.source_words import State, state_of
from earshot.clock import to_us
from earshot.config import from_dict
from earshot.errors import Unavailable
from earshot.model import SourceReport
from earshot.runtime import Context
from earshot.seams import Message
from earshot.store import dead, sources


def ago(**length: float) -> datetime:
    return NOW - timedelta(**length)


def report(name: str = "news", **values: Any) -> SourceReport:
    given = {"at": NOW, "started_at": ago(days=3), "last_success": ago(minutes=2), "last_heard": ago(hours=1)}
    return SourceReport(name=name, kind="feeds", **(given | values))


def page(
    *reports: SourceReport | None, lag: int | None = 0, say: Any = ENGLISH, **found: Any
) -> SourcesShown:
    named = [(each.name if each else f"s{n}", each) for n, each in enumerate(reports)]
    read = SourcesFound({name: each for name, each in named if each}, **({"dead": 0, "heard_at": 0} | found))
    return source_list.shown(say, read, [(name, "feeds") for name, _ in named], lag, NOW)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("never", None),
        ("works", report()),
        ("works", report(last_success=None, last_heard=None, started_at=ago(hours=1))),
        ("silent", report(last_heard=ago(hours=25))),
        ("silent", report(last_heard=None)),
        ("failing", report(error="timed out")),
        ("failing", report(error="timed out", last_heard=ago(days=9))),
        ("stopped", report(at=ago(minutes=2))),
        ("stopped", report(at=ago(minutes=2), error="timed out")),
        ("ended", report(working=False, at=ago(days=9))),
    ],
)
def test_the_state_is_what_the_report_shows(state: State, told: SourceReport | None) -> None:
    assert state_of(told, NOW) == state


def test_in_a_time_of_its_own_no_report_is_old() -> None:
    assert state_of(report(at=ago(hours=5)), NOW, live=False) == "works"


@pytest.mark.parametrize(
    ("states", "english", "italian"),
    [
        ([], "No source is connected yet", "Nessuna fonte ancora collegata"),
        (["works"], "The source works", "La fonte funziona"),
        (["works", "works", "silent"], "All three sources work", "Le tre fonti funzionano"),
        (
            ["works", "ended", "silent"],
            "Two sources work; one has ended",
            "Due fonti funzionano; una è conclusa",
        ),
        (
            ["ended"],
            "The source has ended: nothing is listened to any more",
            "La fonte è conclusa: non si ascolta più nulla",
        ),
        (
            ["ended", "ended"],
            "All two sources have ended: nothing is listened to any more",
            "Le due fonti sono concluse: non si ascolta più nulla",
        ),
        (["works", "failing"], "One source of two needs you", "Una fonte su due è da controllare"),
        (["never", "stopped"], "Two sources of two need you", "Due fonti su due sono da controllare"),
    ],
)
def test_the_heading_tells_all_of_them(states: list[State], english: str, italian: str) -> None:
    assert source_words.heading(ENGLISH, states) == english
    assert source_words.heading(ITALIAN, states) == italian


def test_trouble_comes_first_with_its_error() -> None:
    shown = page(
        report("a"), report("b", error="b: timed out", errors={"timeout": 12, "http_503": 3, "odd": 3})
    )
    assert [row.name for row in shown.rows] == ["b", "a"]
    assert shown.rows[0].error == "b: timed out"
    assert "since 19:49" in shown.rows[0].sentence
    assert ("failures since its start", "timeout × 12, http_503 × 3, odd × 3", None) in shown.rows[0].facts


def test_what_senders_did_wrong_is_told_beside_a_source_that_works() -> None:
    wrong = report(
        refused={"http_422": 3, "http_401": 20}, refusal="hook:msg_1:0: no id", refused_at=ago(minutes=6)
    )
    shown = page(wrong, report("b"))
    assert (shown.state, [row.state for row in shown.rows]) == ("All two sources work", ["works", "works"])
    assert ("refused since its start", "http_401 × 20, http_422 × 3", None) in shown.rows[0].facts
    assert shown.rows[0].refusal == (
        "Its senders sent what had to be refused; the last (19:45):",
        "hook:msg_1:0: no id",
    )
    assert shown.rows[1].refusal is None
    italian = page(wrong, say=ITALIAN).rows[0]
    assert italian.refusal
    assert "rifiutato; l’ultimo caso (20:45)" in italian.refusal[0]


def test_a_source_tells_only_what_it_knows() -> None:
    (quiet,) = page(report(last_success=None, heard=40)).rows
    assert [fact for fact, *_ in quiet.facts] == [
        "last brought something",
        "heard since its start",
        "concerned no brand",
    ]
    assert quiet.budget is None


def test_what_is_left_and_what_it_cost() -> None:
    (row,) = page(
        report(
            limit_left=212,
            limit_resets_at=NOW + timedelta(minutes=9),
            reads_today=1_640,
            cost_today=8.2,
            budget_today=10,
        )
    ).rows
    assert ("limit of the source", "212 requests left until 20:00", None) in row.facts
    assert ("read today", "1,640", None) in row.facts
    assert row.budget == ("$8.20 of $10.00 today", 82)
    (over,) = page(
        report(cost_today=30.0, budget_today=10, limit_left=1, limit_resets_at=ago(minutes=1)), say=ITALIAN
    ).rows
    assert over.budget == ("30,00 $ spesi oggi, su 10,00 $", 100)
    assert ("limite della fonte", "1 richiesta rimasta", None) in over.facts
    (free,) = page(report(cost_today=0.0)).rows
    assert free.budget == ("$0.00 today", 0)


@pytest.mark.parametrize(
    ("lag", "heard_at", "said"),
    [
        (0, to_us(NOW), "Everything that was heard has been processed: the pages are up to date."),
        (1, 0, "1 mention was heard and waits to be processed: no story shows them yet."),
        (
            1_240,
            to_us(ago(minutes=5)),
            "1,240 mentions were heard and wait to be processed: the stories are as of 19:46.",
        ),
        (None, 0, "The log cannot be reached now, so nobody can say how much waits to be processed."),
    ],
)
def test_how_far_the_pages_are_behind(lag: int | None, heard_at: int, said: str) -> None:
    assert page(lag=lag, heard_at=heard_at).waiting == (said, lag != 0)


# --- over the routes ----------------------------------------------------------------------------------------


def context(world: World, *names: str) -> Context:
    made = world.context("Ronvia")
    feeds = [{"kind": "feeds", "name": name, "urls": ["https://news.example/feed.xml"]} for name in names]
    config = from_dict(
        {"brands": [{"name": "Ronvia"}], "console": {"login": False, "language": "en"}, "collectors": feeds}
    )
    return replace(made, config=config)


def look(context: Context) -> str:
    async def get() -> str:
        transport = httpx.ASGITransport(Starlette(routes=[*Console(context).routes()]))
        async with httpx.AsyncClient(transport=transport, base_url="http://console.example") as web:
            answer = await web.get("/sources")
            assert answer.status_code == 200
            return " ".join(Parsed(answer.text).text.split())

    return asyncio.run(get())


def test_without_sources_it_says_how_to_connect_one(world: World) -> None:
    said = look(context(world))
    assert "No source is connected yet" in said
    assert ".venv/bin/earshot init .venv/bin/earshot run" in said
    assert 'kind = "feeds"' in said


def test_the_example_on_the_page_is_one_that_is_accepted(world: World) -> None:
    config = from_dict({"collectors": [{"kind": "feeds", "urls": ["https://www.example.com/feed.xml"]}]})
    assert [each.kind for each in config.collectors] == ["feeds"]


def test_sources_dead_letters_and_lag_are_on_the_page(world: World) -> None:
    here = context(world, "news", "blog")
    with world.store.begin() as connection:
        refused = {"refused": {"http_400": 1}, "refused_at": NOW, "refusal": "<i>hook</i>: no JSON"}
        told = report("news", error="<b>news</b>: timed out", **refused)
        sources.save(connection, [told, report("gone")])
        dead.park(connection, to_us(NOW), [("file.jsonl:3", "no id", b"x")])
    world.tell("Ronvia", [Words("uno", ago=5)])
    here.bus.publish("mentions", [Message("Ronvia", b"x")] * 3)
    said = look(here)
    for words in (
        "Two sources of two need you",
        "<b>news</b>: timed out",
        "<i>hook</i>: no JSON earshot dead list shows what of it was kept",
        "earshot try news",
        "It is configured and has never run",
        "3 mentions were heard and wait to be processed: the stories are as of 19:46.",
        "1 message could not be read or stored.",
        "earshot dead list",
    ):
        assert words in said
    assert "gone" not in said


def test_a_log_that_cannot_be_reached_is_said(world: World) -> None:
    class Away:
        def lag(self, topic: str, group: str) -> int:
            raise Unavailable(f"{topic} of {group}: the broker is down")

    assert "The log cannot be reached now" in look(replace(context(world, "news"), bus=Away()))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("configured", "counts"), [(["file"], False), ([], False), (["file", "news"], True), (["news"], True)]
)
def test_silence_counts_while_a_source_that_is_configured_listens(
    world: World, configured: list[str], counts: bool
) -> None:
    world.tell("Ronvia", [Words("uno", ago=60)])
    with world.store.begin() as connection:
        sources.save(connection, [report("file", working=False), report("news")])
    with world.store.read() as connection:
        end = heard_until(connection)
    world.heed("Ronvia")
    with world.store.read() as connection:
        assert (heard_until(connection, configured) > end) == counts


@pytest.mark.parametrize(
    ("working", "said"),
    [
        ((False, False), "Not listening: all 2 sources have ended"),
        ((False, True), "Listening for 1 brand"),
        ((False, None), "Listening for 1 brand"),
    ],
)
def test_every_page_says_when_nothing_is_listened_to_any_more(
    world: World, working: tuple[bool, bool | None], said: str
) -> None:
    """One of which nothing is known may still begin."""
    names = ("news", "blog")
    with world.store.begin() as connection:
        told = [
            report(name, working=is_on)
            for name, is_on in zip(names, working, strict=True)
            if is_on is not None
        ]
        sources.save(connection, told)
    world.tell("Ronvia", [Words("uno", ago=5)])
    assert said in look(context(world, *names))
