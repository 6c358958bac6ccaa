"""Joined and split by hand: what a person decided stays."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pipeline_world import FURIOUS, PLAIN, PLEASED, START, World, alike, config, said, withdrawn
from sqlalchemy import make_url
from test_joining import ANOTHER, tie, two

from alerts.rules import tellings
from earshot.errors import Refused
from earshot.model import Episode, Story
from earshot.runtime import Context
from earshot.seams import ReceiverSettings
from earshot.store import Store, dead
from earshot.topics import Event
from processors.regroup import Regroup


class ByHand(World):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.hand = Regroup(config(), self.store, self.clock)

    def whole(self) -> None:
        """Nothing was lost or counted twice, whatever was done."""
        for story in self.stories():
            assert alike(self.rebuilt(story), story)
            assert len(self.seats(story)) == story.authors
        self.restart()


class OnAServer(ByHand):
    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder)
        self.store.close()
        self.store = Store(make_url(url))
        self.context = Context(config(), self.clock, self.bus, self.store, False)
        self.hand = Regroup(config(), self.store, self.clock)
        self.restart()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ByHand]:
    if request.param == "sqlite":
        yield ByHand(tmp_path)
        return
    world = OnAServer(tmp_path, request.getfixturevalue("postgres_url"))
    yield world
    world.store.close()


def test_stories_are_joined_by_what_is_said(world: ByHand) -> None:
    """Three of them in one batch, with people who are in more than one."""
    world.hear(*two(by="a"), said("3", 2, "Nobody answers the phone since noon, dreadful", by="b"))
    later = [said("5", 4, "b", parent="x:3", root="x:1", by="b"), said("6", 5, "c", parent="x:3", by="a")]
    world.hear(said("4", 3, "a", parent="x:3", root="x:2", by="a"), *later, withdrawn("2", 6))
    story = world.story()
    assert (story.mentions, story.authors, story.withdrawn, len(world.joined())) == (6, 2, 1, 2)
    world.whole()
    assert world.hear(said("7", 9, parent="x:2")).story().mentions == 7


def ids(world: World, story: Story) -> list[str]:
    return [kept.mention.id for kept in world.kept(story)]


def numbers(world: World, story: Story, natives: Iterable[str]) -> list[int]:
    return [kept.n for kept in world.kept(story) if kept.mention.id.partition(":")[2] in natives]


def test_joined_by_hand_the_older_stays_and_the_running_pipeline_follows(world: ByHand) -> None:
    world.hear(*two(by="a"))
    older, younger = world.stories()
    kept, joined = world.hand.join(younger.id, older.id)
    assert (kept.id, kept.mentions, kept.authors, joined.part_of) == (older.id, 2, 1, older.id)
    story = world.hear(said("3", 5, PLEASED, parent="x:2")).story()
    assert story.mentions == 3
    world.whole()


def test_joined_twice_is_refused(world: ByHand) -> None:
    world.hear(*two())
    older, younger = world.stories()
    world.hand.join(older.id, younger.id)
    with pytest.raises(Refused, match="one already"):
        world.hand.join(older.id, younger.id)


def test_stories_of_two_brands_stay_two(world: ByHand) -> None:
    world.hear(said("1"), said("2", brand="Bolt"))
    with pytest.raises(Refused, match="one brand"):
        world.hand.join(world.story().id, world.stories("Bolt")[0].id)


def test_what_was_split_is_followed_and_not_joined_again_by_a_tie(world: ByHand) -> None:
    world.hear(said("1"), said("2", 1, ANOTHER, parent="x:1"), said("3", 2, PLEASED, parent="x:2"))
    story = world.story()
    left, begun = world.hand.split(story.id, numbers(world, story, "23"))
    assert (left.id, left.mentions, begun.mentions) == (story.id, 1, 2)
    world.hear(said("4", 5, "a", parent="x:3"), tie("5", 6))
    left, begun = world.stories()
    assert (ids(world, left), ids(world, begun)) == (["x:1"], ["x:2", "x:3", "x:4", "x:5"])
    world.whole()
    world.hand.join(left.id, begun.id)
    assert world.hear(said("6", 9, parent="x:3")).story().mentions == 6
    world.whole()


def test_a_joined_story_comes_to_life_again(world: ByHand) -> None:
    world.hear(*two(), said("3", 2, PLEASED, parent="x:2"), tie())
    story, (gone,) = world.story(), world.joined()
    world.hand.split(story.id, numbers(world, story, "23"))
    left, begun = world.hear(said("4", 20, "so", parent="x:3"), said("2", 21, PLAIN)).stories()
    assert (begun.id, begun.part_of, begun.mentions) == (gone.id, 0, 3)
    assert ids(world, left) == ["x:1", "x:9"]
    assert world.joined() == []
    world.whole()


def test_a_story_keeps_its_first_mention(world: ByHand) -> None:
    world.hear(said("1"), said("2", 1, ANOTHER, parent="x:1"), said("3", 2, PLEASED, parent="x:2"))
    story = world.story()
    left, begun = world.hand.split(story.id, numbers(world, story, "12"))
    assert (left.id, ids(world, left), ids(world, begun)) == (story.id, ["x:1", "x:2"], ["x:3"])


@pytest.mark.parametrize("natives", ["", "12"])
def test_none_or_all_is_no_split(world: ByHand, natives: str) -> None:
    story = world.hear(said("1"), said("2", 1, FURIOUS, parent="x:1")).story()
    with pytest.raises(Refused, match="some of its mentions"):
        world.hand.split(story.id, numbers(world, story, natives))


def test_of_what_is_not_there_it_says_so(world: ByHand) -> None:
    story = world.hear(said("1"), said("2", 1, parent="x:1")).story()
    with pytest.raises(Refused, match="story 7: there is none"):
        world.hand.join(7, story.id)
    with pytest.raises(Refused, match="mention 7: is not in story"):
        world.hand.split(story.id, [7])


# --- what comes first after it ------------------------------------------------------------------------------

EDITED = said("2", 9, PLEASED, edited_at=START + timedelta(minutes=9))


def lost(world: World) -> int:
    with world.store.read() as connection:
        return dead.count(connection)


@pytest.mark.parametrize("how", ["join", "split"])
@pytest.mark.parametrize("first", [[withdrawn("2", 9)], [EDITED], [EDITED, withdrawn("2", 10)]])
def test_what_was_said_is_edited_or_taken_back_right_after_it(
    world: ByHand, how: str, first: list[Event]
) -> None:
    """The running pipeline does not know yet that a person was there."""
    if how == "join":
        world.hear(*two())
        world.hand.join(*(story.id for story in world.stories()))
    else:
        story = world.hear(said("1"), said("2", 1, FURIOUS, parent="x:1")).story()
        world.hand.split(story.id, numbers(world, story, "2"))
    world.hear(*first)
    (text,) = [kept.mention.text for story in world.stories() for kept in world.kept(story)][1:]
    assert text == ("" if first[-1] is not EDITED else PLEASED)
    assert lost(world) == 0
    world.whole()


def test_what_ties_two_stories_right_after_they_were_joined_is_counted(world: ByHand) -> None:
    world.hear(*two())
    world.hand.join(*(story.id for story in world.stories()))
    assert (world.hear(tie()).story().mentions, lost(world)) == (3, 0)
    world.whole()


# --- what was split stays so --------------------------------------------------------------------------------


def test_what_left_a_story_stays_apart_from_what_had_left_it_before(world: ByHand) -> None:
    replies = [said(n, int(n), f"{PLAIN} {n}", parent="x:1") for n in "23"]
    story = world.hear(said("1"), *replies).story()
    _, begun = world.hand.split(story.id, numbers(world, story, "23"))
    world.hand.split(begun.id, numbers(world, begun, "3"))
    world.hear(said("9", 9, "so", parent="x:3", root="x:1"))
    assert [ids(world, each) for each in world.stories()] == [["x:1"], ["x:2"], ["x:3", "x:9"]]


def test_of_a_story_that_was_joined_in_between_too(world: ByHand) -> None:
    """2 leaves 1, a tie makes 1 a part of the older 0, and 3 leaves that."""
    world.hear(said("0", 0, ANOTHER), said("1"), *[said(n, 1, f"is {n}", parent="x:1") for n in "23"])
    older, story = world.stories()
    world.hand.split(story.id, numbers(world, story, "2"))
    world.hear(said("4", 4, "see", parent="x:1", root="x:0"))
    world.hand.split(older.id, numbers(world, older, "3"))
    world.hear(said("9", 9, "so", parent="x:3", root="x:2"))
    assert [ids(world, each) for each in world.stories()] == [["x:0", "x:1", "x:4"], ["x:2"], ["x:3", "x:9"]]


def test_a_person_may_join_what_another_has_split(world: ByHand) -> None:
    replies = [said(n, int(n), f"{PLAIN} {n}", parent="x:1") for n in "23"]
    story = world.hear(said("1"), *replies).story()
    _, second = world.hand.split(story.id, numbers(world, story, "2"))
    _, third = world.hand.split(story.id, numbers(world, story, "3"))
    world.hand.join(second.id, third.id)
    world.hear(said("9", 9, "so", parent="x:3", root="x:2"), said("8", 10, "ah", parent="x:2", root="x:1"))
    assert [ids(world, each) for each in world.stories()] == [["x:1"], ["x:2", "x:3", "x:9", "x:8"]]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_tie_brings_together_what_people_have_parted(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        world = ByHand(Path(folder))
        natives = [str(n) for n in range(6)]
        world.hear(said("0"), *[said(n, 1, f"is {n}", parent="x:0") for n in natives[1:]])
        parted = set[frozenset[str]]()
        for _ in range(data.draw(st.integers(1, 3))):
            whole = data.draw(st.sampled_from([s for s in world.stories() if s.mentions > 1] or [None]))
            if whole is None:
                break
            inside = ids(world, whole)
            some = data.draw(st.sets(st.sampled_from(inside), min_size=1, max_size=len(inside) - 1))
            world.hand.split(whole.id, numbers(world, whole, {each.partition(":")[2] for each in some}))
            parted |= {frozenset({a, b}) for a in some for b in set(inside) - some}
        pairs = data.draw(st.lists(st.permutations(natives).map(lambda each: each[:2]), max_size=6))
        for n, (parent, root) in enumerate(pairs):
            world.hear(said(f"t{n}", 9 + n, f"so {n}", parent=f"x:{parent}", root=f"x:{root}"))
        for story in world.stories():
            inside = ids(world, story)
            assert not {frozenset({a, b}) for a in inside for b in inside} & parted
        world.whole()


# --- whom it called for -------------------------------------------------------------------------------------

DANGER = "Acme nearly killed my child, she is in hospital after the explosion"
EVERYBODY = [ReceiverSettings(kind="log", name="desk")]


def danger(native: str, minutes: float, **values: Any) -> Event:
    text = f"{DANGER}, she is {native} years old"
    return said(native, minutes, text, **({"parent": "x:1"} | values))


def loud(native: str, minutes: float, **values: Any) -> Event:
    return said(native, minutes, FURIOUS, followers=800_000, **values)


def called(story: Story) -> list[tuple[str, str]]:
    """What is open, for what and by which mention."""
    return [(step.reason, step.mention) for step in story.episode.steps] if story.episode else []


def told(stories: Iterable[Story]) -> set[str]:
    """Everything that anybody is told, by its identity: what has none of its own is told to nobody."""
    return {each.identity for story in stories for each in tellings(story, EVERYBODY)}


def open_of(story: Story) -> Episode:
    assert story.episode
    return story.episode


def test_an_alert_goes_where_the_mention_is_that_called(world: ByHand) -> None:
    story = world.hear(said("1", 0, PLAIN), danger("2", 1)).story()
    before = told([story])
    left, begun = world.hand.split(story.id, numbers(world, story, "2"))
    assert (called(left), called(begun)) == ([], [("safety", "x:2")])
    (over,) = left.episodes
    assert over.resolved_at == START + timedelta(minutes=1)
    assert told([left, begun]) == before
    left, begun = world.hear(said("3", 5, "and nobody helps her", parent="x:2")).stories()
    assert (called(left), called(begun), told([left, begun])) == ([], [("safety", "x:2")], before)
    world.whole()


def test_it_is_over_where_it_went(world: ByHand) -> None:
    story = world.hear(said("1", 0, PLAIN), danger("2", 1)).story()
    world.hand.split(story.id, numbers(world, story, "2"))
    world.hear(said("9", 90, "Quite another matter about the new station building"))
    assert world.stories()[1].episodes[0].resolved_at == START + timedelta(minutes=61)


def test_what_called_first_stays_and_new_danger_calls_there_again(world: ByHand) -> None:
    """A number that told of danger once would swallow the next."""
    story = world.hear(loud("1", 0), danger("2", 1)).story()
    reasons = [step.reason for step in open_of(story).steps if step.mention == "x:1"]
    before = told([story])
    left, begun = world.hand.split(story.id, numbers(world, story, "2"))
    assert ([reason for reason, _ in called(left)], called(begun)) == (reasons, [("safety", "x:2")])
    assert told([left, begun]) == before
    left, begun = world.hear(danger("3", 5)).stories()
    assert ("safety", "x:3") in called(left)
    assert len(told([left, begun])) == len(before) + 1
    world.whole()


def test_a_risk_stays_with_the_many_whichever_mention_was_the_last_straw(world: ByHand) -> None:
    story = world.hear(*(said(str(n), n, followers=20_000) for n in range(30))).story()
    (*_, risk) = [step for step in open_of(story).steps if step.reason == "risk"]
    before = told([story])
    left, begun = world.hand.split(story.id, numbers(world, story, [risk.mention.partition(":")[2]]))
    assert (left.level >= risk.level, called(left), begun.episode) == (True, called(story), None)
    assert told([left, begun]) == before


def test_a_risk_goes_with_the_many(world: ByHand) -> None:
    story = world.hear(*(said(str(n), n, followers=20_000) for n in range(30))).story()
    (*_, risk) = [step for step in open_of(story).steps if step.reason == "risk"]
    last = risk.mention.partition(":")[2]
    many = [str(n) for n in range(1, 30) if str(n) != last]
    left, begun = world.hand.split(story.id, numbers(world, story, many))
    assert (ids(world, left), left.episode) == (["x:0", risk.mention], None)
    assert called(begun) == called(story)


@pytest.mark.parametrize(("leaving", "waits_in"), [("4", 1), ("23", 0)])
def test_who_waits_waits_on_beside_their_mention(world: ByHand, leaving: str, waits_in: int) -> None:
    """The first two in danger call at once, the third a pause later; whoever is alone then is called for too."""
    story = world.hear(said("1", 0, PLAIN), *(danger(n, int(n)) for n in "234")).story()
    (waiting,) = open_of(story).waiting
    assert waiting.mention == "x:4"
    parts = world.hand.split(story.id, numbers(world, story, leaving))
    assert [step.mention for step in open_of(parts[waits_in]).waiting] == ["x:4"]
    assert open_of(parts[1 - waits_in]).waiting == ()
    minutes = (waiting.at - START) / timedelta(minutes=1) + 2
    world.hear(said("9", minutes, "Quite another matter about the new station building"))
    episode = world.stories()[waits_in].episodes[-1]
    assert (episode.steps[-1].mention, episode.waiting) == ("x:4", ())
    assert len(told(world.stories()[:2])) == len(told([story])) + 1


@pytest.mark.parametrize(
    ("leaving", "here", "there"), [("4", ("x:5", 2), ("x:4", 1)), ("56", ("x:4", 1), ("x:5", 2))]
)
def test_each_story_waits_for_its_own_people(
    world: ByHand, leaving: str, here: tuple[str, int], there: tuple[str, int]
) -> None:
    """Three wait, and one mention stands for them."""
    story = world.hear(said("1", 0, PLAIN), *(danger(n, int(n)) for n in "23456")).story()
    (waiting,) = open_of(story).waiting
    assert (waiting.mention, waiting.said) == ("x:4", 3)
    left, begun = world.hand.split(story.id, numbers(world, story, leaving))
    waits = [[(step.mention, step.said) for step in open_of(each).waiting] for each in (left, begun)]
    assert waits == [[here], [there]]


def test_an_outlets_account_that_is_split_off_waits_for_nobody(world: ByHand) -> None:
    story = world.hear(
        said("1", 0, PLAIN), *(danger(n, int(n)) for n in "234"), danger("5", 5, by="d")
    ).story()
    left, begun = world.hand.split(story.id, numbers(world, story, "5"))
    assert [step.mention for step in open_of(left).waiting] == ["x:4"]
    assert begun.episode is None


def test_who_was_told_louder_is_not_told_again_of_what_is_left(world: ByHand) -> None:
    story = world.hear(
        danger("1", 0, parent=None), *(said(str(n), n, parent="x:1") for n in range(2, 9))
    ).story()
    left, begun = world.hand.split(story.id, numbers(world, story, [str(n) for n in range(2, 9)]))
    before = told([left, begun])
    world.hear(said("9", 20, PLAIN, parent="x:8"))
    assert told(world.stories()) == before


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_split_tells_nobody_anything(data: st.DataObject) -> None:
    """And whoever waits does so in the story where they spoke."""
    with TemporaryDirectory() as folder:
        world = ByHand(Path(folder))
        makers = [danger, said, loud]
        made = data.draw(st.lists(st.sampled_from(makers), min_size=1, max_size=8))
        world.hear(said("1", 0, PLAIN), *(make(str(n), n, parent="x:1") for n, make in enumerate(made, 2)))
        for _ in range(data.draw(st.integers(1, 2))):
            whole = data.draw(st.sampled_from([s for s in world.stories() if s.mentions > 1] or [None]))
            if whole is None:
                break
            inside, before = ids(world, whole), told(world.stories())
            some = data.draw(st.sets(st.sampled_from(inside), min_size=1, max_size=len(inside) - 1))
            world.hand.split(whole.id, numbers(world, whole, {each.partition(":")[2] for each in some}))
            assert told(world.stories()) == before
            for story in filter(lambda each: each.episode, world.stories()):
                assert {step.mention for step in open_of(story).waiting} <= set(ids(world, story))
        world.whole()
