"""What staff's corrections are worth: the shipped model beside itself, calibrated by the earliest labels of a file.

Each line is an object with `text`, `label` (neg, neu, pos), and, where known, `created_at` and the field that
`--brand` names. The earliest labels teach, a gap is left out, the rest is the test: no look-ahead.
"""

import argparse
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from as_json import as_json
from quality import Quality, measure

from earshot.quality import Pair, calibration_error
from earshot.seams import Shares
from earshot.staff import POLARITIES
from processors.calibration import NONE, Calibrations, Taught, fit
from processors.negativity.model import Negativity
from processors.negativity.tokens import bare

_SOURCE = "file"


class Run(NamedTuple):
    taught: int
    quality: Quality
    error: float
    """Of the confidence in the class that was read, ten bins."""
    log_loss: float
    temperature: float
    bias: tuple[float, float, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--brand", default="airline", help="the field that names the brand")
    parser.add_argument("--labels", default="0,4,20,50,100,200,500", help="how many teach, one run each")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    counts = [int(each) for each in given.labels.split(",")]
    taught = _read(given.data, given.brand)
    runs = [_run(taught, count, max(counts)) for count in counts]
    if given.json:
        print(as_json([run._asdict() | {"quality": run.quality._asdict()} for run in runs]))
    else:
        _tell(runs)


def _read(data: Path, brand: str) -> list[Taught]:
    """In the order of time."""
    lines = [json.loads(line) for line in data.read_text(encoding="utf-8").splitlines() if line.strip()]
    lines.sort(key=lambda each: each.get("created_at", ""))
    opinions = Negativity().opinions([bare(each["text"]) for each in lines])
    return [
        Taught(str(each.get(brand, "")), _SOURCE, opinion, POLARITIES.index(each["label"]))
        for each, opinion in zip(lines, opinions, strict=True)
    ]


def _run(taught: list[Taught], count: int, gap: int) -> Run:
    """The test is the same for every count."""
    known: Calibrations = fit(taught[:count]) if count else NONE
    test = taught[gap:]
    read = [known.of(each.brand, each.source).apply(each.opinion) for each in test]
    p, said = np.array(read), np.array([each.said for each in test])
    pairs = [Pair(Shares(*one), each.said) for one, each in zip(read, test, strict=True)]
    log_loss = float(-np.log(np.maximum(p[np.arange(len(said)), said], 1e-9)).mean())
    everywhere = known.everywhere
    error = calibration_error(pairs) or 0.0
    return Run(count, measure(p, said), error, log_loss, everywhere.temperature, everywhere.bias)


def _tell(runs: list[Run]) -> None:
    print(f"{runs[0].quality.texts:,} later texts are read")
    print("labels  macro-F1  accuracy  recall(neg)  precision(neg)  ECE p(neg)  ECE read  log loss")
    for run in runs:
        q: Any = run.quality
        print(
            f"{run.taught:6d}  {q.macro_f1:8.3f}  {q.accuracy:8.3f}  {q.recall:11.3f}  {q.precision:14.3f}"
            f"  {q.ece:10.3f}  {run.error:8.3f}  {run.log_loss:8.3f}"
        )


if __name__ == "__main__":
    main()
