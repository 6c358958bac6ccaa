"""Stories that turn out to be one: the older id stays, nobody counts twice, nobody is told twice."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from pipeline_world import FURIOUS, PLAIN, PLEASED, World, alike, said, withdrawn
from test_same_decisions import events

from alerts.rules import tellings
from earshot.model import Episode, Level, Reason, Step, Story
from earshot.seams import ReceiverSettings
from earshot.store import mentions
from earshot.topics import STORIES, Event
from processors import likeness, proofs
from processors.joining import hand_over
from processors.rebuild import rebuild

ANOTHER = "Quite another matter: what an awful disgrace is this new hall in the old harbour"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def tie(native: str = "9", minutes: float = 9, **values: Any) -> Event:
    """A reply whose conversation began in the story of 1, below a mention of the story of 2."""
    return said(native, minutes, PLAIN, parent="x:2", root="x:1", **values)


def two(**values: Any) -> list[Event]:
    return [said("1", 0, FURIOUS, **values), said("2", 1, ANOTHER, **values)]


def snapshots(world: World) -> dict[int, Any]:
    """The newest of each story."""
    subscription = world.bus.subscribe(STORIES.name, "test")
    found = {}
    while batch := subscription.poll(0):
        found.update({(story := STORIES.decode(record.value).story).id: story for record in batch.records})
    return found


def test_a_conversation_that_hangs_in_two_stories_makes_them_one(world: World) -> None:
    world.hear(*two())
    older, younger = world.stories()
    world.hear(tie())
    story, (gone,) = world.story(), world.joined()
    assert (story.id, story.mentions, story.authors, story.first) == (older.id, 3, 3, "x:1")
    assert (gone.id, gone.part_of) == (younger.id, older.id)
    assert [kept.mention.id for kept in world.kept(story)] == ["x:1", "x:2", "x:9"]
    assert world.kept(gone) == []


def test_whoever_is_in_both_is_one_person(world: World) -> None:
    story = world.hear(*two(by="a", followers=500), tie(by="a")).story()
    assert (story.authors, story.followers, story.voters) == (1, 500, 1)
    assert len(world.seats(story)) == 1


@pytest.mark.parametrize("apart", [True, False])
def test_what_is_said_to_the_joined_one_belongs_to_the_one_that_stays(world: World, *, apart: bool) -> None:
    later: list[Event] = [
        tie(),
        said("3", 10, PLEASED, parent="x:2"),
        said("4", 11, ANOTHER),
        said("2", 12, PLEASED, edited_at=tie().mention.collected_at),  # type: ignore[union-attr]
        withdrawn("2", 13),
        said("2", 14, ANOTHER),
    ]
    world.hear(*two())
    for part in [[each] for each in later] if apart else [later]:
        world.hear(*part)
    story = world.story()
    assert (story.mentions, story.withdrawn) == (5, 1)
    assert alike(world.rebuilt(story), story)
    world.restart()
    assert world.hear(said("5", 20, parent="x:2")).story().mentions == 6


def test_three_become_one_whatever_the_order_of_proofs(world: World) -> None:
    world.hear(*two(), said("3", 2, "Nobody answers the phone since noon, dreadful"))
    world.hear(said("4", 3, "a", parent="x:3", root="x:2"), said("5", 4, "b", parent="x:3", root="x:1"))
    story = world.story()
    assert (story.mentions, [each.part_of for each in world.joined()]) == (5, [story.id, story.id - 0 + 1])
    assert alike(world.rebuilt(story), story)


def test_both_snapshots_go_out_and_again_when_it_is_said_again(world: World) -> None:
    world.hear(*two(), tie())
    story, (gone,) = world.story(), world.joined()
    assert {n: each.part_of for n, each in snapshots(world).items()} == {story.id: 0, gone.id: story.id}
    world.restart()
    world.bus.publish(STORIES.name, [])
    before = len(world.bus._logs[STORIES.name]) if hasattr(world.bus, "_logs") else None
    world.hear(tie())
    after = snapshots(world)
    assert after[gone.id].part_of == story.id
    assert before is None or len(world.bus._logs[STORIES.name]) >= before + 2


def test_a_link_in_an_answer_is_help_and_joins_nothing(world: World) -> None:
    help_page = ("https://help.example/refunds",)
    world.hear(*two())
    world.hear(*[said(f"a{n}", 3 + n, f"look here {n}", parent=f"x:{n}", links=help_page) for n in (1, 2)])
    assert [story.mentions for story in world.stories()] == [2, 2]


def test_a_quote_with_a_page_of_another_story_joins_them(world: World) -> None:
    page = "https://daily.example/hall"
    world.hear(
        said("1", 0),
        said("2", 1, ANOTHER, kind="article", url=page),
        said("3", 2, "see", quoted="x:1", links=(page,)),
    )
    assert world.story().mentions == 3


def test_an_address_that_is_said_everywhere_ties_nothing(world: World) -> None:
    help_page = ("https://help.example/refunds",)
    texts = [
        FURIOUS,
        ANOTHER,
        "Nobody answers the phone since noon",
        "My parcel lies in the rain again",
        "Late trains",
    ]
    world.hear(*[said(str(n), n, text) for n, text in enumerate(texts)])
    world.hear(*[said(f"a{n}", 9 + n, "here", parent=f"x:{n}", links=help_page) for n in range(5)])
    for _ in range(2):
        world.hear(said(f"new{_}", 20, "What is this", links=help_page))
        world.restart()
    assert [story.mentions for story in world.stories()] == [2] * 5 + [1] * 2


def test_a_huge_story_is_left_to_people(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "MOST_MOVED", 2)
    world.hear(*two(), said("3", 2, ANOTHER), said("4", 3, ANOTHER), tie())
    assert [story.mentions for story in world.stories()] == [1, 4]


# --- what was told ------------------------------------------------------------------------------------------


EVERYBODY = [ReceiverSettings(kind="log", name="all")]


def told(stories: Iterable[Story]) -> set[str]:
    """Everything that anybody is told, by its identity: what has none of its own is told to nobody."""
    return {each.identity for story in stories for each in tellings(story, EVERYBODY)}


def loud(native: str, minutes: float, text: str, **values: Any) -> Event:
    return said(native, minutes, text, followers=800_000, **values)


def test_an_open_episode_goes_on_in_the_story_that_stays(world: World) -> None:
    """And says where it was told."""
    world.hear(said("1", 0, PLEASED), loud("2", 1, FURIOUS))
    told = world.stories()[1].episodes[0]
    world.hear(said("9", 9, PLEASED, parent="x:2", root="x:1"))
    (episode,), (gone,) = world.story().episodes, world.joined()
    assert gone.episode is None
    assert episode.resolved_at is None
    assert {(step.story, step.episode) for step in episode.steps[: len(told.steps)]} == {
        (gone.id, told.number)
    }
    assert [(s.level, s.reason, s.at) for s in episode.steps[: len(told.steps)]] == [
        (s.level, s.reason, s.at) for s in told.steps
    ]


def test_of_two_open_episodes_only_what_is_louder_is_added(world: World) -> None:
    world.hear(loud("1", 0, FURIOUS), loud("2", 1, ANOTHER))
    before = world.stories()[0].episodes[0]
    world.hear(tie())
    (episode,) = world.story().episodes
    assert episode.steps[: len(before.steps)] == before.steps
    assert len({step.reason for step in episode.steps if not step.story}) <= len(
        {s.reason for s in episode.steps}
    )
    assert max(s.level for s in episode.steps) >= Level.warning


@pytest.mark.parametrize("apart", [True, False])
def test_the_first_call_stays_and_calls_nobody_again(world: World, *, apart: bool) -> None:
    """The younger story had called half an hour before, for the same reason."""
    world.hear(said("1", 0, PLEASED), loud("2", 1, FURIOUS), loud("3", 31, ANOTHER, parent="x:1"))
    before = world.stories()
    if apart:
        world.restart()
    (episode,), known = world.hear(tie(minutes=40)).story().episodes, told(before)
    first = min(episode.steps, key=lambda step: step.at)
    assert (first.mention, first.at, first.story) == ("x:2", said("2", 1).mention.collected_at, before[1].id)
    assert episode.steps[0] == before[0].episodes[0].steps[0], "the alert that is open is still that one"
    assert told([*world.stories(), *world.joined()]) == known
    world.hear(loud("4", 50, ANOTHER, parent="x:2"))
    assert told([*world.stories(), *world.joined()]) == known


def test_what_was_no_news_by_then_is_not_kept(world: World) -> None:
    world.hear(loud("1", 0, FURIOUS), loud("2", 1, ANOTHER))
    before = world.stories()[0].episodes[0].steps
    assert world.hear(tie()).story().episodes[0].steps == before


def at(minute: float, level: Level, reason: Reason = "risk", **more: Any) -> Step:
    heard = said("1", minute).mention.collected_at
    return Step(level=level, reason=reason, at=heard, mention=f"x:{minute}", risk=40.0, **more)


def after_a_join(own: Sequence[Step], other: Sequence[Step]) -> Story:
    kept, joined = (
        Story(id=no, brand="Acme", first=f"x:{no}", opened_at=steps[0].at, last_at=steps[-1].at, episodes=(
            Episode(number=1, steps=tuple(steps)),
        ))
        for no, steps in ((1, own), (2, other))
    )  # fmt: skip
    hand_over(kept, joined, 9, said("1", 99).mention.collected_at)
    return kept


def minutes(story: Story) -> list[float]:
    return [float(step.mention.removeprefix("x:")) for step in story.episodes[0].steps]


WATCH, WARNING, CRITICAL = Level.watch, Level.warning, Level.critical


def test_after_the_call_that_opened_it_the_others_come_as_they_went(world: World) -> None:
    own = [at(31, WATCH), at(50, CRITICAL)]
    assert minutes(after_a_join(own, [at(1, WATCH), at(20, WARNING), at(60, WARNING)])) == [31, 1, 20, 50]


def test_what_was_decided_at_once_stays_together(world: World) -> None:
    other = [at(1, WATCH), at(1, WATCH, "voice", also=True), at(40, WARNING)]
    story = after_a_join([at(31, WATCH), at(35, WARNING, "legal")], other)
    decided = [[step.reason for step in each] for each in story.episodes[0].decisions]
    assert decided == [["risk"], ["risk", "voice"], ["legal"]]


def test_who_was_told_of_in_the_joined_one_is_not_told_of_again(world: World) -> None:
    """Also between two calls of the one that stays."""
    own = [at(0, WARNING, "safety", author=1), at(70, WARNING, "safety", author=2, again=1)]
    assert minutes(after_a_join(own, [at(30, WARNING, "safety", author=3)])) == [0, 30, 70]


def test_what_both_hold_since_a_split_is_one_call(world: World) -> None:
    call = at(5, WARNING, "safety", author=1)
    story = after_a_join([call, at(9, WARNING, "legal")], [structs.replace(call, story=1, episode=1)])
    assert minutes(story) == [5, 9]


# --- the sweep ----------------------------------------------------------------------------------------------

OUTAGE = [
    "Ronvia app down again, card refused at the till",
    "card refused, the Ronvia app does not open",
    "is the app of Ronvia down for everybody?",
    "refused at the till twice, app down since seven",
]
SUBJECTS = [
    *OUTAGE,
    "Ronvia drivers on strike in Genoa, depots closed",
    "strike of drivers: Genoa depots stay closed",
]


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(likeness, "SWEEP", 5)
    return None


def test_words_tie_and_say_which(world: World) -> None:
    story = world.hear(
        said("1", 0, OUTAGE[0]), said("2", 1, "again the card refused at the till, app down")
    ).story()
    tied = world.kept(story)[1]
    assert tied.link in ("near", "centroid")
    assert set(tied.evidence.split()) <= {"card", "refused", "till", "app", "down", "again"}
    assert tied.evidence
    assert world.kept(world.hear(withdrawn("2", 2)).story())[1].evidence == ""


def test_stories_about_one_thing_are_joined_by_the_sweep(world: World, often: None) -> None:
    apart = [
        said("1", 0, OUTAGE[0]), said("2", 1, "my Ronvia parcel is late"), said("3", 2, "late parcel, nobody answers"),
        said("4", 3, OUTAGE[0], parent="x:3"), said("5", 4, "the rest"),
    ]  # fmt: skip
    world.hear(*apart)
    for story in world.stories():
        assert alike(world.rebuilt(story), story)


def fuzzy(*forms: str) -> st.SearchStrategy[list[Event]]:
    return st.lists(
        st.builds(
            lambda event, text, form: (
                said(
                    event[0],
                    event[1],
                    text,
                    by=event[2],
                    **({"parent": f"x:{event[3]}"} if form == "reply" else {}),
                )
                if form != "withdrawn"
                else withdrawn(event[0], event[1])
            ),
            st.tuples(
                st.integers(0, 30).map(str), st.integers(0, 400), st.sampled_from("abcd"), st.integers(0, 30)
            ),
            st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(SUBJECTS), st.integers(0, 40)).map(
                lambda parts: f"{parts[0][: parts[2]]} {parts[1][parts[2] // 2 :]}"
            ),
            st.sampled_from(["said"] * 5 + list(forms)),
        ),
        max_size=50,
    )


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(log=fuzzy("reply", "withdrawn"), cuts=st.lists(st.integers(1, 9), max_size=12))
def test_batches_change_nothing(often: None, log: list[Event], cuts: list[int]) -> None:
    _same(log, [(size, "-") for size in cuts])


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(log=fuzzy("reply"), cuts=st.lists(st.tuples(st.integers(1, 9), st.sampled_from("-r")), max_size=12))
def test_nor_do_restarts(often: None, log: list[Event], cuts: list[tuple[int, str]]) -> None:
    """The indexes are read back as they were; where nothing was taken back or edited."""
    first = {}
    for event in log:
        first.setdefault(event.mention.id, event)  # type: ignore[union-attr]
    _same(list(first.values()), cuts)


def _same(log: list[Event], cuts: list[tuple[int, str]]) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        expected = World(Path(one)).hear(*log)
        world, rest = World(Path(other)), list(log)
        for size, how in cuts:
            part, rest = rest[:size], rest[size:]
            world.hear(*part)
            if how == "r":
                world.restart()
        assert world.hear(*rest).state() == expected.state()
        for story in world.stories():
            with world.store.read() as connection:
                rows = mentions.of_story(connection, story.id)
            fresh, seats = rebuild(story, rows)
            assert alike(fresh, story)
            assert seats == world.seats(story)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(log=st.lists(events(), max_size=40), cut=st.integers(1, 9))
def test_joining_is_one_story_fed_with_both(log: list[Event], cut: int) -> None:
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        for at in range(0, len(log), cut):
            world.hear(*log[at : at + cut])
        for brand in ("Acme", "Bolt"):
            for story in world.stories(brand):
                with world.store.read() as connection:
                    rows = mentions.of_story(connection, story.id)
                fresh, seats = rebuild(story, rows)
                assert alike(fresh, story)
                assert seats == world.seats(story)
            for gone in world.joined(brand):
                assert gone.part_of < gone.id
                assert gone.episode is None
