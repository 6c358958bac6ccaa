"""The opinion of the brand itself, where a text names other companies too."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from earshot.config import Brand
from earshot.hashing import hash64
from earshot.model import Mention
from earshot.recent import Recent
from processors.negativity.opinion import Opinion
from processors.signs.parted import parted
from processors.signs.reading import Reading
from processors.target.model import Read, Target
from processors.target.names import Names
from processors.target.views import views

_KEPT = 5_000


class Found(Protocol):
    @property
    def opinion(self) -> Opinion | None: ...
    @property
    def reading(self) -> Reading: ...


class Parted(NamedTuple):
    """What a mention says of its own brand."""

    opinion: Opinion
    reading: Reading
    part: Mention
    """The same mention with what it says of that brand alone."""


class Towards:
    """Most texts name one company: those cost a look."""

    def __init__(self, brands: Sequence[Brand]) -> None:
        self._names, self._target = Names(brands), Target.load()
        self._several = Recent[int, bool](_KEPT)

    def parted(
        self, mentions: Sequence[Mention], read: Callable[[Sequence[Mention]], Sequence[Found]]
    ) -> dict[int, Parted]:
        """By place in `mentions`; those that name several companies, and can be read. `read` reads whole texts."""
        named = []
        for at, mention in enumerate(mentions):
            text = said(mention)
            if self._names_several(text) and (places := self._names.places(mention.brand, text)):
                named.append((at, views(text, *places)))
        parts = [_as(mentions[at], view.own) for at, view in named]
        whole, own = read([mentions[at] for at, _ in named]), read(parts)
        others = read([_as(mentions[at], view.others) for at, view in named])
        asked = [
            (view, Read(a.opinion, b.opinion or a.opinion, c.opinion or a.opinion), at, part, a, b)
            for (at, view), part, a, b, c in zip(named, parts, whole, own, others, strict=True)
            if a.opinion
        ]
        found = self._target.towards([view for view, *_ in asked], [opinions for _, opinions, *_ in asked])
        return {
            at: Parted(opinion, parted(a.reading, (b if b.opinion else a).reading, opinion.negative), part)
            for opinion, (*_, at, part, a, b) in zip(found, asked, strict=True)
        }

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
