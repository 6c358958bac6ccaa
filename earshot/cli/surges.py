"""`earshot surges`: when many complained at once, with what was new in it."""

from typing import Any

from rich.console import Console

from earshot.cli.listing import Limit
from earshot.cli.options import AsJson, ConfigPath, DataDir, existing_store
from earshot.cli.tables import Column, table
from earshot.store import brands, surges
from earshot.store.surges import Kept

_OUT = Console(highlight=False)
_SURGES: list[Column] = [
    ("brand", "short"),
    ("topic", "short"),
    ("seen", "left"),
    ("authors\nan hour", "right"),
    ("usual", "right"),
    ("new words", "rest"),
    ("surge", "right"),
]


def listed(
    limit: Limit = 20, config: ConfigPath = None, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """List the newest surges: which brand or topic, when (UTC), how many negative authors against the usual, what is new.

    Example: earshot surges --limit 5 --json

    Next: earshot alerts lists who was told of what.
    """
    with existing_store(config, data_dir) as store, store.read() as connection:
        found = surges.newest(connection, [row.name for row in brands.every(connection)], limit)
    if as_json:
        _OUT.print_json(data=[_plain(kept) for kept in found])
    elif not found:
        _OUT.print(
            "No surges: no brand or topic has left what is usual for it. That takes a day to be known."
        )
    else:
        _OUT.print(table(_OUT, _SURGES, [_row(kept) for kept in found]))


def _row(kept: Kept) -> list[str]:
    surge = kept.surge
    return [
        surge.brand,
        surge.topic,
        f"{surge.opened_at:%Y-%m-%d %H:%M}",
        f"{surge.height.hour:.0f}",
        f"{surge.steps[0].usual:.1f}",
        ", ".join(each.term for each in kept.fresh),
        str(surge.id),
    ]


def _plain(kept: Kept) -> dict[str, Any]:
    surge = kept.surge
    return {
        "id": surge.id,
        "brand": surge.brand,
        "topic": surge.topic,
        "seen_at": surge.opened_at.isoformat(),
        "since": surge.since.isoformat(),
        "over_at": surge.over_at.isoformat() if surge.over_at else None,
        "hour": surge.height.hour,
        "usual": surge.steps[0].usual,
        "z": round(surge.height.z, 2),
        "told": len(surge.steps),
        "expected": surge.expected,
        "new": [each.term for each in kept.fresh],
    }
