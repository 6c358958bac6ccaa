"""The tables that are read with, one set for each platform, and which of them a source's stories are read with."""

from pathlib import Path
from typing import Any, Self

from earshot import spread_file
from processors.spread.tables import Tables

ANY = "any"
"""What was learnt from the stories of all platforms together."""

_PLATFORM = {"x": "twitter"}


class Spread:
    """Immutable; `raw` as `training/spread.py` writes it."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.version: str = raw["version"]
        self._tables = {name: Tables(each, raw["knots"]) for name, each in raw["platforms"].items()}

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Those that ship, or a file of one's own. Raises `LookupError`: it is none."""
        return cls(spread_file.read(path or spread_file.SHIPPED))

    @property
    def platforms(self) -> tuple[str, ...]:
        return tuple(self._tables)

    def of(self, source: str) -> Tables:
        """The tables for a source's stories: its own, else its platform's as others call it, else those of all."""
        known = self._tables
        return known.get(source) or known.get(_PLATFORM.get(source, ANY)) or known[ANY]
