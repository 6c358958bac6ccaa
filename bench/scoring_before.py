"""What `quality_scoring.py --before` sets beside ours: the model of another day, or what a run of that day printed."""

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

from quality import Quality

from processors.negativity.model import Negativity

_MEND = """\
of a model that today's code cannot read, that day's prints the figures, which are taken too: PYTHONPATH=CHECKOUT
python bench/quality_scoring.py --data FILE… --json > FIGURES.json"""


class Printed(NamedTuple):
    """The first contender of an earlier run: what was ours then."""

    quality: dict[str, dict[str, Quality]]
    """By set and language."""
    checklist: dict[str, tuple[int, int]]


def before(file: Path) -> Negativity | Printed:
    """Ends the bench where it is neither."""
    try:
        if file.suffix == ".json":
            return _printed(json.loads(file.read_text(encoding="utf-8")))
        return Negativity(file)
    except (OSError, EOFError, BadZipFile, ValueError, KeyError, TypeError) as error:
        what = "figures of quality_scoring.py --json" if file.suffix == ".json" else "negativity model"
        sys.exit(f"{file}: no {what} that today's code can read: {error}\n{_MEND}")


def _printed(found: Any) -> Printed:
    if not isinstance(found, dict) or not found.keys() >= {"quality", "checklist"}:
        raise ValueError("quality and checklist are missing")
    sets = {name: _of_first(by_who) for name, by_who in found["quality"].items()}
    return Printed(
        {
            name: {lang: _quality(figures) for lang, figures in by_language.items()}
            for name, by_language in sets.items()
        },
        {capability: (good, of) for capability, (good, of) in _of_first(found["checklist"]).items()},
    )


def _of_first(by_who: dict[str, Any]) -> dict[str, Any]:
    return next(iter(by_who.values()), {})


def _quality(figures: dict[str, Any]) -> Quality:
    return Quality(**{name: float("nan") if each is None else each for name, each in figures.items()})
