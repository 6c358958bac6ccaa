"""Charts as SVG made here: no script, no inline style, colours by class, numbers always finite.

A chart is drawn for a few widths at about one unit a pixel, and the stylesheet shows the one that fits: so the
labels stay readable on a phone.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from math import ceil
from typing import NamedTuple

from markupsafe import Markup

from console import story_words, words
from console.fan import LEAST, Fan
from console.marks import Mark, Row
from console.tongue import Tongue
from earshot.clock import from_us

WIDTHS = {"narrow": 320, "medium": 520, "wide": 740}

_RIGHT, _BOTTOM, _TOP = 12, 28, 14
_ROW = 17  # the height of a mark's label
_LETTER = 7  # an upper bound for the mean width of a character of the labels, whatever the font
_MINUTE = 60 * 1_000_000
_DAY = 24 * 60 * _MINUTE
_STEPS = tuple(m * _MINUTE for m in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720))


class Gap(NamedTuple):
    """A time in which a source told nothing, µs."""

    begin: int
    end: int
    label: str


class Frame(NamedTuple):
    """The drawing's inner rectangle and what it spans."""

    width: int
    height: int
    top: int
    start: int
    end: int
    most: int
    left: float

    @property
    def right(self) -> int:
        return self.width - _RIGHT

    @property
    def bottom(self) -> int:
        return self.height - _BOTTOM

    def x(self, at: float) -> float:
        return self.left + (self.right - self.left) * (at - self.start) / (self.end - self.start)

    def at(self, x: float) -> float:
        return self.start + (self.end - self.start) * ((x - self.left) / (self.right - self.left))

    def y(self, count: float) -> float:
        return self.bottom - (self.bottom - self.top) * count / self.most


def curve(
    say: Tongue,
    times: Sequence[int],
    marks: Sequence[Mark],
    fan: Fan | None = None,
    silent: Sequence[Gap] = (),
    legend: Sequence[Row] = (),
) -> Markup:
    """How many mentions there were, over the time they were said (`times`, µs, in order); empty for none.

    Where there is a legend, marks have the numbers of its rows instead of their words.
    """
    drawn = WIDTHS if times else {}
    return Markup("").join(_curve(say, each, times, marks, fan, silent, legend) for each in drawn)


def span(times: Sequence[int], marks: Sequence[Mark], fan: Fan | None) -> tuple[int, int]:
    """From when to when it goes, µs."""
    moments = [times[0], times[-1], *(mark.at for mark in marks), *([fan.end] if fan else [])]
    start, end = min(moments), max(moments)
    spare = max(0, LEAST - (end - start))
    return start - spare // 5, end + spare - spare // 5


def _curve(
    say: Tongue,
    name: str,
    times: Sequence[int],
    marks: Sequence[Mark],
    fan: Fan | None,
    silent: Sequence[Gap],
    legend: Sequence[Row],
) -> Markup:
    frame = _frame(say, WIDTHS[name], times, marks, fan, rows=1 if legend else len(marks))
    body = (
        *gaps(frame, silent, fan.begin if fan else frame.end),
        *grid(say, frame),
        *clock(say, frame, fan),
        *(_fan(say, frame, fan) if fan else ()),
        _line(frame, times, frame.x(fan.begin) if fan else frame.right),
        *_marks(frame, times, marks, legend),
    )
    return Markup(
        '<svg class="fit-{}" viewBox="0 0 {} {}" role="img" aria-label="{}" focusable="false">{}</svg>'
    ).format(
        name, frame.width, frame.height, _label(say, times, marks, silent, legend), Markup("").join(body)
    )


def gaps(frame: Frame, silent: Iterable[Gap], until: int) -> Iterable[Markup]:
    """Shaded where a source told nothing: what is not there was not heard, which is no calm."""
    for gap in silent:
        begin, end = max(gap.begin, frame.start), min(gap.end, until)
        if begin < end:
            x = frame.x(begin)
            yield Markup(
                '<rect class="gap" x="{:.1f}" y="{}" width="{:.1f}" height="{}"><title>{}</title></rect>'
            ).format(x, frame.top, max(1.0, frame.x(end) - x), frame.bottom - frame.top, gap.label)


def _frame(
    say: Tongue, width: int, times: Sequence[int], marks: Sequence[Mark], fan: Fan | None, *, rows: int
) -> Frame:
    """`rows` of words above the plot."""
    top = _TOP + _ROW * rows
    plot = 170 if width < 400 else 210
    most = ticks(fan.top if fan else len(times))[-1]
    return Frame(
        width,
        top + plot + _BOTTOM,
        top,
        *span(times, marks, fan),
        most,
        left=14 + len(say.number(most)) * _LETTER,
    )


def _label(
    say: Tongue, times: Sequence[int], marks: Sequence[Mark], silent: Sequence[Gap], legend: Sequence[Row]
) -> str:
    said = words.curve(say, len(times), from_us(times[0]), from_us(times[-1]))
    told = [row.said for row in legend] or [mark.label for mark in marks]
    return "; ".join((said, *told, *(gap.label for gap in silent)))


