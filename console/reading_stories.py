"""What the list of stories needs, a page of it at a time. Blocking: never on the event loop.

A page goes on after a place, never by counting past rows: the newest stories of a brand are one range of ids,
those that called are found by their alerts, the open ones are few.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Literal, NamedTuple

from sqlalchemy import Connection

from console.reading_sources import heard_until
from earshot import causes
from earshot.causes import Cause
from earshot.errors import Refused
from earshot.model import Level, Story
from earshot.store import brands, listing, mentions, stories
from earshot.store.alerts import Alert
from earshot.store.mentions import Kept

PAGE = 50
ABOVE = 10
"""Open stories that stand above the first page of all, so that what calls is not looked for."""
_CHUNK = 60  # stories fetched at once, shared by the brands

State = Literal["all", "open", "resolved"]


class Wanted(NamedTuple):
    """What of the list is asked for."""

    brands: tuple[str, ...]
    state: State = "all"
    level: Level = Level.calm
    """The least that a story reached in any of its episodes."""
    after: str = ""
    """The place after which the page begins, as the page before named it; empty: the first page."""


class Listed(NamedTuple):
    above: list[Story]
    """What calls now, the riskiest first: where everything is asked for, on its first page."""
    stories: list[Story]
    firsts: dict[int, Kept]
    """The first mention of each, by story."""
    alerts: dict[int, Alert]
    """The newest alert of each that was found by it, by story."""
    causes: dict[int, Cause]
    """Whose words those were raised for, by alert."""
    next: str
    """Where the next page begins; empty: this is the last one."""
    open: list[Level]
    """How loudly the brands' open stories call, whatever else is asked for."""
    until: int
    """Up to when there was anything to hear, µs."""


class _Page(NamedTuple):
    stories: list[Story]
    next: str
    alerts: Mapping[int, Alert] = {}


def stories_page(connection: Connection, wanted: Wanted, configured: Sequence[str] = ()) -> Listed:
    """`configured` are the sources. Raises `Refused` where `wanted.after` is no place of such a list."""
    known = [row for name in wanted.brands if (row := brands.load(connection, name))]
    calling = [story for row in known for story in stories.open_of_brand(connection, row.name)]
    if wanted.state == "open":
        page = _open(calling, wanted)
    elif wanted.state == "resolved" or wanted.level > Level.calm:
        page = _called(connection, wanted)
    else:
        page = _newest(connection, known, wanted.after)
    above = _above(calling, wanted)
    rows = mentions.get(connection, [story.id for story in (*above, *page.stories)])
    firsts = {n: mentions.read(row) for n, row in rows.items()}
    about = {story.id: story for story in (*above, *page.stories)}
    told_above = {story.id for story in above}
    return Listed(
        above,
        [story for story in page.stories if story.id not in told_above],
        firsts,
        dict(page.alerts),
        causes.find(connection, page.alerts.values(), about, firsts),
        page.next,
        [story.loudness for story in calling],
        heard_until(connection, configured),
    )


def _reached(story: Story) -> Level:
    return max((story.level, *(episode.level for episode in story.episodes)))


def _above(calling: Sequence[Story], wanted: Wanted) -> list[Story]:
    if wanted.state != "all" or wanted.level > Level.calm or wanted.after:
        return []
    return sorted(calling, key=lambda s: (s.risk, s.id), reverse=True)[:ABOVE]


def _open(calling: Sequence[Story], wanted: Wanted) -> _Page:
    """The riskiest first."""
    place = _risk_place(wanted.after)
    found = [s for s in calling if _reached(s) >= wanted.level and (s.risk, s.id) < place]
    found.sort(key=lambda s: (s.risk, s.id), reverse=True)
    shown = found[:PAGE]
    return _Page(shown, f"{shown[-1].risk!r}_{shown[-1].id}" if len(found) > PAGE else "")


def _risk_place(after: str) -> tuple[float, int]:
    if not after:
        return (1_000.0, 0)
    risk, story = _pair(after)
    with _readable(after):
        return float(risk), int(story)


def _called(connection: Connection, wanted: Wanted) -> _Page:
    """The last raised first."""
    found = listing.alerts_after(
        connection,
        alert_place(wanted.after),
        PAGE + 1,
        brands=wanted.brands,
        level=wanted.level,
        is_open=False if wanted.state == "resolved" else None,
        once_a_story=True,
    )
    shown = found[:PAGE]
    there = stories.load(connection, [alert.story for alert in shown])
    return _Page(
        [there[alert.story] for alert in shown if alert.story in there],
        after_alert(shown[-1]) if len(found) > PAGE else "",
        {alert.story: alert for alert in shown},
    )


def alert_place(after: str) -> listing.Place:
    """Raises `Refused`."""
    if not after:
        return listing.FIRST
    raised_at, alert = _pair(after)
    with _readable(after):
        return listing.Place(_key(int(raised_at)), _key(int(alert)))


def after_alert(alert: Alert) -> str:
    return f"{alert.raised_at}_{alert.id}"


def _newest(connection: Connection, known: Sequence[brands.Brand], after: str) -> _Page:
    """The youngest first. A brand's stories are young to old by their ids; between brands the beginning decides."""
    places = _brand_places(after)
    chunk = max(4, _CHUNK // max(1, len(known)))
    streams = [_descending(connection, row.no, places.get(row.no), chunk) for row in known]
    merged = heapq.merge(*streams, key=lambda story: story.opened_at, reverse=True)
    shown = list(islice(merged, PAGE))
    if next(merged, None) is None:
        return _Page(shown, "")
    ends = places | {brands.brand_no(story.id): story.id for story in shown}
    return _Page(shown, "-".join(f"{story:x}" for story in ends.values()))


def _brand_places(after: str) -> dict[int, int]:
    """Where each brand's own list goes on: below the last story of it that was shown."""
    with _readable(after):
        shown = [_key(int(written, 16)) for written in after.split("-") if written]
    return {brands.brand_no(story): story for story in shown}


def _descending(connection: Connection, no: int, below: int | None, chunk: int) -> Iterator[Story]:
    lowest, highest = brands.numbers(no)
    highest = highest if below is None else below - 1
    while found := stories.newest(connection, (lowest, highest), chunk):
        yield from found
        highest = found[-1].id - 1


def _pair(after: str) -> tuple[str, str]:
    with _readable(after):
        one, other = after.split("_")
    return one, other


def _key(number: int) -> int:
    """As large as a database takes."""
    if not 0 <= number < 2**63:
        raise ValueError(number)
    return number


@contextmanager
def _readable(after: str) -> Iterator[None]:
    try:
        yield
    except ValueError:
        raise Refused(f"after={after[:40]!r}: no page of this list begins there; leave it out") from None
