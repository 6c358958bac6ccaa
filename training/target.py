"""Train the model of targets: `processors/models/target-1.npz` and its card.

    PYTHONPATH=.:bench python training/target.py --halves FOLDER [--labels training/labels] [--out processors/models/target-1.npz]

FOLDER is what `negativity.py --halves` wrote: the views of a text are read by who has not learnt from its hand. Each
text of two companies is two lessons, one for either. Figures are of six trainings, each without a sixth of the hands.
"""

import argparse
from pathlib import Path

import corpus
import numpy as np
from corpus import HELD_OUT, LABELS
from labelled import both
from quality import measure
from quality_signs import targets, towards
from signs import folds
from sklearn.linear_model import LogisticRegression
from unseen import Unseen

from processors.negativity.opinion import Opinion
from processors.target.model import MODEL_FILE, Read, around, inputs

_C = 0.1
_FOLDS = 6
_TEXT = Path(__file__).with_name("target_card.md")


def main() -> None:
    options = _options()
    rows = corpus.labelled(options.labels)
    found = [(each, row["part"]) for row in rows for each in both(row)]
    lessons, parts = [each for each, _ in found], np.array([part for _, part in found])
    labels = np.array([LABELS.index(lesson.polarity) for lesson in lessons])
    whole, own, others = (
        Unseen(options.halves).probabilities(texts, parts.tolist())
        for texts in zip(*((each.text, each.views.own, each.views.others) for each in lessons), strict=True)
    )
    seen = np.stack(
        [
            np.append(inputs(lesson.views, Read(*(Opinion(*p) for p in each))), around(lesson.views))
            for lesson, *each in zip(lessons, whole, own, others, strict=True)
        ]
    )
    fold, learnt = folds(parts), parts != HELD_OUT
    unseen = np.zeros((len(lessons), 3))
    for at in range(_FOLDS):
        unseen[fold == at] = _machine(seen, labels, learnt & (fold != at)).predict_proba(seen[fold == at])
    machine = _machine(seen, labels, learnt)
    unseen[~learnt] = machine.predict_proba(seen[~learnt])
    np.savez_compressed(options.out, weights=machine.coef_.T, bias=machine.intercept_)
    main_ = np.array([lesson.main for lesson in lessons])
    text = _TEXT.read_text(encoding="utf-8").replace("{lessons}", f"{len(lessons):,}")
    text = text.replace(
        "{table}", "\n".join(_table(labels, main_, {"the same for both": whole, "ours": unseen}))
    )
    text = text.replace(
        "{test}",
        "\n".join(
            _table(
                labels[~learnt],
                main_[~learnt],
                {"the same for both": whole[~learnt], "ours": unseen[~learnt]},
            )
        ),
    )
    shipped = targets([row for row in rows if row["part"] == HELD_OUT], options.out)
    text = text.replace("{shipped}", "\n".join(towards(shipped)))
    options.out.with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)


def _machine(seen: np.ndarray, labels: np.ndarray, among: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=_C, max_iter=3_000).fit(seen[among], labels[among])


def _table(labels: np.ndarray, main_: np.ndarray, contenders: dict[str, np.ndarray]) -> list[str]:
    lines = ["| | texts | macro-F1 | accuracy | AP of negative | calibration error |", "|---" * 6 + "|"]
    groups = {
        "both": np.ones(len(labels), np.bool_),
        "addressed or named first": main_,
        "the other one": ~main_,
    }
    for name, group in groups.items():
        for who, p in contenders.items():
            q = measure(p[group], labels[group])
            figures = " | ".join(f"{100 * each:.1f}" for each in (q.macro_f1, q.accuracy, q.ap, q.ece))
            lines.append(f"| {name}: {who} | {q.texts} | {figures} |")
    return lines


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--halves", type=Path, required=True)
    parser.add_argument("--labels", type=Path, default=Path(__file__).with_name("labels"))
    parser.add_argument("--out", type=Path, default=MODEL_FILE)
    return parser.parse_args()


if __name__ == "__main__":
    main()
