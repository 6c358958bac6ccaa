"""A surge: the rate of negative mentions of a brand or topic left its normal range. In numbers, as it travels."""

from datetime import datetime

from msgspec import Struct

from earshot.model import Id, Level, Moment, Name

NUMBERED = 1 << 39
"""Set in the number of a surge, which else is like a story's (`earshot.store.brands`)."""
LEVEL = Level.warning
"""As loudly as every surge calls: many people at once are worth a look, whatever each of them says."""


class Growth(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One thing to tell: the surge began, or is half as large again as when it was last told."""

    at: Moment
    """When it was decided: when the hour's last bucket closed."""
    hour: float
    """Authors who complained in that hour, one for each five minutes in which they did; no reposts."""
    usual: float
    """As many there are in an hour usually."""
    deviation: float
    """And by so many they differ."""
    rarity: float
    enough: float = 0.0
    """More than so many are a surge, leaving aside that it must be higher than the last days were."""

    @property
    def z(self) -> float:
        return (self.hour - self.usual) / self.deviation


class Surge(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One for a brand and topic at a time. Changed only by the brand's owner."""

    id: int
    brand: Id
    topic: Name = ""
    """Empty: all that is said of the brand."""
    version: int = 0
    since: Moment
    """Where the hour begins in which it was seen."""
    opened_at: Moment
    bucket: int
    """The one at whose end it was seen."""
    steps: tuple[Growth, ...]
    last: Growth
    """The last hour that was counted."""
    height: Growth
    """The hour with the most."""
    mentions: tuple[int, ...] = ()
    """Numbers of those that tell most of what is new, the most telling first."""
    expected: Name = ""
    """What the calendar says of its day."""
    over_at: Moment | None = None

    def contains(self, moment: datetime) -> bool:
        """Whether it went on at a moment, from the hour on in which it was seen."""
        return self.since <= moment and (self.over_at is None or moment < self.over_at)


class Fresh(Struct, frozen=True, array_like=True):
    """A word, or two that follow one another, which a surge says more than the brand's past did."""

    term: str
    said: int
    """Mentions of the hour that say it."""
    before: int
    """Mentions of the past that do."""


def is_surge(number: int) -> bool:
    return bool(number & NUMBERED)
