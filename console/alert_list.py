"""`/alerts`: each time that a story called, fifty a page, and who was told of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from console import silences, surge_words, untold, views, words
from console.reading_alerts import AlertsFound, alerts_page
from console.rows import Excerpt, When
from console.story_list import Choice
from console.tongue import Tongue
from console.website import Page, Site
from console.weighed import stopped_at
from earshot.causes import episode_of, reasons
from earshot.clock import from_us
from earshot.config import Topic
from earshot.errors import Refused
from earshot.model import Level, Story
from earshot.seams import ReceiverSettings
from earshot.store.alerts import Alert
from earshot.store.listing import Told
from earshot.store.surges import Kept
from earshot.subjects import Subjects

_ASKED = {"": None, "open": True, "past": False}
_TOLD = 12  # notices shown of an alert
_UNFOLDED = 2  # so many take no more room than the line that would fold them


class Asked(NamedTuple):
    """What is configured of who is told what."""

    receivers: Sequence[ReceiverSettings]
    topics: Sequence[Topic]


class ToldRow(NamedTuple):
    """What became of one notice."""

    receiver: str
    said: list[str]
    at: When | None
    error: str
    failed: bool


class AlertRow(NamedTuple):
    id: int
    link: str
    """To what it is about; empty where that was erased."""
    about: str
    """What it is about where that is no story: in a sentence."""
    level: str
    level_word: str
    brand: str
    headline: Excerpt | None
    gone: bool
    reason: str
    seen: str
    """The words that it calls for; then the headline is what says them."""
    edited: str
    """That what it calls for says something else by now, or nothing."""
    opened: When
    raised: When | None
    """Where something was added to it later."""
    resolved: When | None
    over: str
    """The word for it where it is resolved, else empty."""
    ended: str
    """Why it is resolved."""
    risk: str
    """Of its story, now; of the alert where that was erased. Of a surge: how many in an hour."""
    of_surge: bool
    risks: str
    """When it opened, and now."""
    told: list[ToldRow]
    untold: str
    """Why nobody was; empty where somebody was, or where that is said above the list."""
    more: str
    receivers: str
    """How many were told, and how often, where the notices are folded; else empty."""
    failed: bool
    """Whether a notice did not arrive: then they are open."""


class AlertsShown(NamedTuple):
    state: str
    levels: list[tuple[str, str]]
    """(level, how many open ones), the loudest first."""
    rows: list[AlertRow]
    untold: str
    """Why nobody was told, where that is so of all of them."""
    tabs: list[Choice]
    asked: str
    first: str
    next: str


class AlertList:
    def __init__(self, site: Site) -> None:
        self._site = site

    def pages(self) -> list[Page]:
        return [Page("/alerts", self.alerts)]

    async def alerts(self, request: Request) -> Response:
        site, state, after = self._site, *(request.query_params.get(name, "") for name in ("state", "after"))
        if state not in _ASKED:
            return site.not_found(request)
        names, is_open = tuple(site.names), _ASKED[state]
        try:
            found = await site.read(
                request,
                lambda connection: alerts_page(connection, names, site.sources, is_open=is_open, after=after),
            )
        except Refused:
            return site.not_found(request)
        asked = Asked(site.context.config.receivers, site.context.config.topics)
        page = shown(site.tongue(request), found, state, after, site.context.clock.now(), asked)
        return site.page(request, "alerts.html", "alerts", page=page)


def shown(
    say: Tongue, found: AlertsFound, state: str, after: str, now: datetime, asked: Asked
) -> AlertsShown:
    why = [_why(found, alert, asked) for alert in found.alerts]
    once = untold.told_once(say, why)
    return AlertsShown(
        _state(say, sum(found.open.values())),
        [(level.name, _count(say, level, found.open[level])) for level in sorted(found.open, reverse=True)],
        [
            _row(say, found, alert, "" if once or each is None else untold.told(say, each), now)
            for alert, each in zip(found.alerts, why, strict=True)
        ],
        once,
        [Choice(name, each, each == state, _link({"state": each})) for each, name in _tabs(say).items()],
        state,
        _link({"state": state}) if after else "",
        _link({"state": state, "after": found.next}) if found.next else "",
    )


def _tabs(say: Tongue) -> dict[str, str]:
    return {
        "": say.pgettext("alerts", "All"),
        "open": say.pgettext("alerts", "Open"),
        "past": say.pgettext("alerts", "Past"),
    }


def _state(say: Tongue, count: int) -> str:
    if not count:
        return say.gettext("No alert is open")
    number = words.small(say, count)
    sentence = say.ngettext("%(number)s alert is open", "%(number)s alerts are open", count, number=number)
    return sentence[0].upper() + sentence[1:]


def _count(say: Tongue, level: Level, count: int) -> str:
    name = words.level(say, level)
    return say.ngettext("%(level)s: %(count)s alert", "%(level)s: %(count)s alerts", count, level=name)


def _why(found: AlertsFound, alert: Alert, asked: Asked) -> untold.Why | None:
    """Why no notice of it went out; None where one did."""
    if alert.id in found.told:
        return None
    story, first = found.stories.get(alert.story), found.firsts.get(alert.story)
    episode = episode_of(story, alert) if story else None
    if story is None or episode is None:
        return untold.why(alert.brand, alert.loudness, asked.receivers)

    def topics() -> tuple[str, ...]:
        text = f"{first.mention.title}\n{first.mention.text}" if first else ""
        return Subjects(asked.topics, alert.brand).of(text) if first else ()

    return untold.why_of_story(story, episode, asked.receivers, found.going_on.get(alert.brand, ()), topics)


def _row(say: Tongue, found: AlertsFound, alert: Alert, why: str, now: datetime) -> AlertRow:
    first, story = found.firsts.get(alert.story), found.stories.get(alert.story)
    told = found.told.get(alert.id, [])
    kept, cause = found.surges.get(alert.story), found.causes.get(alert.id)
    raised = views.cause_row(say, cause, now) if cause else None
    return AlertRow(
        alert.id,
        *_about(say, found, alert, story),
        alert.loudness.name,
        words.level(say, alert.loudness),
        surge_words.name(say, kept.surge) if kept else alert.brand,
        (raised and raised.quote) or views.headline(say, first),
        first is None or first.withdrawn,
        words.causes(say, reasons(alert, episode_of(story, alert) if story else None)),
        raised.seen if raised else "",
        raised.edited if raised else "",
        views.when(say, from_us(alert.opened_at), now),
        views.when(say, from_us(alert.raised_at), now) if alert.raised_at > alert.opened_at else None,
        None if alert.resolved_at is None else views.when(say, from_us(alert.resolved_at), now),
        _over(say, kept, story, alert, found.until, now),
        _ended(say, story, alert),
        _figure(say, kept, story, alert),
        kept is not None,
        _risks(say, story, alert),
        [told_row(say, notice, now) for notice in told[:_TOLD]],
        why,
        _more(say, len(told) - _TOLD),
        _receivers(say, told) if len(told) > _UNFOLDED else "",
        any(notice.state == "failed" for notice in told),
    )


def _over(
    say: Tongue, kept: Kept | None, story: Story | None, alert: Alert, until: int, now: datetime
) -> str:
    if alert.resolved_at is None:
        return ""
    if kept:
        return say.gettext("Over")
    if story is None or story.episode:
        return say.pgettext("alert", "Over")
    return words.over(say, story, stopped_at(max(until, alert.resolved_at), now) or now)


def _figure(say: Tongue, kept: Kept | None, story: Story | None, alert: Alert) -> str:
    if not alert.brand:
        return ""
    return say.number(round(kept.surge.height.hour if kept else story.risk if story else alert.risk))


def _about(say: Tongue, found: AlertsFound, alert: Alert, story: Story | None) -> tuple[str, str]:
    """(link, sentence)"""
    if kept := found.surges.get(alert.story):
        return f"/surges/{alert.story}", surge_words.against(say, kept.surge)
    if outage := found.outages.get(alert.story):
        return "/sources", silences.told(say, outage)
    return (f"/stories/{alert.story}" if story else ""), ""


def _ended(say: Tongue, story: Story | None, alert: Alert) -> str:
    episode = episode_of(story, alert) if story else None
    return words.ended(say, story, episode) if story and episode else ""


def _risks(say: Tongue, story: Story | None, alert: Alert) -> str:
    episode = episode_of(story, alert) if story else None
    if story is None or episode is None:
        return ""
    opened, here = say.number(round(episode.steps[0].risk)), say.number(round(story.risk))
    return say.gettext("risk %(opened)s when it opened, now %(now)s", opened=opened, now=here)


def _receivers(say: Tongue, told: Sequence[Told]) -> str:
    """Told to 3 receivers, 12 notices; 1 not delivered."""
    sent = [notice for notice in told if notice.state == "sent"]
    notices = say.ngettext("%(count)s notice", "%(count)s notices", len(sent))
    said = say.ngettext(
        "told to %(count)s receiver, %(notices)s",
        "told to %(count)s receivers, %(notices)s",
        len({notice.receiver for notice in sent}),
        notices=notices,
    )
    failed = sum(notice.state == "failed" for notice in told)
    waiting = len(told) - len(sent) - failed
    parts = [said] if sent else []
    parts += [say.ngettext("%(count)s not delivered", "%(count)s not delivered", failed)] if failed else []
    parts += [say.ngettext("%(count)s on its way", "%(count)s on their way", waiting)] if waiting else []
    return "; ".join(parts)


def _more(say: Tongue, left: int) -> str:
    return say.ngettext("and %(count)s more notice", "and %(count)s more notices", left) if left > 0 else ""


def told_row(say: Tongue, notice: Told, now: datetime) -> ToldRow:
    at = {"sent": notice.sent_at, "due": notice.due_at if notice.attempts else None}.get(notice.state)
    return ToldRow(
        notice.receiver,
        _said(say, notice),
        None if at is None else views.when(say, from_us(at), now),
        notice.error,
        notice.state == "failed",
    )


def _said(say: Tongue, notice: Told) -> list[str]:
    said = [_became(say, notice)]
    if notice.attempts > 1:
        said.append(say.ngettext("after %(count)s try", "after %(count)s tries", notice.attempts))
    if notice.possible_repeat:
        said.append(say.gettext("it may have arrived twice: we were interrupted while sending"))
    return said


def _became(say: Tongue, notice: Told) -> str:
    if notice.state == "sent":
        return say.gettext("told")
    if notice.state == "failed":
        return say.gettext("not delivered")
    if notice.state == "sending":
        return say.gettext("being told now")
    return say.gettext("not told yet, next try") if notice.attempts else say.gettext("about to be told")


def _link(query: Mapping[str, str]) -> str:
    asked = {name: value for name, value in query.items() if value}
    return "/alerts" + ("?" + urlencode(asked) if asked else "")
