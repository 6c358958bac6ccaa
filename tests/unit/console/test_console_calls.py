"""All that a story called for: with its parts, each call once, and where it was told first."""

from datetime import timedelta

from console_world import NOW
from msgspec import structs

from console.calls import calls
from earshot.model import Episode, Level, Step, Story


def step(minute: int, level: Level = Level.watch, story: int = 0) -> Step:
    at = NOW + timedelta(minutes=minute)
    return Step(
        level=level, reason="risk", at=at, mention=f"x:{minute}", risk=40.0, story=story, episode=story and 1
    )


def a_story(number: int, *episodes: list[Step]) -> Story:
    told = tuple(Episode(number=at, steps=tuple(steps)) for at, steps in enumerate(episodes, 1))
    return Story(id=number, brand="R", first=f"x:{number}", opened_at=NOW, last_at=NOW, episodes=told)


def told(story: Story, *parts: Story) -> list[tuple[str, int]]:
    return [(call.step.mention, call.step.story) for call in calls(story, parts)]


def test_the_oldest_is_first_whichever_part_it_was_in() -> None:
    assert told(a_story(1, [step(5), step(9)]), a_story(2, [step(7)])) == [("x:5", 0), ("x:7", 2), ("x:9", 0)]


def test_what_was_taken_over_is_told_once() -> None:
    joined = a_story(2, [step(3), step(4, Level.warning)])
    kept = a_story(1, [step(1), step(4, Level.warning, story=2)])
    assert told(kept, joined) == [("x:1", 0), ("x:3", 2), ("x:4", 2)]


def test_what_passed_from_story_to_story_is_told_once_and_as_the_first_ones() -> None:
    third = a_story(3, [step(3)])
    second = a_story(2, [step(3, story=3)])
    assert told(a_story(1, [step(3, story=3)]), second, third) == [("x:3", 3)]
    assert told(a_story(1), second, third) == [("x:3", 3)]


def test_what_was_split_off_and_came_back_is_told_once() -> None:
    own = a_story(1, [step(3)])
    assert told(own, a_story(2, [step(3, story=1)])) == [("x:3", 0)]
    assert told(structs.replace(own, episodes=())) == []
