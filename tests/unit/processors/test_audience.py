"""Who is of a brand's audience, by what they declare, and how that is counted in a story."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline_world import FURIOUS, PLAIN, START, World, mention, said, withdrawn

from earshot.config import Audience, Brand
from earshot.model import Score, Story
from earshot.topics import Event
from processors import risk
from processors.audience import Audiences

HERE = "Bologna, Italia"
PLACES = ["Bologna", "Emilia-Romagna", "forlì", "東京"]


def fits(place: str = "", language: str = "unknown", **profile: Any) -> bool:
    given = profile or {"places": PLACES, "languages": ["it"]}
    audiences = Audiences([Brand(name="Acme", audience=Audience(**given)), Brand(name="Bolt")])
    return audiences.fits(mention("1", place=place), Score(language=language))


@pytest.mark.parametrize(
    "place",
    ["Bologna", "BOLOGNA (IT) 🇮🇹", "via Roma 1, bologna/Modena", "#bologna", "emilia romagna", "Emilia – Romagna", "Forli’", "FORLÌ", "東京都"],
)  # fmt: skip
def test_a_place_is_met_as_a_whole_word_however_it_is_written(place: str) -> None:
    assert fits(place, places=PLACES)


@pytest.mark.parametrize("place", ["Bolognano", "Roma", "Emilia", "neo_bologna", "the moon"])
def test_another_place_is_another_place(place: str) -> None:
    assert not fits(place, places=PLACES)


@pytest.mark.parametrize(
    ("place", "language", "expected"),
    [
        (HERE, "it", True),
        (HERE, "unknown", True),
        ("", "it", True),
        ("🌍 ✈ 44.49, 11.34", "it", True),
        (HERE, "en", False),
        ("Roma", "it", False),
        ("Roma", "unknown", False),
        ("", "en", False),
        ("", "unknown", False),
    ],
)
def test_nothing_may_speak_against_it_and_something_must_speak_for_it(
    place: str, language: str, expected: bool
) -> None:
    assert fits(place, language) is expected


def test_what_a_profile_does_not_ask_does_not_matter() -> None:
    assert fits(HERE, "en", places=PLACES)
    assert fits("Roma", "it", languages=["it"])
    assert not fits(HERE, "unknown", languages=["it"])


def test_a_brand_without_a_profile_has_no_audience() -> None:
    audiences = Audiences([Brand(name="Bolt", audience=Audience(languages=("en",))), Brand(name="Acme")])
    assert not audiences.fits(mention("1", place=HERE), Score(language="en"))


@given(before=st.text(max_size=90), after=st.text(max_size=90))
def test_hostile_places_are_read_and_words_around_change_nothing(before: str, after: str) -> None:
    assert fits(f"{before} Bologna {after}", places=PLACES)


# --- counted in a story -------------------------------------------------------------------------------------


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def counted(world: World, *events: Event) -> tuple[int, int]:
    story = world.hear(*events).story()
    assert world.rebuilt(story) == story
    return story.audience, story.authors


def answer(native: str, minutes: float, **values: Any) -> Event:
    return said(native, minutes, PLAIN, parent="x:1", **values)


def test_each_author_counts_once(world: World) -> None:
    assert counted(world, said("1", by="a", place=HERE), answer("2", 1, by="a", place=HERE)) == (1, 1)
    assert counted(world, answer("3", 2, by="b", place="Roma"), answer("4", 3, by="c", place=HERE)) == (2, 3)
    assert counted(world, answer("5", 4, by="b", place=HERE)) == (3, 3)


def test_withdrawing_takes_out_what_it_brought_and_an_edit_counts_anew(world: World) -> None:
    world.hear(said("1", by="a"), answer("2", 1, by="b", place=HERE), answer("3", 2, by="b", place=HERE))
    assert counted(world, withdrawn("2", 3)) == (1, 2)
    assert counted(world, withdrawn("3", 4)) == (0, 2)
    assert counted(world, said("1", 5, "Awful", by="a", place=HERE, edited_at=START)) == (1, 2)
    assert [kept.mention.author.place for kept in world.kept(world.story())] == [HERE, "", ""]


@pytest.mark.parametrize(
    "speaker",
    [
        {"kind": "article", "url": "https://local.example/a"},
        {"by": "@d"},
        {"by": "acme_help"},
    ],
)
def test_neither_the_press_nor_the_brand_itself_is_its_audience(
    world: World, speaker: dict[str, str]
) -> None:
    assert counted(world, said("1"), answer("2", 1, place=HERE, **speaker))[0] == 0


# --- in the risk --------------------------------------------------------------------------------------------


def story(mentions: int, confirmations: int, audience: int) -> Story:
    return Story(
        id=1,
        brand="A",
        first="x:1",
        opened_at=START,
        last_at=START,
        mentions=mentions,
        authors=mentions,
        confirmations=confirmations,
        audience=audience,
    )


@given(st.integers(1, 500), st.data())
def test_each_part_adds_to_what_the_other_leaves(size: int, data: st.DataObject) -> None:
    confirmed, fitting = data.draw(st.integers(0, size)), data.draw(st.integers(0, size))
    both = risk.audience(story(size, confirmed, fitting))
    alone = risk.audience(story(size, confirmed, 0)), risk.audience(story(size, 0, fitting))
    assert max(alone) <= both <= min(1.0, sum(alone) + 1e-12)
    if fitting < size:
        assert risk.audience(story(size, confirmed, fitting + 1)) > both


@given(st.integers(1, 500), st.data())
def test_where_nobody_is_of_it_confirmations_count_as_ever(size: int, data: st.DataObject) -> None:
    confirmed = data.draw(st.integers(0, size))
    assert risk.audience(story(size, confirmed, 0)) == confirmed / (size + 3)


def test_a_complaint_among_readers_who_matter_is_more_risk(tmp_path: Path) -> None:
    log = [said("1", 0, FURIOUS), *(said(str(n), n, FURIOUS, parent="x:1") for n in range(2, 9))]
    near = [said("1", 0, FURIOUS, place=HERE)]
    near += [said(str(n), n, FURIOUS, parent="x:1", place=HERE) for n in range(2, 9)]
    (tmp_path / "far").mkdir()
    (tmp_path / "near").mkdir()
    elsewhere, here = (
        World(tmp_path / name).hear(*of).story() for name, of in (("far", log), ("near", near))
    )
    assert (elsewhere.terms.audience, here.audience) == (0.0, 8)
    assert here.terms.audience == pytest.approx(0.8 * 8 / 11)
    assert here.risk > elsewhere.risk
