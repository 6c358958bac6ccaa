"""The page of a story: what is expected of it, how it goes on, when it called, and who carried it."""

import asyncio
import json
from datetime import timedelta

import httpx
import pytest
from console_world import ENGLISH, ITALIAN, NOW, PATIENT, Words, World, called
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from starlette.applications import Starlette

from console import curves, reading, reading_carriers, story_view
from console.reading import Detail
from console.role import Console
from console.rows import CarriedRow
from console.tongue import Tongue
from earshot.config import Outlet
from earshot.model import Forecast, Level
from earshot.store import Store
from processors import reach

FIRST = (1 << 40) + 1
LOCAL, NATIONAL, BLOG = "voce.example", "tricolore.example", "a-blog.example"
ACCOUNTS = [
    Words("Carta bloccata", ago=300, who="giulia", followers=500),
    Words("anche a me", ago=290, who="blogger", followers=64_000),
    Words("di nuovo", ago=280, who="giulia", followers=700),
    Words("ci scusiamo", ago=270, who="ronvia", followers=41_000),
]
PRESS = [
    Words("Code agli sportelli", ago=200, who=BLOG, kind="article", source="news", outlet="blog"),
    Words("Code agli sportelli", ago=150, who=LOCAL, kind="article", source="news", outlet="local"),
    Words("Pronta la diffida", ago=100, who=NATIONAL, kind="article", source="news", outlet="national"),
]


def look(world: World, story: int, *outlets: Outlet) -> Detail:
    with world.store.read() as connection:
        found = reading.detail(connection, story, outlets)
    assert found is not None
    return found


def carried(world: World, story: int, say: Tongue = ENGLISH) -> CarriedRow:
    found = story_view.carried(say, look(world, story), NOW, ["@ronvia"])
    assert found is not None
    return found


# --- who carried it -----------------------------------------------------------------------------------------


def test_who_adds_most_comes_first_each_once_and_all_add_up(world: World) -> None:
    story = world.tell(
        "Ronvia", [*ACCOUNTS, *PRESS], episodes=called(world.step(Level.watch, 290, FIRST + 1))
    )
    found = carried(world, story)
    assert [(row.name, row.what, row.people, row.share) for row in found.strongest] == [
        (NATIONAL, "national outlet", "1 million people", "90%"),
        ("blogger", "X", "64,000 people", "6%"),
        ("ronvia", "X", "41,000 people", "4%"),
        (LOCAL, "local outlet", "10,000 people", "1%"),
        (BLOG, "blog", "1,000 people", "<1%"),
    ]
    assert [row.n for row in found.strongest] == [FIRST + 6, FIRST + 1, FIRST + 3, FIRST + 5, FIRST + 4]
    assert [row.ours for row in found.strongest] == [False, False, True, False, False]
    assert found.others == "All others together: 700 people, <1%."


def test_the_trusted_outlets_come_in_their_order_and_the_first_beside_our_call(world: World) -> None:
    story = world.tell(
        "Ronvia", [*ACCOUNTS, *PRESS], episodes=called(world.step(Level.watch, 290, FIRST + 1))
    )
    found = carried(world, story, ITALIAN)
    assert [(row.name, row.at.short) for row in found.outlets] == [(LOCAL, "18:21"), (NATIONAL, "19:11")]
    assert (
        found.first
        == f"La prima, {LOCAL}, è arrivata 2 h 20 min dopo il primo avviso di Earshot («Da seguire»)."
    )
    early = world.tell("Ronvia", PRESS, episodes=called(world.step(Level.watch, 120, 0)))
    assert (
        carried(world, early).first
        == f"The first one, {LOCAL}, came 30 mins before Earshot first called, with “Watch”."
    )
    assert carried(world, world.tell("Ronvia", PRESS)).first == ""


def test_the_first_call_may_have_been_that_of_a_story_that_was_joined(world: World) -> None:
    own, joined = world.step(Level.warning, 120, 0), world.step(Level.watch, 170, FIRST)
    story = world.tell("Ronvia", PRESS, episodes=called(own, structs.replace(joined, story=7, episode=1)))
    assert (
        carried(world, story).first
        == f"The first one, {LOCAL}, came 20 mins after Earshot first called, with “Watch”."
    )


