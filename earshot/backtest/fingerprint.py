"""Which configuration decided: two runs with the same one can be compared with a third."""

import hashlib
import json

from earshot.config import Config

_ELSEWHERE = {
    "earshot", "server", "store", "bus", "intake", "processors", "console", "collectors", "receivers",
}  # fmt: skip
"""Sections that decide nothing about a story."""


def fingerprint(config: Config) -> str:
    """A hash of all that decides: the same settings, however they were written, have the same one."""
    written = json.dumps(config.model_dump(mode="json", exclude=_ELSEWHERE), sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:12]
