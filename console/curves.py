"""A story's curve: the picture of `console.charts`, and its numbers for those who read them and for the browser."""

import json
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from console import charts, story_words, words
from console.charts import Gap
from console.fan import Fan
from console.marks import Mark, Row, legend
from console.tongue import Tongue
from earshot.clock import from_us

POINTS = 500
"""More would not be seen: a desk's chart is about so many pixels wide."""
_FIGURES = 8
WORTH = 3
"""Mentions, below which a curve shows nothing."""
_SECOND = 1_000_000


class Figure(NamedTuple):
    """One row of the curve in figures."""

    at: str
    reached: str
    label: str
    """What is marked at that moment; empty: nothing."""


class Curve(NamedTuple):
    picture: Markup
    """Empty where there is nothing to draw."""
    numbers: str
    """JSON, for `static/chart.js`, which draws over the picture."""
    figures: list[Figure]
    legend: list[Row]
    """Of the marks, where they are many; none where they are told in the picture."""


def curve(
    say: Tongue,
    times: Sequence[int],
    marks: Sequence[Mark],
    fan: Fan | None = None,
    silent: Sequence[Gap] = (),
) -> Curve:
    """How many mentions there were, over the time they were said (`times`, µs, in order); no picture of one or two."""
    is_drawn = len(times) >= WORTH
    rows = legend(say, marks, *charts.span(times, marks, fan)) if is_drawn else []
    drawn = charts.curve(say, times, marks, fan, silent, rows) if is_drawn else Markup()
    return Curve(drawn, numbers(say, times, marks, fan, silent, rows), figures(say, times, marks), rows)


def staircase(times: Sequence[int], points: int = POINTS) -> tuple[list[int], list[int]]:
    """(second, how many there were in it), from `times` (µs, in order); at most about `points` of them.

    The last count of each slice of time: exact where it is shown, and nothing of a rise is lost.
    """
    if not times:
        return [], []
    width = max(_SECOND, -(-(times[-1] - times[0]) // points))
    last: dict[int, tuple[int, int]] = {}
    for count, at in enumerate(times, 1):
        last[(at - times[0]) // width] = (at // _SECOND, count)
    steps = dict(last.values())  # two slices may end in the same second: the later one counts
    return list(steps), list(steps.values())


def numbers(
    say: Tongue,
    times: Sequence[int],
    marks: Sequence[Mark],
    fan: Fan | None = None,
    silent: Sequence[Gap] = (),
    rows: Sequence[Row] = (),
) -> str:
    """What the script needs, with the words that it says; empty for no curve."""
    if not times:
        return ""
    at, count = staircase(times)
    start, end = charts.span(times, marks, fan)
    shown = [
        {
            "at": mark.at // _SECOND,
            "count": bisect_right(times, mark.at),
            "kind": mark.kind,
            "label": mark.label,
        }
        for mark in marks
    ]
    ahead: dict[str, Any] = {"forecast": forecast(say, fan)} if fan else {}
    if silent:
        until = fan.begin if fan else max(gap.end for gap in silent)
        ahead["gaps"] = [
            {"from": gap.begin // _SECOND, "to": min(gap.end, until) // _SECOND, "label": gap.label}
            for gap in silent
        ]
    label = words.curve(say, len(times), from_us(times[0]), from_us(times[-1]))
    said = {"label": label, "zone": say.zone.key, "one": _mentions(say, 1), "other": _mentions(say, 2)}
    return json.dumps(
        {
            "at": at,
            "count": count,
            "marks": shown,
            "rows": [(row.marks[0].at // _SECOND, row.marks[-1].at // _SECOND) for row in rows],
            **ahead,
            "from": start // _SECOND,
            "to": end // _SECOND,
            **said,
        }
    )


def forecast(say: Tongue, fan: Fan) -> dict[str, Any]:
    """The fan for the script: its edges and its middle at its two ends."""
    edges = {"low": fan.low, "middle": fan.size, "high": fan.high}
    return {
        "at": [fan.begin // _SECOND, fan.end // _SECOND],
        **{name: [fan.so_far, size] for name, size in edges.items()},
        "top": fan.top,
        "about": story_words.about(say, fan),
        "end": story_words.in_the_end(say),
    }


def _mentions(say: Tongue, count: int) -> str:
    """The form for so many, with %(count)s for the script to fill in."""
    return say.translations.ngettext("%(count)s mention", "%(count)s mentions", count)


def figures(say: Tongue, times: Sequence[int], marks: Sequence[Mark]) -> list[Figure]:
    """The curve read off at the moments that called and at about eight others, the latest last."""
    at, _ = staircase(times, _FIGURES)
    called: dict[int, str] = {}
    for mark in marks:
        called[mark.at] = f"{called[mark.at]}; {mark.label}" if mark.at in called else mark.label
    moments = sorted({*((second + 1) * _SECOND - 1 for second in at), *called})
    return [
        Figure(say.short(from_us(each)), say.number(bisect_right(times, each)), called.get(each, ""))
        for each in moments
    ]
