"""How well spread is forecast: our tables beside a count, a rate, and Szabo and Huberman's log-linear forecast.

    python bench/quality_spread.py --data FILE… [--once] [--json]
    python bench/quality_spread.py --train FILE… --test FILE… [--once] [--json]

Files are JSON Lines of cascades, as `training/spread.py` reads them; a file's name tells its platform there. Where
--train and --test have one each, those are a pair whatever their names. Everything is fitted on --train, thresholds
are chosen there (ours on stories that its tables did not see), and all figures are of --test. Without --test the later
40 % of each platform test what the earlier 60 % taught; --data is --train alone.
Then our figures as a range over three splits of --train by time, each with a threshold from its own earlier part;
--once leaves them out.
"In one number" is what the product says: it keeps only a counter's newest count; stories of 110 and more. What it
says of smaller ones, at their 12th, 25th and 54th mention, is of stories that grew: a file may hold no others.
"""

import argparse
import math
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from as_json import as_json
from quality import calibration_error

sys.path.append(str(Path(__file__).resolve().parents[1] / "training"))

from spread_cascades import Cascades, Floats, polled, read, trace, warn
from spread_fit import KNOTS, fit
from spread_printed import for_people, over
from spread_rules import LogLinear, count, lead, peaks, rate, threshold, unseen

from earshot.clock import from_us
from earshot.errors import Refused
from earshot.model import Story
from processors.outlook import Outlook, as_of, hear
from processors.spread.columns import Columns
from processors.spread.model import ANY, Spread
from processors.spread.state import State, add, begin
from processors.spread.tables import Tables

_AGES = {"10 min": 600.0, "1 h": 3_600.0, "6 h": 21_600.0}
_POLLS = {"a counter read every 10 min": 600.0, "a counter read every hour": 3_600.0}
_HEARD = {"": 0, ", every other one heard": 2}  # of how many events one is heard
_LARGE = 110  # mentions: from here on tables alone are asked
_SMALL = (12, 25, 54)  # mentions: below 55 the process speaks, within what tables allow
_SIZES = (300, 500, 800)
_FIRST = 0.6
_SPLITS = ((0.45, 0.72), (0.6, 1.0), (0.72, 1.0))
"""The part of all stories that teaches, and up to where what comes next tests."""


def main() -> None:
    options = _options()
    try:
        found = _found(read(options.train or options.data), read(options.test), ranges=not options.once)
    except Refused as error:
        raise SystemExit(str(error)) from None
    print(as_json(found) if options.json else for_people(found))


def _found(
    train: dict[str, list[Floats]], test: dict[str, list[Floats]], *, ranges: bool
) -> dict[str, dict[str, Any]]:
    """Figures by platform. Raises `Refused`: there is none that can be measured."""
    found = {}
    for name, (taught, tested) in _pairs(train, test).items():
        if each := _measured(name, taught, tested):
            found[name] = each | {"splits": _ranges(name, train[name]) if ranges else {}}
    if not found:
        raise Refused("nothing was measured: no platform has what that needs")
    return found


def _pairs(
    train: dict[str, list[Floats]], test: dict[str, list[Floats]]
) -> dict[str, tuple[list[Floats], list[Floats]]]:
    """What teaches and what tests, by platform. Raises `Refused`: nobody can tell which belong together."""
    if not test:
        return {name: _cut(stories, _FIRST, 1.0) for name, stories in train.items()}
    if len(train) == len(test) == 1:
        ((name, taught),), ((other, tested),) = train.items(), test.items()
        if other != name:
            warn(f"--test ({other}) and --train ({name}) have one platform each: taken for the same")
        return {name: (taught, tested)}
    if train.keys().isdisjoint(test):
        raise Refused(
            f"nothing was measured: --train has {', '.join(train)} and --test has {', '.join(test)}, none of them the"
            " same; begin the names of files that belong together with the same word, such as their platform"
        )
    return {name: (train.get(name, []), test.get(name, [])) for name in train | test}


def _measured(what: str, train: list[Floats], test: list[Floats]) -> dict[str, Any] | None:
    """None where it cannot be, which is said."""
    try:
        if not (train and test):
            raise Refused("no stories to learn from" if not train else "no stories to test")  # noqa: TRY301
        return _measure(trace(train), trace(test))
    except Refused as error:
        warn(f"{what}: not measured: {error}")
        return None


def _cut(stories: list[Floats], first: float, end: float) -> tuple[list[Floats], list[Floats]]:
    at, until = int(first * len(stories)), int(end * len(stories))
    return stories[:at], stories[at:until]


