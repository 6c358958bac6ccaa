"""The lists behind the pages: each story once, in order, however the pages are cut and whatever is asked for."""

from contextlib import suppress
from datetime import timedelta

import pytest
from console_world import NOW, PATIENT, Words, World, called
from hypothesis import given, settings
from hypothesis import strategies as st

from console import reading_stories
from console.reading import home
from console.reading_alerts import alerts_page
from console.reading_stories import Listed, Wanted, stories_page
from earshot.errors import Refused
from earshot.model import Level, Story
from earshot.store import Store

ALL = Wanted(("Ronvia", "Baldo"))


def look(world: World, wanted: Wanted) -> Listed:
    with world.store.read() as connection:
        return stories_page(connection, wanted)


def pages(world: World, wanted: Wanted) -> list[Story]:
    found: list[Story] = []
    while True:
        page = look(world, wanted)
        found += page.stories
        if not page.next:
            return found
        wanted = wanted._replace(after=page.next)


def fill(world: World, brand: str, level: Level, ago: float, *, resolved: bool = False) -> int:
    episodes = called(
        world.step(level, ago, 0), resolved_at=NOW - timedelta(minutes=ago / 2) if resolved else None
    )
    story = world.tell(brand, [Words("a", ago=ago)], episodes=episodes, level=level, risk=ago % 97)
    world.alert(story)
    return story


@settings(PATIENT, max_examples=15)
@given(
    st.lists(st.tuples(st.sampled_from(["Ronvia", "Baldo"]), st.integers(0, 3), st.booleans()), max_size=9),
    st.integers(1, 4),
)
def test_every_story_is_on_one_page(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[str, int, bool]], size: int
) -> None:
    world = World(Store(tmp_path_factory.mktemp("list") / "earshot.db"))
    made = {}
    for no, (brand, level, resolved) in enumerate(told):
        ago = float(1_000 - no)
        if level:
            made[fill(world, brand, Level(level), ago, resolved=resolved)] = (Level(level), not resolved)
        else:
            made[world.tell(brand, [Words("b", ago=ago)])] = (Level.calm, False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading_stories, "PAGE", size)
        patch.setattr(reading_stories, "ABOVE", 0)
        newest = [story.id for story in pages(world, ALL)]
        loud = [story.id for story in pages(world, ALL._replace(level=Level.warning))]
        open_ = [story.id for story in pages(world, ALL._replace(state="open"))]
        over = [story.id for story in pages(world, ALL._replace(state="resolved"))]
    world.store.close()
    assert newest == list(reversed(made))
    assert loud == [no for no in newest if made[no][0] >= Level.warning]
    assert sorted(open_) == sorted(no for no in newest if made[no][1])
    assert over == [no for no in newest if made[no][0] > Level.calm and not made[no][1]]


def test_what_calls_stands_above_the_first_page_and_not_twice(world: World) -> None:
    calm = world.tell("Ronvia", [Words("b", ago=60)])
    ids = [fill(world, "Ronvia", Level.warning, ago) for ago in (50, 40)]
    first = look(world, ALL)
    assert [story.id for story in first.above] == ids
    assert [story.id for story in first.stories] == [calm]
    assert set(first.firsts) == {calm, *ids}
    assert look(world, ALL._replace(level=Level.watch)).above == []


def test_open_stories_come_the_riskiest_first(world: World) -> None:
    for ago in (30, 50, 40):
        fill(world, "Ronvia", Level.warning, ago)
    assert [story.risk for story in look(world, ALL._replace(state="open")).stories] == [50, 40, 30]


def test_the_home_page_has_what_was_heard_of_in_the_last_seven_days_however_old_it_is(world: World) -> None:
    week = timedelta(days=7) // timedelta(minutes=1)
    told = [[Words("a", ago=5 * week), Words("b", ago=last)] for last in (week - 1, week + 1, 0)]
    still, _silent, now = (world.tell("Ronvia", said) for said in told)
    with world.store.read() as connection:
        found = home(connection, ["Ronvia"], None).strongest
    assert {story.id for story in found} == {still, now}


def test_of_equal_alerts_a_life_comes_first_and_then_the_newest(world: World) -> None:
    def raised(level: Level, reason: str, ago: float) -> int:
        episodes = called(world.step(level, ago, 0, reason))
        story = world.tell("Ronvia", [Words("a", ago=ago)], episodes=episodes, level=level)
        world.alert(story)
        return story

    life = raised(Level.warning, "self_harm", 90)
    older, newer = raised(Level.warning, "legal", 60), raised(Level.warning, "safety", 30)
    loudest = raised(Level.critical, "risk", 120)
    with world.store.read() as connection:
        shown = home(connection, ["Ronvia"], None).open
    assert [alert.story for alert in shown] == [loudest, life, newer, older]


def test_a_brand_has_its_own_list(world: World) -> None:
    mine = fill(world, "Ronvia", Level.watch, 10)
    fill(world, "Baldo", Level.watch, 5)
    found = look(world, Wanted(("Ronvia",)))
    assert [story.id for story in found.above] == [mine]
    assert found.stories == []
    assert found.open == [Level.watch]


@pytest.mark.parametrize("after", ["x", "1", "1_2_3", "-1", "ffffffffffffffffff", "\u0661_\u0662", "nan_1"])
@pytest.mark.parametrize("state", ["all", "open", "resolved"])
def test_what_is_no_place_is_refused_or_an_end(world: World, state: str, after: str) -> None:
    fill(world, "Ronvia", Level.watch, 10)
    with suppress(Refused):
        assert look(world, ALL._replace(state=state, after=after)).next == ""  # type: ignore[arg-type]


def test_alerts_bring_their_stories_and_who_was_told(world: World) -> None:
    story = fill(world, "Ronvia", Level.critical, 10)
    fill(world, "Baldo", Level.watch, 90, resolved=True)
    with world.store.read() as connection:
        found = alerts_page(connection, ("Ronvia", "Baldo"))
        past = alerts_page(connection, ("Ronvia", "Baldo"), is_open=False)
    assert found.alerts[0].story == story
    assert (found.stories[story].id, found.firsts[story].mention.text, found.told) == (story, "a", {})
    assert found.open == {Level.critical: 1}
    assert [alert.brand for alert in past.alerts] == ["Baldo"]
