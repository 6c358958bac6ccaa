"""How fast a story goes just now, and who carried it."""

from collections.abc import Iterable
from typing import NamedTuple

from processors.spread.state import SCALES, SHARES, State

_QUICK, _SLOW = 1, 2  # parts of the memory: twelve minutes, one hour


def rate(state: State) -> float:
    """Events an hour as of `state.t`, the younger the heavier, over about an hour."""
    return _rate(state, _SLOW)


def acceleration(state: State) -> float:
    """By how many events an hour the rate rises in an hour; below 0 where the story slows down."""
    hours = (SCALES[_SLOW] - SCALES[_QUICK]) / 3600
    return (_rate(state, _QUICK) - _rate(state, _SLOW)) / hours


class Carrier(NamedTuple):
    """An account that brought a story to people."""

    author: int
    time: float
    """Of its first event in the story, s."""
    followers: int
    share: float
    """Of the story's followers."""


def carriers(events: Iterable[tuple[int, float, int]], most: int = 5, cap: int = 1_000_000) -> list[Carrier]:
    """Who brought the reach, most first: `events` are (author, time, followers) in any order."""
    first: dict[int, float] = {}
    followers: dict[int, int] = {}
    for author, time, people in events:
        first[author] = min(time, first.get(author, time))
        followers[author] = max(min(people, cap), followers.get(author, 0))
    reached = sum(followers.values()) or 1
    ranked = sorted((-people, first[author], author) for author, people in followers.items() if people)
    return [Carrier(author, time, -people, -people / reached) for people, time, author in ranked[:most]]


def _rate(state: State, part: int) -> float:
    per_mark = state.n / state.marks if state.marks else 1.0
    return 3600 * state.memory[part] * per_mark / (SHARES[part] * SCALES[part])
