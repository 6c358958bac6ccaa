"""What is usual for each brand and topic: one row for each series of counts, written by its brand's owner."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from earshot.store.bulk import append, change
from earshot.store.schema import SERIES


class Key(NamedTuple):
    topic: str
    """Empty: all that is said of the brand."""
    pace: str
    """Of the sources that are counted together."""
    kind: str


class State(NamedTuple):
    bucket: int
    """The last one that was counted."""
    body: str


def of_brand(connection: Connection, brand: int) -> dict[Key, State]:
    found = connection.exec_driver_sql(
        "select topic, pace, kind, bucket, state from series where brand = ?", (brand,)
    )
    return {Key(*row[:3]): State(*row[3:]) for row in found}


def save(connection: Connection, brand: int, new: Mapping[Key, State], old: Mapping[Key, State]) -> None:
    """Add those that are new, replace the others. The brand's version is the fence."""
    append(connection, SERIES, [(brand, *key, *state) for key, state in new.items()])
    rows: Sequence[tuple[object, ...]] = [(*state, brand, *key) for key, state in old.items()]
    change(connection, SERIES, ("bucket", "state"), ("brand", *Key._fields), rows)