def test_what_it_called_for_is_told_in_its_order(world: World) -> None:
    """Also what a story had called for that was joined to it."""
    own, joined = world.step(Level.warning, 120, 0), world.step(Level.watch, 170, FIRST)
    story = world.tell("Ronvia", PRESS, episodes=called(own, structs.replace(joined, story=7, episode=1)))
    assert [each.step.level for each in look(world, story).called] == [Level.watch, Level.warning]


def test_an_outlet_whose_audience_is_configured_counts_with_that(world: World) -> None:
    story = world.tell("Ronvia", [*ACCOUNTS, *PRESS])
    configured = Outlet(domain=LOCAL, outlet_class="local", audience=90_000)
    strongest = look(world, story, configured).carriers.strongest
    assert [each.people for each in strongest] == [1_000_000, 90_000, 64_000, 41_000, 1_000]


def test_an_outlet_and_its_accounts_are_one_carrier_by_its_article(world: World) -> None:
    """The largest counts, whether it came before the article or after it, and all add up."""
    posts = [
        Words("Code agli sportelli", ago=155, who="vocedip", followers=46_000, speaks_for=LOCAL),
        Words("Code agli sportelli", ago=140, who="fb-vocedip", followers=61_000, speaks_for=LOCAL),
    ]
    story = world.tell("Ronvia", [*ACCOUNTS, posts[0], *PRESS[:2], posts[1]])
    found = carried(world, story)
    assert [(row.n, row.name, row.people) for row in found.strongest] == [
        (FIRST + 1, "blogger", "64,000 people"),
        (FIRST + 6, LOCAL, "61,000 people"),
        (FIRST + 3, "ronvia", "41,000 people"),
        (FIRST + 5, BLOG, "1,000 people"),
        (FIRST, "giulia", "700 people"),
    ]
    assert [(row.name, row.people) for row in found.outlets] == [(LOCAL, "61,000 people")]
    assert found.others == ""


def test_accounts_of_an_outlet_without_an_article_are_one_account(world: World) -> None:
    posts = [Words("a", who=who, followers=9_000, speaks_for=LOCAL) for who in ("vocedip", "fb-vocedip")]
    found = carried(world, world.tell("Ronvia", [ACCOUNTS[0], *posts]))
    assert [(row.name, row.what, row.people) for row in found.strongest] == [
        ("vocedip", "X", "9,000 people"),
        ("giulia", "X", "500 people"),
    ]
    assert (found.outlets, found.others) == ([], "")


def test_nobody_is_named_where_nobody_is_known_to_reach_anybody(world: World) -> None:
    story = world.tell("Ronvia", [Words("a", followers=0)])
    assert story_view.carried(ENGLISH, look(world, story), NOW) is None


def test_audiences_are_those_that_the_reach_is_made_of() -> None:
    assert reading_carriers.AUDIENCE == reach.AUDIENCE


@settings(PATIENT, max_examples=20)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9_999)), min_size=1, max_size=30))
def test_shares_never_exceed_the_whole(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[int, int]]
) -> None:
    world = World(Store(tmp_path_factory.mktemp("shares") / "earshot.db"))
    story = world.tell("Ronvia", [Words("a", who=f"u{who}", followers=count) for who, count in said])
    found = look(world, story)
    world.store.close()
    most = {who: max(count for name, count in said if name == who) for who, _ in said}
    assert [each.people for each in found.carriers.strongest] == sorted(filter(None, most.values()))[::-1][:5]


# --- the curve and what stands beside it --------------------------------------------------------------------


def test_the_moments_on_the_curve_are_those_that_called_the_first_outlet_and_the_count_rule(
    world: World,
) -> None:
    said = [*ACCOUNTS, *PRESS, *(Words("x", ago=90 - n, who=f"u{n}") for n in range(20))]
    steps = (world.step(Level.watch, 290, FIRST + 1), world.step(Level.warning, 85, FIRST + 12))
    story = world.tell("Ronvia", said, episodes=called(*steps))
    assert [(mark.kind, mark.label) for mark in story_view.marks(ENGLISH, look(world, story))] == [
        ("watch", "Watch alert: 2 mentions, 15:01"),
        ("press", "first outlet: 17:21"),
        ("warning", "Warning alert: 13 mentions, 18:26"),
        ("count", "counting to 20: 18:33"),
    ]


