"""Play the bundled sample: twelve days of history at once, then two days many times as fast."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar, Literal, TypeVar

from msgspec import structs
from pydantic import Field
from starlette.routing import BaseRoute

from collectors.patience import insist
from earshot import logs, sample
from earshot.clock import PlayedClock
from earshot.runtime import Context
from earshot.sample import Progress
from earshot.seams import CollectorSettings, Intake
from earshot.topics import Event

T = TypeVar("T")

_LOG = logs.get(__name__)
_FRAME = 50
_PAUSE = 0.02  # s, also the longest that a stop waits
_QUIET = timedelta(hours=1)  # without a word for longer, time runs ten times as fast
_HASTE = 10
_BEFORE = timedelta(minutes=5)  # of quiet that is left before something is said
_PATIENCE = 300  # s that the Thursday waits for somebody to look


class Sample(CollectorSettings):
    """[[collectors]] kind = "sample"."""

    own_time: ClassVar[bool] = True
    any_source: ClassVar[bool] = True

    kind: Literal["sample"] = "sample"
    speed: float = Field(
        default=300, gt=0, le=1_000_000, description="How many times as fast days 13 and 14 are played."
    )

    def build(self, context: Context) -> "Player":
        return Player(self, context)


class Player:
    """Goes on where it was, on the same dates, when it is started again in the same data directory.

    Where the clock is not one that plays, as in a test, nothing is waited for.
    """

    def __init__(
        self, settings: Sample, context: Context, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """The clock is set here, before any role works: else what was left over would be dated today."""
        self.name = settings.name
        self._speed, self._store, self._sleep = settings.speed, context.store, sleep
        self._clock = context.clock if isinstance(context.clock, PlayedClock) else None
        self._progress = self._kept() or Progress(sample.first_day(context.clock.now()))
        self._events = sample.events(self._progress.first_day)
        if self._clock:
            self._clock.play(self._reopening(), 0)

    def routes(self) -> Sequence[BaseRoute]:
        return []

    async def once(self, limit: int) -> Sequence[Event]:
        return self._events[:limit]

    async def run(self, intake: Intake, stop: asyncio.Event) -> None:
        await asyncio.to_thread(self._play, intake, stop)

    def _play(self, intake: Intake, stop: asyncio.Event) -> None:
        self._insist(self._keep, stop)  # the dates, before anything is heard on them
        if self._progress.heard == 0:
            self._begin(intake, stop)
        while self._ahead and not stop.is_set():
            if not self._hear(intake, stop):
                self._wait(intake)
        if not self._ahead:
            self._pace(1)
            self._say(intake, "the sample is over: connect your own sources, in earshot.toml")

    def _begin(self, intake: Intake, stop: asyncio.Event) -> None:
        """The history, and then nothing until somebody looks: nobody should miss the first morning."""
        self._say(intake, "the sample: days 1 to 12 are taken in as history")
        while not stop.is_set() and self._hear(intake, stop):
            pass
        if self._clock and self._clock.is_awaiting:
            self._say(intake, "the sample: day 13 begins when its page is opened, or in five minutes")
            self._await_somebody(self._clock, stop)

    def _await_somebody(self, clock: PlayedClock, stop: asyncio.Event) -> None:
        naps = round(_PATIENCE / _PAUSE)
        while clock.is_awaiting and naps and not stop.is_set():
            self._sleep(_PAUSE)
            naps -= 1

    @property
    def _ahead(self) -> Sequence[Event]:
        return self._events[self._progress.heard :]

    def _due(self) -> Sequence[Event]:
        frame = self._ahead[:_FRAME]
        now = self._clock.now() if self._clock else None
        return [event for event in frame if now is None or sample.heard(event) <= now]

    def _hear(self, intake: Intake, stop: asyncio.Event) -> bool:
        """What is due; whether anything was."""
        if due := self._due():
            self._take_in(intake, due, stop)
        return bool(due)

    def _take_in(self, intake: Intake, due: Sequence[Event], stop: asyncio.Event) -> None:
        while self._insist(intake.busy, stop):
            self._sleep(_PAUSE)
        if self._insist(partial(intake.hear, due), stop) is None:
            return
        intake.succeeded()
        self._progress = structs.replace(self._progress, heard=self._progress.heard + len(due))
        self._insist(self._keep, stop)

    def _insist(self, work: Callable[[], T], stop: asyncio.Event) -> T | None:
        return insist(work, stop, self._sleep, self.name)

    def _say(self, intake: Intake, note: str) -> None:
        """On the page of the sources, and to whoever watches the log."""
        intake.report(note=note)
        _LOG.info(note)

    # --- time -------------------------------------------------------------------------------------------

    def _wait(self, intake: Intake) -> None:
        """Let some time pass, at the pace that the next event deserves."""
        if self._clock is None:
            return
        left = sample.heard(self._ahead[0]) - self._clock.now()
        hurried = sample.heard(self._ahead[0]) - self._last > _QUIET and left > _BEFORE
        pace = self._speed * _HASTE if hurried else self._speed
        if self._pace(pace):
            self._say(intake, f"the sample: days 13 and 14, {pace:g} times as fast")
        real = (left - _BEFORE if hurried else left).total_seconds() / pace
        self._sleep(min(max(real, 0), _PAUSE))

    def _pace(self, speed: float) -> bool:
        """Whether it was another before."""
        if self._clock is None or self._clock.speed == speed:
            return False
        self._clock.play(self._clock.now(), speed)
        return True

    @property
    def _last(self) -> datetime:
        """When the last event was heard, or when the doors opened."""
        opened = sample.moment(self._progress.first_day, sample.OPENS)
        done = self._events[: self._progress.heard]
        return max(opened, sample.heard(done[-1])) if done else opened

    def _reopening(self) -> datetime:
        """A little before the next event, and not before the last."""
        ahead = self._ahead
        return max(self._last, sample.heard(ahead[0]) - _BEFORE) if ahead else self._last

    # --- how far ----------------------------------------------------------------------------------------

    def _kept(self) -> Progress | None:
        with self._store.read() as connection:
            return sample.progress(connection, self.name)

    def _keep(self) -> None:
        with self._store.begin() as connection:
            sample.save_progress(connection, self._progress, self.name)