def ticks(most: int) -> list[int]:
    """Round whole numbers from 0 to at least `most`, about four of them."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            step = size * factor
            if most <= 4 * step:
                return list(range(0, most + step, step))[: -(-most // step) + 1]
        size *= 10


def grid(say: Tongue, frame: Frame) -> Iterable[Markup]:
    for count in ticks(frame.most):
        y = frame.y(count)
        yield Markup('<line class="grid" x1="{:.1f}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(
            frame.left, frame.right, y, y
        )
        yield text(frame.left - 8, y + 4, say.number(count), anchor="end")


def clock(say: Tongue, frame: Frame, fan: Fan | None) -> Iterable[Markup]:
    """Round hours or days of the reader along the bottom, as many as have room; none below a forecast."""
    step = _clock_step(frame.end - frame.start, room=int((frame.right - frame.left) / 64))
    ahead = say.offset(from_us(frame.start))
    until = fan.begin if fan else frame.end
    for at in range(-(-(frame.start + ahead) // step) * step - ahead, until + 1, step):
        x = frame.x(at)
        yield Markup('<line class="tick" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"/>').format(
            x, frame.bottom, frame.bottom + 4
        )
        yield text(
            min(max(x, 20), frame.width - 20),
            frame.bottom + 19,
            _tick_name(say, from_us(at), step),
            anchor="middle",
        )


def _clock_step(span: int, room: int) -> int:
    days = max(1, -(-span // (room * _DAY)))
    return next((step for step in _STEPS if span <= room * step), days * _DAY)


def _tick_name(say: Tongue, at: datetime, step: int) -> str:
    if step > 31 * _DAY:
        return say.month(at)
    return say.day(at) if say.is_midnight(at) else say.hour(at)


def _fan(say: Tongue, frame: Frame, fan: Fan) -> Iterable[Markup]:
    """Where it may end: a band for four of five cases, its middle dashed; what leaves the frame is cut off."""
    low, high = _ascent(frame, fan, fan.low), _ascent(frame, fan, fan.high)
    corner = [] if high[-1] == low[-1] or fan.high <= frame.most else [(float(frame.right), float(frame.top))]
    start = (frame.x(fan.begin), frame.y(fan.so_far))
    yield Markup('<path class="fan" d="{}Z"/>').format(path([start, *low, *corner, *reversed(high)]))
    middle = _ascent(frame, fan, fan.size)
    yield Markup('<path class="ahead" d="{}"/>').format(path([start, *middle]))
    x, y = middle[-1]
    yield text(x - 2, max(y - 6, frame.top + 11), story_words.about(say, fan), anchor="end", kind="said")
    yield text(frame.right, frame.bottom + 19, story_words.in_the_end(say), anchor="end")


def _ascent(frame: Frame, fan: Fan, size: int) -> list[tuple[float, float]]:
    """Where the way from what there is to `size` ends: at the right edge, or at the top before it."""
    if size <= frame.most:
        return [(float(frame.right), frame.y(size))]
    share = (frame.most - fan.so_far) / (size - fan.so_far)
    return [(frame.x(fan.begin + share * (fan.end - fan.begin)), float(frame.top))]


def path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _line(frame: Frame, times: Sequence[int], until: float) -> Markup:
    """A staircase read off once a pixel: exact there, and as short for a hundred thousand mentions as for ten."""
    path, shown = [f"M{frame.left:.1f} {frame.y(0):.1f}"], 0
    for x in range(ceil(frame.left), int(until) + 1):
        count = bisect_right(times, frame.at(x))
        if count != shown:
            path.append(f"H{x}V{frame.y(count):.1f}")
            shown = count
    return Markup('<path class="ink" d="{}"/>').format("".join((*path, f"H{until:.1f}")))


def _marks(
    frame: Frame, times: Sequence[int], marks: Sequence[Mark], legend: Sequence[Row]
) -> Iterable[Markup]:
    """Labels or numbers in a band above the plot, where no curve runs, each tied to its moment by a thin line."""
    step = 0 if legend else _ROW
    places = [
        (mark, frame.x(mark.at), frame.y(bisect_right(times, mark.at)), _TOP + step * row)
        for row, mark in enumerate(marks)
    ]
    for mark, x, y, row in places:
        yield Markup('<line class="stem {0}" x1="{1:.1f}" x2="{1:.1f}" y1="{2}" y2="{3:.1f}"/>').format(
            mark.kind, x, row + 4, y
        )
    for mark, x, y, _ in places:
        yield Markup('<circle class="mark {}" cx="{:.1f}" cy="{:.1f}" r="5"/>').format(mark.kind, x, y)
    if legend:
        yield from _numbers(frame, legend)
        return
    for mark, x, _, row in places:
        half = len(mark.label) * _LETTER / 2
        yield text(
            min(max(x, half + 2), frame.width - half - 2), row, mark.label, anchor="middle", kind="said"
        )


def _numbers(frame: Frame, legend: Sequence[Row]) -> Iterable[Markup]:
    """Each in the middle above its marks, which a bar holds together."""
    for number, row in enumerate(legend, 1):
        first, last = frame.x(row.marks[0].at), frame.x(row.marks[-1].at)
        if first < last:
            yield Markup('<line class="stem" x1="{0:.1f}" x2="{1:.1f}" y1="{2}" y2="{2}"/>').format(
                first, last, _TOP + 4
            )
        yield text((first + last) / 2, _TOP, str(number), anchor="middle", kind="said")


def text(x: float, y: float, words_: str, *, anchor: str, kind: str = "") -> Markup:
    return Markup('<text{} x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        Markup(' class="{}"').format(kind) if kind else "", x, y, anchor, words_
    )
