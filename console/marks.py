"""The marks of a curve, and how they are told: few with their words in the picture, many in a legend below it.

In the legend those that lie close together are one row with one number, so that it stays short and its numbers have
room on a phone too. Pure.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from console import words
from console.tongue import Tongue
from earshot.clock import from_us
from earshot.model import Level

MOST = 8
"""Rows of a legend."""
_WORDED = 5  # whose words stand in the picture; more would be a wall of text
_APART = 12  # the part of the curve's time in which two are one: less is no room for two numbers on a phone


class Mark(NamedTuple):
    """A moment on the curve, µs."""

    at: int
    kind: str
    """The level of the alert that was raised then; or "press", or "count" (`console.count_rule`)."""
    label: str


class Part(NamedTuple):
    """The marks of one kind in a row of the legend."""

    kind: str
    said: str


class Row(NamedTuple):
    """Of the legend; the first has the number 1."""

    marks: Sequence[Mark]
    """Together, in order."""
    parts: Sequence[Part]

    @property
    def said(self) -> str:
        return "; ".join(part.said for part in self.parts)


def legend(say: Tongue, marks: Sequence[Mark], start: int, end: int) -> list[Row]:
    """Of a curve from `start` to `end`, µs; empty where the marks are so few that they need none."""
    if len(marks) <= _WORDED:
        return []
    one_day = len({say.day(from_us(at)) for at in (start, *(mark.at for mark in marks))}) == 1
    rows = grouped([mark.at for mark in marks], (end - start) // _APART)
    return [_row(say, marks[row.start : row.stop], one_day=one_day) for row in rows]


def grouped(moments: Sequence[int], apart: int) -> list[range]:
    """Neighbours as one, the closest first, until there are few enough, and any two that stay span `apart`."""
    groups = [range(at, at + 1) for at in range(len(moments))]
    while len(groups) > 1:
        spans = [moments[after[-1]] - moments[before[0]] for before, after in pairwise(groups)]
        if len(groups) <= MOST and min(spans) >= apart:
            break
        at = spans.index(min(spans))
        groups[at : at + 2] = [range(groups[at].start, groups[at + 1].stop)]
    return groups


def _row(say: Tongue, marks: Sequence[Mark], *, one_day: bool) -> Row:
    kinds: dict[str, list[Mark]] = {}
    for mark in marks:
        kinds.setdefault(mark.kind, []).append(mark)
    return Row(marks, [Part(kind, _said(say, some, one_day=one_day)) for kind, some in kinds.items()])


def _said(say: Tongue, some: Sequence[Mark], *, one_day: bool) -> str:
    """Of one kind; only of alerts there may be several."""
    kind = some[0].kind
    if len(some) == 1 or kind not in Level.__members__:
        return "; ".join(mark.label for mark in some)
    when = words.between(say, from_us(some[0].at), from_us(some[-1].at), one_day=one_day)
    return words.alert_marks(say, words.level(say, Level[kind]), len(some), when)
