"""One page with pictures, whole in itself: each story's mentions over time, and when who told of it."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

from earshot.backtest import report
from earshot.backtest.outcomes import Outcome
from earshot.backtest.report import Found
from earshot.clock import from_us
from earshot.explain import about, counted
from earshot.model import Level

_MOST = 200  # stories
_POINTS = 300  # of a curve
_WIDTH, _HEIGHT, _ROW, _EDGE = 720, 90, 14, 10
_RULES = (
    "rule",
    "threshold",
    "alarms",
    "false a brand-week",
    "in time",
    "median lead, min",
    "mean lead, min",
)
_MARKS = {
    "N": "it becomes large",
    "A": "our alert, warning or above",
    "w": "our alert, watch",
    "C": "count",
    "Z": "negative-rate z",
    "F": "followers",
}
_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Backtest</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a }
table { border-collapse: collapse } th, td { padding: .2rem .7rem .2rem 0; text-align: right; white-space: nowrap }
th:first-child, td:first-child { text-align: left } th { font-weight: 600; border-bottom: 1px solid #999 }
h1, h2, h3, p { overflow-wrap: anywhere } h3 { margin: 1.6rem 0 0; font-size: 1rem } p { margin: .3rem 0 }
.wide { overflow-x: auto } svg { width: 100%; min-width: 640px; height: auto; display: block }
.curve { fill: none; stroke: #1a1a1a; stroke-width: 1.5 } .axis { stroke: #999 }
.mark { stroke: #777; stroke-dasharray: 3 3 } .N { stroke: #1a1a1a; stroke-dasharray: none }
.A, .w { stroke: #b00020; stroke-width: 2; stroke-dasharray: none } text { font-size: 11px }
</style></head><body>
"""


class _Mark(NamedTuple):
    at: int
    sign: str


def drawn(found: Mapping[str, Any], judged: Found) -> str:
    """`found`: what programs get, see `report.plain`; nothing in it is taken for markup."""
    stories = report.told(judged)
    rows = (_story(each, judged) for each in stories[:_MOST])
    return "".join([_HEAD, *_summary(found, len(stories)), *rows, "</body></html>\n"])


def _summary(found: Mapping[str, Any], stories: int) -> Iterator[str]:
    yield f"<h1>Backtest of {escape(found['history'])}</h1>\n"
    yield (
        f"<p>{_mentions(found['mentions'])} of {counted(len(found['brands']), 'brand', 'brands', 'en')},"
        f" {found['from'][:10]} to"
        f" {found['until'][:10]}; model {escape(', '.join(found['models']))}, configuration {found['config']},"
        f" version {escape(found['version'])}. A story is large from {_mentions(found['large'])} on;"
        " leads are minutes from the first alarm until then, false alarms are counted a brand-week.</p>\n"
    )
    for level, of in found["levels"].items():
        yield f"<h2>Alerts of level {level} or above</h2>\n{_table(_RULES, list(report.rule_rows(of)))}"
    yield f"<h2>Stories</h2>\n<p>{stories:,} called or became large"
    yield f"; the {_MOST:,} largest. " if stories > _MOST else ". "
    yield "; ".join(f"<b>{sign}</b> {words}" for sign, words in _MARKS.items()) + ". Times are UTC.</p>\n"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(each)}</th>" for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return _wide(f"<table><tr>{head}</tr>{body}</table>")


def _wide(inner: str) -> str:
    """On a phone it is moved within the page."""
    return f'<div class="wide" tabindex="0">{inner}</div>\n'


def _mentions(count: int) -> str:
    return counted(count, "mention", "mentions", "en")


def _story(of: Outcome, judged: Found) -> str:
    marks = _marks(of, judged)
    scale = _scale(of, marks)
    top = _ROW * (len(marks) + 1)
    bottom = top + _HEIGHT
    facts = f"{of.past.brand}: {_mentions(of.mentions)}, reach {about(of.past.reach, 'en')} ({of.past.first})"
    first, last = _moment(scale.first), _moment(scale.first + scale.span)
    said = escape(of.past.words) or "<i>its first mention has no words or was withdrawn</i>"
    picture = (
        f'<svg viewBox="0 0 {_WIDTH} {bottom + 4}" role="img" aria-label="{_said(marks)}">'
        f'<line class="axis" x1="{_EDGE}" x2="{_WIDTH - _EDGE}" y1="{bottom}" y2="{bottom}"/>'
        f"{''.join(_line(mark, scale, row, bottom) for row, mark in enumerate(marks))}"
        f'<polyline class="curve" points="{_curve(of, scale, bottom)}"/></svg>'
    )
    when = first if first == last else f"{first} to {last}"
    return f"<h3><bdi>{said}</bdi></h3>\n<p>{escape(facts)}, {when}</p>\n{_wide(picture)}"


class _Scale(NamedTuple):
    """Of time, µs."""

    first: int
    span: int

    def x(self, at: int) -> float:
        return round((at - self.first) / self.span * (_WIDTH - 2 * _EDGE) + _EDGE, 1)


def _scale(of: Outcome, marks: Sequence[_Mark]) -> _Scale:
    moments = [*(heard.at for heard in of.past.heard), *(mark.at for mark in marks)]
    return _Scale(min(moments), max(1, max(moments) - min(moments)))


def _marks(of: Outcome, judged: Found) -> list[_Mark]:
    """In order of time; the other rules as sensitive as beside our warnings."""
    story, side = of.past.story, judged.sides[0]
    found = {
        "N": of.large_at,
        "A": of.called_at(Level.warning),
        "w": of.called_at(Level.watch),
        **{sign: each.worth.told.get(story) for sign, each in zip("CZF", side.others, strict=True)},
    }
    return sorted(_Mark(at, sign) for sign, at in found.items() if at is not None)


def _line(mark: _Mark, scale: _Scale, row: int, bottom: int) -> str:
    """A moment, its sign in a row of its own, so that none hides another."""
    x, y = scale.x(mark.at), _ROW * (row + 1)
    side = "end" if x > _WIDTH / 2 else "start"
    shift = -3 if side == "end" else 3
    return (
        f'<line class="mark {mark.sign}" x1="{x}" x2="{x}" y1="{y - 8}" y2="{bottom}"/>'
        f'<text x="{x + shift}" y="{y}" text-anchor="{side}">{mark.sign} {_moment(mark.at)}</text>'
    )


def _curve(of: Outcome, scale: _Scale, bottom: int) -> str:
    heard = sorted(each.at for each in of.past.heard)
    if not heard:
        return ""
    step = max(1, len(heard) // _POINTS)
    kept = [*range(0, len(heard) - 1, step), len(heard) - 1]
    points = ((scale.x(heard[at]), bottom - _HEIGHT * (at + 1) / len(heard)) for at in kept)
    return " ".join(f"{x},{y:.1f}" for x, y in points)


def _said(marks: Sequence[_Mark]) -> str:
    return "; ".join(f"{_MARKS[mark.sign]} {_moment(mark.at)}" for mark in marks)


def _moment(at: int) -> str:
    return f"{from_us(at):%Y-%m-%d %H:%M}"
