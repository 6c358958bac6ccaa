from datetime import UTC, timedelta
from itertools import cycle
from typing import Any

import pytest
from alerts_world import (
    RISK,
    SETTINGS,
    START,
    Recorded,
    Recorder,
    Shaky,
    a_mention,
    a_story,
    an_episode,
    kept,
    minutes,
)
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from alerts.message import compose
from alerts.rules import alert, tellings
from alerts.sender import Sender
from earshot.clock import SetClock, to_us
from earshot.errors import Permanent, Temporary, Unavailable
from earshot.seams import Notice
from earshot.store import Store, alerts, notices


class Killed(BaseException):
    """What a kill looks like from inside: nothing after it runs."""


def decide(store: Store, no: int = 7, receiver: Recorded = "press") -> str:
    """A story called: its alert and notice as the alerter writes them; the notice's identity."""
    story = a_story(an_episode(), no=no)
    (telling,) = tellings(story, [Recorded(name=receiver)])
    notice = compose(telling, kept(a_mention()), (), START, "https://earshot.example", RISK, UTC)
    with store.begin() as connection:
        number = alerts.add(connection, alert(story, story.episodes[0])).id
        row = notices.New(notice.identity, number, receiver, to_us(START), notices.encode(notice))
        notices.add(connection, [row])
    return notice.identity


def a_sender(store: Store, clock: SetClock, channel: Recorder, **changes: Any) -> Sender:
    return Sender(Recorded(), channel, store, clock, SETTINGS, random=lambda: 0.0, **changes)


def rows(store: Store) -> list[notices.Row]:
    with store.read() as connection:
        found = connection.exec_driver_sql("select id from alerts").scalars().all()
        return [row for number in found for row in notices.of_alert(connection, number)]


def states(store: Store) -> list[str]:
    return [row.state for row in rows(store)]


def test_what_is_due_is_sent_once(store: Store, clock: SetClock) -> None:
    identity, channel = decide(store), Recorder()
    sender = a_sender(store, clock, channel)
    assert sender.step() is None
    assert sender.step() is None
    assert [notice.identity for notice in channel.tried] == [identity]
    (row,) = rows(store)
    assert (row.state, row.attempts, row.sent_at, row.possible_repeat) == ("sent", 1, to_us(START), False)


def test_the_row_says_sending_while_the_channel_is_called(store: Store, clock: SetClock) -> None:
    seen = []

    class Looking(Recorder):
        def send(self, notice: Notice) -> None:
            seen.extend(states(store))

    decide(store)
    a_sender(store, clock, Looking()).step()
    assert seen == ["sending"]


def test_another_receivers_notices_are_left_alone(store: Store, clock: SetClock) -> None:
    decide(store, receiver="desk")
    channel = Recorder()
    a_sender(store, clock, channel).step()
    assert channel.tried == []
    assert states(store) == ["due"]


def test_what_was_refused_for_now_is_tried_when_its_time_has_come(store: Store, clock: SetClock) -> None:
    decide(store)
    channel = Recorder([Temporary("busy", retry_after=30)])
    sender = a_sender(store, clock, channel)
    again = sender.step()
    assert again == START + minutes(0.5)
    assert [(row.state, row.error) for row in rows(store)] == [("due", "busy")]
    sender.step()
    assert len(channel.tried) == 1
    clock.advance(minutes(0.5))
    assert sender.step() is None
    assert [(row.state, row.error, row.attempts) for row in rows(store)] == [("sent", "", 2)]


def test_what_was_refused_for_good_is_not_tried_again(store: Store, clock: SetClock) -> None:
    decide(store)
    channel = Recorder([Permanent("gone")])
    sender = a_sender(store, clock, channel)
    assert sender.step() is None
    clock.advance(minutes(60))
    sender.step()
    assert len(channel.tried) == 1
    assert [(row.state, row.error) for row in rows(store)] == [("failed", "gone")]


def test_the_first_notice_that_is_given_up_is_an_increase(store: Store, clock: SetClock) -> None:
    def failed() -> float | None:
        return REGISTRY.get_sample_value("earshot_notices_total", {"receiver": "fresh", "outcome": "failed"})

    decide(store, receiver="fresh")
    channel = Recorder([Permanent("gone")])
    sender = Sender(Recorded(name="fresh"), channel, store, clock, SETTINGS)
    assert failed() == 0
    sender.step()
    assert failed() == 1


def test_a_notice_is_given_up_at_its_age(store: Store, clock: SetClock) -> None:
    decide(store)
    channel = Recorder([Temporary("busy")] * 10_000)
    sender = a_sender(store, clock, channel)
    while again := sender.step():
        clock.advance(again - clock.now())
    assert states(store) == ["failed"]
    assert clock.now() == START + SETTINGS.give_up_after
    assert channel.sent == []


def test_a_receiver_that_fails_half_the_time_gets_everything_once(store: Store, clock: SetClock) -> None:
    identities = [decide(store, no) for no in range(1, 41)]
    channel = Recorder([Temporary("busy"), None] * 40)
    sender = a_sender(store, clock, channel)
    while again := sender.step():
        clock.advance(again - clock.now())
    assert sorted(notice.identity for notice in channel.sent) == sorted(identities)
    assert set(states(store)) == {"sent"}


def go_on(sender: Sender, clock: SetClock) -> bool:
    """Until the next is due; False where nothing waits."""
    if following := sender.step():
        clock.advance(max(timedelta(), following - clock.now()))
    return following is not None


