"""What is stored of series: how far they go in the brand's row, and each one in a row of its own."""

import msgspec
from msgspec import Struct

from processors.surge.series import Series
from processors.surge.watch import Watch


class Progress(Struct, frozen=True, array_like=True):
    """How far a brand's series go; stored in its row."""

    closed: dict[str, int] = {}
    """Pace -> the last bucket that closed; empty until something was heard that is no backfill."""
    marks: tuple[tuple[int, int], ...] = ()
    """(bucket, the first number given since the clock came to it), of those that are not closed."""
    z: float = 0.0
    """How far the last hour of all that is said of the brand was from usual."""


_PROGRESS, _SERIES = msgspec.json.Decoder(Progress), msgspec.json.Decoder(Series)
_ENCODER = msgspec.json.Encoder()


def read(counted: str) -> Progress:
    return _PROGRESS.decode(counted)


def written(progress: Progress) -> str:
    return _ENCODER.encode(progress).decode()


def due(watch: Watch, counted: str) -> int:
    """When the next bucket of a brand closes, µs, by what its row says; never where nothing is counted."""
    closed = read(counted).closed
    return min(
        (watch.closing(pace, bucket + 1) for pace, bucket in closed.items() if pace in watch.paces),
        default=2**63,
    )


def decoded(body: str) -> Series:
    return _SERIES.decode(body)


def encoded(series: Series) -> str:
    return _ENCODER.encode(series).decode()
