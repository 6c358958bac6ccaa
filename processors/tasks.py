"""What each event of a batch means once it is known what is new: the work that is left to do."""

from typing import NamedTuple

from earshot.model import Mention, Metrics, Score


class New(NamedTuple):
    """Never heard before; it belongs to `story` because of `link`."""

    n: int
    story: int
    at: int
    """When it was heard, µs: the clock that decides."""
    link: str
    mention: Mention
    score: Score
    evidence: str = ""
    """The words that it shares with the story, where those are the link."""


class Joined(NamedTuple):
    """Two stories are one: `story` stays, `joined` leads to it."""

    n: int
    """The mention that proved it."""
    story: int
    joined: int
    at: int


class Revised(NamedTuple):
    """Heard before, and says something else now."""

    n: int
    story: int
    at: int
    mention: Mention
    score: Score


class Recounted(NamedTuple):
    """The platform's counters for it."""

    n: int
    story: int
    at: int
    metrics: Metrics


class Retracted(NamedTuple):
    """Taken back."""

    n: int
    story: int
    at: int


class Known(NamedTuple):
    """Nothing new: its story's snapshot goes out again, in case a crash had swallowed it. Story 0: none."""

    n: int
    story: int
    at: int


Task = New | Joined | Revised | Recounted | Retracted | Known
