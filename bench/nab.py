"""The score of the Numenta Anomaly Benchmark (Lavin and Ahmad, 2015; arXiv:1510.03336), standard profile.

The paper defines it, and where the paper leaves room this follows the benchmark's own code: the first 15 % of the
rows, at most 750, do not count; of each window the first alarm counts, worth more the earlier it is; each alarm
outside a window costs, the more the longer the last window is over; a window without an alarm costs one. The sum
over all files is shown between that of a detector that never calls (0) and of a perfect one (100).
"""

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Window = tuple[int, int]
"""First and last row."""

HIT, MISS, FALSE = 1.0, 1.0, 0.11
"""A_TP, A_FN and A_FP of the standard profile."""
_FAR = 3.0  # widths after a window from which on an alarm costs the whole of `FALSE`


class Labelled(NamedTuple):
    """A brand's counts, one row each step, and where something happened."""

    name: str
    counts: Floats
    windows: list[Window]
    step: float
    """Seconds from row to row."""


def probation(rows: int) -> int:
    return int(min(0.15 * rows, 750))


def rewards(rows: int, windows: Sequence[Window]) -> Floats:
    """What an alarm at each row is worth: above 0 inside a window, below 0 elsewhere."""
    at = np.arange(rows)
    worth = np.full(rows, -FALSE)
    for first, last in windows:
        after = at > last
        past = (at[after] - last) / max(last - first, 1)
        worth[after] = FALSE * np.where(past >= _FAR, -1.0, _sigmoid(past))
    for first, last in windows:
        width = last - first + 1
        inside = slice(first, last + 1)
        worth[inside] = HIT * _sigmoid((at[inside] - last - 1) / width) / _sigmoid(np.array(-1.0))
    return worth


def score(alarms: Rows, brand: Labelled) -> float:
    """Of one file, not normalised; `alarms` are rows in ascending order."""
    rows = len(brand.counts)
    counted = alarms[alarms >= probation(rows)]
    worth, total, free = rewards(rows, brand.windows), 0.0, np.ones(len(counted), bool)
    for first, last in brand.windows:
        inside = (counted >= first) & (counted <= last)
        total += worth[counted[inside][0]] if inside.any() else -MISS
        free &= ~inside
    return float(total + worth[counted[free]].sum())


def normalised(total: float, brands: Iterable[Labelled]) -> float:
    windows = sum(len(brand.windows) for brand in brands)
    return 100 * (total + MISS * windows) / ((HIT + MISS) * windows) if windows else 0.0


def read(path: Path, windows: Path) -> Labelled:
    """CSV with timestamp and value; `windows` is JSON: name of a file, with or without its folder -> [[from, to]…]."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            (datetime.fromisoformat(row["timestamp"]), float(row["value"])) for row in csv.DictReader(file)
        ]
    labels = {Path(name).name: spans for name, spans in json.loads(windows.read_text("utf-8")).items()}
    if path.name not in labels:
        raise SystemExit(f"{windows}: no windows of {path.name}: nothing can be measured with it")
    times = np.array([time.timestamp() for time, _ in rows])
    spans = [
        (int(np.searchsorted(times, _stamp(a))), int(np.searchsorted(times, _stamp(b), "right")) - 1)
        for a, b in labels[path.name]
    ]
    counts = np.array([value for _, value in rows])
    return Labelled(path.stem, counts, sorted(spans), float(np.median(np.diff(times))))


def _stamp(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()


def _sigmoid(x: Floats) -> Floats:
    """From 1 long before a window's end through 0 at it to -1 long after."""
    return 2 / (1 + np.exp(5 * x)) - 1
