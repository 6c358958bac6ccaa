"""How well spread is forecast: our tables beside a count, a rate, and Szabo and Huberman's log-linear forecast.

    python bench/quality_spread.py --train FILE… [--test FILE…] [--json]

Files are JSON Lines of cascades, as `training/spread.py` reads them; a file's platform is what its name begins
with. Everything is fitted on --train, thresholds are chosen there (ours on stories that its tables did not see),
and all figures are of --test. Without --test the later 40 % of each platform test what the earlier 60 % taught.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from quality import calibration_error

sys.path.append(str(Path(__file__).resolve().parents[1] / "training"))

from spread_cascades import Cascades, Floats, polled, read, trace
from spread_fit import KNOTS, fit
from spread_rules import LogLinear, count, lead, peaks, rate, threshold, unseen

from processors.spread.columns import Columns
from processors.spread.state import State, add, begin
from processors.spread.tables import Tables

_AGES = {"10 min": 600.0, "1 h": 3_600.0, "6 h": 21_600.0}
_POLLS = {"a counter read every 10 min": 600.0, "a counter read every hour": 3_600.0}
_SIZES = (300, 500, 800)
_FIRST = 0.6


def main() -> None:
    options = _options()
    train, test = _split(read(options.train), read(options.test))
    found = {name: _measure(trace(train[name]), trace(test[name])) for name in train if name in test}
    if unknown := test.keys() - train.keys():
        print(f"no training stories of {', '.join(sorted(unknown))}: not measured", file=sys.stderr)
    print(json.dumps(found, indent=1)) if options.json else _for_people(found)


def _split(train: dict[str, list[Floats]], test: dict[str, list[Floats]]) -> tuple[dict, dict]:
    if test:
        return train, test
    cuts = {name: int(_FIRST * len(stories)) for name, stories in train.items()}
    return (
        {name: stories[: cuts[name]] for name, stories in train.items()},
        {name: stories[cuts[name] :] for name, stories in train.items()},
    )


def _measure(train: Cascades, test: Cascades) -> dict[str, Any]:
    started = time.perf_counter()
    raw, folds = fit(train)
    fitted = time.perf_counter() - started
    ours, parts = Tables(raw, KNOTS), [(stories, Tables(each, KNOTS)) for stories, each in folds]
    loglinear = LogLinear(train)
    polls = {name: polled(test, every) for name, every in _POLLS.items()}
    return {
        "stories": {"train": len(train.times), "test": len(test.times)},
        "seconds to learn": round(fitted, 1),
        "error": _errors(ours, loglinear, test, polls),
        "lead": {size: _leads(ours, parts, loglinear, train, test, size) for size in _SIZES},
        "calibration error": _calibration(ours, test),
        "covered": {
            "events": _covered(ours, test),
            **{who: _covered(ours, seen, _POLLS[who]) for who, seen in polls.items()},
        },
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


def _speed(ours: Tables, test: Cascades) -> dict[str, float]:
    times = test.times[0].tolist()
    event = _timed(lambda: _live(times), len(times))
    state = _live(times[: len(times) // 2])
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


def _for_people(found: dict[str, Any]) -> None:
    for name, each in found.items():
        print(f"### {name}: {each['stories']['train']} stories taught, {each['stories']['test']} test\n")
        print("Median absolute error of the final size, per cent:\n")
        _table(
            list(_AGES), {who: [f"{100 * x:.1f}" for x in by.values()] for who, by in each["error"].items()}
        )
        print("Median lead, minutes (precision of the alarms; threshold from training for .8):\n")
        rules = {
            who: [
                f"{leads[who]['median']:.0f} ({leads[who]['precision']:.2f})"
                for leads in each["lead"].values()
            ]
            for who in each["lead"][_SIZES[0]]
        }
        rules["ours / count"] = [
            _ratio(leads["ours"]["median"], leads["count"]["median"]) for leads in each["lead"].values()
        ]
        _table(
            [f"N* = {size} ({leads['ours']['stories']:.0f})" for size, leads in each["lead"].items()], rules
        )
        c = each["calibration error"]
        print(f"Calibration error {c['error']:.3f} (said {c['said']:.3f}, happened {c['happened']:.3f}).\n")
        print("The 80 % interval covers, per cent:\n")
        rows = each["covered"].items()
        _table(list(_AGES), {who: [f"{100 * x:.1f}" for x in by.values()] for who, by in rows})
        print("µs: " + ", ".join(f"{what} {x}" for what, x in each["µs"].items()) + "\n")


def _ratio(ours: float, theirs: float) -> str:
    return f"{ours / theirs:.2f}" if theirs > 0 else "-"


def _table(columns: list[str], rows: dict[str, list[str]]) -> None:
    print("| | " + " | ".join(columns) + " |\n|---" + "|---" * len(columns) + "|")
    print("\n".join(f"| {who} | " + " | ".join(cells) + " |" for who, cells in rows.items()) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--train", type=Path, nargs="+", required=True, metavar="FILE")
    parser.add_argument("--test", type=Path, nargs="+", default=[], metavar="FILE")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
