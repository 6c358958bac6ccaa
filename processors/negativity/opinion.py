"""What somebody, or something, makes of a text."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Opinion(NamedTuple):
    """Probabilities; they sum to one."""

    negative: float
    neutral: float
    positive: float


class Model(Protocol):
    """Reads texts."""

    version: str
    """Kept in every score; another one where it may read otherwise."""
    languages: tuple[str, ...]
    """Those that it reads."""

    def opinions(self, texts: Sequence[str]) -> Sequence[Opinion | None]:
        """One for each, in order; None where it can make nothing of a text. Raises nothing, whatever the text."""
