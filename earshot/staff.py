"""The words by which what staff said of a mention is told from what a model did."""

import re
from typing import Literal, get_args

Polarity = Literal["neg", "neu", "pos"]
"""Towards the brand."""
POLARITIES: tuple[Polarity, ...] = get_args(Polarity)

STAFF = "staff"
"""The basis of a score that a person gave: no model's word replaces it."""
_LEARNT = re.compile(r"\+c([0-9]{1,18})\Z")


def polarity(given: str | None) -> Polarity | None:
    """None where it is none."""
    return next((each for each in POLARITIES if each == given), None)


def learnt(model: str, newest: int) -> str:
    """A model's name once it has learnt from corrections up to that number; 0: from none."""
    return f"{model}+c{newest}" if newest else model


def shipped(model: str) -> str:
    """The model's name without what it has learnt."""
    return _LEARNT.sub("", model)


def newest_learnt(model: str) -> int:
    """The number of the newest correction that it has learnt from; 0: none."""
    found = _LEARNT.search(model)
    return int(found[1]) if found else 0
