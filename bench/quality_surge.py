"""How well surges are seen: our series beside EWMA, a windowed Gaussian and a constant threshold.

    python bench/quality_surge.py --train FILE… [--test FILE…] --windows FILE [--json]

Files are the Numenta Anomaly Benchmark's (CSV of timestamp and value by five minutes), --windows is its labels.
Thresholds are fixed on --train and reported on --test: for the score the one whose neighbours are best too, as the
very best one lies at the edge where the next window is lost; for a rate of false alarms the middle of those with the
most recall. The leave-one-brand-out figures fix them on the other brands of --train. A false alarm is one outside all windows, those less
than an hour apart are one. The delay is minutes from a window's beginning, and from its middle, which is what was
labelled. Then the same for ours with counts thinned at random to few mentions a day, and what a bucket costs.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nab
import numpy as np
from nab import Floats, Labelled
from surge_judged import RATES, Measured, Outcome, together
from surge_rules import RULES, Rule

from processors.surge.columns import Columns
from processors.surge.series import HOUR, Series, fold

_DAILY = (20, 100)
_DRAWS = 3
_MANY = 10_000


def main() -> None:
    options = _options()
    train = [nab.read(path, options.windows) for path in options.train]
    known = {brand.name for brand in train}
    test = [nab.read(path, options.windows) for path in options.test]
    fresh = [brand for brand in test if brand.name not in known]
    found: dict[str, Any] = {
        "train": [brand.name for brand in train],
        "test": [brand.name for brand in test],
        "rules": {name: _measure(rule, train, test, fresh) for name, rule in RULES.items()},
        "thinned": {str(daily): _thinned(train, test or train, daily) for daily in _DAILY},
        "us": _speed(train[0].counts),
    }
    print(json.dumps(found, indent=1) if options.json else _for_people(found))


def _measure(
    rule: Rule, train: list[Labelled], test: list[Labelled], fresh: list[Labelled]
) -> dict[str, Any]:
    here = Measured(rule, [*train, *fresh])
    choice = Measured(rule, train).choose(train)
    found = {"threshold": choice.best, "nab": {"train": _nab(here, train, choice.best)}}
    if fresh:
        found["nab"] |= {"all": _nab(here, [*train, *fresh], choice.best)}
    if test:
        found["nab"] |= {"test": _nab(here, test, choice.best)}
    found["nab"]["tuned on what is scored"] = _tuned(here)
    found["at"] = {
        str(rate): {"threshold": limit}
        | {
            name: _operator([here.outcome(brand, limit) for brand in brands])
            for name, brands in (("train", train), ("test", test))
            if brands
        }
        for rate, limit in choice.at.items()
    }
    return found | {"leave one out": _left_out(rule, train)}


def _left_out(rule: Rule, brands: list[Labelled]) -> dict[str, Any]:
    """Each brand by the thresholds of the others."""
    if len(brands) < 2:
        return {}
    here = Measured(rule, brands)
    choices = {brand.name: here.choose([other for other in brands if other is not brand]) for brand in brands}
    each = {brand.name: here.outcome(brand, choices[brand.name].best) for brand in brands}
    by = {brand.name: nab.normalised(each[brand.name].score, [brand]) for brand in brands}
    return {
        "nab": nab.normalised(sum(one.score for one in each.values()), brands),
        "by brand": by,
        "at": {
            str(rate): _operator([here.outcome(brand, choices[brand.name].at[rate]) for brand in brands])
            for rate in RATES
        },
    }


def _nab(here: Measured, brands: list[Labelled], threshold: float) -> float:
    return nab.normalised(sum(here.outcome(brand, threshold).score for brand in brands), brands)


def _tuned(here: Measured) -> float:
    """As the benchmark's own table: the threshold is the best one for the very files that it is scored on."""
    totals = [
        sum(column)
        for column in zip(*([o.score for o in here.outcomes(b)] for b in here.brands), strict=True)
    ]
    return nab.normalised(max(totals), here.brands)


def _operator(outcomes: list[Outcome]) -> dict[str, float | None]:
    one = together(outcomes)
    return {
        "recall": one.hits / max(one.windows, 1),
        "false alarms a brand-week": one.false / one.weeks,
        "median delay, min": float(np.median(one.delays)) if one.delays else None,
        "median after the label, min": float(np.median(one.late)) if one.late else None,
    }


