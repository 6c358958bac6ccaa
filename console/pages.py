"""Home and the pages of stories: read in a thread, make the view, render. Nothing here blocks the loop."""

import asyncio
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console import (
    bars,
    curves,
    reading,
    reading_regroup,
    reading_unsure,
    regroup_view,
    silences,
    story_view,
    tour,
    views,
    words,
)
from console.reading import Detail
from console.tongue import Tongue
from console.website import Page, Site, number
from earshot import explain
from earshot.clock import PlayedClock, to_us
from earshot.config import Config
from earshot.store.regrouped import Regrouped


class Pages:
    def __init__(self, site: Site) -> None:
        self._site = site

    def pages(self) -> list[Page]:
        return [
            Page("/", self.home),
            Page("/stories/{story}", self.story),
            Page("/stories/{rest:path}", self.missing),
        ]

    async def home(self, request: Request) -> Response:
        site, chosen = self._site, request.query_params.get("brand") or None
        if chosen is not None and chosen not in site.names:
            return site.not_found(request)
        found, unsure, toured = await site.read(request, lambda connection: self._home(connection, chosen))
        page = views.home(site.tongue(request), found, site.names, chosen, site.context.clock.now())
        tabs = [(name, "/?" + urlencode({"brand": name})) for name in site.names]
        beside = self._beside(request, toured) | self._to_look_at(request, unsure, chosen)
        return site.page(request, "home.html", "home", page=page, tabs=tabs, **beside)

    def _home(
        self, connection: Connection, chosen: str | None
    ) -> tuple[reading.Home, int, tour.TourFound | None]:
        names = self._site.names
        sample = next((each.name for each in self._site.context.config.collectors if each.own_time), None)
        toured = tour.find(connection, sample) if sample else None
        found = reading.home(connection, names, chosen, self._site.sources)
        return found, reading_unsure.count(connection, [chosen] if chosen else names, found.until), toured

    def _to_look_at(self, request: Request, unsure: int, chosen: str | None) -> dict[str, Any]:
        """What may tell of danger or the law; nothing is said where there is none."""
        said = words.unsure(self._site.tongue(request), unsure, reading_unsure.COUNTED) if unsure else ""
        return {
            "unsure": said,
            "to_unsure": "/unsure" + ("?" + urlencode({"brand": chosen}) if chosen else ""),
        }

    def _beside(self, request: Request, toured: tour.TourFound | None) -> dict[str, Any]:
        """What leads those who are new here: the tour of the sample, or how to begin."""
        context, say = self._site.context, self._site.tongue(request)
        speed = context.clock.speed if isinstance(context.clock, PlayedClock) else None
        shown = tour.tour(say, toured, context.clock.now(), speed) if toured else None
        return {
            "is_sample": context.config.own_time,
            "tour": shown,
            "sources": len(context.config.collectors),
        }

    async def story(self, request: Request) -> Response:
        wanted = number(request.path_params["story"])
        if wanted is None:
            return self._site.not_found(request)
        found, done = await self._site.read(request, lambda connection: self._detail(connection, wanted))
        if found is None:
            return self._site.not_found(request)
        if found.story.id != wanted:
            return RedirectResponse(f"/stories/{found.story.id}")
        return await asyncio.to_thread(self._story, request, found, done)

    def _detail(self, connection: Connection, wanted: int) -> tuple[reading.Detail | None, list[Regrouped]]:
        outlets = self._site.context.config.outlets
        return reading.detail(connection, wanted, outlets), reading_regroup.by_hand(connection, wanted)

    async def missing(self, request: Request) -> Response:
        return self._site.not_found(request)

    def _story(self, request: Request, found: reading.Detail, done: list[Regrouped]) -> Response:
        """In a thread too: a story of a hundred thousand mentions takes a while to draw."""
        say, site = self._site.tongue(request), self._site
        accounts, now = site.accounts(found.story.brand), site.context.clock.now()
        page = story_view.story_page(say, found, site.names, now, accounts)
        marks = story_view.marks(say, found)
        ahead = story_view.fan_of(found, marks, now)
        silent = silences.gaps(say, found.outages, to_us(now))
        curve = curves.curve(say, story_view.times(found), marks, ahead, silent)
        return site.page(
            request,
            "story.html",
            "stories",
            page=page,
            curve=curve,
            silent=silent,
            by_hand=regroup_view.by_hand(say, done, found.story.id, now),
            **_why(say, found, site.context.config, now),
        )


def _why(say: Tongue, found: Detail, config: Config, now: datetime) -> dict[str, Any]:
    story = found.story
    settings, audience = config.risk, config.audience_of(story.brand)
    terms = story_view.terms(say, explain.explain(story, say.language, audience))
    said = "; ".join(f"{term.sentence} {term.points}" for term in terms)
    return {
        "although": explain.although(story.loudness, story, settings, say.language),
        "terms": terms,
        "bar": bars.bar([(term.key, term.value) for term in terms], said),
        "worked": explain.worked(story, settings, say.language),
        "arithmetic": explain.arithmetic(story, say.language),
        "as_of": story_view.weighed(say, found, settings.half_life, now),
    }
