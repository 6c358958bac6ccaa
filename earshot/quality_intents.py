"""How well intents are read, against those that staff named, as shipped and as corrections calibrate it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, get_args

from earshot.model import Intent

_INTENTS: tuple[Intent, ...] = get_args(Intent)
_WORTH_A_LINE = 0.5  # mentions that the model expects
_HALF = 0.5


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
    false_before: int
    """How often the model says that it holds and staff do not."""
    false_after: int
    missed_before: int
    """How often staff say that it holds and the model does not."""
    missed_after: int


def effects(pairs: Iterable[Pair], least: Mapping[Intent, float]) -> dict[Intent, Effect]:
    """Of the intents that somebody named or the model expects; in their usual order.

    `least`: the probability from which the model says that one holds.
    """
    told = list(pairs)
    found = {intent: _effect(intent, told, least.get(intent, _HALF)) for intent in _INTENTS} if told else {}
    return {intent: each for intent, each in found.items() if _counts(each)}


def _effect(intent: Intent, pairs: Sequence[Pair], least: float) -> Effect:
    named = [intent in each.said for each in pairs]
    before = [each.before.get(intent, 0.0) for each in pairs]
    after = [each.after.get(intent, 0.0) for each in pairs]
    held, holds = [p >= least for p in before], [p >= least for p in after]
    return Effect(
        sum(named),
        sum(before),
        sum(after),
        _brier(before, named),
        _brier(after, named),
        _only(held, named),
        _only(holds, named),
        _only(named, held),
        _only(named, holds),
    )


def _only(ones: Sequence[bool], others: Sequence[bool]) -> int:
    """How often it is one of the first and none of the second."""
    return sum(one and not other for one, other in zip(ones, others, strict=True))


def _brier(shares: Sequence[float], said: Sequence[bool]) -> float:
    return sum((p - holds) ** 2 for p, holds in zip(shares, said, strict=True)) / len(said)


def _counts(effect: Effect) -> bool:
    said = (effect.named, effect.false_before, effect.false_after)
    return max(*said, effect.expected_before, effect.expected_after) >= _WORTH_A_LINE
