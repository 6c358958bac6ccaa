"""Words and tables for a terminal: what strangers wrote cannot steer it, and nothing wider than it is printed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

_RECENT = timedelta(days=330)  # a day and a month without their year are clear for so long
_WIDEST = 12  # of a column that may be cut
_NARROWEST = 8

Column = tuple[str, str]
"""Heading, and its kind: "left", "right" (a number), "short" (cut to twelve), "rest" (cut to what is left)."""


def printable(text: str) -> str:
    """With what would move the cursor, change colours or reverse the line written as its code."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else f"\\x{ord(sign):02x}" for sign in text)


def one_line(text: str) -> str:
    return printable(" ".join(text.split()))


def so_many(count: int, one: str, many: str = "") -> str:
    """How many of what; `many` where that is not `one` with an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def day_or_time(moment: datetime, now: datetime) -> str:
    """As short as it can be understood (UTC): 17:34 today, 21 Feb, Feb 2015."""
    if moment.date() == now.date():
        return f"{moment:%H:%M}"
    return f"{moment:%d %b}" if abs(now - moment) < _RECENT else f"{moment:%b %Y}"


def day_and_time(moment: datetime, now: datetime) -> str:
    """To the minute (UTC): 17:34 today, 21 Feb 17:34, 21 Feb 2015 17:34."""
    if moment.date() == now.date():
        return f"{moment:%H:%M}"
    return f"{moment:%d %b %H:%M}" if abs(now - moment) < _RECENT else f"{moment:%d %b %Y %H:%M}"


def length(span: timedelta) -> str:
    """In its two largest units, rounded down: 7m, 3h 12m, 2d 5h."""
    minutes = span // timedelta(minutes=1)
    parts = [(minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "m")]
    largest = next((at for at, (count, _) in enumerate(parts) if count), 2)
    return " ".join(f"{count}{unit}" for count, unit in parts[largest : largest + 2] if count) or "0m"


def table(console: Console, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Table:
    """A table that fits: first the rest is cut, then the short columns, never a number."""
    cells = [[one_line(cell) for cell in row] for row in rows]
    widths = [
        max(cell_len(word) for word in [*heading.split("\n"), *(row[at] for row in cells)])
        for at, (heading, _) in enumerate(columns)
    ]
    kinds = [kind for _, kind in columns]
    widths = [min(w, _WIDEST) if kind == "short" else w for w, kind in zip(widths, kinds, strict=True)]
    fixed = sum(w for w, kind in zip(widths, kinds, strict=True) if kind != "rest") + len(columns) - 1
    left = max(console.width - fixed, _NARROWEST)
    widths = [min(w, left) if kind == "rest" else w for w, kind in zip(widths, kinds, strict=True)]
    made = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=0)
    for heading, kind in columns:
        made.add_column(Text(heading), justify="right" if kind == "right" else "left", no_wrap=True)
    for row in cells:
        made.add_row(*(_cut(cell, width) for cell, width in zip(row, widths, strict=True)))
    return made


def _cut(cell: str, width: int) -> Text:
    text = Text(cell)
    text.truncate(width, overflow="ellipsis")
    return text
