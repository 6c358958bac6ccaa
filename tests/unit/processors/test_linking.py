"""What ties decide beside what retention, other batches and other stories have done."""

from datetime import timedelta
from pathlib import Path

import pytest
from pipeline_world import FURIOUS, PLAIN, PLEASED, START, World, said

from earshot.clock import to_us
from earshot.store.retention import purge

DAY = 24 * 60
OUTAGE = "Ronvia app down again, card refused at the till"
AGAIN = "again the card refused at the till, Ronvia app down"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.parametrize("cached", [True, False])
def test_words_lead_to_no_story_that_retention_has_taken(world: World, *, cached: bool) -> None:
    world.hear(said("1", 0, OUTAGE), said("2", 2 * DAY, PLAIN))
    if not cached:
        world.restart()
        world.hear(said("3", 2 * DAY, PLEASED))  # takes the brand over
    assert purge(world.store, to_us(START + timedelta(minutes=DAY))) == 1
    world.hear(said("4", 2 * DAY + 1, AGAIN))
    world.hear(said("5", 2 * DAY + 2, OUTAGE.replace("down", "dead")))
    found = {story.first: story.mentions for story in world.stories()}
    assert found["x:4"] == 2
    assert "x:1" not in found


def test_only_what_is_said_of_several_stories_is_counted(world: World) -> None:
    """Or a count would be kept for every address and text that was ever heard."""
    page = ("https://daily.example/a",)
    world.hear(said("1", 0, FURIOUS, links=page), said("2", 1, PLAIN, links=page), said("3", 2, FURIOUS))
    assert not world.pipeline._owners["Acme"].changes


def test_what_was_said_of_two_stories_that_have_become_one_since_is_counted_after_a_restart_too(
    world: World,
) -> None:
    world.hear(
        said("1", 0, FURIOUS),
        said("2", 1, PLAIN),
        said("3", 2, FURIOUS, kind="reply", parent="x:2"),
        said("4", 3, PLEASED, kind="reply", parent="x:2", quoted="x:1"),
    )
    counted = dict(world.pipeline._owners["Acme"].changes)
    assert len([story for story in world.stories() if not story.part_of]) == 1
    assert list(counted.values()) == [1]
    world.restart()
    world.hear(said("5", 4, "The lights are off in our street"))
    assert dict(world.pipeline._owners["Acme"].changes) == counted


def test_a_home_page_ties_nothing(world: World) -> None:
    home = ("https://www.daily.example/?utm_source=x",)
    world.hear(said("1", 0, FURIOUS, links=home), said("2", 1, PLAIN, links=home))
    assert len(world.stories()) == 2


@pytest.mark.parametrize("page", ["it/", "index.html", "it/index.php", "showthread.php?{n}-{n}"])
def test_who_links_to_the_start_of_a_site_or_to_other_threads_says_nothing_alike(
    world: World, page: str
) -> None:
    words = ("kettle", "lantern", "bicycle", "umbrella", "violin", "harbour", "pepper", "marble")
    texts = [f"{word} {word[::-1]} {word}ish un{word}" for word in words]
    pages = [(f"https://acme.example/{page.format(n=n)}",) for n in range(len(words))]
    world.hear(*[said(str(n), n, text, links=pages[n]) for n, text in enumerate(texts)])
    assert len(world.stories()) == len(words)


def test_a_page_tag_and_the_letters_around_the_words_make_no_other_copy(world: World) -> None:
    copies = [FURIOUS, f"RT @anna: {FURIOUS.upper()}!!", f"«{FURIOUS}» https://t.example/1 #wow"]
    world.hear(*[said(str(n), n, text) for n, text in enumerate(copies)])
    assert [each.link for each in world.kept(world.story())] == ["new", "copy", "copy"]
