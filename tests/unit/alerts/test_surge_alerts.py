"""A surge is told once for each step; the complaints that belong to it are not told one by one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from alerts_world import (
    RISK,
    START,
    Recorded,
    a_mention,
    a_step,
    a_story,
    an_episode,
    keep,
    kept,
    messages,
    minutes,
)  # fmt: skip
from hypothesis import given
from hypothesis import strategies as st

from alerts.alerter import Alerter
from alerts.rules import tellings
from alerts.surge_message import compose
from alerts.surge_rules import tellings as surge_tellings
from earshot.bus.memory import MemoryBus
from earshot.clock import SetClock, to_us
from earshot.config import Topic
from earshot.inhibit import is_inhibited
from earshot.model import Level, Reason
from earshot.seams import Message, ReceiverSettings
from earshot.store import Store, alerts, notices, surges
from earshot.store.surges import Kept
from earshot.surge import NUMBERED, Fresh, Growth, Surge
from earshot.topics import STORIES, Surging

FRESH = (Fresh("app", 9, 0), Fresh("accesso negato", 4, 1))
ENGLISH = Recorded()
ITALIAN = Recorded(name="sala-stampa", language="it")
GRAVE: list[Reason] = [
    "safety", "legal", "discrimination", "self_harm", "loud_author", "voice", "press_interest", "pick_up",
]  # fmt: skip


def growth(minute: float = 0, hour: float = 14, usual: float = 2.25, rarity: float = 2.4) -> Growth:
    return Growth(at=START + minutes(minute), hour=hour, usual=usual, deviation=1.7, rarity=rarity)


def a_surge(*steps: Growth, over: float | None = None, **changes: Any) -> Surge:
    given_steps = steps or (growth(),)
    facts = {"mentions": (7,), "version": len(given_steps)} | changes
    return Surge(
        id=(1 << 40) | NUMBERED | 1,
        brand="Ronvia",
        since=START - minutes(67),
        opened_at=given_steps[0].at,
        bucket=1,
        steps=given_steps,
        last=given_steps[-1],
        height=given_steps[-1],
        over_at=None if over is None else START + minutes(over),
        **facts,
    )


@pytest.fixture
def bus(clock: SetClock) -> MemoryBus:
    return MemoryBus(clock)


@pytest.fixture
def alerter(bus: MemoryBus, store: Store, clock: SetClock) -> Alerter:
    return an_alerter(bus, store, clock)


def an_alerter(
    bus: MemoryBus, store: Store, clock: SetClock, receivers: Sequence[ReceiverSettings] = (ENGLISH, ITALIAN)
) -> Alerter:
    topics = (Topic(name="Carte", any=("carta",)),)
    return Alerter(
        bus, store, clock, receivers, base_url="https://earshot.example", risk=RISK, zone=UTC, topics=topics
    )


def tell(bus: MemoryBus, store: Store, surge: Surge) -> None:
    with store.begin() as connection:
        surges.save(connection, [Kept(surge, FRESH)])
    bus.publish("stories", [Message(surge.brand, STORIES.encode(Surging(surge=surge)), str(surge.id))])


def told(store: Store) -> list[notices.Kept]:
    with store.read() as connection:
        rows = [row for each in alerts.page(connection) for row in notices.of_alert(connection, each.id)]
    return [notices.read(row) for row in rows]


def test_a_surge_is_an_alert_and_a_notice_a_receiver(bus: MemoryBus, store: Store, alerter: Alerter) -> None:
    keep(store, a_mention(url="https://x.example/1"))
    tell(bus, store, a_surge())
    assert alerter.step(0)
    with store.read() as connection:
        (alert,) = alerts.page(connection)
    assert (alert.story, alert.episode, alert.level, alert.reason) == (
        a_surge().id,
        1,
        Level.warning,
        "surge",
    )
    english, italian = told(store)
    assert english.subject == "[Earshot] Warning: Ronvia, 14 negative authors in an hour, 2.2 is usual"
    assert "app (9), accesso negato (4)" in english.text
    assert "@giulia_trevi (1,900 followers) on X" in english.text
    assert "https://x.example/1" in english.text
    assert english.link == f"https://earshot.example/surges/{a_surge().id}"
    assert (
        "14 autori negativi nell’ora tra 26 nov 2026, 06:45 UTC e 26 nov 2026, 07:45 UTC; di solito 2,2."
        in italian.text
    )


def test_what_is_told_again_is_not_noticed_again_and_growth_is(
    bus: MemoryBus, store: Store, alerter: Alerter, clock: SetClock
) -> None:
    tell(bus, store, a_surge())
    assert alerter.step(0)
    tell(bus, store, a_surge(topic="Carte", version=9))
    fresh = an_alerter(bus, store, clock)
    while fresh.step(0):
        pass
    assert len(told(store)) == 2
    tell(bus, store, a_surge(growth(), growth(20, hour=25), version=10))
    assert alerter.step(0)
    assert len(told(store)) == 4
    english, italian = told(store)[2:]
    assert "25 negative authors in an hour, counted 26 Nov 2026, 08:12 UTC; 2.2 is usual." in english.text
    assert "It has grown: when it was last told they were 14." in english.text
    assert "first seen in the hour from 26 Nov 2026, 06:45 UTC to 26 Nov 2026, 07:45 UTC." in english.text
    assert "la prima volta nell’ora tra 26 nov 2026, 06:45 UTC e 26 nov 2026, 07:45 UTC." in italian.text


def test_what_grew_before_it_was_told_says_of_when_its_words_are(
    bus: MemoryBus, store: Store, alerter: Alerter
) -> None:
    """The words are the store's, which may be ahead of what is read."""
    tell(bus, store, a_surge())
    with store.begin() as connection:
        surges.save(connection, [Kept(a_surge(growth(), growth(90, 21)), FRESH)])
    assert alerter.step(0)
    english, italian = told(store)
    assert (
        "The words and mentions below are later: of 26 Nov 2026, 09:22 UTC, when it had grown to 21.\n"
        "What is new in what they say"
    ) in english.text
    assert "sono successive: di 26 nov 2026, 09:22 UTC, quando era cresciuta fino a 21.\n" in italian.text
    tell(bus, store, a_surge(growth(), growth(90, 21)))
    assert alerter.step(0)
    assert all("below are later" not in each.text for each in told(store)[2:])


