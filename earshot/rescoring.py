"""Scoring the past again: what `earshot rescore` asks of whoever scores, found by entry point (`earshot.rescorers`)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import entry_points
from typing import NamedTuple, Protocol

from earshot.config import Config
from earshot.errors import Refused
from earshot.model import Id, Intent
from earshot.seams import Shares
from earshot.store import Store
from earshot.store.brands import Brand
from earshot.store.corrections import Correction


class Change(NamedTuple):
    """A mention that was scored again. None: it could not be read."""

    mention: Id
    before: float | None
    after: float | None

    @property
    def moved(self) -> float:
        """By how much p(negative) is another one; what cannot be read counts as 0."""
        return abs((self.after or 0.0) - (self.before or 0.0))

    @property
    def turned(self) -> int:
        """1: negative now, and was not; -1: the other way round; 0: the same side of one half."""
        return ((self.after or 0.0) >= 0.5) - ((self.before or 0.0) >= 0.5)


class Step(NamedTuple):
    """One piece of the work, saved."""

    seq: int
    """How far in the brand's log."""
    changes: Sequence[Change]


class Compared(NamedTuple):
    """A correction beside what the model makes of the words. None: it cannot read them, or they are gone unread."""

    correction: Correction
    before: Shares | None
    """As it is shipped."""
    after: Shares | None
    """Calibrated by all corrections but a tenth, this one among those left out."""
    intents_before: Mapping[Intent, float] = {}
    """The same of intents, where the correction names them."""
    intents_after: Mapping[Intent, float] = {}


class Rescorer(Protocol):
    """Scores the stored mentions of brands again, whatever the process's fate: each call goes on where one was."""

    model: str
    """The version that scores now; what carries it is done."""

    def score(self, brand: Brand, *, dry: bool) -> Iterator[Step]:
        """Score what another version scored. Each step is saved before it is yielded; with `dry` nothing is.

        Raises:
            Refused: a running service writes this brand's stories faster than we can.
            Unavailable: the store cannot be reached; what was yielded is saved.
        """

    def correct(self, brand: Brand) -> int:
        """Put right what staff corrected and no process has done yet; how many stories are others now.

        What they taught is what scores from here on. Raises as `score` does.
        """

    def compare(self, made: Sequence[Correction]) -> list[Compared]:
        """In order. Writes nothing."""

    def settle(self, brand: Brand) -> int:
        """Weigh its stories again, now that all is scored, calling nobody; how many stand elsewhere now."""

    def close(self) -> None: ...


RescorerFactory = Callable[[Config, Store], Rescorer]


def find_rescorer(config: Config, store: Store) -> Rescorer:
    """Raises `Refused` where nothing that scores is installed."""
    for point in entry_points(group="earshot.rescorers"):
        factory: RescorerFactory = point.load()
        return factory(config, store)
    raise Refused("nothing that scores is installed: install Earshot whole, with its processors")
