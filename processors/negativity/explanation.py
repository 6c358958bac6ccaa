"""Which tokens carried a score. On demand, never on the hot path."""

from typing import NamedTuple

import numpy as np

from processors.negativity.features import extract
from processors.negativity.model import Negativity
from processors.negativity.tokens import Tokens

_LONGEST = 200  # tokens that are left out one by one; a text has said by then what it thinks
_SHOWN_AS = {"\ue001": "[address]", "\ue002": "[handle]"}


class Carried(NamedTuple):
    """One token of a text, as it was read."""

    token: str
    effect: float
    """How much p(negative) falls where the token is left out (occlusion); negative where it rises."""
    linear: float
    """What it adds to the linear part's distance from "not negative": exact, they and the bias add up to it."""


def explain(model: Negativity, text: str) -> list[Carried]:
    """The tokens in their order."""
    features = extract([text])
    read = spelled(features.tokens)
    without = [" ".join(read[:at] + read[at + 1 :]) for at in range(min(len(read), _LONGEST))]
    whole, *others = model.probabilities([text, *without])[:, 0]
    effects = np.concatenate([whole - np.array(others), np.zeros(len(read) - len(others))])
    linear = model.linear_contributions(features)
    return [
        Carried(_SHOWN_AS.get(token, token), float(effect), float(part))
        for token, effect, part in zip(read, effects, linear, strict=True)
    ]


def spelled(tokens: Tokens) -> list[str]:
    """Each token of the only text in words; joined by blanks they are read as the same tokens again."""
    letters = tokens.letters.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    ends = np.cumsum(tokens.lengths + 1)
    return [letters[ends[which] - tokens.lengths[which] : ends[which]] for which in tokens.which]
