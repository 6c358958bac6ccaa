"""What the page of mentions to look at needs. Blocking: never on the event loop.

The newest mentions are looked through, half a millisecond for a thousand of them: never all that there are.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from console.reading import RECENT
from console.reading_sources import heard_until
from earshot.errors import Refused
from earshot.model import Grave
from earshot.store import brands, mentions, unsure
from earshot.store.mentions import Kept
from earshot.store.unsure import Unsure

PAGE = 20
COUNTED = 100
"""So many are counted on the home page; more are more than that."""
_AMONG = 20_000
"""Mentions looked through, shared by the brands."""
_EACH = 2_000
"""Of every brand at least."""
_DAYS = RECENT // timedelta(microseconds=1)


class Wanted(NamedTuple):
    brands: tuple[str, ...]
    grave: Grave | None = None
    """None: whichever."""
    after: str = ""
    """The place after which the page begins, as the page before named it; empty: the first page."""


class Listed(NamedTuple):
    mentions: list[Kept]
    """The nearest to a call first, of equal ones the newest."""
    next: str
    """Where the next page begins; empty: this is the last one."""
    until: int
    """Up to when the seven days go, µs."""


def count(connection: Connection, names: Sequence[str], until: int) -> int:
    """At most one more than `COUNTED`."""
    known, left = _known(connection, names), COUNTED + 1
    for brand in known:
        left -= len(unsure.newest(connection, brand, until - _DAYS, _among(known), left))
    return COUNTED + 1 - left


def unsure_page(connection: Connection, wanted: Wanted, configured: Collection[str] = ()) -> Listed:
    """`configured` are the sources. Raises `Refused` where `wanted.after` is no place of such a list."""
    known = _known(connection, wanted.brands)
    until, among = heard_until(connection, configured), _among(known)
    place = _place(wanted.after)
    found = [
        (near, each.n)
        for brand in known
        for each in unsure.newest(connection, brand, until - _DAYS, among, among)
        if (near := _near(each, wanted.grave)) is not None and (near, each.n) < place
    ]
    found.sort(reverse=True)
    shown = found[:PAGE]
    rows = mentions.get(connection, [n for _, n in shown])
    return Listed(
        [mentions.read(rows[n]) for _, n in shown],
        "{!r}_{}".format(*shown[-1]) if len(found) > PAGE else "",
        until,
    )


def _known(connection: Connection, names: Sequence[str]) -> list[brands.Brand]:
    return [row for name in names if (row := brands.load(connection, name))]


def _among(known: Sequence[brands.Brand]) -> int:
    return max(_EACH, _AMONG // max(1, len(known)))


def _near(each: Unsure, grave: Grave | None) -> float | None:
    """How near it is to a call; None where it does not tell of what is asked for."""
    return each.perhaps.get(grave) if grave else max(each.perhaps.values())


def _place(after: str) -> tuple[float, int]:
    if not after:
        return float("inf"), 0
    try:
        near, n = after.split("_")
        return float(near), int(n)
    except ValueError:
        raise Refused(f"after={after[:40]!r}: no page of this list begins there; leave it out") from None
