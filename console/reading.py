"""What a page needs, read in one consistent look at the store. Blocking: never on the event loop."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from console import reading_carriers
from console.calls import calls, is_to_be_seen, was_handed_over
from console.reading_carriers import Carriers
from console.reading_sources import heard_until
from console.weighed import weighed_until
from earshot import causes
from earshot.causes import Cause, episode_of, reasons
from earshot.clock import to_us
from earshot.config import Outlet
from earshot.model import Level, Step, Story
from earshot.quoting import is_by_words
from earshot.store import alerts, brands, mentions, outages, sources, stories, surges
from earshot.store.alerts import Alert
from earshot.store.mentions import Heard, Kept
from earshot.store.outages import Outage
from earshot.surge import is_surge

NEWEST = 5_000
"""Stories looked at for the list, shared by the brands, each at least fifty."""
RECENT = timedelta(days=7)
"""Older stories leave the list."""
SHOWN_STORIES = 50
SHOWN_ALERTS = 200
SHOWN_RESOLVED = 5
STAYS = timedelta(days=7)
"""So long what was grave, or of the press, is there to be seen after its alert was over."""
SHOWN_MENTIONS = 100
SHOWN_STEPS = 20


class Home(NamedTuple):
    open: list[Alert]
    unseen: list[Alert]
    """Grave ones, and those of the press, that are over only since nobody said more."""
    resolved: list[Alert]
    """The other ones."""
    strongest: list[Story]
    stories: dict[int, Story]
    """Those that the alerts are about, by id."""
    firsts: dict[int, Kept]
    """The first mention of every story above, by story."""
    causes: dict[int, Cause]
    """Whose words the alerts were raised for, by alert."""
    heard_at: int
    """When the newest mention was heard, µs; 0: never."""
    surges: dict[int, surges.Kept]
    """Those that the open alerts are about, by number."""
    silent: list[Outage]
    """Sources that tell nothing now."""
    until: int
    """Up to when the days of these lists are counted, µs, for all brands alike: a replayed log has its own days."""


class Called(NamedTuple):
    """A reason to notify, with what was known when it was decided."""

    episode: int
    step: Step
    known: int
    mention: Kept | None


class Frame(NamedTuple):
    """What stands around every page."""

    heard_at: int
    """When the newest mention was heard, µs; 0: never."""
    open_alerts: int
    loudest: Level
    """Of the open alerts."""
    mark: str
    """Of what the page was read from; another one says that it is old."""
    ended: int = 0
    """How many sources there were, where all have brought what they had."""


class Detail(NamedTuple):
    story: Story
    first: Kept | None
    newest: list[Kept]
    heard: list[Heard]
    called: list[Called]
    """The latest of `calls`, with what did it."""
    calls: list[Step]
    """The oldest first."""
    carriers: Carriers
    outages: list[Outage]
    """That went on while it grew."""
    weighed: int
    """Up to when what was heard and what silence did is in its numbers, µs."""


def home(
    connection: Connection, names: Sequence[str], brand: str | None, configured: Sequence[str] = ()
) -> Home:
    """For the brands of those names, or for one of them. `configured` are the sources."""
    known = [row for name in names if (row := brands.load(connection, name))]
    wanted = [row for row in known if brand in (None, row.name)]
    until = heard_until(connection, configured)
    loud, latest = _alerts(connection, {row.name for row in wanted})
    unseen = _unseen(connection, [row.name for row in wanted], until, {alert.story for alert in loud})
    above = {alert.story for alert in (*loud, *unseen)}
    over = _over(latest, above)[:SHOWN_RESOLVED]
    about = stories.load(connection, above | {alert.story for alert in over})
    loud.sort(key=lambda alert: _first(alert, about), reverse=True)
    told_above = above | {no for no, story in about.items() if story.episode is None}
    strongest = [story for story in _strongest(connection, wanted, until) if story.id not in told_above]
    firsts = mentions.get(connection, {*about, *(story.id for story in strongest)})
    told = {n: mentions.read(row) for n, row in firsts.items()}
    many = surges.get(connection, [alert.story for alert in loud if is_surge(alert.story)])
    return Home(
        loud,
        unseen,
        over,
        strongest,
        about,
        told,
        causes.find(connection, (*loud, *unseen, *over), about, told),
        _last(known),
        many,
        list(outages.open_ones(connection).values()),
        until,
    )


def _alerts(connection: Connection, names: set[str]) -> tuple[list[Alert], list[Alert]]:
    loud = [alert for alert in alerts.page(connection, SHOWN_ALERTS, open_only=True) if alert.brand in names]
    latest = [alert for alert in alerts.page(connection, SHOWN_ALERTS) if alert.brand in names]
    return loud, latest


def _first(alert: Alert, about: Mapping[int, Story]) -> tuple[int, bool, int]:
    """The loudest, of equal ones a life, of these the newest."""
    story = about.get(alert.story)
    gravest = reasons(alert, episode_of(story, alert) if story else None)[0]
    return alert.level, gravest == "self_harm", alert.raised_at


def _unseen(connection: Connection, names: Sequence[str], until: int, calling: set[int]) -> list[Alert]:
    late = alerts.over_since(connection, names, until - STAYS // timedelta(microseconds=1), NEWEST)
    about = stories.load(connection, {alert.story for alert in late})
    grave = [alert for alert in late if alert.story in about and _waits(about[alert.story], alert)]
    return _over(grave, calling | {no for no, story in about.items() if story.part_of in calling})[
        :SHOWN_ALERTS
    ]


def _waits(story: Story, alert: Alert) -> bool:
    episode = episode_of(story, alert)
    return episode is not None and is_to_be_seen(alert, episode) and not was_handed_over(story, episode)


def _over(latest: Sequence[Alert], above: set[int]) -> list[Alert]:
    """The last resolved of each story that is not told of `above`, the latest first."""
    over = [alert for alert in latest if alert.resolved_at is not None and alert.story not in above]
    last = {alert.story: alert for alert in sorted(over, key=lambda alert: alert.resolved_at or 0)}
    return sorted(last.values(), key=lambda alert: alert.resolved_at or 0, reverse=True)


def _strongest(connection: Connection, wanted: Sequence[brands.Brand], until: int) -> list[Story]:
    each = max(50, NEWEST // max(1, len(wanted)))
    found = [story for brand in wanted for story in _candidates(connection, brand, until, each)]
    return sorted(found, key=lambda story: (-story.risk, -story.mentions, -story.id))[:SHOWN_STORIES]


def _candidates(connection: Connection, brand: brands.Brand, until: int, limit: int) -> list[Story]:
    recent = until - RECENT // timedelta(microseconds=1)
    newest = stories.newest(connection, brands.numbers(brand.no), limit)
    living = {s.id: s for s in newest if to_us(s.last_at) >= recent and _matters(s)}
    return list((living | {s.id: s for s in stories.open_of_brand(connection, brand.name)}).values())


def _matters(story: Story) -> bool:
    return story.mentions >= 2 or story.level > Level.calm or story.negative_authors > 0


def detail(connection: Connection, story_id: int, configured: Sequence[Outlet] = ()) -> Detail | None:
    """Of a story that was joined: the one that it has become part of. `configured` are the outlets."""
    story = stories.standing(connection, story_id)
    if story is None:
        return None
    heard = mentions.heard_of_story(connection, story.id)
    first = mentions.get(connection, [story.id]).get(story.id)
    told = calls(story, stories.parts(connection, story.id))
    return Detail(
        story,
        mentions.read(first) if first else None,
        mentions.newest_of_story(connection, story.id, SHOWN_MENTIONS),
        heard,
        [_call(connection, story.id, heard, *call) for call in told[-SHOWN_STEPS:]],
        [call.step for call in told],
        reading_carriers.find(connection, story, configured),
        outages.during(connection, to_us(story.opened_at), to_us(story.last_at)),
        _weighed(connection, story),
    )


def _weighed(connection: Connection, story: Story) -> int:
    brand = brands.load(connection, story.brand)
    return weighed_until(brand) if brand else to_us(story.last_at)


def _call(connection: Connection, story: int, heard: Sequence[Heard], episode: int, step: Step) -> Called:
    """Several mentions may have been heard in the same instant: the one that did it is told by its id."""
    at = to_us(step.at)
    same = mentions.get(connection, (mention.n for mention in heard if mention.heard_at == at))
    cause = next(
        (kept for kept in map(mentions.read, same.values()) if kept.mention.id == step.mention), None
    )
    known = sum(mention.n <= cause.n if cause else mention.heard_at <= at for mention in heard)
    if cause is None and (step.again or is_by_words(step)):  # it had waited, or was edited before it called
        cause = alerts.mention_behind(connection, story, step.mention)
    return Called(episode, step, known, cause)


def frame(connection: Connection, names: Sequence[str], configured: Sequence[str] = ()) -> Frame:
    """`configured` are the sources."""
    known = [row for row in brands.every(connection) if row.name in names]
    loud = alerts.page(connection, SHOWN_ALERTS, open_only=True)
    calling = [row for row in loud if row.brand in names or not row.brand]
    levels = [alert.loudness for alert in calling]
    return Frame(
        _last(known),
        len(levels),
        max(levels, default=Level.calm),
        mark(connection),
        _ended(connection, configured),
    )


def _ended(connection: Connection, configured: Sequence[str]) -> int:
    over = {report.name for report in sources.every(connection) if not report.working}
    return len(configured) if over.issuperset(configured) else 0


def mark(connection: Connection) -> str:
    """Changes whenever something on a page may have: a brand's row with each batch and tick, an alert's with its life."""
    versions = sum(row.version for row in brands.every(connection))
    newest = max((row.raised_at for row in alerts.page(connection, 1)), default=0)
    return f"{versions}.{newest}.{alerts.count(connection)}.{alerts.count(connection, open_only=True)}"


def _last(known: Sequence[brands.Brand]) -> int:
    return max((brand.clock for brand in known), default=0)
