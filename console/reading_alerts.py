"""What the list of alerts needs, a page of it at a time. Blocking: never on the event loop."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from console.reading_sources import heard_until
from console.reading_stories import PAGE, after_alert, alert_place
from earshot import causes
from earshot.causes import Cause
from earshot.model import Level, Story
from earshot.store import listing, mentions, outages, stories, surges
from earshot.store.alerts import Alert
from earshot.store.listing import Told
from earshot.store.mentions import Kept
from earshot.store.outages import Outage
from earshot.surge import Surge, is_surge

NO_BRAND = ""
"""An alert of a source is no brand's."""


class AlertsFound(NamedTuple):
    alerts: list[Alert]
    """The last raised first."""
    stories: dict[int, Story]
    firsts: dict[int, Kept]
    """The first mention of each story, by story."""
    causes: dict[int, Cause]
    """Whose words they were raised for, by alert."""
    surges: dict[int, surges.Kept]
    """Those that the others are about."""
    outages: dict[int, Outage]
    """Likewise."""
    told: dict[int, list[Told]]
    """The notices, by alert."""
    going_on: dict[str, list[Surge]]
    """Of each brand, the surges that went on while a story called of which nobody was told."""
    next: str
    """Where the next page begins; empty: this is the last one."""
    open: dict[Level, int]
    """How many are open, whatever else is asked for."""
    until: int
    """Up to when there was anything to hear, µs."""


def alerts_page(
    connection: Connection,
    names: tuple[str, ...],
    configured: Sequence[str] = (),
    *,
    is_open: bool | None = None,
    after: str = "",
) -> AlertsFound:
    """Those of the brands `names` and of sources: open ones, past ones or both. `configured` are the sources.

    Raises `Refused` for no place of such a list.
    """
    whose = (*names, NO_BRAND)
    found = listing.alerts_after(connection, alert_place(after), PAGE + 1, brands=whose, is_open=is_open)
    shown = found[:PAGE]
    about = stories.load(connection, {alert.story for alert in shown})
    firsts = {n: mentions.read(row) for n, row in mentions.get(connection, about).items()}
    told = listing.told(connection, [alert.id for alert in shown])
    return AlertsFound(
        shown,
        about,
        firsts,
        causes.find(connection, shown, about, firsts),
        surges.get(connection, [alert.story for alert in shown if is_surge(alert.story)]),
        outages.get(connection, [alert.story for alert in shown if alert.story < outages.LAST]),
        told,
        _going_on(connection, [alert for alert in shown if alert.id not in told and alert.story in about]),
        after_alert(shown[-1]) if len(found) > PAGE else "",
        listing.open_levels(connection, whose),
        heard_until(connection, configured),
    )


def _going_on(connection: Connection, called: Sequence[Alert]) -> dict[str, list[Surge]]:
    spans = dict[str, tuple[int, int]]()
    for alert in called:
        first, last = spans.get(alert.brand, (alert.opened_at, alert.raised_at))
        spans[alert.brand] = min(first, alert.opened_at), max(last, alert.raised_at)
    return {brand: surges.during(connection, brand, *span) for brand, span in spans.items()}