def _ranges(name: str, stories: list[Floats]) -> dict[str, Any]:
    """The least and the most of our figures over three splits by time, as the model card has them."""
    each = [
        _ours(found)
        for first, end in _SPLITS
        if (found := _measured(f"{name}, taught by its first {first:.0%}", *_cut(stories, first, end)))
    ]
    if not each:
        return {}
    spans = {figure: _span([one[figure] for one in each]) for figure in each[0]}
    return {"splits": len(each)} | spans


def _ours(found: dict[str, Any]) -> dict[str, list[float]]:
    leads = [found["lead"][size] for size in _SIZES]
    return {
        "error": list(found["error"]["ours"].values()),
        "lead / count": [over(each["ours"]["median"], each["count"]["median"]) for each in leads],
        "precision": [each["ours"]["precision"] for each in leads],
        "covered": list(found["covered"]["events"].values()),
        "calibration error": [found["calibration error"]["error"]],
    }


def _span(rows: list[list[float]]) -> list[tuple[float, float]]:
    """(least, most) of each column; nan where nothing is known."""
    known = [[x for x in column if math.isfinite(x)] or [math.nan] for column in zip(*rows, strict=True)]
    return [(min(column), max(column)) for column in known]


def _measure(train: Cascades, test: Cascades) -> dict[str, Any]:
    started = time.perf_counter()
    raw, folds = fit(train)
    fitted = time.perf_counter() - started
    ours, parts = Tables(raw, KNOTS), [(stories, Tables(each, KNOTS)) for stories, each in folds]
    loglinear = LogLinear(train)
    polls = {name: polled(test, every) for name, every in _POLLS.items()}
    product = Outlook(timedelta(hours=12), Spread({"version": "", "knots": KNOTS, "platforms": {ANY: raw}}))
    return {
        "stories": {"train": len(train.times), "test": len(test.times)},
        "seconds to learn": round(fitted, 1),
        "error": _errors(ours, loglinear, test, polls),
        "lead": {size: _leads(ours, parts, loglinear, train, test, size) for size in _SIZES},
        "calibration error": _calibration(ours, test),
        "covered": {
            "events": _covered(ours, test),
            **{who: _covered(ours, seen, _POLLS[who]) for who, seen in polls.items()},
            **{
                f"{who}, in one number{which}": _covered_live(product, test, poll, of)
                for who, poll in _POLLS.items()
                for which, of in _HEARD.items()
            },
        },
        "small": {size: _while_small(product, test, size) for size in _SMALL},
        "µs": _speed(ours, test),
    }


def _errors(
    ours: Tables, loglinear: LogLinear, test: Cascades, polls: dict[str, Cascades]
) -> dict[str, dict[str, float]]:
    """Median of |forecast - final| / final."""
    found: dict[str, dict[str, float]] = {}
    for name, age in _AGES.items():
        states = _at(test, age)
        forecasts = {
            "ours": ours.forecasts(states)[:, 0],
            **{who: ours.forecasts(_at(seen, age))[:, 0] for who, seen in polls.items()},
            "log-linear": loglinear(states, age),
            "branching": ours.branching.sizes(states),
            "no growth": states.n,
        }
        for who, sizes in forecasts.items():
            found.setdefault(who, {})[name] = _rounded(np.median(np.abs(sizes - test.sizes) / test.sizes))
    return found


def _leads(
    ours: Tables, parts: list, loglinear: LogLinear, train: Cascades, test: Cascades, size: int
) -> dict[str, dict[str, float]]:
    grew = train.sizes >= size
    highest = np.empty(len(grew))
    for stories, scores in unseen(parts, train, size):
        highest[stories] = peaks(train.part(stories), scores, size)
    found = {"ours": lead(test, ours.probabilities(test.states, size), size, threshold(highest, grew))}
    for who, rule in {"count": count, "rate": rate, "log-linear": loglinear.scores}.items():
        limit = threshold(peaks(train, rule(train.states), size), grew)
        found[who] = lead(test, rule(test.states), size, limit)
    return {who: {k: _rounded(v) for k, v in each._asdict().items()} for who, each in found.items()}


def _calibration(ours: Tables, test: Cascades) -> dict[str, float]:
    """Of P(final >= N*) at the three ages and sizes, where N* is not reached yet; 15 equal bins."""
    p, reached = [], []
    for age in _AGES.values():
        states = _at(test, age)
        for size in _SIZES:
            still = states.n < size
            p.append(ours.probabilities(states, size)[still])
            reached.append((test.sizes >= size)[still])
    chances, outcomes = np.concatenate(p), np.concatenate(reached)
    return {
        "error": _rounded(calibration_error(chances, outcomes)),
        "said": _rounded(chances.mean()),
        "happened": _rounded(outcomes.mean()),
    }


