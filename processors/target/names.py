"""Which companies a text names: the brand, and others that are watched, or compete with it."""

import re
from collections.abc import Iterable, Sequence

from earshot.accounts import account
from earshot.config import Brand
from earshot.matching import Finder, fold
from processors.target.views import Span


class Names:
    def __init__(self, brands: Sequence[Brand]) -> None:
        own = {brand.name: _names(brand) for brand in brands}
        others = {
            brand.name: [name for other in brands if other.name != brand.name for name in own[other.name]]
            + list(brand.competitors)
            for brand in brands
        }
        self._own = {name: _pattern(names) for name, names in own.items()}
        self._others = {
            name: _pattern(set(map(fold, names)) - set(map(fold, own[name])))
            for name, names in others.items()
        }
        every = {fold(each) for names in (*own.values(), *others.values()) for each in names}
        self._finder = Finder(sorted(every)) if len(every) > 1 else None

    def several(self, text: str) -> bool:
        """Whether it may name more than one company; most do not, and that is quickly seen."""
        return self._finder is not None and len({hit.term for hit in self._finder.find(text)}) > 1

    def places(self, brand: str, text: str) -> tuple[list[Span], list[Span]] | None:
        """Where the brand and where others are named; None unless both are."""
        own, others = self._own.get(brand), self._others.get(brand)
        if own is None or others is None:
            return None
        of_own = [found.span() for found in own.finditer(text)]
        of_others = [found.span() for found in others.finditer(text) if not _inside(found.span(), of_own)]
        return (of_own, of_others) if of_own and of_others else None


def _names(brand: Brand) -> list[str]:
    handles = (account(written).handle for written in brand.accounts)
    return [name.lstrip("@#") for name in (brand.name, *brand.any, *handles) if name.strip("@# ")]


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    ordered = sorted(set(names), key=len, reverse=True)
    if not ordered:
        return None
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, ordered)) + r")(?!\w)", re.IGNORECASE)


def _inside(span: Span, spans: Sequence[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)
