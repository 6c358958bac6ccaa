"""When a notice that did not leave is tried again. The only place that decides it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from earshot.config import AlertSettings
from earshot.errors import Permanent, Temporary, Undelivered

_MOST_DOUBLINGS = 30  # far beyond any longest_retry, and still a length of time


def next_try(
    attempts: int,
    error: Undelivered,
    settings: AlertSettings,
    *,
    decided_at: datetime,
    now: datetime,
    random: Callable[[], float],
) -> datetime | None:
    """After the `attempts`-th try failed with `error`; None: give it up, which only a `Permanent` does before its time.

    Waits double from `first_retry` to `longest_retry`, each shortened at random by up to half, so that what
    failed together does not come back together. A receiver that names a longer time is given it. What would
    fall after `give_up_after` is tried once more at that moment.
    """
    end = decided_at + settings.give_up_after
    if isinstance(error, Permanent) or now >= end:
        return None
    doubled: timedelta = settings.first_retry * 2 ** min(attempts - 1, _MOST_DOUBLINGS)
    wait = min(settings.longest_retry, doubled) * (1 - random() / 2)
    return min(now + max(wait, _asked(error, end - now)), end)


def _asked(error: Undelivered, most: timedelta) -> timedelta:
    seconds = error.retry_after if isinstance(error, Temporary) and error.retry_after else 0.0
    return timedelta(seconds=max(0.0, min(seconds, most.total_seconds())))
