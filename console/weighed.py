"""Of what moment a story's numbers are: they change with what is heard and with silence, not with who looks. Pure."""

from datetime import datetime, timedelta

import msgspec

from earshot.clock import from_us
from earshot.store.brands import Brand

BUCKET = 300_000_000
"""µs; as in `processors.surge.series`, which the console does not import; a test compares."""
_ABOUT_NOW = timedelta(hours=1)
"""Silence that is not counted yet is no news: a live service counts it within minutes."""


class _Progress(msgspec.Struct, array_like=True):
    """The beginning of what `processors.surge.stored` keeps."""

    closed: dict[str, int] = {}
    """Pace -> the last bucket that closed."""


_PROGRESS = msgspec.json.Decoder(_Progress)


def weighed_until(brand: Brand) -> int:
    """Up to when the brand's clock has done its work, µs: what was heard, and silence where somebody listened.

    The processors note the last five minutes that they counted, also where nothing was said.
    """
    closed = _PROGRESS.decode(brand.counted).closed
    return max((brand.clock, *(bucket * BUCKET for bucket in closed.values())))


def stopped_at(weighed: int, now: datetime) -> datetime | None:
    """The moment that the numbers are of, where that is not about `now`: a past that was replayed, or a stop."""
    at = from_us(weighed)
    return at if now - at > _ABOUT_NOW else None
