"""How well negativity is read: our model beside its linear part, vaderSentiment and a fastText-like baseline.

    python bench/quality_scoring.py --data FILE… [--train FILE…] [--before MODEL.npz|FIGURES.json] [--json]

Files are JSON Lines with text, lang and label (neg, neu, pos; or complaint, not_complaint, where only ranking
counts); of a folder of hands, such as training/labels, the part that only tests is read. Languages of fewer than 20
texts stand together, and do not count in the mean. With --train, files of the same form, the fastText-like baseline is
trained on them. With --before, another day stands beside ours: its model, where it is still made as today's is, such
as what `git show COMMIT:processors/models/negativity-1.npz` writes; or what --json printed then. The CheckList file is
always read.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import checklist
import labels_file
import numpy as np
from as_json import as_json
from checklist import Predict
from fasttext_like import FastTextLike
from quality import Quality, by_group, figure, mean
from scoring_before import Printed, before

from processors.negativity.model import Negativity
from processors.negativity.vader import Vader

_LABELS = {"neg": 0, "neu": 1, "pos": 2, "complaint": 0, "not_complaint": 1}
_SHOWN = ("macro_f1", "accuracy", "ap", "auroc", "precision", "recall", "ece")


def main() -> None:
    options = _options()
    contenders = dict(_contenders(options.train, options.before))
    sets = {path.stem: _read(path) for path in options.data}
    if options.pool:
        sets = {"all files": [row for rows in sets.values() for row in rows]}
    quality = {
        name: {who: _by_language(name, rows, each) for who, each in contenders.items()}
        for name, rows in sets.items()
    }
    shares = {
        who: each.checklist if isinstance(each, Printed) else checklist.by_capability(checklist.passed(each))
        for who, each in contenders.items()
    }
    if options.json:
        print(as_json(_for_programs(quality, shares)))
        return
    _for_people(quality, shares)
    if options.failures:
        _failures(next(iter(contenders.values())))


def _contenders(train: list[Path], then: Path | None = None) -> Iterator[tuple[str, Predict | Printed]]:
    ours, vader = Negativity(), Vader()
    yield f"ours ({ours.version})", ours.probabilities
    if then:
        found = before(then)
        yield f"before ({then.name})", found if isinstance(found, Printed) else found.probabilities
    yield "NB-SVM alone", ours.linear_probabilities
    yield "vaderSentiment", lambda texts: np.array([vader.opinion(text) for text in texts])
    if train:
        rows = [row for path in train for row in _read(path)]
        labels = np.array([_LABELS[row["label"]] for row in rows])
        yield "fastText-like", FastTextLike([row["text"] for row in rows], labels).predict


def _read(path: Path) -> list[dict[str, str]]:
    """Rows with a label; our own labels call it polarity."""
    rows = [row | {"label": row.get("label") or row.get("polarity")} for row in labels_file.read(path)]
    return [row for row in rows if row["label"] in _LABELS]


def _by_language(name: str, rows: list[dict[str, str]], contender: Predict | Printed) -> dict[str, Quality]:
    if isinstance(contender, Printed):
        if name not in contender.quality:
            has = ", ".join(contender.quality)
            print(f"--before: no figures of {name}, but of {has}", file=sys.stderr)
        return contender.quality.get(name, {})
    p = contender([row["text"] for row in rows])
    labels = np.array([_LABELS[row["label"]] for row in rows])
    large, small = by_group(p, labels, [row.get("lang", "unsaid") for row in rows])
    return large | small | ({"mean": mean(large.values())} if len(large) > 1 else {})


def _for_programs(quality: dict, shares: dict) -> dict:
    return {
        "quality": {
            name: {who: {lang: q._asdict() for lang, q in found.items()} for who, found in by_who.items()}
            for name, by_who in quality.items()
        },
        "checklist": shares,
    }


def _for_people(quality: dict, shares: dict) -> None:
    print(
        "In per cent; of the class negative: average precision, AUROC, precision, recall, calibration error.\n"
    )
    for name, by_who in quality.items():
        print(f"### {name}\n")
        print("| | texts | macro-F1 | read right | AP | AUROC | precision | recall | calibration error |")
        print("|---" * 9 + "|")
        for who, found in by_who.items():
            for lang, q in found.items():
                figures = " | ".join(figure(getattr(q, each)) for each in _SHOWN)
                print(f"| {who}, {lang} | {q.texts} | {figures} |")
        print()
    print("### CheckList\n\n| | " + " | ".join(shares) + " |\n|---" + "|---" * len(shares) + "|")
    for capability in next(iter(shares.values())):
        passed = (share.get(capability, ("-", "-")) for share in shares.values())
        print(f"| {capability} | " + " | ".join(f"{good} of {of}" for good, of in passed) + " |")


def _failures(ours: Predict) -> None:
    print()
    for case, good in checklist.passed(ours):
        if not good:
            print(f"{case['capability']}: {case['expect']}: {case['text']}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, nargs="+", default=[])
    parser.add_argument("--train", type=Path, nargs="+", default=[])
    parser.add_argument("--before", type=Path, help="A negativity model of another day, or a --json of then.")
    parser.add_argument("--pool", action="store_true", help="All files as one.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--failures", action="store_true", help="The cases of the CheckList file that fail.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
