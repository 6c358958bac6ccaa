"""Of what moment a story's numbers are: they change with what is heard and with silence, not with who looks. Pure."""

from datetime import datetime, timedelta
from math import log2

import msgspec

from earshot.clock import from_us
from earshot.model import Story
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


def calm_since(story: Story, half_life: timedelta) -> datetime | None:
    """When a story was weighed last that silence alone does not weigh again; None where it does.

    By its echo, which halves with each half-life of silence.
    """
    if story.fades or story.part_of or not 0 < story.echo <= 1:
        return None
    return story.last_at + half_life * -log2(story.echo)
