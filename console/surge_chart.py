"""The picture of a surge: negative authors in each hour, beside what is usual and from where on it is a surge."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from console.charts import WIDTHS, Frame, Gap, clock, gaps, grid, path, text, ticks
from console.marks import Mark
from console.tongue import Tongue

_BOTTOM, _TOP, _ROW = 28, 14, 17
_LETTER = 7


class Usual(NamedTuple):
    """What the hour is measured against."""

    mean: float
    high: float
    """More are a surge."""


def picture(
    say: Tongue,
    label: str,
    hours: Sequence[tuple[int, int]],
    usual: Usual,
    marks: Sequence[Mark],
    silent: Sequence[Gap],
) -> Markup:
    """`hours` are (moment, count), in order; empty for fewer than two."""
    if len(hours) < 2:
        return Markup()
    return Markup("").join(_drawn(say, label, name, hours, usual, marks, silent) for name in WIDTHS)


def _drawn(
    say: Tongue,
    label: str,
    name: str,
    hours: Sequence[tuple[int, int]],
    usual: Usual,
    marks: Sequence[Mark],
    silent: Sequence[Gap],
) -> Markup:
    frame = _frame(say, WIDTHS[name], hours, usual, marks)
    body = (
        *gaps(frame, silent, frame.end),
        _band(frame, usual),
        *grid(say, frame),
        *clock(say, frame, None),
        *_usual(say, frame, usual),
        _line(frame, hours),
        *_marks(frame, dict(hours), marks),
    )
    return Markup(
        '<svg class="fit-{}" viewBox="0 0 {} {}" role="img" aria-label="{}" focusable="false">{}</svg>'
    ).format(name, frame.width, frame.height, label, Markup("").join(body))


def _frame(
    say: Tongue, width: int, hours: Sequence[tuple[int, int]], usual: Usual, marks: Sequence[Mark]
) -> Frame:
    most = ticks(max(4, round(usual.high + 0.5), *(count for _, count in hours)))[-1]
    top = _TOP + _ROW * len(marks)
    plot = 170 if width < 400 else 210
    left = 14 + len(say.number(most)) * _LETTER
    return Frame(width, top + plot + _BOTTOM, top, hours[0][0], hours[-1][0], most, left)


def _band(frame: Frame, usual: Usual) -> Markup:
    y = frame.y(min(usual.high, frame.most))
    return Markup('<rect class="usual" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
        frame.left, y, frame.right - frame.left, frame.bottom - y
    )


def _usual(say: Tongue, frame: Frame, usual: Usual) -> Iterable[Markup]:
    y = frame.y(min(usual.mean, frame.most))
    yield Markup('<line class="mean" x1="{:.1f}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(
        frame.left, frame.right, y, y
    )
    high = frame.y(min(usual.high, frame.most))
    yield text(frame.left + 4, high - 5, say.gettext("a surge from here on"), anchor="start")


def _line(frame: Frame, hours: Sequence[tuple[int, int]]) -> Markup:
    points = [(frame.x(at), frame.y(count)) for at, count in hours]
    return Markup('<path class="ink" d="{}"/>').format(path(points))


def _marks(frame: Frame, counts: dict[int, int], marks: Sequence[Mark]) -> Iterable[Markup]:
    """Told in a band above the plot, each tied to its moment."""
    for row, mark in enumerate(marks):
        x, y = frame.x(mark.at), _TOP + _ROW * row
        reached = counts.get(min(counts, key=lambda at: abs(at - mark.at)), 0)
        yield Markup('<line class="stem {0}" x1="{1:.1f}" x2="{1:.1f}" y1="{2}" y2="{3:.1f}"/>').format(
            mark.kind, x, y + 4, frame.y(reached)
        )
        yield Markup('<circle class="mark {}" cx="{:.1f}" cy="{:.1f}" r="5"/>').format(
            mark.kind, x, frame.y(reached)
        )
        half = len(mark.label) * _LETTER / 2
        yield text(min(max(x, half + 2), frame.width - half - 2), y, mark.label, anchor="middle", kind="said")
