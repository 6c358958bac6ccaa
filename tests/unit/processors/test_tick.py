"""When time alone comes to a story."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from earshot.clock import from_us, to_us
from earshot.model import Episode, Level, Step, Story
from processors.tick import MINUTE, Agenda, at_tick, due

NOW = to_us(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
HOUR = timedelta(hours=1)
moments = st.dictionaries(st.integers(1, 9), st.integers(0, 100 * MINUTE), max_size=9)


def a_story(last: int = NOW, **values: object) -> Story:
    at = from_us(last)
    return Story(id=1, brand="Acme", first="x:1", opened_at=at, last_at=at, **values)  # type: ignore[arg-type]


def looks(story: Story, until: int) -> list[int]:
    found, since = [], to_us(story.last_at)
    while (moment := due(story, since, HOUR)) is not None and moment < until:
        found.append(moment)
        since = moment + 1
    return found


def test_every_minute_for_five_minutes_and_then_ever_more_seldom() -> None:
    found = looks(a_story(level=Level.watch, chance=0.5), NOW + 10 * 86_400 * 1_000_000)
    gaps = [(b - a) // MINUTE for a, b in pairwise(found)]
    assert gaps[:4] == [1] * 4
    assert max(gaps) < 0.21 * 10 * 1440
    assert len(found) < 55


def test_a_calm_story_is_looked_at_every_third_time() -> None:
    until = NOW + 10 * 86_400 * 1_000_000
    calm, watched = a_story(risk=25.0, chance=0.5), a_story(level=Level.watch, chance=0.5)
    assert looks(calm, until) == looks(watched, until)[2::3]


def test_where_somebody_was_called_a_calm_story_is_looked_at_every_time() -> None:
    step = Step(level=Level.warning, reason="voice", at=from_us(NOW), mention="x:1", risk=3)
    called = a_story(chance=0.5, episodes=(Episode(number=1, steps=(step,)),))
    assert looks(called, NOW + 100 * MINUTE) == looks(
        a_story(level=Level.watch, chance=0.5), NOW + 100 * MINUTE
    )


def test_a_story_that_has_not_settled_at_calm_yet_is_looked_at_every_time() -> None:
    """A look settles it, and from where it has settled a rise calls: one that has joined what stood higher waits for it."""
    until = NOW + 100 * MINUTE
    risen = a_story(risk=25.0, chance=0.5, calmed=Level.watch)
    assert looks(risen, until) == looks(a_story(level=Level.watch, chance=0.5), until)


@given(last=st.integers(NOW, NOW + 10 * MINUTE), since=st.integers(0, 10**13), level=st.sampled_from(Level))
def test_the_next_look_is_the_same_from_wherever_it_is_asked(last: int, since: int, level: Level) -> None:
    """So that a restart between two looks changes none."""
    story, asked = a_story(last, level=level, risk=25.0, chance=0.5), last + since
    first = due(story, asked, HOUR)
    assert first is not None
    assert first >= asked
    assert first == at_tick(first)
    for part in (0.1, 0.5, 0.9):
        assert due(story, asked + int(part * (first - asked)), HOUR) == first


def test_what_has_calmed_down_or_cannot_fade_is_left_alone() -> None:
    assert due(a_story(chance=0.5), NOW, HOUR) is None
    assert due(a_story(level=Level.watch, echo=0.0), NOW, HOUR) is None
    assert due(a_story(level=Level.watch, chance=0.5, part_of=7), NOW, HOUR) is None


def test_an_episode_ends_at_its_time() -> None:
    step = Step(level=Level.warning, reason="voice", at=from_us(NOW), mention="x:1", risk=3)
    below = from_us(NOW + 5)
    story = a_story(echo=0.0, episodes=(Episode(number=1, steps=(step,), below_since=below),))
    assert due(story, NOW, HOUR) == to_us(below + HOUR)


@given(moments, st.integers(0, 110 * MINUTE))
def test_stories_come_in_the_order_of_their_ticks(due_at: dict[int, int], until: int) -> None:
    agenda, came = Agenda(kept := dict(due_at)), []
    expected = agenda.before(until)
    while found := agenda.next(until):
        came.append(found)
    assert came == sorted((at_tick(moment), n) for n, moment in due_at.items() if at_tick(moment) < until)
    assert {story for _, story in came} == expected
    assert kept.keys() == due_at.keys() - expected


@given(moments, moments)
def test_a_story_that_is_due_at_another_time_comes_then_and_once(
    before: dict[int, int], after: dict[int, int]
) -> None:
    agenda = Agenda(kept := dict(before))
    for story, moment in after.items():
        kept[story] = moment
        agenda.note(story)
    came = []
    while found := agenda.next(10**12):
        came.append(found)
    assert came == sorted((at_tick(moment), n) for n, moment in (before | after).items())
