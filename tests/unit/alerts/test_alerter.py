import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from typing import Any, Never

import pytest
from alerts_world import (
    RISK,
    START,
    Recorded,
    Shaky,
    a_mention,
    a_step,
    a_story,
    an_episode,
    keep,
    messages,
    minutes,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from sqlalchemy import Connection

from alerts.alerter import Alerter
from earshot.bus.memory import MemoryBus
from earshot.clock import SetClock, to_us
from earshot.errors import Unavailable
from earshot.model import Level, Story
from earshot.seams import Message, ReceiverSettings
from earshot.store import Store, alerts, dead, notices

RECEIVERS = (Recorded(), Recorded(name="desk", min_level=Level.warning, language="it"))


@pytest.fixture
def bus(clock: SetClock) -> MemoryBus:
    return MemoryBus(clock)


def an_alerter(
    bus: MemoryBus,
    store: Store,
    clock: SetClock,
    receivers: Sequence[ReceiverSettings] = RECEIVERS,
    **changes: Any,
) -> Alerter:
    return Alerter(
        bus, store, clock, receivers, base_url="https://earshot.example", risk=RISK, zone=UTC, **changes
    )


def tell(bus: MemoryBus, *stories: Story) -> None:
    bus.publish("stories", messages(stories))


def stored(store: Store) -> tuple[list[Any], list[Any]]:
    """Alert and notice rows, without what depends on when they were written."""
    with store.read() as connection:
        rows = alerts.page(connection, 1_000)
        told = [
            (
                row.story,
                row.episode,
                n.receiver,
                n.identity,
                notices.read(n).level,
                notices.read(n).reason,
                n.state,
            )
            for row in rows
            for n in notices.of_alert(connection, row.id)
        ]
    return sorted(row[1:] for row in rows), sorted(told)


def test_a_story_that_calls_becomes_an_alert_and_a_notice_a_receiver(
    bus: MemoryBus, store: Store, clock: SetClock
) -> None:
    keep(store, a_mention())
    woken = []
    alerter = an_alerter(bus, store, clock, decided=lambda: woken.append(True))
    tell(bus, a_story(an_episode()))
    assert alerter.step(0)
    with store.read() as connection:
        (row,) = alerts.page(connection)
        told = notices.of_alert(connection, row.id)
    assert (row.brand, row.story, row.episode, row.loudness, row.reason, row.risk) == (
        "Ronvia",
        7,
        1,
        Level.warning,
        "risk",
        64.2,
    )
    assert [(n.receiver, n.state, n.due_at) for n in told] == [
        ("press", "due", to_us(START)),
        ("desk", "due", to_us(START)),
    ]
    english, italian = (notices.read(n) for n in told)
    assert english.subject.startswith('[Earshot] Warning: Ronvia, "In aeroporto')
    assert italian.subject.startswith('[Earshot] Attenzione: Ronvia, "In aeroporto')
    assert woken == [True]
    assert bus.lag("stories", "alerts") == 0


def test_the_mention_that_did_it_is_found_in_its_story(bus: MemoryBus, store: Store, clock: SetClock) -> None:
    keep(store, a_mention())
    keep(store, a_mention("2", "Anche a me", created_at=START + minutes(2)), n=9)
    tell(bus, a_story(an_episode(a_step(mention="x:2"))))
    an_alerter(bus, store, clock).step(0)
    with store.read() as connection:
        text = notices.read(notices.due(connection, "press", to_us(START), 1)[0]).text
    assert "“Anche a me”" in text


def test_who_had_waited_is_found_too(bus: MemoryBus, store: Store, clock: SetClock) -> None:
    for n, text in ((7, "La carta"), (8, "Mi sono ustionata"), (9, "Vi denuncio")):
        keep(store, a_mention(str(n), text), n=n)
    steps = (
        a_step(reason="legal", mention="x:9"),
        a_step(reason="safety", mention="x:8", also=True, again=2),
    )
    tell(bus, a_story(an_episode(*steps)))
    an_alerter(bus, store, clock, RECEIVERS[:1]).step(0)
    with store.read() as connection:
        (row,) = notices.due(connection, "press", to_us(START), 9)
    assert "“Vi denuncio”\nRaised also by @giulia_trevi" in row.notice.replace("\\n", "\n")
    assert "“Mi sono ustionata”" in row.notice


def test_a_mention_that_is_not_there_does_not_hold_up_the_notice(
    bus: MemoryBus, store: Store, clock: SetClock
) -> None:
    tell(bus, a_story(an_episode()))
    an_alerter(bus, store, clock).step(0)
    assert len(stored(store)[1]) == 2


def test_stories_that_do_not_call_cost_no_transaction(bus: MemoryBus, store: Store, clock: SetClock) -> None:
    tell(bus, a_story(), a_story(no=8))
    assert an_alerter(bus, Shaky(store, [True]), clock).step(0)
    assert bus.lag("stories", "alerts") == 0


def test_a_story_that_calls_as_before_costs_no_transaction(
    bus: MemoryBus, store: Store, clock: SetClock
) -> None:
    alerter = an_alerter(bus, Shaky(store, [False, True]), clock)
    for version in (1, 2):
        tell(bus, a_story(an_episode(), version=version, mentions=14 + version))
        assert alerter.step(0)
    assert not alerter.step(0)


def test_a_louder_step_raises_the_alert_and_is_told(bus: MemoryBus, store: Store, clock: SetClock) -> None:
    alerter = an_alerter(bus, store, clock)
    watch, critical = a_step(Level.watch, 0, risk=31), a_step(Level.critical, 9, risk=86)
    for version, steps in enumerate([(watch,), (watch, critical)], 1):
        tell(bus, a_story(an_episode(*steps), version=version))
        alerter.step(0)
    rows, told = stored(store)
    assert rows == [
        ("Ronvia", 7, 1, Level.critical, "risk", to_us(START), to_us(START + minutes(9)), None, 86),
    ]
    assert sorted((receiver, level.name) for _, _, receiver, _, level, *_ in told) == [
        ("desk", "critical"),
        ("press", "critical"),
        ("press", "watch"),
    ]


def test_a_resolved_alert_stays_resolved(bus: MemoryBus, store: Store, clock: SetClock) -> None:
    alerter = an_alerter(bus, store, clock)
    for version, resolved in ((3, 90.0), (2, None)):
        tell(bus, a_story(an_episode(resolved=resolved), version=version))
        alerter.step(0)
    with store.read() as connection:
        assert alerts.count(connection, open_only=True) == 0
        assert alerts.page(connection, open_only=True) == []
        assert alerts.page(connection)[0].resolved_at == to_us(START + minutes(90))


def test_the_last_raised_alert_comes_first(bus: MemoryBus, store: Store, clock: SetClock) -> None:
    early, late = an_episode(a_step(minute=1)), an_episode(a_step(minute=5))
    tell(bus, a_story(late, no=8), a_story(early, no=9))
    an_alerter(bus, store, clock).step(0)
    with store.read() as connection:
        assert [row.story for row in alerts.page(connection)] == [8, 9]
        assert [row.story for row in alerts.page(connection, limit=1)] == [8]
        assert alerts.count(connection) == 2
        first = alerts.page(connection)[0]
        assert alerts.get(connection, first.id) == first
        assert alerts.get(connection, 999) is None


def test_what_cannot_be_read_is_parked_and_the_rest_is_done(
    bus: MemoryBus, store: Store, clock: SetClock
) -> None:
    bus.publish(
        "stories",
        [
            Message("", b"{", "7"),
            Message("", b'{"type":"story","v":99}', "7"),
            *messages([a_story(an_episode())]),
        ],
    )
    an_alerter(bus, store, clock).step(0)
    with store.read() as connection:
        letters = dead.page(connection)
    assert {letter.origin for letter in letters} == {"topic:stories:0:0", "topic:stories:0:1"}
    assert len(letters) == 2
    assert len(stored(store)[0]) == 1


def test_an_unreachable_store_loses_nothing(bus: MemoryBus, store: Store, clock: SetClock) -> None:
    tell(bus, a_story(an_episode()))
    alerter = an_alerter(bus, Shaky(store, [True, True]), clock)
    for _ in range(2):
        with pytest.raises(Unavailable):
            alerter.step(0)
    assert bus.lag("stories", "alerts") == 1
    assert alerter.step(0)
    assert len(stored(store)[1]) == 2


def test_a_kill_before_the_commit_repeats_without_effect(
    bus: MemoryBus, store: Store, clock: SetClock
) -> None:
    class Broken(MemoryBus):
        def move(self, topic: str, group: str, place: int) -> Never:
            raise Unavailable("broker gone")

    broken = Broken(clock)
    for where in (broken, bus):
        tell(where, a_story(an_episode()))
    with pytest.raises(Unavailable):
        an_alerter(broken, store, clock).step(0)
    once = stored(store)
    an_alerter(bus, store, clock).step(0)
    assert stored(store) == once


LEVELS = st.sampled_from([Level.watch, Level.warning, Level.critical])


@st.composite
def histories(draw: st.DrawFn) -> list[Story]:
    """All versions of one story: at each something happens to its last episode, or the next one opens."""
    episodes, versions = [], []
    for minute in range(draw(st.integers(1, 8))):
        if not episodes or episodes[-1].resolved_at:
            steps = (a_step(draw(LEVELS), minute // 2, risk=draw(st.floats(30, 99))),)
            episodes.append(an_episode(*steps, number=len(episodes) + 1))
        elif draw(st.booleans()):
            episodes[-1] = an_episode(*episodes[-1].steps, number=len(episodes), resolved=minute)
        else:
            reasons = draw(st.lists(st.sampled_from(["risk", "voice", "safety"]), min_size=1, max_size=2))
            fresh = [
                a_step(draw(LEVELS), minute // 2, reason, also=i > 0, again=minute)
                for i, reason in enumerate(reasons)
            ]
            episodes[-1] = an_episode(*episodes[-1].steps, *fresh, number=len(episodes))
        versions.append(a_story(*episodes, version=minute + 1))
    return versions


def outcome(store: Store, story_versions: list[Story], cuts: Iterator[bool]) -> tuple[list[Any], list[Any]]:
    with store.begin() as connection:
        connection.exec_driver_sql("delete from notices")
        connection.exec_driver_sql("delete from alerts")
    clock = SetClock(START)
    bus = MemoryBus(clock)
    alerter = an_alerter(bus, store, clock)
    for version in story_versions:
        tell(bus, version)
        if next(cuts):
            alerter.step(0)
    while alerter.step(0):
        pass
    return stored(store)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories(), st.randoms(use_true_random=False))
def test_any_order_and_repetition_of_a_storys_snapshots_gives_the_same_rows(
    store: Store, versions: list[Story], chance: random.Random
) -> None:
    expected = outcome(store, versions, iter(lambda: True, None))
    mixed = versions + chance.choices(versions, k=chance.randint(0, 8))
    chance.shuffle(mixed)
    assert outcome(store, mixed, iter(lambda: chance.random() < 0.5, None)) == expected


# --- stories that become one ------------------------------------------------------------------------------


def joined_pair() -> tuple[Story, Story]:
    """Story 7 went on with what was open in story 9."""
    told = a_step(Level.warning)
    gone = a_story(an_episode(told, resolved=5), no=9, version=2, part_of=7, joined_n=12)
    taken = structs.replace(told, story=9, episode=1)
    return a_story(an_episode(taken), version=2), gone


@pytest.mark.parametrize("known", [True, False])
def test_what_was_told_of_a_story_is_not_told_again_when_it_is_joined(
    bus: MemoryBus, store: Store, clock: SetClock, *, known: bool
) -> None:
    """Not even where the first telling had been lost: then it is told once."""
    alerter = an_alerter(bus, store, clock)
    kept, gone = joined_pair()
    if known:
        tell(bus, a_story(an_episode(a_step(Level.warning)), no=9))
        alerter.step(0)
    tell(bus, gone, kept)
    alerter.step(0)
    tell(bus, kept, gone)
    an_alerter(bus, store, clock).step(0)
    with store.read() as connection:
        rows = {row.story: row.resolved_at for row in alerts.page(connection)}
        assert notices.count(connection) == 2
    assert rows[9] is not None
    assert rows[7] is None


def test_what_is_louder_after_a_join_is_told(bus: MemoryBus, store: Store, clock: SetClock) -> None:
    alerter = an_alerter(bus, store, clock)
    kept, gone = joined_pair()
    louder = (*kept.episodes[0].steps, a_step(Level.critical, 6))
    tell(bus, gone, kept, a_story(an_episode(*louder), version=3))
    alerter.step(0)
    with store.read() as connection:
        assert notices.count(connection) == 4


# --- two reasons at once ------------------------------------------------------------------------------------


def at_once(**marked: bool) -> Story:
    first, second = a_step(Level.watch), a_step(Level.warning, reason="press_interest", **marked)
    return a_story(an_episode(first, second), version=1 + len(marked))


def test_two_reasons_at_once_are_one_notice(bus: MemoryBus, store: Store, clock: SetClock) -> None:
    tell(bus, at_once(also=True))
    an_alerter(bus, store, clock).step(0)
    assert [(receiver, level, reason) for _, _, receiver, _, level, reason, _ in stored(store)[1]] == [
        ("desk", Level.warning, "press_interest"),
        ("press", Level.warning, "press_interest"),
    ]


def test_what_was_told_one_by_one_before_an_upgrade_is_not_told_again(
    bus: MemoryBus, store: Store, clock: SetClock
) -> None:
    """Nor to the desk, who was told of the second reason alone."""
    tell(bus, at_once())
    an_alerter(bus, store, clock).step(0)
    once = stored(store)
    assert len(once[1]) == 3
    for story in (at_once(), at_once(also=True)):
        tell(bus, story)
        an_alerter(bus, store, clock).step(0)
    assert stored(store) == once


def test_a_reason_that_calls_again_is_told_again(bus: MemoryBus, store: Store, clock: SetClock) -> None:
    alerter = an_alerter(bus, store, clock)
    first = a_step(reason="safety")
    steps = [first, *(a_step(minute=61 * n, reason="safety", again=n, said=9) for n in (1, 2))]
    for count in (1, 2, 3):
        for story in [a_story(an_episode(*steps[:count]), version=count)] * 2:
            tell(bus, story)
            alerter.step(0)
    assert len(stored(store)[1]) == 6


class Torn(Shaky):
    """A store that is lost when all was written and nothing kept."""

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        with self._store.begin() as connection:
            yield connection
            if next(self._faults, False):
                raise Unavailable("the connection was lost")


class TestAReceiverThatComesLater:
    """After a replay that told nobody, or by an edit of the configuration."""

    def told(self, store: Store) -> set[tuple[str, str]]:
        return {(receiver, reason) for _, _, receiver, _, _, reason, _ in stored(store)[1]}

    def test_hears_nothing_of_what_was_decided_before(
        self, bus: MemoryBus, store: Store, clock: SetClock
    ) -> None:
        tell(bus, a_story(an_episode()))
        an_alerter(bus, store, clock, receivers=()).step(0)
        clock.advance(minutes(60 * 24 * 7))
        later = an_alerter(bus, store, clock)
        tell(bus, a_story(an_episode(), version=2))  # a label, a join: its numbers are others now
        later.step(0)
        assert self.told(store) == set()
        tell(bus, a_story(an_episode(a_step(), a_step(Level.critical, 60 * 24 * 8)), version=3))
        later.step(0)
        assert {receiver for receiver, _ in self.told(store)} == {"press", "desk"}
        assert len(self.told(store)) == 2

    def test_beside_others_too(self, bus: MemoryBus, store: Store, clock: SetClock) -> None:
        tell(bus, a_story(an_episode()))
        an_alerter(bus, store, clock, RECEIVERS[:1]).step(0)
        clock.advance(minutes(60))
        tell(bus, a_story(an_episode(), version=2))
        an_alerter(bus, store, clock).step(0)
        assert self.told(store) == {("press", "risk")}

    def test_hears_of_what_nobody_has_decided_yet_however_late(
        self, bus: MemoryBus, store: Store, clock: SetClock
    ) -> None:
        tell(bus, a_story(an_episode()))
        clock.advance(minutes(60 * 24 * 7))
        an_alerter(bus, store, clock).step(0)
        assert self.told(store) == {("press", "risk"), ("desk", "risk")}

    def test_two_reasons_of_one_moment_are_both_told(
        self, bus: MemoryBus, store: Store, clock: SetClock
    ) -> None:
        clock.advance(minutes(60))
        alerter = an_alerter(bus, store, clock, RECEIVERS[:1])
        tell(bus, a_story(an_episode()))
        alerter.step(0)
        tell(bus, a_story(an_episode(a_step(), a_step(reason="legal")), version=2))
        alerter.step(0)
        assert self.told(store) == {("press", "risk"), ("press", "legal")}

    def test_who_was_there_and_never_told_of_anything_hears_of_the_same_moment_after_a_restart(
        self, bus: MemoryBus, store: Store, clock: SetClock
    ) -> None:
        board = (Recorded(name="board", min_level=Level.critical),)
        clock.advance(-minutes(60))
        first = an_alerter(bus, store, clock, board)
        tell(bus, a_story(an_episode()))
        first.step(0)
        clock.advance(minutes(120))
        tell(bus, a_story(an_episode(a_step(), a_step(Level.critical, reason="legal")), version=2))
        an_alerter(bus, store, clock, board).step(0)
        assert self.told(store) == {("board", "legal")}

    def test_since_when_it_is_there_is_kept_also_where_the_first_try_failed(
        self, bus: MemoryBus, store: Store, clock: SetClock
    ) -> None:
        board = (Recorded(name="board", min_level=Level.critical),)
        clock.advance(-minutes(60))
        first = an_alerter(bus, Torn(store, [True]), clock, board)  # type: ignore[arg-type]
        tell(bus, a_story(an_episode()))
        with pytest.raises(Unavailable):
            first.step(0)
        first.step(0)
        clock.advance(minutes(120))
        tell(bus, a_story(an_episode(a_step(), a_step(Level.critical, reason="legal")), version=2))
        an_alerter(bus, store, clock, board).step(0)
        assert self.told(store) == {("board", "legal")}

    def test_what_is_decided_late_of_an_earlier_moment_is_told(
        self, bus: MemoryBus, store: Store, clock: SetClock
    ) -> None:
        """A tick calls who has waited; what comes after it may have been heard before it."""
        clock.advance(-minutes(60))
        an_alerter(bus, store, clock, RECEIVERS[:1]).step(0)
        tell(bus, a_story(an_episode(a_step(), a_step(minute=61, reason="safety"))))
        an_alerter(bus, store, clock, RECEIVERS[:1]).step(0)
        steps = (a_step(), a_step(minute=61, reason="safety"), a_step(minute=60, reason="legal"))
        tell(bus, a_story(an_episode(*steps), version=2))
        clock.advance(minutes(180))
        an_alerter(bus, store, clock, RECEIVERS[:1]).step(0)
        assert self.told(store) == {("press", "risk"), ("press", "safety"), ("press", "legal")}

    def test_what_a_split_left_under_another_number_is_not_told_either(
        self, bus: MemoryBus, store: Store, clock: SetClock
    ) -> None:
        tell(bus, a_story(an_episode(a_step(reason="safety"))))
        an_alerter(bus, store, clock, RECEIVERS[:1]).step(0)
        clock.advance(minutes(60 * 24 * 7))
        left = an_episode(a_step(reason="safety", story=7, episode=1), number=2)
        tell(bus, a_story(an_episode(a_step(reason="safety"), resolved=5), left, version=2))
        an_alerter(bus, store, clock).step(0)
        assert self.told(store) == {("press", "safety")}
