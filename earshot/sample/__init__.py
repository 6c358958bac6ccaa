"""The bundled sample: two made-up weeks of a made-up company, what its staff did, and what must come of it.

| file | one a line, or whole |
|---|---|
| mentions.jsonl | 400 mentions, 3 edits, 3 withdrawals, in the order heard: our own form, times as offsets |
| actions.jsonl | what the staff did: claims, answers, promises, calls, published lines |
| people.jsonl | five rows of a customer file |
| truth.json | expected alerts, what must not alert, outcomes, the tour's facts |

An offset is in seconds from day 1, 00:00, on an Italian clock.
"""

from earshot.sample.progress import EVENTS, Progress, progress, save_progress
from earshot.sample.story import HOME, OPENS, events, first_day, heard, moment, offset
from earshot.sample.truth import (
    Action,
    Card,
    Expected,
    Outcome,
    Person,
    Silent,
    Truth,
    actions,
    people,
    truth,
)

__all__ = [
    "EVENTS",
    "HOME",
    "OPENS",
    "Action",
    "Card",
    "Expected",
    "Outcome",
    "Person",
    "Progress",
    "Silent",
    "Truth",
    "actions",
    "events",
    "first_day",
    "heard",
    "moment",
    "offset",
    "people",
    "progress",
    "save_progress",
    "truth",
]
