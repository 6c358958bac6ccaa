"""How well intents are read, against those that staff named, as shipped and as corrections calibrate it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, get_args

from earshot.model import Intent

_INTENTS: tuple[Intent, ...] = get_args(Intent)
_WORTH_A_LINE = 0.5  # mentions that the model expects


class Pair(NamedTuple):
    said: Sequence[Intent]
    """All that hold."""
    before: Mapping[Intent, float]
    """As shipped."""
    after: Mapping[Intent, float]
    """As the other corrections calibrate it."""


class Effect(NamedTuple):
    """Of one intent. `before` is as shipped, `after` as calibrated."""

    named: int
    """How often staff named it."""
    expected_before: float
    """Sum of its probabilities: how often the model takes it to hold."""
    expected_after: float
    error_before: float
    """Mean squared distance of probability and truth (Brier 1950); 0 is perfect."""
    error_after: float


def effects(pairs: Iterable[Pair]) -> dict[Intent, Effect]:
    """Of the intents that somebody named or the model expects; in their usual order."""
    told = list(pairs)
    found = {intent: _effect(intent, told) for intent in _INTENTS} if told else {}
    return {intent: each for intent, each in found.items() if _counts(each)}


def _effect(intent: Intent, pairs: Sequence[Pair]) -> Effect:
    said = [intent in each.said for each in pairs]
    before = [each.before.get(intent, 0.0) for each in pairs]
    after = [each.after.get(intent, 0.0) for each in pairs]
    return Effect(sum(said), sum(before), sum(after), _brier(before, said), _brier(after, said))


def _brier(shares: Sequence[float], said: Sequence[bool]) -> float:
    return sum((p - holds) ** 2 for p, holds in zip(shares, said, strict=True)) / len(said)


def _counts(effect: Effect) -> bool:
    return max(effect.named, effect.expected_before, effect.expected_after) >= _WORTH_A_LINE
