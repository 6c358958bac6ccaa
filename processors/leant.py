"""What is read of a text once staff have taught what its intents mean, and the dangers that follow from that.

Dangers are added and never taken away: what the shipped model calls for, it calls for whatever was taught.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, get_args

import numpy as np

from earshot.model import Grave, Intent
from processors.leaning import PLAIN, Leaning
from processors.negativity.opinion import Opinion
from processors.signs.model import INTENTS, PLANES, least
from processors.signs.reading import MOST_WORDS, Reading, Signs, shipped
from processors.terms import Found


class Said(NamedTuple):
    """What the shipped model read."""

    text: str
    language: str
    opinion: Opinion | None


class Leant(Signs):
    """The shipped reader with a bias on the log-odds of each intent. It tells of every intent, however unlikely."""

    def __init__(self, bias: Sequence[float] = (0.0,) * len(INTENTS)) -> None:
        vars(self).update(vars(shipped()))  # its tables are large, and read only
        lean = np.pad(np.array(bias, np.float64), (0, len(PLANES) - len(INTENTS)))
        self._model = self._model._replace(bias=self._model.bias + lean)

    def _reading(
        self, text: str, language: str, found: Found, p: Sequence[float], held: Sequence[bool]
    ) -> Reading:
        reading = super()._reading(text, language, found, p, held)
        return reading._replace(intents=dict(zip(INTENTS, p, strict=False)))


def shares(said: Sequence[Said]) -> list[dict[Intent, float]]:
    """What the shipped model gives each intent; empty where a text cannot be read."""
    if not said:
        return []
    columns = [each.text for each in said], [each.language for each in said], [each.opinion for each in said]
    return [each.intents for each in Leant().read(*columns)]


def leant(reading: Reading, leaning: Leaning, said: Callable[[], Said]) -> Reading:
    """`said` is asked where a danger may depend on what was taught: then the text is read again, in half a ms."""
    if leaning is PLAIN:
        return reading
    moved = reading._replace(intents=leaning.apply(reading.intents))
    if not _may_call(reading, moved.intents):
        return moved
    text, language, opinion = said()
    (again,) = Leant(leaning.bias).read([text], [language], [opinion])
    if set(again.grave) <= set(reading.grave):
        return moved
    grave = tuple(each for each in get_args(Grave) if each in {*reading.grave, *again.grave})
    words = tuple(dict.fromkeys((*again.evidence, *reading.evidence)))
    return moved._replace(grave=grave, evidence=words[:MOST_WORDS])


def _may_call(before: Reading, after: Mapping[Intent, float]) -> bool:
    """Whether an intent turned on which a danger may stand, in `processors.signs.reading`."""
    held, holds = _holding(before.intents), _holding(after)
    rose, fell = holds - held, held - holds
    if rose & {"safety", "legal"} or "news" in fell:
        return True
    return "sensitive" in before.signs and ("complaint" in rose or "praise" in fell)


def _holding(intents: Mapping[Intent, float]) -> set[Intent]:
    return {intent for intent, p in intents.items() if p >= least()[intent]}
