"""Somebody else in danger calls again in the same story, in a flood once an hour; two reasons at once are one decision."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from pipeline_world import FURIOUS, PLAIN, World, config, mention, said, withdrawn

from alerts.rules import identity
from earshot.config import from_dict
from earshot.errors import ConfigError
from earshot.model import Episode, Level, Reason, Step, Story
from earshot.quoting import Because, because
from earshot.topics import STORIES, Event, Said, Snapshot
from processors import again, episodes

BURNT = "Your heater caught fire last night, my daughter has burns on both hands, we are in hospital"
MINE_TOO = "Mine caught fire too, my son has burns on his arm"
SUNDAY = "it caught fire on Sunday and I was injured, burns everywhere"
LAWYER = "Nessuna risposta da settimane: mi rivolgo al mio avvocato e al Codacons"
COURT = "My lawyer will write to you and I will sue your company"
DESPAIR = "I want to kill myself because of you"
BURNT_AND_COURT = "Your heater caught fire, I have burns, my lawyer will sue you"
STOVE = "There is a gas leak in our flat after your repair, the children were taken to hospital"
LATER = "Is the shop at the lake open on Monday, does anybody know?"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def too(native: str, minutes: float, text: str, **values: Any) -> Event:
    return said(native, minutes, text, parent="x:1", followers=12, **values)


def burnt(native: str, minutes: float, **values: Any) -> Event:
    """In words that nobody else uses."""
    return too(native, minutes, f"{native} {MINE_TOO} {native}", **values)


def steps(story: Story) -> list[Step]:
    return [step for episode in story.episodes for step in episode.steps]


def calls(world: World, reason: str = "safety") -> list[tuple[str, float, int, int]]:
    """(mention, minute, again, said)"""
    first = mention("0").collected_at
    return [
        (step.mention, (step.at - first).total_seconds() / 60, step.again, step.said)
        for step in steps(world.stories()[0])
        if step.reason == reason
    ]


def reason(world: World, name: str) -> Because:
    """What is quoted of a mention that called."""
    story = world.stories()[0]
    (kept,) = (each for each in world.kept(story) if each.mention.id == name)
    found = because(kept, steps(story))
    assert found
    return found


def pass_time(world: World, minutes: float) -> World:
    """Something is said elsewhere."""
    return world.hear(said(f"at{minutes}", minutes, LATER, followers=12))


def step(reason: Reason, minute: float, author: int, said: int = 1) -> Step:
    at = mention("1", minute).collected_at
    return Step(
        level=Level.warning, reason=reason, at=at, mention=f"x:{author}", risk=9.0, author=author, said=said
    )  # fmt: skip


def a_story(*episodes: Episode) -> Story:
    at = mention("1").collected_at
    return Story(id=1, brand="Acme", first="x:1", opened_at=at, last_at=at, mentions=9, episodes=episodes)


# --- somebody else --------------------------------------------------------------------------------------------


def test_the_second_person_in_danger_is_told_of_at_once(world: World) -> None:
    world.hear(said("1", 0, BURNT), too("2", 7, MINE_TOO))
    assert calls(world) == [("x:1", 0, 0, 0), ("x:2", 7, 1, 1)]
    world.hear(too("3", 8, DESPAIR), too("4", 9, f"{DESPAIR} and of her"))
    assert [each[0] for each in calls(world, "self_harm")] == ["x:3", "x:4"]


def test_the_law_is_told_again_after_an_hour(world: World) -> None:
    world.hear(said("1", 0, LAWYER), too("2", 7, COURT))
    assert calls(world, "legal") == [("x:1", 0, 0, 0)]
    pass_time(world, 70)
    assert calls(world, "legal") == [("x:1", 0, 0, 0), ("x:2", 60, 1, 1)]


@pytest.mark.parametrize(
    "event",
    [
        too("2", 30, MINE_TOO, by="u1"),
        said("2", 30, BURNT),
        said("2", 30, BURNT, kind="repost", reposted="x:1"),
        said("1", 30, f"{BURNT}!!", edited_at=mention("1", 30).collected_at),
        too("2", 30, MINE_TOO, backfill=True),
        too("2", 30, MINE_TOO, by="acme_help"),
    ],
    ids=["the same author", "a copy", "a repost", "an edit", "history", "the company"],
)
def test_what_is_no_other_danger_calls_nobody(world: World, event: Event) -> None:
    pass_time(world.hear(said("1", 0, BURNT), event), 300)
    assert calls(world) == [("x:1", 0, 0, 0)]


PAPER: dict[str, Any] = {"kind": "article", "url": "https://www.daily.example/burns", "by": "daily.example"}


@pytest.mark.parametrize(("reason", "text"), [("safety", MINE_TOO), ("legal", COURT)])
def test_what_an_outlet_or_its_account_tells_is_told_of_others(world: World, reason: str, text: str) -> None:
    first = BURNT if reason == "safety" else LAWYER
    world.hear(said("1", 0, first), too("2", 5, text, **PAPER), too("3", 6, f"{text} today", by="d"))
    assert [each[0] for each in calls(pass_time(world, 300), reason)] == ["x:1"]


def test_an_outlet_calls_once_and_who_is_in_danger_after_it_at_once(world: World) -> None:
    world.hear(said("1", 0, BURNT, **PAPER), too("2", 5, MINE_TOO, by="d"), too("3", 9, SUNDAY))
    assert calls(world) == [("x:1", 0, 0, 0), ("x:3", 9, 1, 1)]


def test_a_site_that_is_no_known_outlet_may_be_in_danger(world: World) -> None:
    blog = PAPER | {"url": "https://my-kitchen.example/burns", "by": "my-kitchen.example"}
    world.hear(said("1", 0, BURNT), too("2", 5, MINE_TOO, **blog))
    assert [each[0] for each in calls(world)] == ["x:1", "x:2"]


def test_who_may_hurt_themselves_is_told_of_whoever_says_so(world: World) -> None:
    world.hear(said("1", 0, DESPAIR), too("2", 5, f"{DESPAIR} and of her", by="d"))
    assert [each[0] for each in calls(world, "self_harm")] == ["x:1", "x:2"]


def test_an_edit_that_brings_a_danger_calls(world: World) -> None:
    world.hear(said("1", 0, BURNT), too("2", 5, PLAIN))
    world.hear(too("2", 9, MINE_TOO, edited_at=mention("2", 9).collected_at))
    assert calls(world)[1:] == [("x:2", 9, 1, 1)]


def test_nearly_the_same_words_may_be_anothers() -> None:
    assert again.in_own_words("post", "near")
    assert not again.in_own_words("post", "copy")
    assert not again.in_own_words("repost", "thread")


# --- a flood --------------------------------------------------------------------------------------------------


def test_five_hundred_in_an_hour_are_told_of_once_an_hour(world: World) -> None:
    world.hear(said("1", 0, BURNT), *(burnt(f"n{n}", 1 + n * 0.12) for n in range(500)))
    assert calls(world) == [("x:1", 0, 0, 0), ("x:n0", 1, 1, 1)]
    pass_time(world, 62)
    assert calls(world)[2:] == [("x:n1", 61, 2, 499)]
    assert world.stories()[0].episodes[-1].waiting == ()


def test_one_person_who_goes_on_and_on_is_no_flood(world: World) -> None:
    world.hear(said("1", 0, BURNT), *(burnt(f"n{n}", 1 + n, by="u1") for n in range(20)))
    pass_time(world, 300)
    assert calls(world) == [("x:1", 0, 0, 0)]


def test_the_clock_calls_for_who_has_waited(world: World) -> None:
    world.hear(said("1", 0, BURNT), burnt("2", 1), burnt("3", 20), burnt("4", 30))
    assert len(calls(world)) == 2
    pass_time(world, 61.5)
    assert calls(world)[2:] == [("x:3", 61, 2, 2)]


def test_who_waits_is_told_of_before_the_alert_is_over() -> None:
    """Also where the pause is longer than an alert lasts."""
    first, later = step("legal", 0, 1), step("legal", 900, 2, 3)
    episode = Episode(number=1, steps=(first,), waiting=(later,), below_since=first.at)
    story = a_story(episode)
    hour = timedelta(hours=1)
    assert episodes.due(story, hour) == first.at + hour
    assert not episodes.expire(story, first.at + hour / 2, hour)
    assert story.episodes == (episode,)
    assert episodes.expire(story, first.at + hour, hour)
    (over,) = story.episodes
    assert (over.waiting, over.resolved_at) == ((), first.at + hour)
    assert [(each.mention, each.at, each.again, each.said) for each in over.steps[1:]] == [
        ("x:2", first.at + hour, 1, 3)
    ]


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "without a date"])
def test_what_was_edited_while_it_waited_is_not_quoted_as_what_called(world: World, dated: bool) -> None:
    """Nor where its source does not say when: then it was when it was heard."""
    edited_at = mention("2", 20).collected_at
    world.hear(said("1", 0, LAWYER), too("2", 7, COURT))
    world.hear(too("2", 20, f"{PLAIN} My lawyer asks.", **({"edited_at": edited_at} if dated else {})))
    found = reason(pass_time(world, 70), "x:2")
    assert (found.edited_at, found.seen_by) == (edited_at, ())


def test_an_edit_that_waited_is_quoted_as_what_called(world: World) -> None:
    world.hear(said("1", 0, BURNT), burnt("2", 1), too("3", 5, PLAIN))
    world.hear(too("3", 9, SUNDAY, edited_at=mention("3", 9).collected_at))
    found = reason(pass_time(world, 90), "x:3")
    assert calls(world)[2:] == [("x:3", 61, 2, 1)]
    assert found.edited_at is None
    assert "burns" in " ".join(found.seen_by)


def test_all_withdrawn_nobody_waits(world: World) -> None:
    world.hear(said("1", 0, LAWYER), too("2", 7, COURT), withdrawn("1", 8), withdrawn("2", 9))
    episode = pass_time(world, 300).stories()[0].episodes[-1]
    assert (len(episode.steps), episode.waiting) == (1, ())
    assert episode.resolved_at is not None


def test_who_takes_it_back_while_waiting_is_not_told_of(world: World) -> None:
    world.hear(said("1", 0, LAWYER), too("2", 7, COURT), withdrawn("2", 9))
    episode = pass_time(world, 300).stories()[0].episodes[-1]
    assert (len(episode.steps), episode.waiting) == (1, ())


def test_who_waits_behind_one_that_is_taken_back_is_told_of(world: World) -> None:
    world.hear(said("1", 0, LAWYER), too("2", 7, COURT), too("3", 8, "I have a solicitor and will sue you"))
    world.hear(withdrawn("2", 9))
    assert [(s.again, s.said) for s in steps(pass_time(world, 300).stories()[0])][1:] == [(1, 1)]


def test_the_pause_is_a_setting() -> None:
    assert from_dict({"alerts": {"again_after": "20m"}}).alerts.again_after.total_seconds() == 1_200
    with pytest.raises(ConfigError, match="again_after"):
        from_dict({"alerts": {"again_after": "0s"}})


# --- reasons together -----------------------------------------------------------------------------------------


def burnt_and_court(native: str, minutes: float) -> Event:
    return too(native, minutes, f"{native} {BURNT_AND_COURT} {native}")


def decided(world: World) -> list[tuple[float, list[tuple[str, str, int]]]]:
    """Each notice: its minute, and (reason, mention, said) of all that it tells."""
    first = mention("0").collected_at
    return [
        ((told[0].at - first).total_seconds() / 60, [(step.reason, step.mention, step.said) for step in told])
        for episode in world.stories()[0].episodes
        for told in episode.decisions
    ]


def test_who_brings_two_reasons_again_is_told_of_once(world: World) -> None:
    """The second danger calls at once, and the law that they bring does not follow within the hour."""
    world.hear(said("1", 0, BURNT_AND_COURT), burnt_and_court("2", 7))
    assert decided(pass_time(world, 300)) == [
        (0, [("safety", "x:1", 0), ("legal", "x:1", 0)]),
        (7, [("safety", "x:2", 1), ("legal", "x:2", 1)]),
    ]


def test_two_reasons_that_go_on_for_hours_are_one_notice_an_hour(world: World) -> None:
    world.hear(said("1", 0, BURNT_AND_COURT), burnt_and_court("2", 7))
    pass_time(world.hear(*(burnt_and_court(str(n), 5 * n) for n in range(3, 36))), 400)
    assert [minute for minute, _ in decided(world)] == [0, 7, 67, 127, 187]
    assert decided(world)[2][1] == [("safety", "x:3", 11), ("legal", "x:3", 11)]


def test_who_waits_is_told_of_with_another_reason_and_nobody_is_lost(world: World) -> None:
    """Not an hour after their own: two notices about two people would follow each other."""
    world.hear(said("1", 0, BURNT), burnt("2", 1), burnt("3", 20), too("4", 55, COURT), burnt("5", 56))
    assert decided(pass_time(world, 300))[2:] == [
        (55, [("legal", "x:4", 0), ("safety", "x:3", 1)]),
        (115, [("safety", "x:5", 1)]),
    ]


def test_a_story_that_becomes_critical_tells_of_who_waits_in_the_same_notice(world: World) -> None:
    paper = {"kind": "article", "url": "https://daily.example/5", "by": "daily.example"}
    world.hear(said("1", 0, BURNT), burnt("2", 1), burnt("3", 20), too("5", 59, **paper, text=FURIOUS))
    (minute, told), *later = decided(pass_time(world, 300))[2:]
    assert (minute, told, later) == (
        59,
        [("risk", "x:5", 0), ("pick_up", "x:5", 0), ("safety", "x:3", 1)],
        [],
    )
    assert steps(world.stories()[0])[-1].level == Level.critical


def test_all_who_wait_at_the_end_of_an_alert_are_one_notice() -> None:
    """Who was to come first is named first."""
    hour, one, other = timedelta(hours=1), step("legal", 950, 2, 3), step("safety", 900, 3, 1)
    first = step("legal", 0, 1)
    episode = Episode(number=1, steps=(first,), waiting=(one, other), below_since=first.at)
    assert episodes.expire(story := a_story(episode), first.at + hour, hour)
    assert [[each.mention for each in told] for told in story.episodes[0].decisions] == [
        ["x:1"],
        ["x:3", "x:2"],
    ]


def test_two_reasons_of_one_mention_are_one_decision(world: World) -> None:
    world.hear(said("1", 0, BURNT_AND_COURT))
    (episode,) = world.story().episodes
    assert [(step.reason, step.also) for step in episode.steps] == [("safety", False), ("legal", True)]
    assert [len(steps) for steps in episode.decisions] == [2]


def test_two_mentions_are_two_decisions(world: World) -> None:
    world.hear(said("1", 0, BURNT), too("2", 0, LAWYER))
    assert [len(steps) for steps in world.story().episodes[0].decisions] == [1, 1]


def test_what_was_stored_before_is_read_and_written_as_it_was() -> None:
    """An ordinal, an author and the like only where there is one: nothing of today looks another way."""
    at = mention("1").collected_at
    step = Step(level=Level.warning, reason="risk", at=at, mention="x:1", risk=61.0)
    written = STORIES.encode(Snapshot(story=a_story(Episode(number=1, steps=(step,)))))
    assert not [name for name in (b"waiting", b"also", b"again", b"said", b'author"') if name in written]


# --- stories that become one ------------------------------------------------------------------------------------


def test_what_the_joined_story_told_counts_and_who_waits_there_is_told_in_the_one_that_stays(
    world: World,
) -> None:
    world.hear(
        said("1", 0, BURNT),
        said("2", 10, STOVE),
        said("3", 11, MINE_TOO, parent="x:2"),
        said("4", 12, SUNDAY, parent="x:2"),
    )
    other = world.stories()[1]
    world.hear(said("9", 20, PLAIN, parent="x:2", root="x:1"))
    (episode,) = world.story().episodes
    assert [(step.mention, step.story) for step in episode.steps] == [
        ("x:1", 0),
        ("x:2", other.id),
        ("x:3", other.id),
    ]
    assert [(step.mention, step.said) for step in episode.waiting] == [("x:4", 1)]
    assert world.joined()[0].episodes[-1].waiting == ()
    pass_time(world, 90)
    assert calls(world)[3:] == [("x:4", 71, 3, 1)]


def test_of_two_who_wait_for_one_reason_the_first_is_named_with_all_who_said_so() -> None:
    one, other = step("safety", 50, 3, 2), step("safety", 40, 4, 5)
    assert again.merged([one], [other], []) == (structs.replace(other, said=7),)
    assert again.merged([one], [other], [step("safety", 9, 4)]) == (one,)
    assert again.merged([one], [step("legal", 9, 4)], []) == (one, step("legal", 9, 4))


# --- always -----------------------------------------------------------------------------------------------------


@st.composite
def dangers(draw: st.DrawFn) -> Event:
    native, minutes = str(draw(st.integers(1, 30))), draw(st.integers(0, 400))
    text = draw(st.sampled_from([BURNT, MINE_TOO, SUNDAY, COURT, BURNT_AND_COURT, PLAIN]))
    form = draw(st.sampled_from(["said"] * 8 + ["edited", "withdrawn", "tie"]))
    if form == "withdrawn":
        return withdrawn(native, minutes)
    values: dict[str, Any] = {"by": draw(st.sampled_from("abcdefgh")), "parent": draw(st.sampled_from(["x:1", "x:2"]))}  # fmt: skip
    if form == "edited":
        values["edited_at"] = mention(native, minutes).collected_at
    if form == "tie":
        values |= {"parent": "x:2", "root": "x:1"}
    return said(native, minutes, text, **values)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    log=st.lists(dangers(), max_size=30),
    cuts=st.lists(st.tuples(st.integers(1, 9), st.sampled_from("-r")), max_size=20),
)
def test_batches_and_restarts_change_nothing_and_no_reason_floods(
    log: Sequence[Event], cuts: list[tuple[int, str]]
) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        expected = World(Path(one)).hear(*log)
        world, rest = World(Path(other)), list(log)
        for size, how in cuts:
            part, rest = rest[:size], rest[size:]
            world.hear(*part)
            if how == "r":
                world.restart()
        assert world.hear(*rest).state() == expected.state()
        heard = Counter(event.mention.id for event in log if isinstance(event, Said))
        for story in expected.stories():
            _no_flood(story)
            _one_notice_each(story, {name for name, times in heard.items() if times == 1})
        told_before = _names(expected.joined(), elsewhere=False)
        assert _names(expected.stories(), elsewhere=True) <= told_before, (
            "by a new name it would be told again"
        )


def _names(stories: Sequence[Story], *, elsewhere: bool) -> set[str]:
    """Of what is told of them; `elsewhere`: of what was decided in a story that was joined."""
    return {
        identity(story, episode, step, "all")
        for story in stories
        for episode in story.episodes
        for step in episode.steps
        if bool(step.story) == elsewhere
    }


def _one_notice_each(story: Story, unedited: set[str]) -> None:
    """However many reasons it gives."""
    told = [{step.mention for step in decision} for e in story.episodes for decision in e.decisions]
    named = Counter(name for names in told for name in names & unedited)
    assert max(named.values(), default=1) == 1


def _no_flood(story: Story) -> None:
    pause = config().alerts.again_after
    for episode in story.episodes:
        own = [each for each in episode.steps if not each.story]
        numbered = Counter((each.reason, each.level, each.again) for each in own)
        assert max(numbered.values(), default=1) == 1, "each has an identity of its own"
        for reason in {each.reason for each in own if each.again}:
            told = sorted((each for each in own if each.reason == reason), key=lambda each: each.at)[1:]
            assert all(late.also or late.at - early.at >= pause for early, late in pairwise(told))
            whom = [each.author for each in own if each.reason == reason]
            assert len(whom) == len(set(whom)), "nobody is told of twice"
        assert all(each.said for each in own if each.again)
