"""`/unsure`: what may tell of danger or the law and called nobody, twenty a page; and what staff say of it there."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple, get_args
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console import about, views, words
from console.mention_view import text_of
from console.reading_unsure import Listed, Wanted, unsure_page
from console.rows import MentionRow
from console.story_list import Choice
from console.tongue import Tongue
from console.website import Page, Site, local, number
from console.weighed import stopped_at
from earshot import scorers
from earshot.clock import to_us
from earshot.config import Config
from earshot.errors import Refused
from earshot.handling import DANGERS, Change
from earshot.model import Grave, Intent, Score
from earshot.seams import Asked, Scorer
from earshot.staff import Polarity
from earshot.store import corrections
from earshot.store.mentions import Kept

_GRAVE: tuple[Grave, ...] = get_args(Grave)
_INTENTS: dict[Grave, Intent] = {"safety": "safety", "legal": "legal"}
_AGAINST = frozenset({"safety", "discrimination"})
"""What holds where it is against the brand (`Score.calls`): that is what somebody says who says that it tells of it."""
_READ_AS: dict[str, Polarity] = {"negative": "neg", "neutral": "neu", "positive": "pos"}
_SEEN = 6  # words or runs of words


class UnsureRow(NamedTuple):
    row: MentionRow
    brand: str
    tells: str
    """What it may tell of."""
    seen: str
    """The words that speak for it; empty where none is known."""
    read: str
    """What its author wants besides, as it was read."""
    answers: list[tuple[str, str]]
    """(what is answered, the word on its button)"""


class UnsureShown(NamedTuple):
    state: str
    lately: str
    rows: list[UnsureRow]
    tabs: list[Choice]
    brands: list[Choice]
    grave: str
    filtered: bool
    first: str
    """Back to the first page; empty: this is it."""
    next: str


class UnsureList:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._words = Words(site.context.config)

    def pages(self) -> list[Page]:
        return [Page("/unsure", self.unsure), Page("/unsure/{n}", self.answer, "POST")]

    async def unsure(self, request: Request) -> Response:
        site = self._site
        wanted = wanted_of(request.query_params, site.names)
        if wanted is None:
            return site.not_found(request)
        try:
            found = await site.read(request, lambda connection: unsure_page(connection, wanted, site.sources))
        except Refused:
            return site.not_found(request)
        return await asyncio.to_thread(self._page, request, found, wanted)

    async def answer(self, request: Request) -> Response:
        """Somebody has looked at it and says of what it tells, if of anything."""
        n, form = number(request.path_params["n"]), request.state.form
        tells = [each for each in _GRAVE if each in form.get("tells", "").split()]
        if n is None or "tells" not in form or not await asyncio.to_thread(self._note, n, tells):
            return self._site.not_found(request)
        return RedirectResponse(local(form.get("next", "/unsure")), 303)

    def _note(self, n: int, tells: Sequence[Grave]) -> bool:
        """False where nothing can be said of it. Who was faster has been heard: then it is left at that."""
        least = self._words.least
        with self._site.context.store.begin() as connection:
            kept = corrections.heard(connection, n)
            if kept and kept.score.perhaps and not corrections.of_mention(connection, n):
                at = to_us(self._site.context.clock.now())
                intents = said_of_intents(kept.score, tells, least)
                polarity = "neg" if _AGAINST.intersection(tells) else _READ_AS[kept.score.strongest[0]]
                made_by, dangers = corrections.LOOKED_AT, said_of_dangers(tells)
                corrections.add(connection, kept, polarity, at, made_by, intents, dangers)
        return kept is not None

    def _page(self, request: Request, found: Listed, wanted: Wanted) -> Response:
        """In a thread: the words of twenty texts are looked for."""
        site, say = self._site, self._site.tongue(request)
        page = shown(say, found, wanted, site.names, site.context.clock.now(), self._words)
        return site.page(request, "unsure.html", "home", page=page)


class Words:
    """What speaks for a danger in a text, and from where on an intent holds: read by what is installed, when first asked."""

    def __init__(self, config: Config) -> None:
        self._config = config

    @cached_property
    def _scorers(self) -> Sequence[Scorer]:
        return scorers.installed(self._config)

    @property
    def least(self) -> Mapping[Intent, float]:
        return scorers.least(self._scorers)

    def of(self, kept: Kept) -> list[str]:
        asked = Asked(text_of(kept.mention), kept.mention.language, kept.mention.brand)
        found = [word for grave in kept.score.perhaps for word in scorers.words(self._scorers, asked, grave)]
        return list(dict.fromkeys(found))[:_SEEN]


def wanted_of(asked: Mapping[str, str], names: Sequence[str]) -> Wanted | None:
    """None where there is no such brand, nor such a danger."""
    brand, grave = (asked.get(name, "") for name in ("brand", "grave"))
    if (brand and brand not in names) or grave not in {"", *_GRAVE}:
        return None
    return Wanted(
        (brand,) if brand else tuple(names),
        grave or None,  # type: ignore[arg-type]
        asked.get("after", ""),
    )


def said_of_intents(
    score: Score, tells: Sequence[Grave], least: Mapping[Intent, float]
) -> list[Intent] | None:
    """All that hold, where one of them was asked about: the others as they were read."""
    asked = {_INTENTS[each] for each in score.perhaps if each in _INTENTS}
    told = {_INTENTS[each] for each in tells if each in _INTENTS}
    if not asked | told:
        return None
    return sorted({*(set(held(score, least)) - asked), *told}, key=list(about.INTENTS).index)


def said_of_dangers(tells: Sequence[Grave]) -> Change:
    named = tuple(each for each in DANGERS if each in tells)
    return {"dangers": named} if named else {}


def held(score: Score, least: Mapping[Intent, float]) -> list[Intent]:
    """What its author wants, as it was read."""
    return [each for each, p in score.intents.items() if p >= least.get(each, 0.5)]


def shown(
    say: Tongue, found: Listed, wanted: Wanted, names: Sequence[str], now: datetime, seen: Words
) -> UnsureShown:
    brand = wanted.brands[0] if len(wanted.brands) == 1 and len(names) > 1 else ""
    here = {"grave": wanted.grave or "", "brand": brand}
    return UnsureShown(
        say.gettext("To look at"),
        words.lately(say, stopped_at(found.until, now) if found.until else None, now),
        [_row(say, kept, now, seen) for kept in found.mentions],
        [
            Choice(name, each, each == here["grave"], _link(here | {"grave": each}))
            for each, name in _tabs(say).items()
        ],
        [Choice(name, name, name == brand) for name in names] if len(names) > 1 else [],
        here["grave"],
        bool(wanted.grave or brand),
        _link(here) if wanted.after else "",
        _link(here | {"after": found.next}) if found.next else "",
    )


def _tabs(say: Tongue) -> dict[str, str]:
    dangers = {each: about.grave(say, each) for each in _GRAVE}
    return {
        "": say.pgettext("unsure", "All"),
        **{each: f"{name[0].upper()}{name[1:]}" for each, name in dangers.items()},
    }


def _row(say: Tongue, kept: Kept, now: datetime, seen: Words) -> UnsureRow:
    perhaps = sorted(kept.score.perhaps, key=_GRAVE.index)
    found = [views.brief(each) for each in seen.of(kept)]
    wants = [each for each in held(kept.score, seen.least) if each not in kept.score.perhaps]
    return UnsureRow(
        views.mention_row(say, kept, now),
        kept.mention.brand,
        ", ".join(about.grave(say, each) for each in perhaps),
        words.seen_by(say, found) if found else "",
        ", ".join(about.intent(say, each) for each in wants),
        _answers(say, perhaps),
    )


def _answers(say: Tongue, perhaps: Sequence[Grave]) -> list[tuple[str, str]]:
    if len(perhaps) == 1:
        return [(perhaps[0], say.gettext("It does")), ("", say.gettext("It does not"))]
    only = [(each, say.gettext("Only %(danger)s", danger=about.grave(say, each))) for each in perhaps]
    return [*only, (" ".join(perhaps), say.gettext("All of it")), ("", say.gettext("None of it"))]


def _link(query: Mapping[str, str]) -> str:
    asked = {name: value for name, value in query.items() if value}
    return "/unsure" + ("?" + urlencode(asked) if asked else "")
