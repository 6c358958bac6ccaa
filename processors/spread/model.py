"""The tables that ship, one set for each platform, and which of them a source's stories are read with."""

import json
from pathlib import Path
from typing import Any, Self

from processors.spread.tables import Tables

MODEL_FILE = Path(__file__).parents[1] / "models" / "spread-1.json"
ANY = "any"
"""What was learnt from the stories of all platforms together."""

_PLATFORM = {"x": "twitter"}


class Spread:
    """Immutable; `raw` as `training/spread.py` writes it."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.version: str = raw["version"]
        self._tables = {name: Tables(each, raw["knots"]) for name, each in raw["platforms"].items()}

    @classmethod
    def load(cls, path: Path = MODEL_FILE) -> Self:
        return cls(json.loads(path.read_text(encoding="utf-8")))

    @property
    def platforms(self) -> tuple[str, ...]:
        return tuple(self._tables)

    def of(self, source: str) -> Tables:
        """The tables for a source's stories; those of all platforms where its own were not learnt."""
        return self._tables.get(_PLATFORM.get(source, source), self._tables[ANY])
