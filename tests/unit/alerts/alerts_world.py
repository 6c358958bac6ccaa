"""Stories, mentions and a channel for the tests of alerts."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import PrivateAttr
from sqlalchemy import Connection

from earshot.clock import to_us
from earshot.config import AlertSettings, RiskSettings
from earshot.errors import Unavailable
from earshot.model import Author, Episode, Level, Mention, Reason, Score, Step, Story, Terms
from earshot.seams import Message, Notice, ReceiverSettings
from earshot.store import Store, mentions
from earshot.topics import STORIES, Snapshot

START = datetime(2026, 11, 26, 7, 52, tzinfo=UTC)
SETTINGS = AlertSettings()
RISK = RiskSettings()
HEADLINE = "In aeroporto con la carta bloccata, e al numero verde cade sempre la linea… complimenti"


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def a_step(
    level: Level = Level.warning,
    minute: float = 0,
    reason: Reason = "risk",
    mention: str = "x:1",
    risk: float = 64.2,
    **more: Any,
) -> Step:
    return Step(level=level, reason=reason, at=START + minutes(minute), mention=mention, risk=risk, **more)


def an_episode(*steps: Step, number: int = 1, resolved: float | None = None) -> Episode:
    resolved_at = None if resolved is None else START + minutes(resolved)
    return Episode(number=number, steps=steps or (a_step(),), resolved_at=resolved_at)


def a_story(
    *episodes: Episode, no: int = 7, version: int = 1, brand: str = "Ronvia", **numbers: Any
) -> Story:
    facts = {
        "mentions": 14,
        "authors": 12,
        "voters": 12,
        "negative_authors": 11,
        "reach": 66_000,
        "risk": 64.2,
        "terms": Terms(bias=-2.87, neg=1.7, reach=0.804, media=0.45, credibility=0.5),
        "outlets": {"voce.example": "local"},
    } | numbers
    return Story(
        id=no,
        brand=brand,
        version=version,
        first="x:1",
        opened_at=START,
        last_at=START,
        episodes=episodes,
        **facts,
    )


def a_mention(
    native: str = "1", text: str = HEADLINE, followers: int | None = 1_900, **changes: Any
) -> Mention:
    author = Author(id="x:a", handle="giulia_trevi", followers=followers)
    facts = {"author": author, "text": text, "created_at": START, "collected_at": START} | changes
    return Mention(id=f"x:{native}", brand="Ronvia", **facts)


def kept(mention: Mention, *, n: int = 7, withdrawn: bool = False) -> mentions.Kept:
    return mentions.Kept(n, mention, Score(language="it"), "new", withdrawn)


def keep(
    store: Store, mention: Mention, n: int = 7, story: int = 7, *, evidence: tuple[str, ...] = ()
) -> None:
    """As the processors store it."""
    heard = to_us(mention.collected_at)
    body, score = mentions.encode(mention), mentions.encode(Score(language="it", evidence=evidence))
    with store.begin() as connection:
        mentions.add(
            connection,
            [mentions.Row(n, story, heard, heard, 1, 1_900, None, None, 9_000, False, "new", body, score)],
        )


def messages(stories: Iterable[Story]) -> list[Message]:
    return [Message(story.brand, STORIES.encode(Snapshot(story=story)), str(story.id)) for story in stories]


class Recorder:
    """A channel that keeps what it is sent; `faults` come first, None among them is a success."""

    def __init__(self, faults: Iterable[BaseException | None] = ()) -> None:
        self.tried: list[Notice] = []
        self.sent: list[Notice] = []
        self.closed = False
        self._faults = iter(faults)

    def send(self, notice: Notice) -> None:
        self.tried.append(notice)
        if fault := next(self._faults, None):
            raise fault
        self.sent.append(notice)

    def close(self) -> None:
        self.closed = True


class Recorded(ReceiverSettings):
    """A receiver whose channel is at hand."""

    kind: Literal["recorded"] = "recorded"
    name: str = "press"
    _channel: Recorder = PrivateAttr(default_factory=Recorder)

    def build(self, context: object) -> Recorder:
        return self._channel


class Shaky:
    """A store that cannot be reached when `faults` says so: one entry for each time it is written."""

    def __init__(self, store: Store, faults: Iterable[bool]) -> None:
        self._store, self._faults = store, iter(faults)

    def begin(self) -> AbstractContextManager[Connection]:
        if next(self._faults, False):
            raise Unavailable("database is locked")
        return self._store.begin()

    def read(self) -> AbstractContextManager[Connection]:
        return self._store.read()
