"""Rows in the form of `training/labels` as what models are trained on and measured by.

Public sets say less of a text: `label` complaint or not_complaint tells of one intent, and of nothing else.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from earshot.handling import DANGERS
from processors.signs.model import INTENTS, LEARNT_SIGNS, WAY_PLANES
from processors.target.views import Span, Views, views

Row = dict[str, Any]

_COMPLAINT = {"complaint": ["complaint"], "not_complaint": []}


def tells(row: Row, plane: str) -> bool:
    """Whether somebody has looked at it with this in mind: where nobody has, "not labelled" is not "does not hold".

    Despair tells nothing of `safety`: it is a danger, and has a plane of its own.
    """
    if "intents" not in row:
        return plane == "complaint" and row.get("label") in _COMPLAINT
    return plane != "safety" or "self_harm" not in row["flags"]


def holds(rows: Sequence[Row], plane: str) -> np.ndarray:
    """(rows,) whether an intent, a sign, a form of address, a mood, a way tried or a danger is labelled. Rows that `tells` of it."""
    if plane in INTENTS:
        return np.array([plane in _intents(row) for row in rows])
    if plane in LEARNT_SIGNS or plane in DANGERS:
        return np.array([plane in row["flags"] for row in rows])
    if plane in WAY_PLANES:
        return np.array([plane.removeprefix("way_") in row["tried"] for row in rows])
    return np.array([plane in (row["address"], row["mood"]) for row in rows])


def _intents(row: Row) -> Sequence[str]:
    return row["intents"] if "intents" in row else _COMPLAINT[row["label"]]


class Towards(NamedTuple):
    """One text towards one of the two companies that it names."""

    text: str
    views: Views
    polarity: str
    main: bool
    """Whether it is the one addressed or named first."""


def both(row: Row) -> Iterator[Towards]:
    """Towards either; nothing where the text does not name two."""
    if not row.get("other") or not row.get("target"):
        return
    text = row["text"]
    main, other = (_places(text, name) for name in (row["target"], row["other"]["name"]))
    if main and other and main != other:
        yield Towards(text, views(text, main, other), row["polarity"], main=True)
        yield Towards(text, views(text, other, main), row["other"]["polarity"], main=False)


def _places(text: str, name: str) -> list[Span]:
    core = re.escape(name.lstrip("@#"))
    return [found.span() for found in re.finditer(rf"(?<!\w){core}(?!\w)", text, re.IGNORECASE)]
