"""How well negativity is read: our model beside its linear part, vaderSentiment and a fastText-like baseline.

    python bench/quality_scoring.py --data FILE… [--train FILE…] [--before MODEL.npz] [--json]

Files are JSON Lines with text, lang and label (neg, neu, pos; or complaint, not_complaint, where only ranking
counts). With --train, files of the same form, the fastText-like baseline is trained on them. With --before, what
the model of another day makes of the same texts stands beside ours: one that is still made as today's is, such as
what `git show COMMIT:processors/models/negativity-1.npz` writes. The CheckList file is always read.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile

import checklist
import numpy as np
from checklist import Predict
from fasttext_like import FastTextLike
from quality import Quality, measure

from processors.negativity.model import Negativity
from processors.negativity.vader import Vader

_LABELS = {"neg": 0, "neu": 1, "pos": 2, "complaint": 0, "not_complaint": 1}
_SHOWN = ("macro_f1", "ap", "auroc", "precision", "recall", "ece")


def main() -> None:
    options = _options()
    contenders = dict(_contenders(options.train, options.before))
    sets = {path.stem: _read(path) for path in options.data}
    if options.pool:
        sets = {"all files": [row for rows in sets.values() for row in rows]}
    quality = {
        name: {who: _by_language(rows, predict) for who, predict in contenders.items()}
        for name, rows in sets.items()
    }
    results = {who: checklist.passed(predict) for who, predict in contenders.items()}
    if options.json:
        print(json.dumps(_for_programs(quality, results), indent=1))
    else:
        _for_people(quality, results, failures=options.failures)


def _contenders(train: list[Path], before: Path | None = None) -> Iterator[tuple[str, Predict]]:
    ours, vader = Negativity(), Vader()
    yield f"ours ({ours.version})", ours.probabilities
    if before:
        yield f"before ({before.name})", _of_another_day(before).probabilities
    yield "NB-SVM alone", ours.linear_probabilities
    yield "vaderSentiment", lambda texts: np.array([vader.opinion(text) for text in texts])
    if train:
        rows = [row for path in train for row in _read(path)]
        labels = np.array([_LABELS[row["label"]] for row in rows])
        yield "fastText-like", FastTextLike([row["text"] for row in rows], labels).predict


def _of_another_day(file: Path) -> Negativity:
    try:
        return Negativity(file)
    except (OSError, EOFError, BadZipFile, ValueError, KeyError, TypeError) as error:
        sys.exit(f"{file}: no negativity model that today's code can read: {error}")


def _read(path: Path) -> list[dict[str, str]]:
    """Rows with a label; our own labels call it polarity."""
    with path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    rows = [row | {"label": row.get("label") or row.get("polarity")} for row in rows]
    return [row for row in rows if row["label"] in _LABELS]


def _by_language(rows: list[dict[str, str]], predict: Predict) -> dict[str, Quality]:
    p = predict([row["text"] for row in rows])
    labels = np.array([_LABELS[row["label"]] for row in rows])
    languages = np.array([row.get("lang", "unsaid") for row in rows])
    found = {
        lang: measure(p[languages == lang], labels[languages == lang]) for lang in sorted(set(languages))
    }
    if len(found) > 1:
        found["mean"] = Quality(len(rows), *np.mean([list(q)[1:] for q in found.values()], axis=0).tolist())
    return found


def _for_programs(quality: dict, results: dict) -> dict:
    return {
        "quality": {
            name: {who: {lang: q._asdict() for lang, q in found.items()} for who, found in by_who.items()}
            for name, by_who in quality.items()
        },
        "checklist": {who: checklist.by_capability(each) for who, each in results.items()},
    }


def _for_people(quality: dict, results: dict, *, failures: bool) -> None:
    print(
        "In per cent, of the class negative: average precision, AUROC, precision, recall, calibration error.\n"
    )
    for name, by_who in quality.items():
        print(f"### {name}\n\n| | texts | macro-F1 | AP | AUROC | precision | recall | calibration error |")
        print("|---" * 8 + "|")
        for who, found in by_who.items():
            for lang, q in found.items():
                figures = " | ".join(f"{100 * getattr(q, each):.1f}" for each in _SHOWN)
                print(f"| {who}, {lang} | {q.texts} | {figures} |")
        print()
    print("### CheckList\n\n| | " + " | ".join(results) + " |\n|---" + "|---" * len(results) + "|")
    shares = {who: checklist.by_capability(each) for who, each in results.items()}
    for capability in next(iter(shares.values())):
        cells = (f"{good} of {of}" for good, of in (share[capability] for share in shares.values()))
        print(f"| {capability} | " + " | ".join(cells) + " |")
    if failures:
        ours = next(iter(results.values()))
        print(
            "\n" + "\n".join(f"{c['capability']}: {c['expect']}: {c['text']}" for c, good in ours if not good)
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, nargs="+", default=[])
    parser.add_argument("--train", type=Path, nargs="+", default=[])
    parser.add_argument("--before", type=Path, help="The negativity model of another day, beside ours.")
    parser.add_argument("--pool", action="store_true", help="All files as one.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--failures", action="store_true", help="The cases of the CheckList file that fail.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
