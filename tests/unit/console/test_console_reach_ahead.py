"""What a story page says of its reach in the end: the reach so far, and what further mentions would add."""

from console_world import ENGLISH, ITALIAN, NOW, Words, World

from console import reading, story_view
from console.tongue import Tongue
from earshot.model import Forecast, Level

CROWD = (100, 200_000, 100, 100)  # followers


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
        "About 201,000 people in the end; between 200,000 and 202,000 if as many mentions are heard as expected."
    )
    assert "100 people for each further mention" in found[1]


def test_who_goes_on_and_on_brings_nobody_new(world: World) -> None:
    found = told(world, [*crowd(*CROWD), *crowd(*CROWD)], Forecast(12, 8, 24))
    assert found
    assert "50 people for each further mention" in found[1]


def test_what_is_only_counted_adds_nobody_as_it_added_nobody_so_far(world: World) -> None:
    found = told(world, crowd(*CROWD), Forecast(16, 8, 32), counted=7)
    assert found
    assert found[0].startswith("About 201,000 people in the end; between 200,000 and 202,000")


def test_it_is_said_in_italian(world: World) -> None:
    found = told(world, crowd(*CROWD), Forecast(12, 6, 24), say=ITALIAN)
    assert found
    assert found[0].startswith("Circa 201.000 persone alla fine; tra 200.000 e 202.000")
    assert "più 100 persone per ogni altra menzione" in found[1]


def test_where_nothing_more_is_expected_or_nobody_follows_nothing_is_said(world: World) -> None:
    assert told(world, crowd(*CROWD), None) is None
    assert told(world, crowd(0, 5_000, 0, 0), Forecast(12, 6, 24)) is None