def test_a_story_that_is_expected_to_grow_says_how_far(world: World) -> None:
    story = world.tell("Ronvia", ACCOUNTS, level=Level.watch, forecast=Forecast(90, 33, 408))
    world.heed("Ronvia")
    rows = {row.name: row for row in story_view.outlook(ENGLISH, look(world, story), NOW)}
    assert rows["Forecast"].said == "About 90 mentions in the end; between 33 and 408 in 4 of 5 cases."
    assert rows["Forecast"].note.startswith("Below 55 mentions it rests on an assumption")
    assert rows["Pace"].said == "Nobody has said more for 4 hrs 30 mins."
    assert rows["Pace"].note == "The curve shows only the beginning of the silence since."
    assert "As of" not in rows
    assert (
        rows["Count rule"].said == "Earshot has not called; nor has a rule that counts to 20 heard mentions."
    )


@pytest.mark.parametrize("say", [ENGLISH, ITALIAN])
def test_it_says_how_likely_it_comes_to_a_few_sizes(world: World, say: Tongue) -> None:
    likely = ((20, 1.0), (24, 0.9), (50, 0.31), (100, 0.0))
    story = world.tell("Ronvia", ACCOUNTS, level=Level.watch, forecast=Forecast(40, 13, 90, likely), large=24)
    world.heed("Ronvia")
    (row,) = (row for row in story_view.outlook(say, look(world, story), NOW) if row.chances)
    assert [(each.size, each.large) for each in row.chances] == [
        ("20", False),
        ("24", True),
        ("50", False),
        ("100", False),
    ]
    assert [each.share.replace("\xa0", "") for each in row.chances] == ["99%", "90%", "31%", "1%"]
    assert row.note.startswith("24: ")
    assert "110" in row.note


def test_a_size_that_it_has_come_to_since_is_left_out(world: World) -> None:
    story = world.tell(
        "Ronvia", ACCOUNTS, level=Level.watch, forecast=Forecast(40, 3, 90, ((3, 0.9), (50, 0.2))), large=3
    )
    world.heed("Ronvia")
    (row,) = (row for row in story_view.outlook(ENGLISH, look(world, story), NOW) if row.chances)
    assert [each.size for each in row.chances] == ["50"]


def test_the_page_shows_it_with_and_without_a_script(world: World) -> None:
    said = [*ACCOUNTS, *PRESS]
    story = world.tell("Ronvia", said, level=Level.watch, forecast=Forecast(90, 33, 408), counted=16)
    page = ask(world, story)
    assert page.count('class="fan"') == 3
    assert page.count("about 429% more") == 4
    assert "the platforms count at least 10 more that were not heard" in page
    assert "About 90 mentions in the end, heard or only counted by the platforms (at least 17 so far)" in page
    assert f'<a href="/mentions/{FIRST + 6}"><bdi class="name">{NATIONAL}</bdi></a>' in page
    assert f'<a href="/stories/{story}/split/{FIRST + 1}">Split off…</a>' in page


@pytest.mark.parametrize(
    ("negative", "label", "count"), [(0.4958, "0.49", "0"), (0.4, "0.40", "0"), (0.5, "0.50", "1")]
)
def test_who_counts_as_negative_can_be_told_from_the_page(
    world: World, negative: float, label: str, count: str
) -> None:
    """The word beside a mention is the likeliest of three; what is below a half never shows as one."""
    story = world.tell("Ronvia", [Words("mah", negative=negative)])
    text = ask(world, story)
    assert f">negative {label} (automatic)<" in text
    assert f"<dd>{count}</dd>" in text
    assert "of 1 whose words could be read, one vote each: negative from 0.50 on average" in text
    assert "An author counts as negative from 0.50 on; below that, negative is only the likeliest." in text