def _thinned(train: list[Labelled], test: list[Labelled], daily: int) -> dict[str, Any]:
    """Ours, at the thresholds of whole counts, and at those of thinned ones."""
    whole = Measured(RULES["ours"], train).choose(train)
    same: list[Outcome] = []
    own: dict[float, list[Outcome]] = {rate: [] for rate in RATES}
    random = np.random.default_rng(20)
    for _ in range(_DRAWS):
        few, fewer = ([_thin(brand, daily, random) for brand in brands] for brands in (train, test))
        limits = Measured(RULES["ours"], few).choose(few).at
        here = Measured(RULES["ours"], fewer)
        same += [here.outcome(brand, whole.best) for brand in fewer]
        for rate, limit in limits.items():
            own[rate] += [here.outcome(brand, limit) for brand in fewer]
    return {
        "nab": nab.normalised(sum(one.score for one in same), test * _DRAWS),
        "same threshold": _operator(same),
        "at": {str(rate): _operator(outcomes) for rate, outcomes in own.items()},
    }


def _thin(brand: Labelled, daily: int, random: np.random.Generator) -> Labelled:
    days = len(brand.counts) * brand.step / 86_400
    share = min(1.0, daily * days / max(brand.counts.sum(), 1.0))
    return brand._replace(counts=random.binomial(brand.counts.astype(int), share).astype(float))


def _speed(counts: Floats) -> dict[str, float]:
    """µs a bucket and series, the best of five."""
    some = counts[:5_000].tolist()

    def one() -> None:
        series = Series()
        for bucket, count in enumerate(some):
            series, _ = fold(series, bucket, count)

    columns, many = Columns.of([Series()] * _MANY), np.resize(counts, _MANY)
    for bucket in range(2 * HOUR):
        columns, _ = columns.fold(bucket, many)
    rows = columns.series()

    def stored() -> list[Series]:
        return Columns.of(rows).fold(2 * HOUR, many)[0].series()

    return {
        "one series": _timed(one) / len(some),
        f"{_MANY:,} series in columns": _timed(lambda: columns.fold(2 * HOUR, many)) / _MANY,
        f"{_MANY:,} series from rows and back": _timed(stored) / _MANY,
    }


def _timed(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(5):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best * 1e6


def _for_people(found: dict[str, Any]) -> str:
    lines = [f"train {', '.join(found['train'])}; test {', '.join(found['test']) or 'each, left out'}", ""]
    lines += ["NAB, standard profile:", ""]
    names = list(next(iter(found["rules"].values()))["nab"])
    lines.append("| | threshold | " + " | ".join([*names, "leave one out"]) + " |")
    lines.append("|---" * (len(names) + 3) + "|")
    for who, each in found["rules"].items():
        cells = [each["nab"][name] for name in names] + [each["leave one out"].get("nab", float("nan"))]
        lines.append(f"| {who} | {each['threshold']:.2f} | " + " | ".join(f"{x:.1f}" for x in cells) + " |")
    for part in ("train", "test", "leave one out"):
        rows = {who: _at(each, part) for who, each in found["rules"].items()}
        if any(rows.values()):
            lines += ["", f"Recall (false alarms a brand-week; median minutes after the label), {part}:", ""]
            lines += _table(rows)
    lines += ["", "Ours with thinned counts, thresholds of thinned counts:", ""]
    lines += _table({f"{daily} a day": each["at"] for daily, each in found["thinned"].items()})
    for daily, each in found["thinned"].items():
        lines += [
            "",
            f"{daily} a day, the threshold of whole counts: NAB {each['nab']:.1f}, {_cell(each['same threshold'])}",
        ]
    return "\n".join([*lines, "", "µs: " + ", ".join(f"{what} {x:.2f}" for what, x in found["us"].items())])


def _at(each: dict[str, Any], part: str) -> dict[str, Any]:
    if part == "leave one out":
        return dict(each[part].get("at", {}))
    return {rate: by[part] for rate, by in each["at"].items() if part in by}


def _table(rows: dict[str, dict[str, Any]]) -> list[str]:
    head = ["| | " + " | ".join(f"{rate:g} a week" for rate in RATES) + " |", "|---" * (len(RATES) + 1) + "|"]
    return head + [
        f"| {who} | " + " | ".join(_cell(x) for x in by.values()) + " |" for who, by in rows.items()
    ]


def _cell(by: dict[str, Any]) -> str:
    late = by["median after the label, min"]
    after = "-" if late is None else f"{late:.0f}"
    return f"{by['recall']:.2f} ({by['false alarms a brand-week']:.2f}; {after})"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--train", type=Path, nargs="+", required=True, metavar="FILE")
    parser.add_argument("--test", type=Path, nargs="+", default=[], metavar="FILE")
    parser.add_argument("--windows", type=Path, required=True, metavar="FILE")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
