"""`/stories`: every story, fifty a page; all of them, the open ones or those that have calmed down."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, get_args
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from console import views, words
from console.reading_stories import Listed, State, Wanted, stories_page
from console.rows import StoryRow
from console.tongue import Tongue
from console.website import Page, Site
from earshot.errors import Refused
from earshot.model import Level, Story

_LEVELS = (Level.watch, Level.warning, Level.critical)


class Choice(NamedTuple):
    """One way to see the list; `link` leads there."""

    name: str
    value: str
    chosen: bool
    link: str = ""


class StoriesShown(NamedTuple):
    state: str
    order: str
    above: list[StoryRow]
    """What calls now, where all stories are listed."""
    rows: list[StoryRow]
    tabs: list[Choice]
    brands: list[Choice]
    levels: list[Choice]
    wanted_state: str
    filtered: bool
    first: str
    """Back to the first page; empty: this is it."""
    next: str


class StoryList:
    def __init__(self, site: Site) -> None:
        self._site = site

    def pages(self) -> list[Page]:
        return [Page("/stories", self.stories)]

    async def stories(self, request: Request) -> Response:
        site, asked = self._site, request.query_params
        wanted = wanted_of(asked, site.names)
        if wanted is None:
            return site.not_found(request)
        try:
            found = await site.read(
                request, lambda connection: stories_page(connection, wanted, site.sources)
            )
        except Refused:
            return site.not_found(request)
        page = shown(site.tongue(request), found, wanted, site.names, site.context.clock.now())
        return site.page(request, "stories.html", "stories", page=page)


def wanted_of(asked: Mapping[str, str], names: Sequence[str]) -> Wanted | None:
    """None where there is no such brand, state or level."""
    brand, state, level = (asked.get(name, "") for name in ("brand", "state", "level"))
    known = {"": Level.calm} | {each.name: each for each in _LEVELS}
    if (brand and brand not in names) or state not in {"", *get_args(State)} or level not in known:
        return None
    return Wanted(
        (brand,) if brand else tuple(names),
        state or "all",  # type: ignore[arg-type]
        known[level],
        asked.get("after", ""),
    )


def shown(say: Tongue, found: Listed, wanted: Wanted, names: Sequence[str], now: datetime) -> StoriesShown:
    brand = wanted.brands[0] if len(wanted.brands) == 1 and len(names) > 1 else ""
    level = "" if wanted.level is Level.calm else wanted.level.name
    here = {"state": wanted.state, "brand": brand, "level": level}
    return StoriesShown(
        words.state(say, found.open) if found.open else say.gettext("No story calls right now"),
        _order(say, wanted),
        [_row(say, found, story, now) for story in found.above],
        [_row(say, found, story, now) for story in found.stories],
        [
            Choice(name, state, wanted.state == state, _link(here | {"state": state}))
            for state, name in _tabs(say).items()
        ],
        [Choice(name, name, name == brand) for name in names] if len(names) > 1 else [],
        [Choice(_at_least(say, each), each.name, each is wanted.level) for each in _LEVELS],
        wanted.state,
        bool(brand or level),
        _link(here) if wanted.after else "",
        _link(here | {"after": found.next}) if found.next else "",
    )


def _tabs(say: Tongue) -> dict[State, str]:
    return {
        "all": say.pgettext("stories", "All"),
        "open": say.pgettext("stories", "Open"),
        "resolved": say.pgettext("stories", "Past"),
    }


def _at_least(say: Tongue, level: Level) -> str:
    name = words.level(say, level)
    return name if level is Level.critical else say.gettext("%(level)s or more", level=name)


def _order(say: Tongue, wanted: Wanted) -> str:
    """What this list holds, and in which order."""
    if wanted.state == "open":
        return say.gettext("The stories that call now, the riskiest first.")
    if wanted.state == "resolved":
        return say.gettext("The stories that called and call no more, the latest alert first.")
    if wanted.level > Level.calm:
        return say.gettext("Every story that ever called so loudly, the latest alert first.")
    return say.gettext("Every story that was heard, the newest first.")


def _row(say: Tongue, found: Listed, story: Story, now: datetime) -> StoryRow:
    row = views.story_row(say, story, found.firsts.get(story.id), now)
    alert = found.alerts.get(story.id)
    if alert is None:
        return row
    return views.called_row(say, row, story, alert, found.until, now, found.causes.get(alert.id))


def _link(query: Mapping[str, str]) -> str:
    asked = {name: value for name, value in query.items() if value and (name, value) != ("state", "all")}
    return "/stories" + ("?" + urlencode(asked) if asked else "")
