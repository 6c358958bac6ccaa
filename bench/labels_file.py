"""Labelled texts: those of a file of JSON Lines, or of a folder of hands its part that only tests."""

import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "training"))

from corpus import HELD_OUT, labelled, rows


def read(path: Path) -> list[dict[str, Any]]:
    if path.is_dir():
        return [row for row in labelled(path) if row["part"] == HELD_OUT]
    return rows(path)
