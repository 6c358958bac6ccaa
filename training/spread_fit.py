"""Learn a platform's tables from its old stories: boost them, then calibrate them on stories they did not see."""

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spread_boost import Bins, boost
from spread_cascades import DAY, Cascades, Floats, Ints, polled

from earshot.errors import Refused
from processors.spread.branching import Branching
from processors.spread.columns import Columns
from processors.spread.counted import evenly
from processors.spread.feature_columns import feature_columns
from processors.spread.features import FEATURES, PAIRS, UNDATED
from processors.spread.state import begin, merge
from processors.spread.tables import Tables

FOLDS = 4
FEWEST = 20  # stories of two events and more: five a fold
_BINS, _HOURS = 32, 24
_SAMPLES, _SIZES = 36, 6  # states of a story, and sizes asked for of each
_ROUNDS, _RATE, _RIDGE = 50, 0.1, 20.0
_GROWTH = np.linspace(0.1, 2.4, 31) ** 2  # r, finer where it is small
_LARGEST = 3_000.0
_HOUR = FEATURES.index("hour")
_PAIRS = [*((i, len(FEATURES)) for i in range(len(FEATURES))), *PAIRS]
KNOTS = [0.005, *((_GROWTH[1:] + _GROWTH[:-1]) / 2).round(4).tolist(), round(float(_GROWTH[-1]) + 0.15, 4)]
AGES = [1_800.0, 5_400.0, 4 * 3_600.0, DAY / 2]  # where the intervals' levels change
_AGES_SEEN = (600.0, 1_200.0, 1_800.0, 3_600.0, 7_200.0, 10_800.0, 21_600.0, 28_800.0, DAY / 2, DAY, 2 * DAY)
POLLS = [0.0, 600.0, 3_600.0]  # s between two looks at a story; 0: each event is heard
_GRID = np.array([*np.linspace(0.01, 0.99, 99), 0.993, 0.995, 0.997, 0.998, 0.999])
_SURE = 500.0  # log-odds: beyond, exp overflows and says no more
_OUTSIDE = 0.1  # of final sizes, on either side of the interval


Part = tuple[Ints, dict[str, Any]]
"""Stories, and tables that did not see them."""

Look = Callable[[Ints, float], Columns]
"""What is known of some stories at an age, s."""


class Asked(NamedTuple):
    """States, and what became of them."""

    states: Columns
    story: Ints
    final: Floats


def fit(cascades: Cascades, seed: int = 1) -> tuple[dict[str, Any], list[Part]]:
    """The tables, and for each fold its stories with the tables that the other folds made.

    A fold is a stretch of time: stories of one week are about the same events and alike. Intervals learn from
    later stories than their tables did, as what will be forecast is later than all of these. Raises `Refused`.
    """
    if reason := few(cascades.times):
        raise Refused(reason)
    stories, hours = np.arange(len(cascades.sizes)), _hours_tell(cascades, seed)
    folds = np.array_split(stories, FOLDS)
    learnt_from = [stories, *(np.setdiff1d(stories, fold) for fold in folds), np.concatenate(folds[:2])]
    raws = [_tables(cascades.part(few), seed + k, hours=hours) for k, few in enumerate(learnt_from)]
    slope, shift = _platt(*_foretold(cascades, list(zip(folds, raws[1:], strict=False)), seed))
    made, *parts, half = (_calibrated(raw, slope, shift) for raw in raws)
    later = [(folds[2], half), (folds[3], parts[3])]
    seen = [cascades, *(polled(cascades, every) for every in POLLS[1:])]
    looks = [
        *(_looked(each, every) for each, every in zip(seen, POLLS, strict=True)),
        _in_one_number(cascades),
    ]
    levels = {"polls": POLLS, "levels": [_levels(cascades, states, later) for states in looks]}
    made["branching"] = _branching(cascades)
    return made | levels, [(fold, _bare(raw) | levels) for fold, raw in zip(folds, parts, strict=True)]


def few(stories: Sequence[Floats]) -> str:
    """Why nothing can be learnt from these stories; empty where it can."""
    grown = sum(len(times) > 1 for times in stories)
    return (
        ""
        if grown >= FEWEST
        else f"{grown} stories of two events and more; {FEWEST} are needed to learn from"
    )


