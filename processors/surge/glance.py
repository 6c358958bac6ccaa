"""What a stored mention is counted by: its source, its mood and, where topics are configured, its words.

`earshot.store.surges.complaining` asks the same of stored mentions, in SQL.
"""

import msgspec
from msgspec import Struct

from earshot.store.mentions import Row
from earshot.store.surges import Counted
from processors.surge.making import Voice

_NEGATIVE = 5_000

Heard = Counted | Row
"""Of one that is stored what it counts as, of one at hand its row, which says that too."""


class Glance(Struct):
    """Of a mention, what it is counted by."""

    id: str
    backfill: bool = False
    kind: str = "post"
    reposted: str | None = None


class Words(Glance):
    title: str = ""
    text: str = ""


_GLANCE, _WORDS = msgspec.json.Decoder(Glance), msgspec.json.Decoder(Words)


def glance(mention: str) -> Glance:
    return _GLANCE.decode(mention)


def words(mention: str) -> Words:
    return _WORDS.decode(mention)


def source_of(mention: str) -> str:
    return glance(mention).id.partition(":")[0]


def complains(said: Heard, seen: Glance) -> bool:
    """Whether its author is unhappy: who passes on what another one says makes a story larger, and no crowd."""
    passes_on = seen.kind == "repost" or seen.reposted is not None
    return said.vote is not None and said.vote >= _NEGATIVE and not passes_on


def text(seen: Glance) -> str:
    return f"{seen.title}\n{seen.text}" if isinstance(seen, Words) else ""


def voice(said: Heard, seen: Glance) -> Voice:
    return Voice(said.n, said.author, text(seen))
