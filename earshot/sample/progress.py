"""On which dates the sample is played here, and how far: the cursor of its collector."""

from datetime import date

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from earshot.store import positions

COLLECTOR = "sample"
EVENTS = 406


class Progress(Struct, frozen=True):
    first_day: date
    """The date of day 1, the same at every later start."""
    heard: int = 0
    """How many of the sample's events."""

    @property
    def is_over(self) -> bool:
        return self.heard >= EVENTS


def progress(connection: Connection, collector: str = COLLECTOR) -> Progress | None:
    """None where the sample was never played."""
    cursor = positions.cursor(connection, collector)
    return msgspec.json.decode(cursor, type=Progress) if cursor else None


def save_progress(connection: Connection, now: Progress, collector: str = COLLECTOR) -> None:
    positions.save_cursor(connection, collector, msgspec.json.encode(now).decode())