def test_where_hardly_anybody_complains_no_zero_is_called_usual(
    bus: MemoryBus, store: Store, alerter: Alerter
) -> None:
    tell(bus, store, a_surge(growth(usual=0.03)))
    assert alerter.step(0)
    english, italian = told(store)
    assert english.subject.endswith("14 negative authors in an hour, usually hardly any")
    assert italian.subject.endswith("14 autori negativi in un’ora, di solito quasi nulla")


def test_the_fewer_are_usual_the_more_closely_it_is_told(
    bus: MemoryBus, store: Store, alerter: Alerter
) -> None:
    tell(bus, store, a_surge(growth(usual=0.4532)))
    assert alerter.step(0)
    english, italian = told(store)
    assert english.subject.endswith("14 negative authors in an hour, 0.45 is usual")
    assert italian.subject.endswith("14 autori negativi in un’ora, di solito 0,45")


def test_it_resolves(bus: MemoryBus, store: Store, alerter: Alerter) -> None:
    tell(bus, store, a_surge())
    tell(bus, store, a_surge(over=800, version=5))
    assert alerter.step(0)
    with store.read() as connection:
        assert alerts.page(connection)[0].resolved_at == to_us(START + minutes(800))


def test_topic_and_what_was_expected_are_named(bus: MemoryBus, store: Store, alerter: Alerter) -> None:
    tell(bus, store, a_surge(topic="Carte", expected="sciopero"))
    assert alerter.step(0)
    english, italian = told(store)
    assert english.subject.startswith("[Earshot] Warning: Ronvia, on Carte, 14 negative authors")
    assert "Expected in these hours: sciopero." in english.text
    assert "Previsto in queste ore: sciopero." in italian.text