def _covered(ours: Tables, test: Cascades, poll: float = 0.0) -> dict[str, float]:
    """How many final sizes lie in the 80 % interval."""
    found = {}
    for name, age in _AGES.items():
        _, low, high = ours.forecasts(_at(test, age), poll=poll).T
        found[name] = _rounded(((low <= test.sizes) & (test.sizes <= high)).mean())
    return found


def _covered_live(product: Outlook, test: Cascades, poll: float, of: int) -> dict[str, float]:
    """How many final sizes lie in the interval that the product gives; nan: no story was large by then."""
    found = {}
    for name, age in _AGES.items():
        inside = []
        for times, start in zip(test.times, test.states.first[test.starts[:-1]], strict=True):
            story = _counted(times, start, age, poll, of)
            if story.size >= _LARGE:
                said = product.forecast(story, as_of(story, _us(start + age)))
                inside.append(said.low <= len(times) <= said.high)
        found[name] = _rounded(np.mean(inside)) if inside else float("nan")
    return found


def _while_small(product: Outlook, test: Cascades, size: int) -> dict[str, float]:
    """What the product says just after a story's mention number `size`, of those that went on; nan: none did."""
    found = []
    for times, start in zip(test.times, test.states.first[test.starts[:-1]], strict=True):
        if len(times) > size:
            story, final = _story(times[:size], start), len(times)
            known = as_of(story, _us(start + times[size - 1]))
            said, chance = product.forecast(story, known), product.chance(story, known)
            inside = said.low <= final <= said.high
            found.append((said.size / final, inside, chance, final >= _SIZES[0]))
    if not found:
        return dict.fromkeys(("stories", "forecast / final", "covered", "said", "happened"), float("nan"))
    ratio, inside, chances, large = np.array(found, float).T
    return {
        "stories": len(found),
        "forecast / final": _rounded(np.median(ratio)),
        "covered": _rounded(inside.mean()),
        "said": _rounded(chances.mean()),
        "happened": _rounded(large.mean()),
    }


def _counted(times: Floats, start: float, age: float, poll: float, of: int) -> Story:
    """A story at `age` s whose counter was looked at every `poll` s; of `of` events one was heard, of 0 the first."""
    story = _story(times[times <= age][:: of or len(times)], start)
    story.counted = max(int(np.searchsorted(times, age // poll * poll, "right")) - 1, 0)
    if story.counted:
        story.counted_at = from_us(_us(start + -(-times[story.counted] // poll) * poll))
    return story


def _story(heard: Floats, start: float) -> Story:
    ends = [from_us(_us(start + t)) for t in (heard[0], heard[-1])]
    story = Story(id=1, brand="", first="any:1", opened_at=ends[0], last_at=ends[1], large=_SIZES[0])
    for t in heard.tolist():
        hear(story, _us(start + t), "reply")
        story.mentions += 1
    return story


def _us(seconds: float) -> int:
    return round(seconds * 1e6)


def _speed(ours: Tables, test: Cascades) -> dict[str, float]:
    times = test.times[0].tolist()
    event = _timed(lambda: _live(times), len(times))
    state = _live(times[: max(len(times) // 2, 1)])
    many = Columns.of([state]).rows(np.zeros(100_000, int))
    return {
        "an event": event,
        "P(final >= N*)": _timed(lambda: ours.probability(state, 5_000), 1),
        "a forecast": _timed(lambda: ours.forecast(state), 1),
        "100,000 stories' P, each": _timed(lambda: ours.probabilities(many.at(state.t + 60), 5_000), 100_000),
    }


def _live(times: list[float]) -> State:
    state = begin(times[0])
    for t in times[1:]:
        add(state, t)
    return state


def _timed(work: Any, units: int) -> float:
    """The best of five, µs a unit."""
    best, rounds = float("inf"), max(1, 2_000 // units)
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(rounds):
            work()
        best = min(best, (time.perf_counter() - started) / rounds / units)
    return round(best * 1e6, 2)


def _at(cascades: Cascades, age: float) -> Columns:
    return cascades.at(np.full(len(cascades.times), age))


def _rounded(x: float) -> float:
    return round(float(x), 4)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("--data", "--train", "--test"):
        parser.add_argument(name, type=Path, nargs="+", default=[], metavar="FILE")
    parser.add_argument("--once", action="store_true", help="Without the range over three splits.")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if bool(options.data) == bool(options.train) or (options.data and options.test):
        parser.error("name either --data FILE…, or --train FILE… and perhaps --test FILE…")
    return options


if __name__ == "__main__":
    main()
