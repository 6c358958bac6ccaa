"""Mentions that may tell of a danger or of legal steps and call nobody, as long as no member of staff has spoken of them."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from earshot.model import Grave
from earshot.store import brands
from earshot.store.brands import Brand

_SAYS_SO = '%"perhaps":{%'
_CALLED = '%"grave":[%'
"""Of a score as it is encoded: a quotation mark within a text has a backslash before it."""
_REPOST = '%"kind":"repost"%'


class Unsure(NamedTuple):
    n: int
    perhaps: Mapping[Grave, float]


class _Score(msgspec.Struct):
    """The part that is needed."""

    perhaps: dict[Grave, float]


_SCORE = msgspec.json.Decoder(_Score)


def newest(connection: Connection, brand: Brand, since: int, among: int, limit: int) -> list[Unsure]:
    """Of what was said since a moment, µs, the newest first; looked for `among` so many of the brand's newest mentions.

    Left out are reposts and copies, which say again what is there or what staff have spoken of, and what has called
    for something else: somebody has read it.
    """
    lowest, _ = brands.numbers(brand.no)
    last = brands.number(brand.no, brand.seq)
    first = max(lowest, last - among)
    found = connection.exec_driver_sql(
        "select m.n, m.score, m.link, m.story, coalesce(h.content, m.n) from mentions m"  # who has no entry copies nobody
        " left join heard h on h.n = m.n"
        " where m.n > ? and m.n <= ? and said_at >= ? and not m.withdrawn"
        " and score like ? and score not like ? and mention not like ?"
        " and not exists (select 1 from corrections c where c.mention = m.n) order by m.n",
        (first, last, since, _SAYS_SO, _CALLED, _REPOST),
    )
    said, kept = _spoken_of(connection, brand, first), list[tuple[int, str]]()
    for n, score, link, *words in found:
        if link == "copy" and tuple(words) in said:
            continue
        said.add(tuple(words))
        kept.append((n, score))
    return [Unsure(n, _SCORE.decode(score).perhaps) for n, score in kept[: -limit - 1 : -1]]


def _spoken_of(connection: Connection, brand: Brand, first: int) -> set[tuple[int, ...]]:
    """(story, content) of what staff have spoken of, among the mentions after `first`."""
    found = connection.exec_driver_sql(
        "select m.story, h.content from corrections c join mentions m on m.n = c.mention"
        " join heard h on h.n = m.n where c.brand = ? and c.mention > ?",
        (brand.no, first),
    )
    return {tuple(row) for row in found}
