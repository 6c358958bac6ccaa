"""How a brand's mentions were read by the model, in numbers: what may drift."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from earshot.staff import STAFF
from earshot.store import brands
from earshot.store.binding import IN_CHUNKS
from earshot.store.brands import Brand

_CHUNK = 10_000
_STARS = "rating"
_ENCODER = msgspec.json.Encoder()


class Reading(msgspec.Struct):
    """The part of a score that is needed."""

    negative: float | None = None
    neutral: float | None = None
    positive: float | None = None
    basis: str = ""
    model: str = ""

    @property
    def confidence(self) -> float:
        return max(self.negative or 0.0, self.neutral or 0.0, self.positive or 0.0)

    @property
    def version(self) -> str | None:
        """What made the numbers; None where stars did, which say the same to every version."""
        return None if self.basis.startswith(_STARS) else self.model


class Read(NamedTuple):
    heard_at: int
    """µs"""
    reading: Reading


_READING = msgspec.json.Decoder(Reading)


def since(connection: Connection, brand: Brand, moment: int, source: str = "") -> Iterator[Read]:
    """Those heard at a time or later that a model could read, less withdrawn ones; of one source or of all."""
    beginning = f'{{"id":{_ENCODER.encode(source + ":").decode()[:-1]}' if source else ""
    found = connection.exec_driver_sql(
        "select heard_at, score from mentions where n between ? and ? and heard_at >= ? and vote is not null"
        " and not withdrawn and substr(mention, 1, ?) = ? order by n",
        (*brands.numbers(brand.no), moment, len(beginning), beginning),
        execution_options=IN_CHUNKS,
    )
    while chunk := found.fetchmany(_CHUNK):
        read = (Read(row[0], _READING.decode(row[1])) for row in chunk)
        yield from (each for each in read if each.reading.basis != STAFF)
