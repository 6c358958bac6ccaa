"""What the list of alerts needs, a page of it at a time. Blocking: never on the event loop."""

from typing import NamedTuple

from sqlalchemy import Connection

from console.reading_stories import PAGE, after_alert, alert_place
from earshot.model import Level, Story
from earshot.store import brands, listing, mentions, stories
from earshot.store.alerts import Alert
from earshot.store.listing import Told
from earshot.store.mentions import Kept


class AlertsFound(NamedTuple):
    alerts: list[Alert]
    """The last raised first."""
    stories: dict[int, Story]
    firsts: dict[int, Kept]
    """The first mention of each story, by story."""
    told: dict[int, list[Told]]
    """The notices, by alert."""
    next: str
    """Where the next page begins; empty: this is the last one."""
    open: dict[Level, int]
    """How many are open, whatever else is asked for."""
    heard_at: int


def alerts_page(
    connection: Connection, names: tuple[str, ...], *, is_open: bool | None = None, after: str = ""
) -> AlertsFound:
    """Those of the brands `names`: open ones, past ones or both. Raises `Refused` for no place of such a list."""
    found = listing.alerts_after(connection, alert_place(after), PAGE + 1, brands=names, is_open=is_open)
    shown = found[:PAGE]
    about = stories.load(connection, {alert.story for alert in shown})
    firsts = mentions.get(connection, about)
    known = [row for name in names if (row := brands.load(connection, name))]
    return AlertsFound(
        shown,
        about,
        {n: mentions.read(row) for n, row in firsts.items()},
        listing.told(connection, [alert.id for alert in shown]),
        after_alert(shown[-1]) if len(found) > PAGE else "",
        listing.open_levels(connection, names),
        max((row.clock for row in known), default=0),
    )
