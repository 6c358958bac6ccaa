"""How well intents, signs, form of address, mood and target are read, on labels in the form of training/labels.

    python bench/quality_signs.py FILE… [--json]

Of each plane: average precision and AUROC over texts of all languages, and at its threshold precision, recall with its
95 % interval (Wilson) and F1. Then what the product makes of the same texts (signs_as_read.py), which is not decided by
those thresholds alone. Of texts of two companies: the opinion of each, beside the same one for both.

Of a folder of hands, such as training/labels, the part that only tests is read; files that the models have learnt from
flatter them. Public sets with `label` complaint or not_complaint are measured too, by the one intent that they tell of.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import labels_file
import numpy as np
import signs_as_read
from as_json import as_json
from labelled import both, holds, tells
from quality import auroc, average_precision, figure, measure

from earshot.quality import Interval, wilson
from processors.negativity.features import extract
from processors.negativity.model import Negativity
from processors.signs.model import PLANES, Model, clues
from processors.target.model import MODEL_FILE, Read, Target
from processors.terms import shipped

_POLARITIES = ("neg", "neu", "pos")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = [row for path in options.files for row in labels_file.read(path)]
    found = {
        "texts": len(rows),
        "planes": dict(planes(rows)),
        "as_read": signs_as_read.measure([row for row in rows if "intents" in row]),
        "target": targets(rows),
    }
    if not found["planes"]:
        sys.exit("no text has intents, flags, address and mood, or a label complaint or not_complaint")
    print(as_json(found) if options.json else "\n".join(_for_people(found)))


def planes(rows: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, float]]]:
    """Of each that is labelled in some text, the figures of the texts in which it is."""
    model, terms, negativity = Model.load(), shipped(), Negativity()
    texts = [row["text"] for row in rows]
    seen = clues(
        [terms.find(row["text"], row["lang"]) for row in rows],
        terms.concepts,
        negativity.probabilities(texts),
    )
    p = model.probabilities(extract(texts), seen)
    for at, plane in enumerate(PLANES):
        told = [n for n, row in enumerate(rows) if tells(row, plane)]
        if told:
            labelled = holds([rows[n] for n in told], plane)
            yield plane, _figures(p[told, at], labelled, float(model.least[at]))


def _figures(p: np.ndarray, labelled: np.ndarray, least: float) -> dict[str, float]:
    called, there = p >= least, int(labelled.sum())
    hit = int((called & labelled).sum())
    recall = wilson(hit, there) if there else Interval(0.0, 0.0, 1.0)
    return {
        "texts": there,
        "of": len(labelled),
        "ap": average_precision(p, labelled),
        "auroc": auroc(p, labelled),
        "threshold": least,
        "precision": hit / max(int(called.sum()), 1),
        "recall": recall.value,
        "recall_low": recall.low,
        "recall_high": recall.high,
        "f1": 2 * hit / max(int(called.sum()) + there, 1),
    }


def targets(rows: list[dict[str, Any]], file: Path = MODEL_FILE) -> dict[str, dict[str, float]]:
    """Of the texts that name two companies: the one addressed or named first, and the other one."""
    lessons = [each for row in rows for each in both(row)]
    if not lessons:
        return {}
    negativity, target = Negativity(), Target.load(file)
    parted = [each.views for each in lessons]
    texts = ([each.text for each in lessons], [each.own for each in parted], [each.others for each in parted])
    whole, own, others = map(negativity.opinions, texts)
    ours = target.towards(parted, list(map(Read, whole, own, others)))
    labels = np.array([_POLARITIES.index(each.polarity) for each in lessons])
    main_ = np.array([each.main for each in lessons])
    found = {}
    for who, opinions in (("the same for both", whole), ("ours", ours)):
        p = np.array(opinions)
        for name, group in (("both", main_ | ~main_), ("named first", main_), ("the other", ~main_)):
            q = measure(p[group], labels[group])
            found[f"{name}: {who}"] = {
                "texts": q.texts,
                "macro_f1": q.macro_f1,
                "accuracy": q.accuracy,
                "ap": q.ap,
            }
    return found


def _for_people(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['texts']} texts, in per cent\n"
    yield "| | texts | of | AP | AUROC | precision | recall | F1 |" + "\n" + "|---" * 8 + "|"
    for plane, each in found["planes"].items():
        recall = (
            f"{100 * each['recall']:.0f} ({100 * each['recall_low']:.0f} to {100 * each['recall_high']:.0f})"
        )
        yield (
            f"| {plane} | {each['texts']} | {each['of']} | {figure(each['ap'])} | {figure(each['auroc'])}"
            f" | {100 * each['precision']:.0f} | {recall} | {100 * each['f1']:.0f} |"
        )
    if found["as_read"]:
        yield from signs_as_read.for_people(found["as_read"])
    if found["target"]:
        yield ""
        yield from towards(found["target"])


def towards(found: dict[str, dict[str, float]]) -> Iterator[str]:
    yield "| towards | texts | macro-F1 | accuracy | AP of negative |\n|---|---|---|---|---|"
    for name, each in found.items():
        yield (
            f"| {name} | {each['texts']} | {100 * each['macro_f1']:.1f} | {100 * each['accuracy']:.1f}"
            f" | {100 * each['ap']:.1f} |"
        )


if __name__ == "__main__":
    main()
