"""The sample as a source: history at once, then its own time, and on where it was after any stop."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from collectors.intake import Intake
from collectors.reports import Report
from collectors.sample import Player, Sample
from earshot import sample
from earshot.bus.memory import MemoryBus
from earshot.clock import PlayedClock, SetClock
from earshot.config import from_dict
from earshot.errors import ConfigError, Unavailable
from earshot.runtime import Context
from earshot.seams import Clock
from earshot.store import Store
from earshot.topics import MENTIONS, Event, Said

TODAY = datetime(2026, 11, 27, 9, tzinfo=UTC)
FIRST = sample.first_day(TODAY)
EVENTS = sample.events(FIRST)
HISTORY = [event for event in EVENTS if sample.heard(event) < sample.moment(FIRST, sample.OPENS)]


def ids(events: Sequence[Event]) -> list[str]:
    return [event.mention.id if isinstance(event, Said) else event.id for event in events]


class Machine:
    """A machine whose seconds pass only while somebody sleeps; `each_nap` is called after each of them."""

    def __init__(self) -> None:
        self.seconds, self.naps = 0.0, 0
        self.each_nap: Callable[[], None] = lambda: None

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        self.naps += 1
        self.each_nap()


class Room:
    """One data directory; each `player` is a start of the process in it."""

    def __init__(self, folder: Path) -> None:
        self.machine = Machine()
        self.bus, self.store = MemoryBus(SetClock(TODAY)), Store(folder / "earshot.db")
        self.config = from_dict(
            {"brands": [{"name": "Ronvia", "any": ["ronvia"], "accounts": ["@ronvia", "@ronvia_aiuta"]}]}
        )
        self.stop = asyncio.Event()

    def player(self, clock: Clock | None = None, **settings: Any) -> Player:
        self.clock = clock or PlayedClock(lambda: self.machine.seconds)
        self.context = Context(self.config, self.clock, self.bus, self.store, live=False)
        given = Sample.model_validate({"name": "sample"} | settings)
        return Player(given, self.context, sleep=self.machine.sleep)

    def play(self, player: Player | None = None, intake: Any = None) -> Report:
        """Until it is over or `stop` is set; how the source then says that it is doing."""
        player = player or self.player()
        report = Report("sample", "sample", self.clock)
        self.stop.clear()
        player._play(intake or Intake(self.context, "sample", report=report), self.stop)
        return report

    @property
    def heard(self) -> list[Event]:
        return [MENTIONS.decode(record.value) for record in self.bus.read(MENTIONS.name, 0, 0)]

    @property
    def all_heard(self) -> list[str]:
        """Of more than one read of the bus."""
        found: list[str] = []
        while records := self.bus.read(MENTIONS.name, len(found), 0):
            found += ids([MENTIONS.decode(record.value) for record in records])
        return found


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    here = Room(tmp_path)
    yield here
    here.store.close()


def test_history_is_heard_before_any_time_passes(room: Room) -> None:
    room.machine.each_nap = room.stop.set
    room.play()
    assert room.all_heard == ids(HISTORY)
    said = [event.mention for event in room.heard if isinstance(event, Said)]
    assert all(mention.backfill for mention in said)
    assert all(mention.collected_at == (mention.edited_at or mention.created_at) for mention in said)


def test_each_is_heard_when_its_time_comes_and_not_before(room: Room) -> None:
    late: list[timedelta] = []

    class Watching(Intake):
        def hear(self, events: Sequence[Event]) -> int:
            late.extend(room.clock.now() - sample.heard(event) for event in events)
            return super().hear(events)

    player = room.player()
    room.play(player, Watching(room.context, "sample"))
    assert room.all_heard == ids(EVENTS)
    on_time = late[len(HISTORY) :]
    assert min(on_time) >= timedelta()
    assert max(on_time) <= timedelta(seconds=300 * 0.02)


def test_the_first_warning_can_come_within_a_minute_and_all_of_it_takes_six(room: Room) -> None:
    loud = sample.moment(FIRST, sample.truth().expected[0].latest)
    reached: list[float] = []

    def look() -> None:
        if not reached and room.clock.now() >= loud:
            reached.append(room.machine.seconds)

    room.machine.each_nap = look
    room.play()
    assert reached[0] < 60
    assert 300 < room.machine.seconds < 400


def test_hours_without_a_word_are_played_ten_times_as_fast(room: Room) -> None:
    paces: dict[datetime, float | None] = {}
    player = room.player(speed=100)
    assert isinstance(room.clock, PlayedClock)
    clock = room.clock

    def note() -> None:
        paces[clock.now()] = clock.speed

    room.machine.each_nap = note
    room.play(player)
    hurried = [moment.astimezone(sample.HOME).hour for moment, pace in paces.items() if pace == 1_000]
    assert set(hurried) == {21, 22, 23, 0, 1, 2, 3, 4, 5, 6, 7}
    assert set(paces.values()) == {100, 1_000}


def test_when_it_is_over_time_goes_on_as_it_does(room: Room) -> None:
    report = room.play()
    assert isinstance(room.clock, PlayedClock)
    assert room.clock.speed == 1
    assert "connect your own sources" in report.now.note
    over = room.clock.now()
    room.machine.sleep(60)
    assert room.clock.now() - over == timedelta(minutes=1)


def test_a_second_start_goes_on_with_the_same_dates_a_month_later(room: Room) -> None:
    stopping = iter(range(2_000))
    room.machine.each_nap = lambda: room.stop.set() if next(stopping) == 1_500 else None
    room.play(room.player())
    done = len(room.all_heard)
    assert len(HISTORY) < done < len(EVENTS)
    stopped = room.clock.now()

    room.machine.each_nap = lambda: None
    later = room.player(PlayedClock(lambda: room.machine.seconds))
    assert sample.heard(EVENTS[done - 1]) <= room.clock.now() <= max(stopped, sample.heard(EVENTS[done]))
    room.play(later)
    assert room.all_heard == ids(EVENTS)
    with room.store.read() as connection:
        kept = sample.progress(connection)
    assert kept == sample.Progress(later._progress.first_day, sample.EVENTS)


def test_the_dates_are_those_of_the_first_start(room: Room) -> None:
    room.play(room.player(SetClock(TODAY)))
    again = room.player(SetClock(TODAY + timedelta(days=40)))
    assert again._progress.first_day == FIRST
    assert sample.first_day(TODAY + timedelta(days=40)) != FIRST


def test_the_clock_is_the_samples_from_the_start_so_that_nothing_is_dated_today(room: Room) -> None:
    room.player()
    assert room.clock.now() == sample.moment(sample.first_day(datetime.now(UTC)), sample.OPENS), (
        "day 13, 07:00, while the history is taken in"
    )
    room.machine.sleep(5)
    assert room.clock.now().astimezone(sample.HOME).hour == 7


def test_over_it_has_nothing_more_to_say_and_its_time_is_its_last(room: Room) -> None:
    room.play()
    last = room.player()
    assert room.clock.now() == sample.heard(last._events[-1])
    assert "over" in room.play(last).now.note
    assert room.all_heard == ids(EVENTS)


def test_where_the_clock_does_not_play_nothing_is_waited_for(room: Room) -> None:
    room.play(room.player(SetClock(TODAY)))
    assert room.all_heard == ids(EVENTS)
    assert room.machine.naps == 0


def test_killed_between_hearing_and_keeping_it_says_that_much_again(room: Room) -> None:
    player = room.player(SetClock(TODAY))
    keep, kept = player._keep, iter(range(9))

    def killed() -> None:
        if next(kept) == 3:
            room.stop.set()
            raise Unavailable("killed")
        keep()

    player._keep = killed  # type: ignore[method-assign]
    room.play(player)
    before = room.all_heard
    room.play(room.player(SetClock(TODAY)))
    assert room.all_heard == [*before, *ids(EVENTS)[100:]]
    assert before == ids(EVENTS)[:150]


def test_it_outlasts_a_store_and_a_bus_that_are_away(room: Room) -> None:
    class Flaky(Intake):
        calls = 0

        def hear(self, events: Sequence[Event]) -> int:
            self.calls += 1
            if self.calls % 2:
                raise Unavailable("the log is away")
            return super().hear(events)

    player = room.player(SetClock(TODAY))
    room.play(player, Flaky(room.context, "sample"))
    assert room.all_heard == ids(EVENTS)


def test_it_waits_while_the_processors_are_behind(room: Room) -> None:
    class Busy(Intake):
        left = 3

        def busy(self) -> int | None:
            self.left -= 1
            return 1 if self.left > 0 else None

    player = room.player(SetClock(TODAY))
    room.play(player, Busy(room.context, "sample"))
    assert room.machine.naps == 2
    assert room.all_heard == ids(EVENTS)


def test_everything_concerns_the_brand_of_the_example(room: Room) -> None:
    room.play(room.player(SetClock(TODAY)))
    assert len(room.all_heard) == sample.EVENTS
    brands = {e.mention.brand if isinstance(e, Said) else e.brand for e in room.heard}
    assert brands == {"Ronvia"}


def test_asked_what_is_there_it_shows_the_first_and_keeps_nothing(room: Room) -> None:
    player = room.player()
    found = asyncio.run(player.once(7))
    assert len(found) == 7
    assert room.all_heard == []
    assert player.routes() == []


@pytest.mark.parametrize("speed", [0, -1, 2_000_000])
def test_a_speed_that_would_never_end_is_refused(speed: float) -> None:
    with pytest.raises(ConfigError, match="speed"):
        from_dict({"collectors": [{"kind": "sample", "speed": speed}]})


def test_it_stands_alone() -> None:
    assert from_dict({"collectors": [{"kind": "sample"}]}).own_time
    with pytest.raises(ConfigError, match="a time of its own"):
        from_dict({"collectors": [{"kind": "sample"}, {"kind": "replay", "path": "a.jsonl"}]})


def test_the_morning_waits_for_who_is_expected(room: Room) -> None:
    player = room.player()
    assert isinstance(room.clock, PlayedClock)
    clock, waited = room.clock, []
    clock.expect()

    def nap() -> None:
        if clock.is_awaiting:
            waited.append((clock.now(), len(room.all_heard)))
            if len(waited) == 100:
                clock.look()

    room.machine.each_nap = nap
    room.play(player)
    first = player._progress.first_day  # by the machine's clock: nothing is played before its day
    assert set(waited) == {(sample.moment(first, sample.OPENS), len(HISTORY))}
    assert room.all_heard == ids(EVENTS)


def test_it_waits_five_minutes_at_most_and_not_after_a_restart(room: Room) -> None:
    player = room.player()
    assert isinstance(room.clock, PlayedClock)
    room.clock.expect()
    room.machine.each_nap = lambda: room.stop.set() if room.clock.speed else None  # type: ignore[attr-defined]
    room.play(player)
    assert 299 < room.machine.seconds < 302
    again = room.player()
    room.clock.expect()  # type: ignore[attr-defined]
    room.play(again)
    assert room.machine.seconds < 303
