"""What was heard lately, as far as others hang on it: which brands it concerns, and what a brand's own accounts said.

Its reposts, quotes and replies inherit the brands; and a repost of what the brand said says no more than that.
"""

import re
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

from earshot.accounts import Accounts
from earshot.errors import Unreadable
from earshot.hashing import hash64
from earshot.matching import Watched
from earshot.model import Mention
from earshot.recent import Recent
from earshot.seams import Bus
from earshot.topics import MENTIONS, Said

_REMEMBERED = 20_000
_STATEMENTS = 1_000
_NAMED_BEFORE = re.compile(r"\s*RT @([^\s:]+):")
"""As platforms write it before what is passed on."""


class _Statement(NamedTuple):
    """What an own account said."""

    brands: Sequence[str]
    words: int


class Conversations:
    """Shared by all sources of a process; read back from the log at start, so that a restart forgets nothing."""

    def __init__(self, bus: Bus, brands: Iterable[Watched] = ()) -> None:
        self._brands = Recent[str, tuple[str, ...]](_REMEMBERED)
        self._statements = Recent[str, _Statement](_STATEMENTS)
        self._accounts = Accounts((written, brand.name) for brand in brands for written in brand.accounts)
        self._lock = threading.Lock()
        for record in bus.newest(MENTIONS.name, _REMEMBERED):
            self._recall(record.value)

    def brands(self, mention: str) -> tuple[str, ...]:
        with self._lock:
            return self._brands.get(mention) or ()

    def passed_on(self, mention: Mention) -> Sequence[str]:
        """The brands whose own account said all that a repost says."""
        if mention.kind != "repost":
            return ()
        if named := _NAMED_BEFORE.match(mention.text):
            return self._accounts.named(named[1], mention)
        with self._lock:
            said = self._statements.get(mention.reposted or "")
        is_all = said is not None and (not mention.text or _words(mention) == said.words)
        return said.brands if said and is_all else ()

    def remember(self, mention: Mention, names: tuple[str, ...]) -> None:
        speakers = self._accounts.of(mention)
        with self._lock:
            if speakers and mention.kind != "repost":  # else it is somebody else's words
                self._statements.put(mention.id, _Statement(speakers, _words(mention)))
            known = self._brands.get(mention.id)
            if known is None:
                if names:
                    self._brands.put(mention.id, names)
            elif new := tuple(name for name in names if name not in known):
                self._brands.put(mention.id, known + new)

    def _recall(self, raw: bytes) -> None:
        with suppress(Unreadable):  # the processors park what cannot be read
            event = MENTIONS.decode(raw)
            if isinstance(event, Said):
                self.remember(event.mention, (event.mention.brand,))


def _words(mention: Mention) -> int:
    return hash64(" ".join(f"{mention.title} {mention.text}".split()))
