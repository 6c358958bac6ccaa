"""Who carried a story, as its page tells it. Blocking: never on the event loop."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from earshot.config import Outlet
from earshot.model import OutletClass, Story
from earshot.store import carriers, mentions
from earshot.store.mentions import Kept

SHOWN_CARRIERS = 5
SHOWN_OUTLETS = 20
TRUSTED: tuple[OutletClass, ...] = ("national", "regional", "local")
AUDIENCE: Mapping[OutletClass, int] = {  # as in processors/reach.py; a test compares
    "national": 1_000_000,
    "regional": 100_000,
    "local": 10_000,
    "news": 10_000,
    "blog": 1_000,
}


class Carrier(NamedTuple):
    """One account or outlet, by the mention that brought it into the story."""

    kept: Kept
    people: int
    """What it adds to the story's reach."""
    outlet: str = ""
    """Its domain, where it is an outlet or an account of one."""
    outlet_class: OutletClass | None = None
    """None where no article of its is in the story."""


class Carriers(NamedTuple):
    strongest: list[Carrier]
    """Those that add the most to the reach."""
    trusted: list[Carrier]
    """National, regional and local outlets, in the order in which they took it up."""


NOBODY = Carriers([], [])


class _Place(NamedTuple):
    n: int
    people: int
    outlet: str = ""
    outlet_class: OutletClass | None = None


def find(connection: Connection, story: Story, configured: Sequence[Outlet] = ()) -> Carriers:
    """`configured` outlets may have an audience of their own."""
    accounts = [_Place(*each) for each in carriers.largest(connection, story.id, SHOWN_CARRIERS)]
    press = _press(connection, story, {each.domain: each.audience for each in configured})
    strongest = sorted([*accounts, *press], key=lambda each: (-each.people, each.n))[:SHOWN_CARRIERS]
    trusted = [each for each in press if each.outlet_class in TRUSTED][:SHOWN_OUTLETS]
    rows = mentions.get(connection, {each.n for each in (*strongest, *trusted)})
    told = {n: mentions.read(row) for n, row in rows.items()}
    return Carriers(_carriers(strongest, told), sorted(_carriers(trusted, told), key=_said_at))


def _press(connection: Connection, story: Story, audiences: Mapping[str, int | None]) -> list[_Place]:
    """In the order in which they were heard; a class is the story's own, as it counts for its reach."""
    known = story.outlets.keys() | story.outlet_followers
    if not known:
        return []
    heard = carriers.outlets(connection, story.id)
    return [_outlet(each, story, audiences.get(each.outlet)) for each in heard if each.outlet in known]


def _outlet(heard: carriers.Outlet, story: Story, configured: int | None) -> _Place:
    kind = story.outlets.get(heard.outlet)
    readers = 0 if kind is None else AUDIENCE[kind] if configured is None else configured
    people = max(readers, story.outlet_followers.get(heard.outlet, 0))
    return _Place(heard.n, people, heard.outlet, kind)


def _carriers(places: Sequence[_Place], told: Mapping[int, Kept]) -> list[Carrier]:
    return [Carrier(told[each.n], *each[1:]) for each in places if each.n in told]


def _said_at(carrier: Carrier) -> tuple[object, int]:
    return carrier.kept.mention.created_at, carrier.kept.n
