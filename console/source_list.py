"""`/sources`: how each source is doing, in words, and what waits to be processed or looked at."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from console import source_words, views, words
from console.reading_sources import SourcesFound, sources_page
from console.rows import When
from console.source_words import State, is_trouble, state_of
from console.tongue import Tongue
from console.website import Page, Site
from earshot.clock import from_us
from earshot.errors import Unavailable
from earshot.model import SourceReport
from earshot.topics import MENTIONS, PROCESSORS


class Budget(NamedTuple):
    """What a source has cost today of what it may."""

    said: str
    share: int
    """Per cent of the budget, at most 100."""


class SourceRow(NamedTuple):
    name: str
    kind: str
    state: State
    state_word: str
    sentence: str
    error: str
    refusal: tuple[str, str] | None
    """What is said of what senders did wrong, and the last of it."""
    facts: list[tuple[str, str, When | None]]
    """(what, how much, when)."""
    budget: Budget | None
    note: str
    note_is_ours: bool
    """Whether it is said in the reader's language."""


class Waiting(NamedTuple):
    """What has been heard and is not on the pages yet."""

    said: str
    behind: bool


class SourcesShown(NamedTuple):
    state: str
    rows: list[SourceRow]
    waiting: Waiting
    dead: str
    """How many dead letters there are; empty: none."""


class SourceList:
    def __init__(self, site: Site) -> None:
        self._site = site

    def pages(self) -> list[Page]:
        return [Page("/sources", self.sources)]

    async def sources(self, request: Request) -> Response:
        site, say = self._site, self._site.tongue(request)
        found = await site.read(request, sources_page)
        lag = await asyncio.to_thread(self._lag)
        page = shown(say, found, self._configured(), lag, site.context.clock.now(), live=site.context.live)
        return site.page(
            request, "sources.html", "sources", page=page, is_sample=site.context.config.own_time
        )

    def _configured(self) -> list[tuple[str, str]]:
        return [(each.name, each.kind) for each in self._site.context.config.collectors]

    def _lag(self) -> int | None:
        """How many messages the processors have before them; None where nobody can tell."""
        try:
            return self._site.context.bus.lag(MENTIONS.name, PROCESSORS)
        except Unavailable:
            return None


def shown(
    say: Tongue,
    found: SourcesFound,
    configured: Sequence[tuple[str, str]],
    lag: int | None,
    now: datetime,
    *,
    live: bool = True,
) -> SourcesShown:
    reports = [(name, kind, found.reports.get(name)) for name, kind in configured]
    rows = [_row(say, *each, now, live=live) for each in reports]
    return SourcesShown(
        source_words.heading(say, [row.state for row in rows]),
        sorted(rows, key=lambda row: not is_trouble(row.state)),
        _waiting(say, lag, found.heard_at, now),
        source_words.dead(say, found.dead) if found.dead else "",
    )


def _row(
    say: Tongue, name: str, kind: str, report: SourceReport | None, now: datetime, *, live: bool
) -> SourceRow:
    state = state_of(report, now, live=live)
    return SourceRow(
        name,
        source_words.kind(say, kind),
        state,
        source_words.state(say, state),
        source_words.sentence(say, state, report, now),
        report.error if report else "",
        source_words.refusal(say, report, now) if report else None,
        [] if report is None else _facts(say, report, now),
        None if report is None else _budget(say, report),
        *(source_words.note(say, report.note) if report else ("", True)),
    )


def _facts(say: Tongue, report: SourceReport, now: datetime) -> list[tuple[str, str, When | None]]:
    """What is known; a source that does not know something says nothing of it."""
    facts = [
        (say.gettext("last answered"), *_moment(say, report.last_success, now)),
        (say.gettext("last brought something"), *_moment(say, report.last_heard, now)),
        (say.gettext("heard since its start"), words.mentions(say, report.heard), None),
        (say.gettext("concerned no brand"), say.number(report.unmatched), None),
    ]
    if report.last_success is None and (report.last_heard or not report.working):
        del facts[0]  # it is one that is not asked
    if report.errors:
        facts.append((say.gettext("failures since its start"), source_words.errors(say, report.errors), None))
    if report.refused:
        refused = source_words.errors(say, report.refused)
        facts.append((say.gettext("refused since its start"), refused, None))
    if report.limit_left is not None:
        left = say.ngettext("%(count)s request left", "%(count)s requests left", report.limit_left)
        facts.append((say.gettext("limit of the source"), _until(say, left, report, now), None))
    if report.reads_today is not None:
        facts.append((say.gettext("read today"), say.number(report.reads_today), None))
    return facts


def _moment(say: Tongue, at: datetime | None, now: datetime) -> tuple[str, When | None]:
    return ("", views.when(say, at, now)) if at else (say.gettext("never yet"), None)


def _until(say: Tongue, left: str, report: SourceReport, now: datetime) -> str:
    if report.limit_resets_at is None or report.limit_resets_at <= now:
        return left
    return say.gettext("%(left)s until %(moment)s", left=left, moment=say.near(report.limit_resets_at, now))


def _budget(say: Tongue, report: SourceReport) -> Budget | None:
    if report.cost_today is None:
        return None
    spent = source_words.dollars(say, report.cost_today)
    if not report.budget_today:
        return Budget(say.gettext("%(spent)s today", spent=spent), 0)
    budget = source_words.dollars(say, report.budget_today)
    share = min(100, round(100 * report.cost_today / report.budget_today))
    return Budget(say.gettext("%(spent)s of %(budget)s today", spent=spent, budget=budget), share)


def _waiting(say: Tongue, lag: int | None, heard_at: int, now: datetime) -> Waiting:
    as_of = say.near(from_us(heard_at), now) if heard_at else ""
    return Waiting(source_words.waiting(say, lag, as_of), lag != 0)
