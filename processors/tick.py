"""Time alone changes stories, a minute at a time: silence is news too.

A tick for minute T runs once everything heard up to T is processed: before the first event heard after it, or
when the log is drained and the wall clock is past it.
"""

from collections.abc import Iterator, Mapping

MINUTE = 60_000_000


def passed(due: Mapping[int, int], until: int) -> Iterator[tuple[int, int]]:
    """(tick, story) for each story that a tick before `until` changes, in the order of the clock. µs."""
    yield from sorted((at_tick(moment), story) for story, moment in due.items() if at_tick(moment) < until)


def first(due: Mapping[int, int]) -> int | None:
    """The next tick that will change anything."""
    return at_tick(min(due.values())) if due else None


def at_tick(moment: int) -> int:
    """The first full minute at or after a moment, µs."""
    return -(-moment // MINUTE) * MINUTE
