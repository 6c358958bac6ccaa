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

    Left out are reposts, which say again what is there, and what has called for something else: somebody has read it.
    """
    lowest, _ = brands.numbers(brand.no)
    last = brands.number(brand.no, brand.seq)
    found = connection.exec_driver_sql(
        "select n, score from mentions m where n > ? and n <= ? and said_at >= ? and not withdrawn"
        " and score like ? and score not like ? and mention not like ?"
        " and not exists (select 1 from corrections c where c.mention = m.n) order by n desc limit ?",
        (max(lowest, last - among), last, since, _SAYS_SO, _CALLED, _REPOST, limit),
    )
    return [Unsure(n, _SCORE.decode(score).perhaps) for n, score in found]
