"""The two topics and their wire form: JSON by msgspec, each message with its version.

A reader ignores unknown fields, tolerates missing ones, lifts older versions by the topic's `upgrades`, and
refuses newer ones (`TooNew`) so that they wait in the dead letters for an upgrade.
"""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from earshot.errors import TooNew, Unreadable
from earshot.model import Id, Mention, Metrics, Moment, Name, Story
from earshot.surge import Surge

_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

VERSION = 1
"""Raise it when a reader of the old form would misread the new one, and add an upgrade."""


class Said(Struct, frozen=True, tag="said", omit_defaults=True, kw_only=True):
    """Somebody said something, or changed what was said."""

    mention: Mention
    v: int = 1


class Measured(Struct, frozen=True, tag="measured", omit_defaults=True, kw_only=True):
    """A platform's counters for a mention, as of `metrics.at`."""

    id: Id
    brand: Id
    collected_at: Moment
    metrics: Metrics
    v: int = 1


class Withdrawn(Struct, frozen=True, tag="withdrawn", omit_defaults=True, kw_only=True):
    """The author, the platform or a moderator took it back. It never comes back to life."""

    id: Id
    brand: Id
    collected_at: Moment
    reason: Name = ""
    v: int = 1


Event = Said | Measured | Withdrawn


def brand_of(event: Event) -> str:
    """Which brand an event concerns: where it belongs in the log."""
    return event.mention.brand if isinstance(event, Said) else event.brand


class Snapshot(Struct, frozen=True, tag="story", omit_defaults=True, kw_only=True):
    """A story as the store has it at `story.version`: numbers, reasons and ids, never text or names."""

    story: Story
    v: int = 1

    @property
    def about(self) -> Story:
        return self.story


class Surging(Struct, frozen=True, tag="surge", omit_defaults=True, kw_only=True):
    """A surge as the store has it: numbers and ids, never words."""

    surge: Surge
    v: int = 1

    @property
    def about(self) -> Surge:
        return self.surge


Stand = Snapshot | Surging
"""How something stands."""


M = TypeVar("M")


class Topic(Generic[M]):
    """A named stream of one kind of message, and its codec."""

    def __init__(
        self,
        name: str,
        form: Any,
        version: int = VERSION,
        upgrades: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] | None = None,
    ) -> None:
        """`upgrades[n]` lifts a raw message from version n to n + 1."""
        self.name = name
        self._version = version
        self._form = form
        self._upgrades = upgrades or {}
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(form)
        self._encoder = msgspec.json.Encoder()

    def encode(self, message: M) -> bytes:
        return self._encoder.encode(message)

    def decode(self, data: bytes) -> M:
        """Raises `Unreadable` with the place and the reason, `TooNew` for a version above ours."""
        try:
            message = self._decoder.decode(data)
        except _BROKEN as error:
            return self._decode_other(data, str(error))
        return message if message.v == self._version else self._decode_other(data, "")

    def _decode_other(self, data: bytes, reason: str) -> M:
        try:
            raw = msgspec.json.decode(data)
        except _BROKEN as error:
            raise Unreadable(f"not JSON: {error}") from error
        version = raw.get("v", 1) if isinstance(raw, dict) else None
        if not isinstance(version, int):
            raise Unreadable(reason or "not a message: an object with a whole number v is expected")
        if version > self._version:
            raise TooNew(
                f"version {version} of {self.name}, this Earshot reads up to {self._version}: upgrade it"
            )
        if version == self._version:
            raise Unreadable(reason)
        try:
            message: M = msgspec.convert(self._lifted(raw, version) | {"v": self._version}, self._form)
        except _BROKEN as error:
            raise Unreadable(str(error)) from error
        return message

    def _lifted(self, raw: dict[str, Any], version: int) -> dict[str, Any]:
        while version < self._version:
            if version not in self._upgrades:
                raise Unreadable(f"version {version} of {self.name} can no longer be read")
            try:
                raw = self._upgrades[version](raw)
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                raise Unreadable(f"version {version} of {self.name}: {error!r}") from error
            version += 1
        return raw


MENTIONS: Topic[Event] = Topic("mentions", Event)
STORIES: Topic[Stand] = Topic("stories", Stand)

PROCESSORS = "processors"
ALERTS = "alerts"
READERS = ((MENTIONS.name, PROCESSORS), (STORIES.name, ALERTS))
"""Which group reads which topic."""
