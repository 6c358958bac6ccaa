"""What the page of sources needs: how each says that it is doing, and what waits. Blocking."""

from typing import NamedTuple

from sqlalchemy import Connection

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
