"""Accounts as they are written and compared: by handle where there is one, on the platform that stands in front.

`x:@acme` is acme on X alone, `@acme` is acme on every platform. A platform is what the ids of its mentions begin
with. Capitals and a leading @ do not matter.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from earshot.model import Mention

T = TypeVar("T")

_NO_PLATFORM = ("@", "did:")
_PLATFORM = re.compile(r"\w[\w.-]*")


class Account(NamedTuple):
    """One account as it was written, without a leading @."""

    platform: str
    """Empty: every one."""
    handle: str

    @property
    def at(self) -> str:
        """As texts name it, on whichever platform."""
        return f"@{self.handle}"

    @property
    def form(self) -> "Account":
        """In which two that are the same are equal."""
        return Account(self.platform.casefold(), self.handle.casefold())


def account(written: str) -> Account:
    """What is before a colon is the platform, unless an @ begins it all, an address, or a decentralised identifier."""
    platform, colon, handle = written.partition(":")
    if not colon or written.startswith(_NO_PLATFORM) or handle.startswith("//"):
        platform, handle = "", written
    return Account(platform, handle.strip().removeprefix("@"))


def readable(written: str) -> str:
    """The same. Raises `ValueError` where it names no account, or no platform that can be."""
    platform, handle = account(written)
    if (platform or written.startswith(":")) and not _PLATFORM.fullmatch(platform):
        raise ValueError(
            f"{platform[:80]!r} cannot be a platform: write letters, digits, - _ . before the colon, like x:@acme;"
            " or an @ before it all, where the colon is the handle's own"
        )
    if not handle:
        raise ValueError(f"{written[:80]!r} has no handle: write it in full, like {platform or 'x'}:@acme")
    return written


class Accounts(Generic[T]):
    """Whose each account is; of several owners each once, in the order in which they were given."""

    def __init__(self, owned: Iterable[tuple[str, T]]) -> None:
        given: dict[str, list[tuple[str, T]]] = {}
        for written, owner in owned:
            platform, handle = account(written).form
            given.setdefault(handle, []).append((platform, owner))
        self._owners = {handle: _by_platform(each) for handle, each in given.items()}

    def of(self, mention: Mention) -> Sequence[T]:
        """The owners of the account that wrote a mention."""
        if not self._owners:
            return ()
        return self.named(mention.author.handle or mention.author.id, mention)

    def named(self, handle: str, mention: Mention) -> Sequence[T]:
        """The owners of whom a handle means where a mention stands."""
        owners = self._owners.get(handle.removeprefix("@").casefold())
        if owners is None:
            return ()
        return owners.get(mention.source.casefold(), owners[""])


def _by_platform(given: Sequence[tuple[str, T]]) -> Mapping[str, Sequence[T]]:
    """The owners of one handle on each platform that is named, and as "" on all others."""
    return {
        here: tuple(dict.fromkeys(owner for platform, owner in given if platform in ("", here)))
        for here in ("", *(platform for platform, _ in given))
    }
