"""Why nobody was told of an alert: the one reason that holds, on each alert or once above all of them."""

from typing import Any

import pytest
from console_world import NOW, Words, World, called
from msgspec import structs
from starlette.applications import Starlette
from starlette.testclient import TestClient
from test_console_lists import fill
from test_console_pages import Parsed
from test_console_surges import ID, a_surge

from console.role import Console
from earshot.clock import to_us
from earshot.model import Level
from earshot.store import alerts, notices

LOUD = {"kind": "log", "name": "loud", "min_level": "critical"}
OTHERS = {"kind": "log", "name": "others", "brands": ["Celerpost"]}
ALL = {"kind": "log", "name": "all"}
OF_ALL = "No notice of any of these went out: "
OF_ONE = "No notice of this one went out: "
EARLIER = (
    "nobody was to be told when that was decided, in a replay without notices or before a receiver asked"
)


def read(world: World, *receivers: Any, path: str = "/alerts", language: str = "en", **more: Any) -> str:
    context = world.context("Ronvia", "Celerpost", receivers=receivers, language=language, **more)
    with TestClient(Starlette(routes=[*Console(context).routes()])) as pages:
        return " ".join(Parsed(pages.get(path).text).text.split())


@pytest.mark.parametrize(
    ("receivers", "why"),
    [
        ([], "no receiver is configured."),
        ([LOUD, OTHERS], "no receiver asks for alerts of that level and brand."),
        ([LOUD, ALL], EARLIER),
    ],
)
def test_what_is_so_of_all_alerts_is_said_once_above_them(
    world: World, receivers: list[Any], why: str
) -> None:
    fill(world, ago=10)
    assert read(world, *receivers).count(OF_ONE + why) == 1
    fill(world, ago=20)
    text = read(world, *receivers)
    assert text.count(OF_ALL + why) == 1
    assert OF_ONE not in text


def test_where_they_differ_each_says_its_own_and_one_that_was_told_says_none(world: World) -> None:
    fill(world, Level.critical, ago=10)
    fill(world, ago=20)
    told = fill(world, ago=30)
    with world.store.begin() as connection:
        (row,) = (each for each in alerts.page(connection) if each.story == told)
        notices.add(connection, [notices.New("1", row.id, "loud", to_us(NOW), "{}")])
    text = read(world, LOUD)
    assert OF_ALL not in text
    assert text.count(OF_ONE) == 2
    assert text.count(OF_ONE + EARLIER) == 1
    assert text.count(OF_ONE + "no receiver asks for alerts of that level and brand.") == 1


@pytest.mark.parametrize(
    ("reason", "topic", "topics", "said"),
    [
        ("risk", "", (), OF_ONE + "a surge tells of it."),
        ("risk", "Carte", ({"name": "Carte", "any": ["carta"]},), OF_ONE + "a surge tells of it."),
        ("risk", "Carte", ({"name": "Carte", "any": ["bancomat"]},), OF_ALL + EARLIER),
        ("safety", "", (), OF_ALL + EARLIER),
    ],
)
def test_a_surge_tells_of_what_began_in_it_and_is_not_grave(
    world: World, reason: str, topic: str, topics: tuple[Any, ...], said: str
) -> None:
    step = world.step(Level.warning, 60, 0, reason)
    world.alert(world.tell("Ronvia", [Words("Carta bloccata", ago=100)], episodes=called(step)))
    a_surge(world, topic=topic)
    assert read(world, ALL, topics=topics).count(said) == 1


def test_what_another_story_had_decided_was_told_there(world: World) -> None:
    joined = structs.replace(world.step(Level.warning, 60, 0), story=7, episode=1)
    world.alert(world.tell("Ronvia", [Words("Carta bloccata", ago=100)], episodes=called(joined)))
    assert (
        OF_ONE
        + "it was decided in a story that has become part of this one, and belongs to that one's alert."
        in read(world, ALL)
    )


def test_the_page_of_a_surge_says_it_too_in_italian(world: World) -> None:
    a_surge(world)
    said = "Per questo avviso non è partita nessuna notifica: "
    page = f"/surges/{ID}"
    world.tell("Ronvia", [Words("App giù", ago=200), Words("App giù", ago=190)])
    assert said + "non è configurato nessun destinatario." in read(world, path=page, language="it")
    assert said + "nessun destinatario chiede avvisi" in read(world, LOUD, path=page, language="it")
    assert said + "quando è stato deciso non c’era" in read(world, ALL, path=page, language="it")