@given(words=st.text(max_size=200), name=st.text(max_size=50))
def test_no_word_of_others_breaks_a_line(words: str, name: str) -> None:
    surge = a_surge(topic=name, expected=name)
    (telling,) = surge_tellings(surge, [ENGLISH])
    mention = kept(a_mention(text=words, url=f"https://x.example/{words}"))
    notice = compose(telling, [Fresh(words, 2, 0)], [mention], START, "https://earshot.example", UTC)
    assert "\n" not in notice.subject
    assert len(notice.text.splitlines()) == len(notice.text.split("\n"))


WITHIN = START - minutes(30)


class TestInhibition:
    def of(
        self,
        surge: Surge,
        *steps: Any,
        opened: datetime = WITHIN,
        topics: Sequence[str] = ("",),
        sensitive: int = 0,
    ) -> bool:
        story = a_story(an_episode(*steps), no=9)
        story.opened_at, story.sensitive = opened, sensitive
        (telling,) = tellings(story, [ENGLISH])
        return is_inhibited(telling.story, telling.steps, [surge], lambda: topics)

    def test_a_complaint_that_began_within_it_is_not_told(self) -> None:
        assert self.of(a_surge(), a_step(minute=10))

    def test_what_was_told_before_it_stays_told(self) -> None:
        assert not self.of(a_surge(), a_step(minute=-10))

    def test_nor_what_comes_after_it(self) -> None:
        assert not self.of(a_surge(over=100), a_step(minute=101))
        assert self.of(a_surge(over=100), a_step(minute=99))

    def test_older_stories_are_their_own(self) -> None:
        assert not self.of(a_surge(), a_step(minute=10), opened=START - minutes(70))

    @pytest.mark.parametrize("reason", GRAVE)
    def test_what_is_grave_is_always_told(self, reason: Reason) -> None:
        assert not self.of(a_surge(), a_step(minute=10, reason=reason))

    def test_so_is_what_is_grave_and_a_complaint_at_once(self) -> None:
        steps = a_step(minute=10), a_step(minute=10, reason="safety", also=True)
        assert not self.of(a_surge(), *steps)

    def test_what_becomes_critical_is_told(self) -> None:
        assert not self.of(a_surge(), a_step(Level.critical, minute=10))

    def test_a_sensitive_complaint_is_told(self) -> None:
        assert not self.of(a_surge(), a_step(minute=10), sensitive=1)

    def test_a_surge_of_a_topic_inhibits_its_stories_alone(self) -> None:
        cards = a_surge(topic="Carte")
        assert self.of(cards, a_step(minute=10), topics=("", "Carte"))
        assert not self.of(cards, a_step(minute=10), topics=("",))

    def test_the_alerter_asks_the_story_for_its_topic(
        self, bus: MemoryBus, store: Store, alerter: Alerter
    ) -> None:
        keep(store, a_mention(text="La carta non funziona"))
        keep(store, a_mention("2", text="Il bancomat è rotto"), n=8, story=8)
        tell(bus, store, a_surge(topic="Carte"))
        bus.publish("stories", messages([a_story(an_episode(a_step(minute=5)), no=no) for no in (7, 8)]))
        assert alerter.step(0)
        assert {notice.story for notice in told(store)} == {a_surge().id, 8}
        with store.read() as connection:
            assert {alert.story for alert in alerts.page(connection)} == {a_surge().id, 7, 8}


def test_a_receiver_that_comes_later_hears_of_what_comes_later(
    bus: MemoryBus, store: Store, clock: SetClock, alerter: Alerter
) -> None:
    tell(bus, store, a_surge())
    alerter.step(0)
    clock.advance(minutes(300))
    later = an_alerter(bus, store, clock, (ENGLISH, ITALIAN, Recorded(name="board")))
    tell(bus, store, a_surge(over=290, version=2))
    later.step(0)
    assert len(told(store)) == 2
    tell(bus, store, a_surge(growth(), growth(310, 30), version=3))
    later.step(0)
    assert len(told(store)) == 5
