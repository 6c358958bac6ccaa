"""The model card: what the model was made of, what it reaches, and what it is not for."""

import json
import platform
from pathlib import Path

import checklist
import numpy as np
from corpus import LABELS, NOISY, OWN, Text, rows
from quality import auroc, average_precision, by_group, figure, mean

from processors.negativity.model import Negativity

_COLUMNS = "| | texts | macro-F1 | AP | AUROC | precision | recall | calibration error |"
_TEXT = Path(__file__).with_name("card.md")
_NEGATIVE, _OTHERS = (LABELS[0], "complaint"), (*LABELS[1:], "not_complaint")


def table(texts: list[Text], p: np.ndarray) -> list[str]:
    """A line for each language, public posts and our own apart, in per cent; the mean over languages last."""
    labels = np.array([text.label for text in texts])
    large, small = by_group(p, labels, [f"{text.source} {text.language}" for text in texts])
    lines = [_COLUMNS, "|---" * 8 + "|"]
    for group, q in (large | small).items():
        figures = (q.macro_f1, q.ap, q.auroc, q.precision, q.recall, q.ece)
        lines.append(f"| {group} | {q.texts} | " + " | ".join(map(figure, figures)) + " |")
    if public := [q for group, q in large.items() if not group.startswith(OWN)]:
        q = mean(public)
        lines.append(f"| mean of {len(public)} | | {figure(q.macro_f1)} | {figure(q.ap)} | | | | |")
    return lines


def only_tested(model: Negativity, folder: Path) -> list[str]:
    """A line for each set that nothing may learn from: how the whole ranks it, and its linear part alone."""
    lines = ["| | texts | AP | AUROC | AP of the linear part | AUROC of it |", "|---" * 6 + "|"]
    for path in sorted(folder.glob("*.jsonl")):
        found = [row for row in rows(path) if row["label"] in (*_NEGATIVE, *_OTHERS)]
        texts = [row["text"] for row in found]
        negative = np.array([row["label"] in _NEGATIVE for row in found])
        both = [answer(texts)[:, 0] for answer in (model.probabilities, model.linear_probabilities)]
        figures = [figure(each(p, negative)) for p in both for each in (average_precision, auroc)]
        lines.append(f"| {path.stem} | {len(texts)} | " + " | ".join(figures) + " |")
    return lines


def missed(model: Negativity, capability: str) -> str:
    passed, of = checklist.by_capability(checklist.passed(model.probabilities))[capability]
    return f"{of - passed} of the CheckList's {of} cases"


def write(
    model: Path,
    files: dict[str, str],
    never_learnt: Path,
    validated: tuple[list[Text], np.ndarray],
    held_out: tuple[list[Text], np.ndarray],
) -> None:
    """`negativity-1.md` beside the model, and the manifest of what was read. `never_learnt`: a folder of sets."""
    shipped = Negativity(model)
    text = _TEXT.read_text(encoding="utf-8")
    text = text.replace("{validation}", "\n".join(table(*validated)))
    text = text.replace("{held_out}", "\n".join(table(*held_out)))
    text = text.replace("{only_tested}", "\n".join(only_tested(shipped, never_learnt)))
    text = text.replace("{irony}", missed(shipped, "irony"))
    text = text.replace("{left_out}", ", ".join(NOISY))
    own = [each for each in validated[0] if each.source == OWN]
    text = text.replace("{own}", f"{len(own):,}").replace("{hands}", str(len({each.part for each in own})))
    model.with_suffix(".md").write_text(text, encoding="utf-8")
    manifest = {"python": platform.python_version(), "numpy": np.__version__, "files": files}
    model.with_suffix(".json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
