"""Which configuration decided: two runs with the same one can be compared with a third."""

import hashlib
import json
from typing import Any

from earshot.config import Config

_ELSEWHERE = {
    "earshot", "server", "store", "bus", "intake", "processors", "console", "collectors", "receivers",
}  # fmt: skip
"""Sections that decide nothing about a story."""
_ANSWERS = {"address", "address_differs_on"}
"""Nor do these of a brand."""
_EXCLUDED: dict[str, Any] = {**dict.fromkeys(_ELSEWHERE, True), "brands": {"__all__": _ANSWERS}}


def fingerprint(config: Config) -> str:
    """A hash of all that decides: the same settings, however they were written, have the same one."""
    decides = config.model_dump(mode="json", exclude=_EXCLUDED)
    if tables := config.spread.model:  # what is in them, wherever they lie
        decides["spread"] = hashlib.sha256(tables.read_bytes()).hexdigest()
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:12]
