"""The card of the model of signs: what each plane reaches on hands and trades that it has not learnt from."""

import json
import platform
from pathlib import Path
from typing import NamedTuple

import numpy as np
from quality import average_precision, calibration_error

from earshot.quality import wilson
from processors.signs.model import GRAVE, MOODS, PLANES

_TEXT = Path(__file__).with_name("signs_card.md")
_WANTED = 0.95  # recall


class Thresholds(NamedTuple):
    least: np.ndarray
    """(planes,)"""
    perhaps: np.ndarray
    """(GRAVE,)"""


def write(
    model: Path,
    labels: np.ndarray,
    unseen: np.ndarray,
    thresholds: Thresholds,
    learnt: np.ndarray,
    files: dict[str, str],
) -> None:
    text = _TEXT.read_text(encoding="utf-8")
    text = text.replace("{texts}", f"{int(learnt.sum()):,}").replace("{tested}", f"{int((~learnt).sum()):,}")
    for name, part in (("hands", learnt), ("test", ~learnt)):
        table, shown = (
            _table(labels[part], unseen[part], thresholds.least),
            _shown(labels[part], unseen[part], thresholds.perhaps),
        )
        text = text.replace(f"{{{name}}}", "\n".join(table)).replace(f"{{shown {name}}}", "\n".join(shown))
    text = text.replace("{moods}", f"{100 * _moods(labels, unseen):.0f} %")
    text = text.replace("{neutral}", f"{100 * labels[:, PLANES.index('neutral')].mean():.0f} %")
    model.with_suffix(".md").write_text(text, encoding="utf-8")
    manifest = {"python": platform.python_version(), "numpy": np.__version__, "files": files}
    model.with_suffix(".json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _table(labels: np.ndarray, p: np.ndarray, least: np.ndarray) -> list[str]:
    lines = [
        "| | texts | AP | threshold | precision | recall | F1 | calibration error | precision at recall .95 |"
    ]
    lines.append("|---" * 9 + "|")
    for at, plane in enumerate(PLANES):
        lines.append(f"| {plane} | " + " | ".join(_figures(labels[:, at], p[:, at], float(least[at]))) + " |")
    return lines


def _figures(holds: np.ndarray, p: np.ndarray, least: float) -> list[str]:
    called = p >= least
    hit = int((called & holds).sum())
    precision, recall = hit / max(int(called.sum()), 1), hit / max(int(holds.sum()), 1)
    f1 = 2 * hit / max(int(called.sum() + holds.sum()), 1)
    there = int(holds.sum())
    _, low, high = wilson(hit, there) if there else (0.0, 0.0, 1.0)
    return [
        str(int(holds.sum())),
        f"{100 * average_precision(p, holds):.1f}",
        f"{100 * least:.0f}",
        f"{100 * precision:.1f}",
        f"{100 * recall:.1f} ({100 * low:.0f} to {100 * high:.0f})",
        f"{100 * f1:.1f}",
        f"{100 * calibration_error(p, holds):.1f}",
        f"{100 * precision_at(p, holds, _WANTED):.0f}",
    ]


def _shown(labels: np.ndarray, p: np.ndarray, perhaps: np.ndarray) -> list[str]:
    """What is shown to be looked at, by its threshold alone."""
    lines = ["| | texts | threshold | recall | of all texts |", "|---" * 5 + "|"]
    for plane, least in zip(GRAVE, perhaps.tolist(), strict=True):
        at = PLANES.index(plane)
        over, holds = p[:, at] >= least, labels[:, at]
        if plane == "safety":  # despair is found by its own plane
            holds = holds & ~labels[:, PLANES.index("self_harm")]
        found, low, high = wilson(int((over & holds).sum()), int(holds.sum()))
        recall = f"{100 * found:.1f} ({100 * low:.0f} to {100 * high:.0f})"
        lines.append(
            f"| {plane} | {int(holds.sum())} | {100 * least:.3g} | {recall} | {100 * over.mean():.0f} |"
        )
    return lines


def precision_at(p: np.ndarray, holds: np.ndarray, recall: float) -> float:
    """At the highest threshold that finds that share."""
    order = np.argsort(-p, kind="stable")
    hits = np.cumsum(holds[order])
    at = int(np.searchsorted(hits, np.ceil(recall * holds.sum())))
    return float(hits[at] / (at + 1)) if holds.any() else float("nan")


def _moods(labels: np.ndarray, p: np.ndarray) -> float:
    """The share of texts whose likeliest mood is the one labelled."""
    moods = [PLANES.index(mood) for mood in MOODS]
    return float((p[:, moods].argmax(1) == labels[:, moods].argmax(1)).mean())
