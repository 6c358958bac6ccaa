"""What somebody, or something, makes of a text."""

from typing import NamedTuple


class Opinion(NamedTuple):
    """Probabilities; they sum to one."""

    negative: float
    neutral: float
    positive: float
