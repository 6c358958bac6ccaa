"""The seams: what a source, a channel, a bus and a role must be. Built-ins use the same door as yours.

A source or a channel is one class: its typed configuration, found by entry point
(`earshot.collectors`, `earshot.channels`), with a `build()` that makes the thing that works. Roles and
scorers (`earshot.roles`, `earshot.scorers`) are found the same way.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Protocol

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.routing import BaseRoute

from earshot.model import Grave, Intent, Level, Moment
from earshot.topics import Event

if TYPE_CHECKING:
    from earshot.config import Config
    from earshot.runtime import Context


class Clock(Protocol):
    """Where time comes from; injected everywhere."""

    def now(self) -> datetime:
        """The time of day, UTC."""


class Message(NamedTuple):
    """One message to publish."""

    brand: str
    """Messages of one brand keep one order, and are read by one subscription of a group at a time."""
    value: bytes
    key: str = ""
    """What it is about, where of all messages about it only the newest need be kept; empty: the brand."""


class Record(NamedTuple):
    """One message as the bus keeps it."""

    partition: int
    offset: int
    key: str
    """The message's, or its brand where it has none."""
    value: bytes


LARGEST_BATCH = 4_000
"""Records. What is done once a batch and brand (a dozen questions to the store, two flushes) is then little of each."""


class Batch(NamedTuple):
    """What was waiting, in log order, never empty. `after` is the offset to go on from, by partition."""

    records: Sequence[Record]
    after: Mapping[int, int]


class Subscription(Protocol):
    """One group's place in a topic, or this process's share of it. Used by one thread.

    Batches come in log order; the next `poll` goes on after the last batch whether or not it was committed.
    What was not committed is delivered again after a restart (at least once). A committed place never moves
    back.
    """

    def poll(self, timeout: float, most: int = LARGEST_BATCH) -> Batch | None:
        """What is waiting, at most so many records; None when nothing came within `timeout` seconds.

        Raises:
            Unavailable: the log cannot be read now.
        """

    def keep(self) -> None:
        """The batch in hand takes long: keep our share while it is worked on. Cheap, so call it often.

        Raises:
            Reassigned: what is in hand is another's now: drop it, uncommitted, and poll again.
        """

    def commit(self, batch: Batch) -> None:
        """The group has done with everything up to the end of `batch`; durable on return.

        Where the share has moved on meanwhile nothing is committed: its new owner does the batch again.
        """

    def owns(self, brand: str) -> bool:
        """Whether the brand's messages come to this subscription now."""

    def caught_up(self) -> bool:
        """Whether everything of our share that was published before this call has been handed out.

        Raises:
            Unavailable: it cannot be known now.
        """

    def close(self) -> None: ...


Start = Callable[[], Mapping[int, int]]
"""Where a group's effects end, by partition; asked for whenever a share is taken over."""


class Bus(Protocol):
    """A durable log of bytes in named topics, in which each brand keeps one order."""

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        """Append in order; they are durable on return. Thread-safe, blocking.

        Raises:
            Unavailable: nothing of it may be taken as published; publish it again.
        """

    def subscribe(self, topic: str, group: str, start: Start | None = None) -> Subscription:
        """Go on from the lower of `start` (by partition) and the committed place; from the beginning if new."""

    def lag(self, topic: str, group: str) -> int:
        """How many messages wait: published, not yet committed by `group`, and still kept."""

    def newest(self, topic: str, at_most: int) -> Sequence[Record]:
        """The last messages that were published, oldest first, whoever has read them."""

    def retain(self, before: datetime, at_most: int) -> int:
        """Drop what was published before a time or exceeds `at_most` bytes a topic; the number dropped.

        0 where the log's own server sees to it.
        """

    def close(self) -> None: ...


class Intake(Protocol):
    """Where a collector hands over what it heard."""

    def hear(self, events: Sequence[Event]) -> int:
        """Give each its brands, publish; durable on return. The number published (0: concerns no brand).

        Blocking and thread-safe: call it from a thread, never on the event loop.

        Raises:
            Unavailable: nothing of it may be taken as heard; hand it over again.
        """

    def busy(self) -> int | None:
        """Seconds to wait while the processors are behind; None when there is room."""

    def park(self, raw: bytes, reason: str, origin: str) -> None:
        """Keep what cannot be read, with the reason, in the dead letters."""

    def succeeded(self) -> None:
        """The source answered as it should, with or without news."""

    def failed(self, kind: str, reason: str) -> None:
        """It did not. `kind` is for the metric (http_429, timeout, not_a_feed), `reason` for people; not a secret."""

    def refused(self, kind: str, reason: str, place: str = "") -> None:
        """A sender did something wrong, and the source is well; `kind` and `reason` as in `failed`, `place` as in `park`."""

    def report(self, **values: Any) -> None:
        """What else its operators want to know: fields of `SourceReport`, such as limit_left or cost_today."""


class Collector(Protocol):
    """One source at work."""

    name: str

    def routes(self) -> Sequence[BaseRoute]:
        """HTTP routes that the source answers on, if it is called rather than calls."""

    async def run(self, intake: Intake, stop: asyncio.Event) -> None:
        """Hear until `stop` is set or the source has ended; leave promptly, having lost nothing."""

    async def once(self, limit: int) -> Sequence[Event]:
        """At most about `limit` events that are there now, for `earshot try` and `check`: nothing is kept.

        Raises:
            Refused: it cannot be asked (it calls us), or it does not answer as it should; with the mend.
        """


class Role(Protocol):
    """One of the four services. `run` returns after `stop` is set and what was in hand is finished."""

    def routes(self) -> Sequence[BaseRoute]: ...

    async def run(self, stop: asyncio.Event) -> None: ...

    def unready(self) -> str | None:
        """Why the role cannot do its work now; None when it can."""

    def idle(self) -> bool:
        """Whether everything that had arrived is done (a finite source has ended, a group has no lag)."""