def test_what_an_outage_held_up_goes_out_in_order_once_the_receiver_is_back(
    store: Store, clock: SetClock
) -> None:
    jitter, outage = cycle((0.0, 0.9, 0.4, 0.7, 0.2)), 100
    channel = Recorder([Temporary("away")] * outage)
    sender = Sender(Recorded(), channel, store, clock, SETTINGS, random=lambda: next(jitter))
    held = [decide(store, no=no) for no in range(1, 7)]
    while len(channel.tried) <= outage:
        assert go_on(sender, clock)
    back, left = clock.now(), [identity for identity in held if identity != channel.tried[outage].identity]
    while go_on(sender, clock):
        pass
    assert [notice.identity for notice in channel.tried[outage + 1 :]] == left
    assert timedelta(seconds=3) <= clock.now() - back <= timedelta(seconds=len(left) + 1)
    assert states(store) == ["sent"] * len(held)


def test_what_failed_before_goes_out_one_a_second_and_what_is_new_at_once(
    store: Store, clock: SetClock
) -> None:
    held = [decide(store, no=no) for no in range(1, 61)]
    channel = Recorder([Temporary("away")] * len(held))
    sender = a_sender(store, clock, channel)
    sender.step()
    clock.advance(minutes(1))
    fresh = decide(store, no=99)
    assert sender.step() == clock.now() + timedelta(seconds=1)
    assert [notice.identity for notice in channel.tried[60:]] == [fresh, held[0]]


def test_a_notice_that_never_gets_through_holds_up_no_other_and_keeps_to_its_waits(
    store: Store, clock: SetClock
) -> None:
    class Picky(Recorder):
        def send(self, notice: Notice) -> None:
            super().send(notice)
            if notice.identity == poison:
                raise Temporary("500")

    poison = decide(store, no=1)
    channel = Picky()
    sender = a_sender(store, clock, channel)
    for no in range(2, 42):
        decide(store, no=no)
        sender.step()
        clock.advance(timedelta(seconds=5))
    tries = sum(notice.identity == poison for notice in channel.tried)
    assert len(channel.tried) - tries == 40
    assert tries <= 9


def test_a_time_that_the_receiver_gave_is_kept_though_it_is_back(store: Store, clock: SetClock) -> None:
    decide(store, no=1)
    busy = decide(store, no=2)
    channel = Recorder([Temporary("away"), Temporary("busy", retry_after=300)])
    sender = a_sender(store, clock, channel)
    sender.step()
    decide(store, no=3)
    while len(channel.tried) < 4:
        assert go_on(sender, clock)
    assert busy not in {notice.identity for notice in channel.tried[2:]}
    assert clock.now() == START + minutes(5)
    sender.step()
    assert channel.tried[-1].identity == busy


def test_a_kill_between_the_channels_acceptance_and_our_record_repeats_with_the_same_identity(
    store: Store, clock: SetClock
) -> None:
    identity, first, second = decide(store), Recorder([Killed()]), Recorder()
    with pytest.raises(Killed):
        a_sender(store, clock, first).step()
    assert states(store) == ["sending"]
    a_sender(store, clock, second).step()
    (notice,) = second.sent
    assert (notice.identity, notice.possible_repeat) == (identity, True)
    assert notice.text.startswith("You may have had this notice already")
    assert [(row.state, row.possible_repeat) for row in rows(store)] == [("sent", True)]


def test_a_channels_own_fault_is_no_end(store: Store, clock: SetClock) -> None:
    decide(store)
    channel = Recorder([KeyError("secret")])
    sender = a_sender(store, clock, channel)
    with capture_logs() as lines:
        again = sender.step()
    assert [line["error"] for line in lines if line["event"] == "channel fault"] == ["KeyError"]
    assert [row.error for row in rows(store)] == ["unexpected KeyError in the channel"]
    clock.advance(again - clock.now())
    sender.step()
    assert states(store) == ["sent"]


def test_an_unreachable_store_never_makes_a_repeat(store: Store, clock: SetClock) -> None:
    """Written: recovery, sending, sent. The third fails; what was sent is recorded before anything else is."""
    decide(store)
    channel = Recorder()
    sender = a_sender(Shaky(store, [False, False, True, True]), clock, channel)
    for _ in range(2):
        with pytest.raises(Unavailable):
            sender.step()
    assert states(store) == ["sending"]
    sender.step()
    assert len(channel.tried) == 1
    assert states(store) == ["sent"]


def test_a_late_notice_says_so_unless_it_is_a_replay(store: Store, clock: SetClock) -> None:
    clock.advance(minutes(12))
    live, replayed = Recorder(), Recorder()
    decide(store)
    a_sender(store, clock, live).step()
    decide(store, no=8)
    a_sender(store, clock, replayed, live=False).step()
    assert live.sent[0].text.startswith("Heard 12 min ago: this notice is late.\n")
    assert "late" not in replayed.sent[0].text


def test_a_stopped_sender_leaves_what_is_not_in_hand(store: Store, clock: SetClock) -> None:
    class Stopping(Recorder):
        def send(self, notice: Notice) -> None:
            super().send(notice)
            sender.stop()

    decide(store)
    decide(store, no=8)
    channel = Stopping()
    sender = a_sender(store, clock, channel)
    sender.run()
    assert len(channel.sent) == 1
    assert channel.closed
    assert states(store) == ["sent", "due"]


def test_the_queries_for_what_waits_use_the_index_of_what_waits(store: Store) -> None:
    with store.read() as connection:
        for query in (
            "select * from notices where state in ('due', 'sending') and state = 'due' and receiver = 'a' and due_at < 5",
            "select min(due_at) from notices where state in ('due', 'sending') and state = 'due' and receiver = 'a'",
            "select count(*) from notices where state in ('due', 'sending') and receiver = 'a'",
        ):
            plan = connection.exec_driver_sql(f"explain query plan {query}").all()
            assert "ix_notices_waiting" in plan[0][-1]
