"""Joining and splitting stories by hand: what `earshot stories` asks of whoever folds them, by entry point."""

from collections.abc import Callable, Collection
from importlib.metadata import entry_points
from typing import Protocol

from earshot.config import Config
from earshot.errors import Refused
from earshot.model import Story
from earshot.seams import Clock
from earshot.store import Store


class Regrouper(Protocol):
    """Changes stories as a person says, each time in one transaction, and calls nobody.

    Both return the stories that are others now; their snapshots are for the caller to publish.
    """

    def join(self, one: int, other: int) -> list[Story]:
        """The older one stays, the other leads to it.

        Raises:
            Refused: there is no such story, they are of two brands, or one already.
        """

    def split(self, story: int, numbers: Collection[int]) -> list[Story]:
        """These mentions, by number, leave the story; nothing but a person joins the two again.

        Raises:
            Refused: there is no such story, or those are not some of its mentions.
        """


RegrouperFactory = Callable[[Config, Store, Clock], Regrouper]


def find_regrouper(config: Config, store: Store, clock: Clock) -> Regrouper:
    """Raises `Refused` where nothing that folds stories is installed."""
    for point in entry_points(group="earshot.regroupers"):
        factory: RegrouperFactory = point.load()
        return factory(config, store, clock)
    raise Refused("nothing that folds stories is installed: install Earshot whole, with its processors")
