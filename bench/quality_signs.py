"""How well intents, signs, form of address, mood and target are read, on labels in the form of training/labels.

    python bench/quality_signs.py FILE… [--json]

Of each plane: average precision, and at its threshold precision, recall with its 95 % interval (Wilson) and F1. Of
texts of two companies: the opinion of each, beside the same one for both. Files that the models have learnt from
flatter them: the test part is hand h, and the trades gym, pharmacy, water and parking of the others.
"""

import argparse
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from quality import average_precision, measure

from processors.negativity.features import extract
from processors.negativity.model import Negativity
from processors.negativity.opinion import Opinion
from processors.signs.model import INTENTS, LEARNT_SIGNS, PLANES, Model, clues
from processors.signs.terms import Terms
from processors.target.model import Read, Target
from processors.target.views import Views, views

_POLARITIES = ("neg", "neu", "pos")
_Z = 1.96


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = [json.loads(line) for path in options.files for line in path.read_text("utf-8").splitlines()]
    found = {"texts": len(rows), "planes": dict(planes(rows)), "target": targets(rows)}
    print(json.dumps(found, indent=1) if options.json else "\n".join(_for_people(found)))


def planes(rows: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, float]]]:
    model, terms, negativity = Model.load(), Terms(), Negativity()
    texts = [row["text"] for row in rows]
    seen = clues(
        [terms.find(row["text"], row["lang"]) for row in rows],
        terms.concepts,
        negativity.probabilities(texts),
    )
    p = model.probabilities(extract(texts), seen)
    for at, plane in enumerate(PLANES):
        yield plane, _figures(p[:, at], _holds(rows, plane), float(model.least[at]))


def _holds(rows: list[dict[str, Any]], plane: str) -> np.ndarray:
    if plane in INTENTS:
        return np.array([plane in row["intents"] for row in rows])
    if plane in LEARNT_SIGNS:
        return np.array([plane in row["flags"] for row in rows])
    return np.array([plane in (row["address"], row["mood"]) for row in rows])


def _figures(p: np.ndarray, holds: np.ndarray, least: float) -> dict[str, float]:
    called, there = p >= least, int(holds.sum())
    hit = int((called & holds).sum())
    low, high = interval(hit, there)
    return {
        "texts": there,
        "ap": average_precision(p, holds),
        "threshold": least,
        "precision": hit / max(int(called.sum()), 1),
        "recall": hit / max(there, 1),
        "recall_low": low,
        "recall_high": high,
        "f1": 2 * hit / max(int(called.sum()) + there, 1),
    }


def interval(hits: int, of: int) -> tuple[float, float]:
    """Of a share, 95 % (Wilson, 1927)."""
    if not of:
        return 0.0, 1.0
    share, weight = hits / of, _Z * _Z / of
    half = _Z * math.sqrt(share * (1 - share) / of + weight / of / 4)
    return (share + weight / 2 - half) / (1 + weight), (share + weight / 2 + half) / (1 + weight)


def targets(rows: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Of the texts that name two companies: the one addressed or named first, and the other one."""
    lessons = [
        (*each, at) for row in rows if row["other"] and row["target"] for at, each in enumerate(_both(row))
    ]
    if not lessons:
        return {}
    negativity, target = Negativity(), Target.load()
    texts = [
        [text for text, *_ in lessons],
        [v.own for _, v, *_ in lessons],
        [v.others for _, v, *_ in lessons],
    ]
    whole, own, others = (negativity.opinions(each) for each in texts)
    ours = target.towards([v for _, v, *_ in lessons], list(map(Read, whole, own, others)))
    labels, other = np.array([label for *_, label, _ in lessons]), np.array([at for *_, at in lessons]) == 1
    found = {}
    for who, opinions in (("the same for both", whole), ("ours", ours)):
        p = np.array([tuple(Opinion(*each)) for each in opinions])
        for name, group in (("both", other | ~other), ("named first", ~other), ("the other", other)):
            q = measure(p[group], labels[group])
            found[f"{name}: {who}"] = {
                "texts": q.texts,
                "macro_f1": q.macro_f1,
                "accuracy": q.accuracy,
                "ap": q.ap,
            }
    return found


def _both(row: dict[str, Any]) -> Iterator[tuple[str, Views, int]]:
    text, names = row["text"], (row["target"], row["other"]["name"])
    spans = [
        [
            each.span()
            for each in re.finditer(rf"(?<!\w){re.escape(name.lstrip('@#'))}(?!\w)", text, re.IGNORECASE)
        ]
        for name in names
    ]
    if all(spans) and spans[0] != spans[1]:
        for at, polarity in enumerate((row["polarity"], row["other"]["polarity"])):
            yield text, views(text, spans[at], spans[1 - at]), _POLARITIES.index(polarity)


def _for_people(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['texts']} texts, in per cent\n"
    yield "| | texts | AP | precision | recall | F1 |\n|---|---|---|---|---|---|"
    for plane, each in found["planes"].items():
        recall = (
            f"{100 * each['recall']:.0f} ({100 * each['recall_low']:.0f} to {100 * each['recall_high']:.0f})"
        )
        yield (
            f"| {plane} | {each['texts']} | {100 * each['ap']:.1f} | {100 * each['precision']:.0f} | {recall}"
            f" | {100 * each['f1']:.0f} |"
        )
    yield "\n| towards | texts | macro-F1 | accuracy | AP of negative |\n|---|---|---|---|---|"
    for name, each in found["target"].items():
        yield (
            f"| {name} | {each['texts']} | {100 * each['macro_f1']:.1f} | {100 * each['accuracy']:.1f}"
            f" | {100 * each['ap']:.1f} |"
        )


if __name__ == "__main__":
    main()