def test_a_story_of_one_mention_has_no_curve_and_still_says_what_counting_would_have_done(
    world: World,
) -> None:
    steps = called(world.step(Level.warning, 30, FIRST, "voice"))
    page = ask(world, world.tell("Ronvia", [Words("Ronvia ci ignora", ago=30)], episodes=steps))
    assert "<figure" not in page
    assert (
        "Earshot has called (Warning 19:21); a rule that counts to 20 heard mentions has not called yet."
        in page
    )


def test_a_hostile_outlet_stays_text(world: World) -> None:
    hostile = "<script>hit()</script>"
    page = ask(world, world.tell("Ronvia", [Words("a", who=hostile, kind="article", outlet="national")]))
    assert hostile not in page
    assert "&lt;script&gt;hit()" in page


def ask(world: World, story: int) -> str:
    async def asked() -> str:
        app = Starlette(routes=[*Console(world.context("Ronvia")).routes()])
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://earshot.example") as client:
            return (await client.get(f"/stories/{story}")).text

    return asyncio.run(asked())


def test_the_curve_is_given_what_it_needs_for_the_fan(world: World) -> None:
    story = world.tell("Ronvia", ACCOUNTS, level=Level.watch, forecast=Forecast(90, 33, 408))
    found = look(world, story)
    ahead = story_view.fan_of(found, [], NOW)
    told = json.loads(curves.curve(ENGLISH, story_view.times(found), [], ahead).numbers)
    begin = (NOW - timedelta(minutes=270)).timestamp()
    assert told["forecast"] == {
        "at": [begin, begin + timedelta(minutes=15).total_seconds()],
        "low": [4, 33],
        "middle": [4, 90],
        "high": [4, 408],
        "top": 20,
        "about": "about 90",
        "end": "in the end",
    }
    assert told["to"] == told["forecast"]["at"][1]


# --- of what moment it is -----------------------------------------------------------------------------------


def test_what_nobody_weighed_since_says_of_what_moment_it_is(world: World) -> None:
    """A past that was replayed: no silence was counted, so nothing is told as if it were of now."""
    told = world.tell("Ronvia", ACCOUNTS, level=Level.watch, forecast=Forecast(90, 33, 408))
    world.tell("Ronvia", [Words("altro", ago=250)])
    rows = {row.name: row.said for row in story_view.outlook(ENGLISH, look(world, told), NOW)}
    assert rows["As of"] == (
        "15:41, up to when Earshot has counted, 4 hrs 10 mins ago: nothing that was said since is in these numbers."
    )
    assert rows["Pace"] == (
        "1 mention in 25 mins until 15:41, 2 in the same time before: 2.4 an hour against 4.8."
        " Too few mentions to tell whether it is faster or slower."
    )
    assert "As of 15:41, when it was last weighed." in ask(world, told)


def test_what_is_weighed_all_the_time_is_of_now(world: World) -> None:
    told = world.tell("Ronvia", ACCOUNTS, level=Level.watch)
    world.heed("Ronvia")
    assert "when it was last weighed" not in ask(world, told)


def test_what_calls_for_two_reasons_at_once_is_one_mark_and_nothing_loses_its_label(world: World) -> None:
    steps = [world.step(Level.watch, 290, FIRST + 1), world.step(Level.warning, 280, FIRST + 2)]
    both = [world.step(Level.critical, 270, FIRST + 3, reason) for reason in ("risk", "legal")]
    story = world.tell("Ronvia", [*ACCOUNTS, *PRESS], episodes=called(*steps, *both))
    labels = [mark.label for mark in story_view.marks(ENGLISH, look(world, story))]
    assert labels == [
        "Watch alert: 2 mentions, 15:01",
        "Warning alert: 3 mentions, 15:11",
        "Critical alert: 4 mentions, 15:21",
        "first outlet: 17:21",
    ]


def test_many_marks_are_told_in_few_rows_below_the_curve(world: World) -> None:
    steps = [world.step(Level.critical, 300 - n, FIRST + n, "legal") for n in range(7)]
    page = ask(world, world.tell("Ronvia", [*ACCOUNTS, *PRESS], episodes=called(*steps)))
    legend = page[page.index('<ol class="told-below">') :].partition("</ol>")[0]
    assert legend.count("<li>") == 2
    assert "7 Critical alerts, 14:51–14:57" in legend
    assert "first outlet" in legend
