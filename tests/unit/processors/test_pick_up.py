"""The first trusted outlet that takes a complaint up is told of, whatever the risk."""

from pathlib import Path

import pytest
from pipeline_world import PLAIN, World, said

from earshot.topics import Said


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def printed(native: str, minutes: float, **values: object) -> Said:
    where = values.pop("where", "daily.example")
    given = {"kind": "article", "url": f"https://{where}/{native}", "by": str(where), "root": "x:1"} | values
    return said(native, minutes, **given)


def reasons(world: World) -> list[tuple[str, str]]:
    return [(s.reason, s.mention) for e in world.story().episodes for s in e.steps if s.reason != "risk"]


def test_the_first_outlet_is_told_of_and_others_are_not(world: World) -> None:
    world.hear(said("1"), said("2", 1, root="x:1"), printed("3", 5), printed("4", 6))
    assert reasons(world) == [("pick_up", "x:3")]


def test_the_first_of_the_whole_country_is_told_of_again(world: World) -> None:
    town, daily = printed("3", 5, where="town.example"), printed("4", 9)
    world.hear(said("1"), said("2", 1, root="x:1"), town, daily, printed("5", 12, where="courier.example"))
    assert reasons(world) == [("pick_up", "x:3"), ("national", "x:4")]


def test_a_local_one_after_it_is_not(world: World) -> None:
    world.hear(said("1"), said("2", 1, root="x:1"), printed("3", 5), printed("4", 9, where="town.example"))
    assert reasons(world) == [("pick_up", "x:3")]


def test_an_outlet_that_nobody_knows_is_not_trusted(world: World) -> None:
    world.hear(said("1"), said("2", 1, root="x:1"), printed("3", 5, where="other.example"))
    assert reasons(world) == []
    assert reasons(world.hear(printed("4", 6))) == [("pick_up", "x:4")]


def test_what_an_outlet_says_first_is_no_pick_up(world: World) -> None:
    world.hear(printed("1", 0, root=None), said("2", 1, root="x:1"), printed("3", 2))
    assert reasons(world) == []


def test_press_about_what_nobody_minds_calls_nobody(world: World) -> None:
    world.hear(said("1", text=PLAIN), said("2", 1, PLAIN, root="x:1"), printed("3", 5, text=PLAIN))
    assert world.story().outlets
    assert reasons(world) == []


def test_backfill_calls_nobody(world: World) -> None:
    world.hear(said("1", backfill=True), printed("2", 5, backfill=True))
    assert reasons(world) == []
