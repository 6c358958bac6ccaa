"""The opinion of the brand itself, where a text names other companies too."""

from collections.abc import Callable, Sequence
from typing import Protocol

from earshot.config import Brand
from earshot.hashing import hash64
from earshot.model import Mention
from earshot.recent import Recent
from processors.negativity.opinion import Opinion
from processors.target.model import Read, Target
from processors.target.names import Names
from processors.target.views import views

_KEPT = 5_000


class Found(Protocol):
    @property
    def opinion(self) -> Opinion | None: ...


class Towards:
    """Most texts name one company: those cost a look."""

    def __init__(self, brands: Sequence[Brand]) -> None:
        self._names, self._target = Names(brands), Target.load()
        self._several = Recent[int, bool](_KEPT)

    def opinions(
        self, mentions: Sequence[Mention], read: Callable[[Sequence[Mention]], Sequence[Found]]
    ) -> dict[int, Opinion]:
        """By place in `mentions`; those that name several companies, and can be read. `read` reads whole texts."""
        named = []
        for at, mention in enumerate(mentions):
            text = said(mention)
            if self._names_several(text) and (places := self._names.places(mention.brand, text)):
                named.append((at, views(text, *places)))
        parts = [mentions[at] for at, _ in named]
        whole = read(parts)
        own = read([_as(part, view.own) for part, (_, view) in zip(parts, named, strict=True)])
        others = read([_as(part, view.others) for part, (_, view) in zip(parts, named, strict=True)])
        asked = [
            (at, view, Read(a.opinion, b.opinion or a.opinion, c.opinion or a.opinion))
            for (at, view), a, b, c in zip(named, whole, own, others, strict=True)
            if a.opinion
        ]
        found = self._target.towards([view for _, view, _ in asked], [opinions for *_, opinions in asked])
        return {at: opinion for (at, *_), opinion in zip(asked, found, strict=True)}

    def _names_several(self, text: str) -> bool:
        key = hash64(text)
        known = self._several.get(key)
        if known is None:
            known = self._names.several(text)
            self._several.put(key, known)
        return known


def said(mention: Mention) -> str:
    return f"{mention.title}\n{mention.text}" if mention.title else mention.text


def _as(mention: Mention, text: str) -> Mention:
    """The same of a part of it."""
    return Mention(
        id=mention.id,
        brand=mention.brand,
        author=mention.author,
        created_at=mention.created_at,
        collected_at=mention.collected_at,
        text=text,
        language=mention.language,
    )
