"""The model card: what the model was made of, what it reaches, and what it is not for."""

import json
import platform
from pathlib import Path

import numpy as np
from corpus import NOISY, OWN, Text
from quality import measure

_COLUMNS = "| | texts | macro-F1 | AP | AUROC | precision | recall | calibration error |"
_TEXT = Path(__file__).with_name("card.md")


def table(texts: list[Text], p: np.ndarray) -> list[str]:
    """A line for each language, public posts and our own apart, in per cent; the mean over languages last."""
    labels = np.array([text.label for text in texts])
    groups = [f"{text.source} {text.language}" for text in texts]
    lines = [_COLUMNS, "|---" * 8 + "|"]
    found = {}
    for group in sorted(set(groups)):
        chosen = np.array([other == group for other in groups])
        found[group] = q = measure(p[chosen], labels[chosen])
        figures = (q.macro_f1, q.ap, q.auroc, q.precision, q.recall, q.ece)
        lines.append(f"| {group} | {q.texts} | " + " | ".join(f"{100 * each:.1f}" for each in figures) + " |")
    if public := [q for group, q in found.items() if not group.startswith(OWN)]:
        f1, ap = (100 * np.mean([getattr(q, name) for q in public]) for name in ("macro_f1", "ap"))
        lines.append(f"| mean of {len(public)} | | {f1:.1f} | {ap:.1f} | | | | |")
    return lines


def write(
    model: Path,
    files: dict[str, str],
    validated: tuple[list[Text], np.ndarray],
    held_out: tuple[list[Text], np.ndarray],
) -> None:
    """`negativity-1.md` beside the model, and the manifest of what was read."""
    text = _TEXT.read_text(encoding="utf-8")
    text = text.replace("{validation}", "\n".join(table(*validated)))
    text = text.replace("{held_out}", "\n".join(table(*held_out)))
    text = text.replace("{left_out}", ", ".join(NOISY))
    own = [each for each in validated[0] if each.source == OWN]
    text = text.replace("{own}", f"{len(own):,}").replace("{hands}", str(len({each.part for each in own})))
    model.with_suffix(".md").write_text(text, encoding="utf-8")
    manifest = {"python": platform.python_version(), "numpy": np.__version__, "files": files}
    model.with_suffix(".json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
