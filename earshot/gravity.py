"""In which order the reasons of an alert are to be seen."""

from collections.abc import Iterable

GRAVEST_FIRST = (
    "self_harm",
    "safety",
    "legal",
    "discrimination",
    "press_interest",
    "national",
    "pick_up",
    "voice",
    "loud_author",
    "risk",
)

BY_WORDS = frozenset(("self_harm", "safety", "legal", "discrimination", "press_interest", "voice"))
"""Reasons that the words of one mention give."""


def gravest_first(reasons: Iterable[str]) -> list[str]:
    """Each once; what is not known comes last."""
    return sorted(dict.fromkeys(reasons), key=_place)


def _place(reason: str) -> int:
    return GRAVEST_FIRST.index(reason) if reason in GRAVEST_FIRST else len(GRAVEST_FIRST)
