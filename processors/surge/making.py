"""What made a surge: the words that are new in its hour, and the mentions that say them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from earshot.surge import Fresh
from processors.surge.fresh import counted, fresh, telling

SHOWN = 3
"""Mentions that a notice shows."""


class Voice(NamedTuple):
    """A negative mention."""

    n: int
    author: int
    text: str


class Made(NamedTuple):
    fresh: tuple[Fresh, ...]
    mentions: tuple[int, ...]


def made(hour: Sequence[Voice], past: Iterable[Voice]) -> Made:
    """`hour` in the order of its mentions. What says nothing new comes last, the newest first."""
    found = fresh(counted(voice.text for voice in hour), counted(voice.text for voice in past))
    by_number = {str(voice.n): voice for voice in hour}
    told = telling({number: voice.text for number, voice in by_number.items()}, found)
    rest = [number for number in reversed(by_number) if number not in set(told)]
    return Made(
        tuple(Fresh(each.term, each.said, each.before) for each in found),
        _distinct([by_number[number] for number in (*told, *rest)]),
    )


def _distinct(voices: Iterable[Voice]) -> tuple[int, ...]:
    """The first ones, each of another author and in other words."""
    kept: list[Voice] = []
    for voice in voices:
        if all(voice.author != other.author and voice.text != other.text for other in kept):
            kept.append(voice)
        if len(kept) == SHOWN:
            break
    return tuple(voice.n for voice in kept)
