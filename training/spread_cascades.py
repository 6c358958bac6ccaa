"""Old stories to learn from: times of events, and the state after each of them."""

import math
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from records import Left, Record, objects, seconds

from earshot.errors import Refused
from processors.spread.columns import Columns, Floats
from processors.spread.state import State, add, begin

Ints = NDArray[np.int64]
DAY = 86_400.0
_LONGEST = 1e10  # s
_KNOWN = re.compile("tideh|twitter|weibo")
_PLATFORM, _UNNAMED = re.compile(r"[a-z][a-z0-9_-]*(?=\.)|[a-z]+"), "any"


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


def warn(line: str) -> None:
    print(line, file=sys.stderr)


def read(paths: Iterable[Path], say: Callable[[str], object] = warn) -> dict[str, list[Floats]]:
    """Times by `platform` of the files; stories in the order in which they began.

    The same for the same files in any order. `say` hears what was left out and why. Raises `Refused`.
    """
    paths = list(dict.fromkeys(paths))
    found: dict[str, list[Floats]] = {platform(path): [] for path in paths}
    for path in sorted(paths, key=lambda path: (path.name, str(path))):
        if platform(path) == _UNNAMED:
            say(f'{path}: its name tells no platform: it is taken for "{_UNNAMED}"; rename it to name one')
        found[platform(path)] += stories_of(path, say)
    return {name: sorted(stories, key=lambda times: float(times[0])) for name, stories in found.items()}


def stories_of(path: Path, say: Callable[[str], object] = warn) -> list[Floats]:
    """(events,) s since 1970, or since anything where `started_at` is missing, of each story. Raises `Refused`."""
    left, stories, undated = Left(path), [], 0
    for record in objects(path, left):
        try:
            stories.append(_story(record))
        except ValueError as error:
            left.out(record.line, str(error))
            continue
        undated += not record.values.get("started_at")
    for line in left.said():
        say(line)
    if not stories:
        raise Refused(f'{path}: no story can be read: each line needs "t", a list of numbers (s)')
    if 0 < undated < len(stories):
        say(f"{path}: {undated:,} of {len(stories):,} stories have no started_at: taken for the oldest")
    return stories


def _story(record: Record) -> Floats:
    t, began = record.values.get("t"), record.values.get("started_at")
    if not isinstance(t, list) or not t:
        raise ValueError('"t" is missing or holds no event')
    if not all(map(_number, t)):
        raise ValueError('"t" holds something else than numbers of s')
    try:
        start = seconds(began) if began else 0.0
    except ValueError:
        raise ValueError('"started_at" is no time (s since 1970, or ISO 8601)') from None
    return np.asarray(start + np.sort(t))


def _number(t: object) -> bool:
    return isinstance(t, (int, float)) and not isinstance(t, bool) and abs(t) < _LONGEST and math.isfinite(t)


def platform(path: Path) -> str:
    """What we know in a file's name, as "twitter" of `later_twitter16.jsonl`, else what precedes a dot of its own, as
    "play_store" of `play_store.2026.jsonl`, else the letters that it begins with.
    """
    name = path.stem.lower()
    return (_KNOWN.search(name) or _PLATFORM.match(name) or [_UNNAMED])[0]


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
