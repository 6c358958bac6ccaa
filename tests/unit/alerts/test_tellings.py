import pytest
from alerts_world import START, Recorded, a_step, a_story, an_episode

from alerts.rules import alert, identity, tellings
from earshot.clock import to_us
from earshot.model import Level


@pytest.mark.parametrize(
    ("receiver", "level", "wanted"),
    [
        (Recorded(), Level.watch, True),
        (Recorded(min_level=Level.warning), Level.watch, False),
        (Recorded(min_level=Level.warning), Level.warning, True),
        (Recorded(brands=("Ronvia",)), Level.watch, True),
        (Recorded(brands=("Celerpost",)), Level.critical, False),
    ],
)
def test_a_receiver_wants_its_brands_from_its_level_up(
    receiver: Recorded, level: Level, wanted: bool
) -> None:
    assert receiver.wants("Ronvia", level) is wanted


def test_each_step_is_told_to_each_receiver_that_wants_it() -> None:
    first = an_episode(a_step(Level.watch), a_step(Level.warning, 5), resolved=60)
    story = a_story(first, an_episode(a_step(Level.critical, 90), number=2))
    receivers = [Recorded(), Recorded(name="desk", min_level=Level.critical)]
    told = [(t.receiver.name, t.episode.number, t.step.level.name) for t in tellings(story, receivers)]
    assert told == [
        ("press", 1, "watch"),
        ("press", 1, "warning"),
        ("press", 2, "critical"),
        ("desk", 2, "critical"),
    ]


def test_what_was_decided_at_once_is_told_as_one() -> None:
    """By its loudest step, to all who want any of it, with the first step's identity: that of a step alone."""
    steps = (a_step(Level.watch), a_step(Level.warning, reason="press_interest", also=True), a_step(minute=5))
    story = a_story(episode := an_episode(*steps))
    told = list(tellings(story, [Recorded(), Recorded(name="desk", min_level=Level.warning)]))
    assert [(t.receiver.name, len(t.steps), t.step.reason) for t in told] == [
        ("press", 2, "press_interest"),
        ("desk", 2, "press_interest"),
        ("press", 1, "risk"),
        ("desk", 1, "risk"),
    ]
    assert [t.identity for t in told[:2]] == [
        identity(story, episode, steps[0], x) for x in ("press", "desk")
    ]


def test_what_a_joined_story_called_for_is_told_by_that_story() -> None:
    """It may have belonged to a surge that told it, to which the one that stays does not."""
    before = a_step(Level.watch, 0, story=9, episode=1)
    story = a_story(an_episode(a_step(Level.watch, 30), before, a_step(minute=40, story=7, episode=2)))
    told = [(each.step.at - START).seconds // 60 for each in tellings(story, [Recorded()])]
    assert told == [30, 40], "what was split off and came back is its own"


def test_identities_are_the_same_for_ever_and_differ_where_the_notice_does() -> None:
    step, episode = a_step(), an_episode()
    story = a_story(episode)
    known = identity(story, episode, step, "press")
    assert known == "msg_" + known.removeprefix("msg_").lower()
    assert len(known) == 36
    assert known == identity(a_story(episode, version=9, mentions=99), episode, a_step(risk=70), "press")
    others = {
        identity(story, episode, step, "desk"),
        identity(story, episode, a_step(Level.critical), "press"),
        identity(story, episode, a_step(reason="voice"), "press"),
        identity(story, episode, a_step(again=1), "press"),
        identity(story, episode, a_step(again=2), "press"),
        identity(story, an_episode(number=2), step, "press"),
        identity(a_story(episode, no=8), episode, step, "press"),
        identity(a_story(episode, brand="Baldo"), episode, step, "press"),
    }
    assert len(others | {known}) == 9
    assert known == "msg_140998250e214b28c874d3dfa3bcef10"


def test_the_row_of_an_episode() -> None:
    steps = (
        a_step(Level.watch, 0, risk=31),
        a_step(Level.critical, 4, "voice", risk=40),
        a_step(Level.warning, 9, risk=61),
    )
    story = a_story(an_episode(*steps, resolved=80))
    row = alert(story, story.episodes[0])
    assert row == (
        0,
        "Ronvia",
        7,
        1,
        Level.critical,
        "risk",
        to_us(START),
        to_us(steps[2].at),
        to_us(story.episodes[0].resolved_at),
        61,
    )