class Asked(NamedTuple):
    """A text that somebody wants to know something about, outside the pipeline."""

    text: str
    language: str | None = None
    """As declared, if it is."""
    brand: str | None = None


class Shares(NamedTuple):
    """How a text reads, as probabilities; they sum to one."""

    negative: float
    neutral: float
    positive: float


class Carried(NamedTuple):
    """One token of a text, as it was read, and the characters `start` to `end` of the text that it stands for."""

    token: str
    effect: float
    """How much p(negative) falls where the token is left out (occlusion); negative where it rises."""
    linear: float
    """What it adds to the linear part's distance from "not negative"; they and a constant add up to it."""
    start: int
    end: int
    """`start` where it is nowhere in the text as it was written."""


class SecondOpinion(NamedTuple):
    """What another reader makes of the same text, and what it goes by."""

    name: str
    shares: Shares
    words: tuple[tuple[str, float], ...]
    """The words that it knows and how it values each, negative below 0."""


class Explanation(NamedTuple):
    """Why a text reads as it does."""

    language: str
    """ISO 639-1, or "unknown"."""
    model: str
    """The version of what read it."""
    shares: Shares | None
    """None where it could not be read: then there are no tokens."""
    tokens: tuple[Carried, ...] = ()
    """The first of its tokens, in order; of two, the one that comes first ends before the other starts."""
    left: int = 0
    """Tokens after those, which were read too and are not explained."""
    second: SecondOpinion | None = None


class Scorer(Protocol):
    """Says something about texts: `earshot score` asks all of them (`earshot.scorers`)."""

    @property
    def least(self) -> Mapping[Intent, float]:
        """The probability from which each intent is said to hold; empty where it says nothing of intents."""

    def score(self, asked: Sequence[Asked]) -> list[dict[str, Any]]:
        """For each, in order, what it says, ready for JSON; keys are its own. Raises nothing, whatever the text."""

    def explain(self, asked: Asked) -> Explanation | None:
        """Why, token by token; None where it has no such reasons. Up to a second: never on the event loop.

        Raises nothing, whatever the text.
        """

    def words(self, asked: Asked, grave: Grave) -> tuple[str, ...]:
        """With which the text tells of a danger, or may, folded; none where it knows none. As `explain`, but in a ms."""


class Notice(Struct, frozen=True, kw_only=True):
    """What one receiver is to be told. `identity` is the same however often it is sent."""

    identity: str
    receiver: str
    brand: str
    story: int
    episode: int
    level: Level
    reason: str
    also: tuple[str, ...] = ()
    """The other reasons that were decided with it."""
    decided_at: Moment
    subject: str
    text: str
    """Plain text, ready to read."""
    link: str = ""
    """The story's page in the console."""
    possible_repeat: bool = False
    """An earlier try may have arrived: the process was killed between sending and recording."""


class Channel(Protocol):
    """One way to reach a receiver. Used by one thread, never on the event loop."""

    def send(self, notice: Notice) -> None:
        """Deliver once; return when the other side has accepted it. It must carry `notice.identity`.

        Raises:
            Temporary: worth another try. The caller decides when; do not retry here.
            Permanent: no retry will help.
        """

    def close(self) -> None: ...


class Settings(BaseModel):
    """The form of every part of the configuration: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CollectorSettings(Settings):
    """What every source's configuration has; a source adds its own keys and `build`."""

    kind: str
    name: str = Field(
        min_length=1, pattern=r"^[a-z0-9][a-z0-9_-]*$", description="How logs and metrics call it."
    )

    own_time: ClassVar[bool] = False
    """Whether it brings a time of its own, on which the whole process then runs, with no other source beside it."""

    any_source: ClassVar[bool] = False
    """Whether the ids of its mentions may begin with anything, as they are sent or stand in a file."""

    @property
    def polled_every(self) -> timedelta | None:
        """The time between two looks, of a source that is asked; None where it calls or streams."""
        return None

    @property
    def heard_as(self) -> frozenset[str]:
        """What the ids of its mentions begin with, as far as that is known beforehand."""
        return frozenset({self.kind, self.name})

    def build(self, context: "Context") -> Collector:
        raise NotImplementedError


class ReceiverSettings(Settings):
    """What every receiver has, whatever the channel; a channel adds its own keys and `build`."""

    kind: str
    name: str = Field(
        min_length=1, pattern=r"^[a-z0-9][a-z0-9_-]*$", description="How logs and pages call it."
    )
    brands: tuple[str, ...] = Field(default=(), description="Only these brands; empty means all.")
    min_level: Level = Field(
        default=Level.watch, description="The lowest level worth telling: watch, warning, critical."
    )
    language: Literal["en", "it"] = Field(default="en", description="The language of its notices: en or it.")

    @field_validator("min_level", mode="before")
    @classmethod
    def _by_its_word(cls, word: object) -> Level:
        """Levels are written as words; nothing is told about calm."""
        words = [level.name for level in Level if level is not Level.calm]
        if isinstance(word, Level):
            return word
        if not isinstance(word, str) or word.lower() not in words:
            raise ValueError(f"unknown level {word!r}; known: {', '.join(words)}")
        return Level[word.lower()]

    def build(self, context: "Context") -> Channel:
        raise NotImplementedError

    def wants(self, brand: str, level: Level) -> bool:
        """Whether it is to be told. A source is no brand's, "": who asked for some brands only is not told of it."""
        return level >= self.min_level and (not self.brands or brand in self.brands)


RoleFactory = Callable[["Context"], Role]
ScorerFactory = Callable[["Config"], Scorer]
