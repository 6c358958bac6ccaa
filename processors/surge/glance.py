"""What a stored mention is counted by: its source, its mood and, where topics are configured, its words."""

import msgspec
from msgspec import Struct

from earshot.store.mentions import Row
from earshot.store.surges import Counted
from processors.surge.making import Voice

_NEGATIVE = 5_000


class Glance(Struct):
    """Of a mention, what it is counted by."""

    id: str
    backfill: bool = False


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


def counted(row: Row) -> Counted:
    return Counted(row.n, row.said_at, row.author, row.vote, row.mention)


def is_negative(said: Counted) -> bool:
    return said.vote is not None and said.vote >= _NEGATIVE


def text(seen: Glance) -> str:
    return f"{seen.title}\n{seen.text}" if isinstance(seen, Words) else ""


def voice(said: Counted) -> Voice:
    return Voice(said.n, said.author, text(words(said.mention)))
