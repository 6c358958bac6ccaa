"""`/mentions/{n}`: one mention, how it reads, which of its words carried that, and what staff say of it."""

import asyncio
from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console import bars, handling, mention_view, reading_mentions
from console.about import INTENTS
from console.reading_mentions import Found
from console.website import Page, Site, number
from earshot.clock import to_us
from earshot.config import Config
from earshot.model import Intent
from earshot.recent import Recent
from earshot.scorers import explained, installed
from earshot.seams import Asked, Explanation, Scorer
from earshot.staff import Polarity, polarity
from earshot.store import corrections

_KEPT = 50  # explanations: an open page asks again whenever something was heard


class MentionPages:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._reasons = Reasons(site.context.config)

    def pages(self) -> list[Page]:
        return [Page("/mentions/{n}", self.mention), Page("/mentions/{n}", self.label, "POST")]

    async def mention(self, request: Request) -> Response:
        found = await self._found(request)
        if found is None:
            return self._site.not_found(request)
        asked = _asked(found)
        why = await self._reasons.of(asked) if asked else None
        return await asyncio.to_thread(self._page, request, found, why)

    async def label(self, request: Request) -> Response:
        """Somebody says how it reads, and perhaps what its author wants and how it is to be handled."""
        n, form = number(request.path_params["n"]), request.state.form
        said, wants = polarity(form.get("polarity")), [each for each in INTENTS if f"wants-{each}" in form]
        noted = n is not None and said and await asyncio.to_thread(self._note, n, said, wants, form)
        return RedirectResponse(f"/mentions/{n}#label", 303) if noted else self._site.not_found(request)

    def _note(self, n: int, said: Polarity, wants: list[Intent], form: Mapping[str, str]) -> bool:
        """False where nothing can be said of it. What was said last is not said again.

        No intent says nothing of any, and unsays those that the form came with: not those of somebody who was
        faster, which it did not show.
        """
        unsay = not wants and "ticked" in form
        with self._site.context.store.begin() as connection:
            kept = corrections.heard(connection, n)
            before = next(iter(corrections.of_mention(connection, n)), None)
            change = handling.change(form, kept.score, before) if kept else {}
            if kept and not (before and before.says(said, wants, change, unsay=unsay)):
                at = to_us(self._site.context.clock.now())
                corrections.add(connection, kept, said, at, "console", wants or None, change, unsay=unsay)
        return kept is not None

    async def _found(self, request: Request) -> Found | None:
        n = number(request.path_params["n"])
        if n is None:
            return None
        return await self._site.read(request, lambda connection: reading_mentions.mention(connection, n))

    def _page(self, request: Request, found: Found, why: Explanation | None) -> Response:
        site, say, brand = self._site, self._site.tongue(request), found.story.brand
        page = mention_view.mention_page(say, found, why, site.context.clock.now(), site.brand(brand))
        said = ", ".join(f"{share.word} {share.number}" for share in page.shares)
        bar = bars.bar([(share.key, share.value) for share in page.shares], said)
        return site.page(request, "mention.html", "stories", page=page, bar=bar, watched=brand in site.names)


class Reasons:
    """Why texts read as they do: loaded when first asked, one text at a time, off the event loop."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._scorers: Sequence[Scorer] | None = None
        self._known = Recent[Asked, Explanation](_KEPT)
        self._turn = asyncio.Lock()

    async def of(self, asked: Asked) -> Explanation | None:
        async with self._turn:
            found = self._known.get(asked) or await asyncio.to_thread(self._explain, asked)
            if found:
                self._known.put(asked, found)
        return found

    def _explain(self, asked: Asked) -> Explanation | None:
        if self._scorers is None:
            self._scorers = installed(self._config)
        return explained(self._scorers, asked)


def _asked(found: Found) -> Asked | None:
    """None where there is nothing to explain: no words any more, or words that could not be read."""
    said = found.kept.mention
    text = mention_view.text_of(said)
    if found.kept.withdrawn or found.kept.score.negative is None or not text:
        return None
    return Asked(text, said.language, said.brand)
