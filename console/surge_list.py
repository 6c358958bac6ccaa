"""`/surges`: when many spoke at once; and a page for each, with its hour against the usual."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from console import silences, surge_chart, surge_words, untold, views
from console.alert_list import ToldRow, told_row
from console.marks import Mark
from console.reading_surges import BUCKET, SurgeDetail, SurgesFound, detail, surges_page
from console.rows import MentionRow, StoryRow, SurgeRow, When
from console.surge_chart import Usual
from console.tongue import Tongue
from console.website import Page, Site, number
from earshot.clock import from_us, to_us
from earshot.seams import ReceiverSettings
from earshot.surge import LEVEL, Surge

_MARKED = 4  # steps told in the chart


class SurgesShown(NamedTuple):
    state: str
    rows: list[SurgeRow]
    heard: bool
    next: str


class TermRow(NamedTuple):
    term: str
    said: str
    before: str


class FigureRow(NamedTuple):
    at: str
    hour: str
    usual: str


class SurgePage(NamedTuple):
    row: SurgeRow
    since: When
    now: str
    peak: str
    height: str
    """How it stands to what was told, and to what is left of it."""
    compared: str
    """Which past the new words are new beside."""
    usual: str
    high: str
    times: str
    """How much the height is above the usual."""
    picture: Markup
    gaps: list[str]
    figures: list[FigureRow]
    fresh: list[TermRow]
    said: list[MentionRow]
    stories: list[StoryRow]
    told: list[ToldRow]
    untold: str
    """Why nobody was."""


class SurgeList:
    def __init__(self, site: Site) -> None:
        self._site = site

    def pages(self) -> list[Page]:
        return [Page("/surges", self.surges), Page("/surges/{surge}", self.surge)]

    async def surges(self, request: Request) -> Response:
        site, after = self._site, request.query_params.get("after", "")
        before = number(after) if after else 2**62
        if before is None:
            return site.not_found(request)
        found = await site.read(request, lambda connection: surges_page(connection, site.names, before))
        page = shown(site.tongue(request), found, site.context.clock.now())
        return site.page(request, "surges.html", "surges", page=page, first="/surges" if after else "")

    async def surge(self, request: Request) -> Response:
        site, wanted = self._site, number(request.path_params["surge"])
        topics = site.context.config.topics
        found = None
        if wanted is not None:
            found = await site.read(request, lambda connection: detail(connection, wanted, topics))
        if found is None or found.kept.surge.brand not in site.names:
            return site.not_found(request)
        say, now = site.tongue(request), site.context.clock.now()
        accounts = site.accounts(found.kept.surge.brand)
        receivers = site.context.config.receivers
        page = await asyncio.to_thread(surge_page, say, found, now, accounts, receivers)
        return site.page(request, "surge.html", "surges", page=page)


def shown(say: Tongue, found: SurgesFound, now: datetime) -> SurgesShown:
    return SurgesShown(
        surge_words.state(say, found.open),
        [views.surge_row(say, kept, now) for kept in found.surges],
        bool(found.heard_at),
        f"/surges?after={found.next}" if found.next else "",
    )


def surge_page(
    say: Tongue,
    found: SurgeDetail,
    now: datetime,
    accounts: Sequence[str],
    receivers: Sequence[ReceiverSettings],
) -> SurgePage:
    surge, peak = found.kept.surge, found.kept.surge.height
    usual = _usual(surge)
    silent = silences.gaps(say, found.outages, to_us(now))
    hours = found.hours
    label = surge_words.chart(say, surge, hours[0][0], hours[-1][0], max(count for _, count in hours))
    return SurgePage(
        views.surge_row(say, found.kept, now),
        views.when(say, surge.since, now),
        say.number(hours[-1][1]),
        say.number(round(peak.hour)),
        surge_words.height(say, surge, _left(surge, hours)),
        surge_words.compared(say, surge),
        surge_words.few(say, usual.mean),
        surge_words.few(say, usual.high),
        surge_words.times(say, surge),
        surge_chart.picture(say, label, hours, usual, _marks(say, surge), silent),
        [gap.label for gap in silent],
        _figures(say, hours, usual),
        [TermRow(each.term, say.number(each.said), say.number(each.before)) for each in found.kept.fresh],
        [views.mention_row(say, kept, now, accounts) for kept in found.said],
        [views.story_row(say, story, found.firsts.get(story.id), now) for story in found.stories],
        [told_row(say, notice, now) for notice in found.told],
        "" if found.told else untold.told(say, untold.why(surge.brand, LEVEL, receivers)),
    )


def _left(surge: Surge, hours: list[tuple[int, int]]) -> int:
    """The most in an hour while it went on, by what is stored now; where its height is not among `hours`, that."""
    if not hours or to_us(surge.height.at) > hours[-1][0] + BUCKET:
        return round(surge.height.hour)
    return max((count for at, count in hours if at >= to_us(surge.since)), default=0)


def _usual(surge: Surge) -> Usual:
    """As it was when the surge opened."""
    first = surge.steps[0]
    return Usual(first.usual, first.enough)


def _marks(say: Tongue, surge: Surge) -> list[Mark]:
    steps = [(surge.steps[0], say.gettext("seen"))]
    steps += [(step, say.gettext("told again")) for step in surge.steps[1:]]
    told = steps if len(steps) <= _MARKED else [steps[0], *steps[1 - _MARKED :]]
    marks = [Mark(to_us(step.at), LEVEL.name, f"{said}, {say.weekday(step.at)}") for step, said in told]
    if surge.over_at:
        over = say.pgettext("surge", "over")
        marks.append(Mark(to_us(surge.over_at), "calm", f"{over}, {say.weekday(surge.over_at)}"))
    return marks


def _figures(say: Tongue, hours: list[tuple[int, int]], usual: Usual) -> list[FigureRow]:
    """Every two hours, and the highest."""
    most = max(hours, key=lambda each: each[1])
    chosen = sorted({*hours[::24], most, hours[-1]})
    return [
        FigureRow(say.short(from_us(at)), say.number(count), surge_words.few(say, usual.mean))
        for at, count in chosen
    ]
