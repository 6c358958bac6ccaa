"""Whom a mention concerns, and why: what its source says, else its terms, else what it answers or carries on.

What a brand's own account says concerns the brand whatever its words, but for those that exclude it.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from msgspec import structs

from earshot.accounts import Accounts, account
from earshot.matching import Matcher, Watched
from earshot.model import Mention, Why
from earshot.topics import Event, Said, brand_of

_SHOWN = 20  # names in a message
_LONGEST = 80  # characters of one that is unknown


class Attribution:
    """The terms and the own accounts of all brands; safe to use from several threads."""

    def __init__(self, brands: Sequence[Watched]) -> None:
        """Raises `ConfigError` for terms of which nothing is left to look for."""
        self._matcher = Matcher(brands)
        self._accounts = Accounts((written, brand.name) for brand in brands for written in brand.accounts)

    def of(self, mention: Mention, known: Callable[[str], Sequence[str]]) -> dict[str, Why]:
        """The brands that it concerns, each with the reason; nobody who is watched where there are none.

        `known` tells the brands of a mention that was heard before, by its id; none where it was not.
        """
        if mention.brand:
            return {mention.brand: mention.why}
        found: dict[str, Why] = dict.fromkeys(self._matcher.match(_words(mention)), "term")
        found = found or dict.fromkeys(_inherited(mention, known), "followed conversation")
        return found | dict.fromkeys(
            self._admitted(self._accounts.of(mention), mention, found), "own account"
        )

    def owners(self, handle: str, mention: Mention, found: Collection[str]) -> Sequence[str]:
        """Whose account it is where the mention stands, but for those whom its words exclude."""
        return self._admitted(self._accounts.named(handle, mention), mention, found)

    def _admitted(self, owners: Sequence[str], mention: Mention, found: Collection[str]) -> Sequence[str]:
        """Of several those that are `found` already."""
        if not owners:
            return ()
        named = [name for name in owners if name in found]
        return named or self._matcher.admitted(owners, _words(mention))


def _words(mention: Mention) -> str:
    return f"{mention.title} {mention.text}"


def _inherited(mention: Mention, known: Callable[[str], Sequence[str]]) -> tuple[str, ...]:
    """A repost, quote or reply concerns whom the original concerns."""
    for other in (mention.reposted, mention.quoted, mention.parent, mention.root):
        if other and (names := tuple(known(other))):
            return names
    return ()


class Names:
    """The names of the configured brands, whatever letters are capitals and whatever blanks stand around them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)
        self._by_form: dict[str, str] = {"": ""}
        for name in self._names:
            self._by_form.setdefault(_form(name), name)

    def __bool__(self) -> bool:
        return bool(self._names)

    def __str__(self) -> str:
        more = len(self._names) - _SHOWN
        return ", ".join(self._names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")

    def find(self, written: str) -> str | None:
        """As it is configured; None where it is not. No name at all stays none."""
        return written if written in self._names else self._by_form.get(_form(written))

    def configured(self, event: Event) -> Event:
        """Of the brand that its source means; a name that is not configured stays, as a replay may bring its own."""
        written = brand_of(event)
        name = self.find(written)
        if name is None or name == written:
            return event
        if isinstance(event, Said):
            return Said(mention=structs.replace(event.mention, brand=name))
        return structs.replace(event, brand=name)

    def unknown(self, event: Event) -> str:
        """Why its brand is none that is watched, as a misspelt name would found one of its own; empty where it is."""
        written = brand_of(event)
        if not self._names or self.find(written) is not None:
            return ""
        return f"brand: {written[:_LONGEST]!r} is not configured; known: {self}"


def _form(name: str) -> str:
    return name.strip().casefold()


class Terms(NamedTuple):
    """Terms as a matcher takes them, without the rest of a brand."""

    name: str
    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()


def terms_of(brand: Watched) -> tuple[str, ...]:
    """Everything that gives a brand away."""
    handles = (account(written).at for written in brand.accounts)
    return (*brand.any, *brand.all, *handles) or (brand.name,)


def finder(terms: Iterable[str]) -> Matcher:
    """A matcher that tells which of some terms stand in a text."""
    return Matcher([Terms(term, (term,)) for term in dict.fromkeys(terms)])
