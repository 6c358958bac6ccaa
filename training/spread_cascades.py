"""Old stories to learn from: times of events, and the state after each of them."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from processors.spread.columns import Columns, Floats
from processors.spread.state import State, add, begin

Ints = NDArray[np.int64]
DAY = 86_400.0


class Cascades(NamedTuple):
    """Stories of one platform in the order in which they began."""

    times: list[Floats]
    """Of each story the s since its first event at which each was heard of, rising."""
    starts: Ints
    """(stories + 1,): events of story i are rows starts[i]:starts[i + 1] of `states`."""
    states: Columns
    """As of just after each event; times are s since 1970 where a story has a date."""

    @property
    def sizes(self) -> Ints:
        return np.diff(self.starts)

    def part(self, which: Ints) -> "Cascades":
        rows = np.concatenate([np.arange(self.starts[i], self.starts[i + 1]) for i in which])
        starts = np.concatenate([[0], np.cumsum(self.sizes[which])])
        return Cascades([self.times[i] for i in which], starts, self.states.rows(rows))

    def at(self, ages: Floats, stories: Ints | None = None) -> Columns:
        """The states of `stories` (all by default), each at its age in s."""
        stories = np.arange(len(self.sizes)) if stories is None else stories
        rows = [
            self.starts[i] + np.searchsorted(self.times[i], age, "right") - 1
            for i, age in zip(stories, ages, strict=True)
        ]
        states = self.states.rows(np.array(rows))
        return states.at(states.first + ages)


def read(paths: Iterable[Path]) -> dict[str, list[Floats]]:
    """Times by platform, which is what a file's name begins with; stories in the order in which they began."""
    found: dict[str, list[Floats]] = {}
    for path in paths:
        with path.open(encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        stories = [float(row.get("started_at") or 0) + np.sort(row["t"]) for row in rows if row["t"]]
        found.setdefault(platform(path), []).extend(stories)
    return {name: sorted(stories, key=lambda times: float(times[0])) for name, stories in found.items()}


def platform(path: Path) -> str:
    """The letters that a file's name begins with: "twitter" of `twitter1516_dev.jsonl`."""
    return (re.match("[a-z]+", path.stem.lower()) or ["any"])[0]


def trace(times: list[Floats]) -> Cascades:
    """Live through the stories, each given by the times of its events."""
    lengths = [len(t) for t in times]
    states = np.empty((15, sum(lengths)))
    row = 0
    for story in times:
        state = begin(float(story[0]))
        for position, t in enumerate(story.tolist()):
            if position:
                add(state, t)
            states[:7, row] = _scalars(state)
            states[7:, row] = state.memory
            row += 1
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return Cascades([t - t[0] for t in times], starts, Columns(*states[:7], states[7:]))


def polled(cascades: Cascades, every: float) -> Cascades:
    """The same stories seen through a counter without times: at each look events lie evenly since the last."""
    first = cascades.states.first[cascades.starts[:-1]]
    looks = [np.ceil(story / every) * every for story in cascades.times]
    spread = trace([start + _evenly(seen, every) for start, seen in zip(first, looks, strict=True)])
    return spread._replace(times=looks)


def _evenly(seen: Floats, every: float) -> Floats:
    """Times that the events of each look are taken to have had."""
    _, first, counts = np.unique(seen, return_index=True, return_counts=True)
    place = np.arange(len(seen)) - np.repeat(first, counts) + 1
    return np.asarray(seen - np.where(seen > 0, every, 0.0) * (1 - place / np.repeat(counts, counts)))


def _scalars(state: State) -> tuple[float, ...]:
    return state.t, state.first, state.last, state.n, state.marks, state.recent, state.exposure
