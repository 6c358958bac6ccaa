"""Work beside a running service: read, work out, and save only where nobody was faster (optimistic concurrency)."""

from collections.abc import Callable
from typing import TypeVar

from earshot.errors import Refused, Stale

T = TypeVar("T")
_TRIES = 100  # so many times in a row another writer was faster: it writes without a pause


def until_saved(work: Callable[[], T], refusal: str) -> T:
    """What `work` returns, done from its beginning as often as another writer is faster.

    Raises `Refused` with `refusal` where one always is.
    """
    for _ in range(_TRIES):
        try:
            return work()
        except Stale:
            continue
    raise Refused(refusal)
