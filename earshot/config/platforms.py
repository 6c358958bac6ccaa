"""Accounts on platforms that no source has: nobody's so far, and most likely misspelt."""

from collections.abc import Iterator, Sequence

from earshot.accounts import account
from earshot.config.document import Table
from earshot.config.faults import Faults, unknown
from earshot.seams import CollectorSettings

_HOLDING = {"brands": ("accounts", "voices"), "outlets": ("accounts",), "rules": ("voices",)}


def unheard(
    sections: Sequence[Table], collectors: Sequence[CollectorSettings], faults: Faults
) -> Iterator[str]:
    """A line each, with its place. None where there is no source, or one whose mentions may be of any platform."""
    if not collectors or any(each.any_source for each in collectors):
        return
    heard = {name for each in collectors for name in each.heard_as}
    for table in sections:
        for key in _HOLDING.get(str(table.path[0]), ()):
            for index, written in enumerate(table.written.get(key, ())):
                name = account(written).platform
                if name and name.casefold() not in heard:
                    why = unknown(f"platform {name!r}", name, heard)
                    yield faults.told((*table.path, key, index), f"nobody until a source has it: {why}")
