"""What the page of sources needs: how each says that it is doing, and what waits; and up to when they told. Blocking."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection

from console.weighed import weighed_until
from earshot.model import SourceReport
from earshot.store import brands, dead, sources


class SourcesFound(NamedTuple):
    reports: dict[str, SourceReport]
    """By name; also of sources that are configured no more."""
    dead: int
    """Letters that wait for somebody to look."""
    heard_at: int
    """When the newest mention that was processed had been heard, µs; 0: never."""


def sources_page(connection: Connection) -> SourcesFound:
    return SourcesFound(
        {report.name: report for report in sources.every(connection)},
        dead.count(connection),
        max((brand.clock for brand in brands.every(connection)), default=0),
    )


def heard_until(connection: Connection, configured: Collection[str] = ()) -> int:
    """Up to when there was anything to hear, µs, for all brands alike: where one is heard of, the others are silent.

    What comes after the end of all sources is no silence, whoever counts it: as after a replay, whose source no other
    process has. Of those that did not end only the `configured` ones bring anything.
    """
    reports, known = sources.every(connection), brands.every(connection)
    ended = bool(reports) and not any(report.working and report.name in configured for report in reports)
    return max((brand.clock if ended else weighed_until(brand) for brand in known), default=0)