def samples(cascades: Cascades, seed: int) -> Asked:
    """States of each story: half of them just after an event, half at some age, all scales alike."""
    random, stories, parts = np.random.default_rng(seed), np.arange(len(cascades.sizes)), []
    for _ in range(_SAMPLES // 2):
        position = np.exp(random.uniform(0, np.log(cascades.sizes))).astype(int) - 1
        parts.append(cascades.states.rows(cascades.starts[:-1] + position))
        parts.append(cascades.at(np.exp(random.uniform(np.log(120), np.log(3 * DAY), len(stories)))))
    story = np.tile(stories, len(parts))
    columns = (np.concatenate(each, axis=-1) for each in zip(*parts, strict=True))
    return Asked(Columns(*columns), story, cascades.sizes[story].astype(float))


def sizes_asked(asked: Asked, seed: int) -> Floats:
    """(sizes, states): N* to learn from, spread evenly over r."""
    most = np.minimum(_GROWTH[-1], np.log(_LARGEST / (asked.states.n + 1)).clip(0.3))
    r = np.random.default_rng(seed).uniform(0, most, (_SIZES, len(most)))
    return np.asarray((asked.states.n + 1) * np.exp(r) - 1)


def _hours_tell(cascades: Cascades, seed: int) -> bool:
    """Whether the hour of the day, learnt from the earlier half, helps to foretell the later one.

    It does where people live by one clock (Weibo), and not where they are all over the world.
    """
    if (feature_columns(cascades.states)[_HOUR] == UNDATED).any():
        return False
    earlier, later = np.array_split(np.arange(len(cascades.sizes)), 2)
    losses = []
    for hours in (False, True):
        raw = _calibrated(_tables(cascades.part(earlier), seed, hours=hours), 1.0, 0.0)
        x, y = _foretold(cascades, [(later, raw)], seed)
        losses.append(float(np.logaddexp(0, np.where(y, -x, x)).mean()))
    return losses[1] < losses[0]


def _tables(cascades: Cascades, seed: int, *, hours: bool) -> dict[str, Any]:
    asked = samples(cascades, seed)
    sizes, values = sizes_asked(asked, seed), feature_columns(asked.states)
    edges = [np.unique(np.quantile(each, np.linspace(0, 1, _BINS + 1)[1:-1]).round(4)) for each in values]
    edges[_HOUR] = np.arange(float(_HOURS) if hours else 0.0)
    x = np.stack([np.searchsorted(e, v, "right") for e, v in zip(edges, values, strict=True)]).astype(
        np.uint8
    )
    r = np.log((sizes + 1) / (asked.states.n + 1)).ravel()
    bins: Bins = np.searchsorted(_GROWTH, r).astype(np.uint8)
    y = np.tile(asked.final, _SIZES) >= sizes.ravel()
    rows = np.vstack([np.tile(x, _SIZES), bins])
    bias, tables = boost(rows, y, _PAIRS, _BINS, _ROUNDS, _RATE, _RIDGE)
    if hours:
        _undated(tables, x[_HOUR])
    alone, paired = tables[: len(x)] * 1000, tables[len(x) :] * 1000
    return {
        "edges": [e.tolist() for e in edges],
        "base": bias,
        "tables": alone,
        "pairs": paired,
        "ages": AGES,
    }


def _undated(tables: Floats, hour: Bins) -> None:
    """Where no hour is known, its tables say what they say on the whole."""
    share = np.bincount(hour, minlength=_HOURS + 1)[1:] / len(hour)
    for table, (i, j) in zip(tables, _PAIRS, strict=True):
        if i == _HOUR:
            table[0] = share @ table[1 : _HOURS + 1]
        elif j == _HOUR:
            table[:, 0] = table[:, 1 : _HOURS + 1] @ share


def _calibrated(raw: dict[str, Any], slope: float, shift: float) -> dict[str, Any]:
    """Steepened and shifted, in whole thousandths, without the rows that no value falls into."""
    used = [len(edges) + 1 for edges in raw["edges"]]
    whole = {name: np.round(raw[name] * slope).astype(int) for name in ("tables", "pairs")}
    tables = [table[:k].tolist() for table, k in zip(whole["tables"], used, strict=True)]
    pairs = [
        table[: used[i], : used[j]].tolist() for table, (i, j) in zip(whole["pairs"], PAIRS, strict=True)
    ]
    return raw | {"base": round(slope * raw["base"] + shift, 4), "tables": tables, "pairs": pairs}


def _foretold(cascades: Cascades, parts: list[Part], seed: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Log-odds of growth, each story's by the tables of its part, and whether it came."""
    log_odds, outcomes = [], []
    for stories, raw in parts:
        asked = samples(cascades.part(stories), seed)
        tables = Tables(_bare(raw), KNOTS)
        for size in sizes_asked(asked, seed):
            p = tables.probabilities(asked.states, size)
            open_ = (size > asked.states.n) & (p > 0) & (p < 1)
            log_odds.append(np.log(p[open_] / (1 - p[open_])))
            outcomes.append((asked.final >= size)[open_])
    return np.concatenate(log_odds), np.concatenate(outcomes)


def _platt(x: Floats, y: NDArray[np.bool_]) -> tuple[float, float]:
    """Newton's method for logistic regression on one number. Raises `Refused`: nothing to be learnt from it."""
    design, theta = np.stack([x, np.ones_like(x)]), np.array([1.0, 0.0])
    try:
        for _ in range(20):
            p = 1 / (1 + np.exp(-(theta @ design).clip(-_SURE, _SURE)))
            theta = theta + np.linalg.solve((design * (p * (1 - p))) @ design.T, design @ (y - p))
    except np.linalg.LinAlgError:
        theta = np.full(2, np.nan)
    if not theta[0] > 0:
        raise Refused("its stories are too few, or too unlike each other, to calibrate the tables with")
    return float(theta[0]), float(theta[1])


def _looked(seen: Cascades, every: float) -> Look:
    """At stories that are looked at every so many s, 0 where each event is heard; before the first nothing is known."""
    return lambda fold, age: seen.part(fold).at(np.full(len(fold), max(age, every)))


def _in_one_number(cascades: Cascades) -> Look:
    """At stories of which a counter says how many events there were, and nothing says when."""

    def look(fold: Ints, age: float) -> Columns:
        found = []
        for at in fold:
            start = float(cascades.states.first[cascades.starts[at]])
            heard = int(np.searchsorted(cascades.times[at], age, "right"))
            state = begin(start)
            merge(state, evenly(start, start + age, heard - 1))
            found.append(state)
        return Columns.of(found)

    return look


def _levels(cascades: Cascades, look: Look, parts: list[Part]) -> list[tuple[float, float]]:
    """For each bucket of ages: levels of P that leave a tenth of final sizes below, and a tenth above."""
    reached: list[list[Floats]] = [[] for _ in range(len(AGES) + 1)]
    for (fold, raw), age in product(parts, _AGES_SEEN):
        tables, states = Tables(_bare(raw), KNOTS), look(fold, age)
        sizes = [tables.sizes(states, level) for level in _GRID]
        bucket = int(np.searchsorted(AGES, age, "right"))
        reached[bucket].append(np.stack([*sizes, cascades.sizes[fold].astype(float)], 1))
    return [_outer(np.concatenate(each)) for each in reached]


def _outer(rows: Floats) -> tuple[float, float]:
    sizes, final = rows[:, :-1], rows[:, -1:]
    below = (final < np.floor(sizes)).mean(0)  # falls as the level rises
    above = (final > np.ceil(sizes)).mean(0)
    low = _GRID[below <= _OUTSIDE].min(initial=_GRID[-1])
    high = _GRID[above <= _OUTSIDE].max(initial=_GRID[0])
    return round(float(max(low, 0.5)), 3), round(float(min(high, 0.5)), 3)


def _bare(raw: dict[str, Any]) -> dict[str, Any]:
    levels = [(0.9, 0.1)] * (len(AGES) + 1)
    return raw | {"branching": (1.0, 1.0), "polls": [0.0], "levels": [levels, levels]}


def _branching(cascades: Cascades) -> Branching:
    """The scalars that err least at the ages seen."""
    states = [cascades.at(np.full(len(cascades.sizes), age)) for age in _AGES_SEEN]

    def error(scalars: Branching) -> float:
        sizes = np.concatenate([scalars.sizes(each) for each in states])
        final = np.tile(cascades.sizes, len(states))
        return float(np.median(np.abs(sizes - final) / final))

    alphas = np.geomspace(0.02, 20, 40).round(3).tolist()
    return min((Branching(a, g) for a in alphas for g in (0.0, 0.25, 0.5, 0.75, 1.0)), key=error)
