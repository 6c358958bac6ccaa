"""What a story page says of its reach in the end: the reach so far, and what further mentions would add."""

import pytest
from console_world import ENGLISH, ITALIAN, NOW, Words, World

from console import reading, story_view
from console.tongue import Tongue
from earshot.model import Forecast, Level

CROWD = (3_000, 200_000, 3_000, 3_000)  # followers


def crowd(*followers: int, who: str = "u{}") -> list[Words]:
    return [
        Words("anche a me", ago=60 - n, who=who.format(n), followers=each) for n, each in enumerate(followers)
    ]


def told(
    world: World, said: list[Words], forecast: Forecast | None, *, say: Tongue = ENGLISH, counted: int = 0
) -> tuple[str, str] | None:
    story = world.tell("Ronvia", said, level=Level.watch, forecast=forecast, counted=counted)
    world.heed("Ronvia")
    with world.store.read() as connection:
        found = reading.detail(connection, story, ())
    assert found
    rows = [
        row
        for row in story_view.outlook(say, found, NOW)
        if row.name in {"Expected reach", "Copertura prevista"}
    ]
    return (rows[0].said, rows[0].note) if rows else None


def test_each_further_mention_brings_as_many_as_one_has_so_far_and_the_loudest_comes_but_once(
    world: World,
) -> None:
    found = told(world, crowd(*CROWD), Forecast(12, 6, 24))
    assert found
    assert found[0] == (
        "About 230,000 people in the end; between 220,000 and 270,000 if 6 to 24 mentions are heard (4 of 5 cases)"
        " and each further one adds as many people as so far."
    )
    assert "3,000 people for each further mention" in found[1]


def test_who_goes_on_and_on_brings_nobody_new(world: World) -> None:
    found = told(world, [*crowd(*CROWD), *crowd(*CROWD)], Forecast(12, 8, 24))
    assert found
    assert "1,500 people for each further mention" in found[1]


def test_what_is_only_counted_adds_nobody_as_it_added_nobody_so_far(world: World) -> None:
    found = told(world, crowd(*CROWD), Forecast(16, 8, 32), counted=7)
    assert found
    assert found[0].startswith("About 220,000 people in the end; between 210,000 and 240,000 if 4 to 16")


def test_it_is_said_in_italian(world: World) -> None:
    found = told(world, crowd(*CROWD), Forecast(12, 6, 24), say=ITALIAN)
    assert found
    assert found[0].startswith(
        "Circa 230.000 persone alla fine; tra 220.000 e 270.000 se si rilevano da 6 a 24 menzioni"
    )
    assert "più 3.000 persone per ogni altra menzione" in found[1]


def test_where_nothing_more_is_expected_or_nobody_follows_nothing_is_said(world: World) -> None:
    assert told(world, crowd(*CROWD), None) is None
    assert told(world, crowd(0, 5_000, 0, 0), Forecast(12, 6, 24)) is None


@pytest.mark.parametrize("say", [ENGLISH, ITALIAN])
def test_what_is_expected_is_told_as_closely_as_what_there_is_and_never_as_less(
    world: World, say: Tongue
) -> None:
    """208,300 people so far are told as 210,000, and 500 more are as many."""
    found = told(world, crowd(100, 208_000, 100, 100), Forecast(9, 5, 9), say=say)
    assert found
    assert found[0] == (
        "About 210,000 people in the end: hardly more than so far."
        if say is ENGLISH
        else "Circa 210.000 persone alla fine: poco più di finora."
    )
