"""Which tokens carried a score. On demand, never on the hot path."""

from collections.abc import Sequence

import numpy as np

from earshot.seams import Carried
from processors.negativity.features import extract
from processors.negativity.model import Floats, Negativity
from processors.negativity.places import places
from processors.negativity.tokens import Tokens, bare

LONGEST = 200  # tokens that are left out one by one; a text has said by then what it thinks
_SHOWN_AS = {"\ue001": "[address]", "\ue002": "[handle]"}


def explain(model: Negativity, text: str) -> tuple[list[Carried], int]:
    """The first tokens of a text, as it was written, in their order; and how many come after them."""
    features = extract([bare(text)])
    read = spelled(features.tokens)
    shown = read[:LONGEST]
    rows = zip(
        shown, _effects(model, read), model.linear_contributions(features), places(text, shown), strict=False
    )
    tokens = [
        Carried(_SHOWN_AS.get(token, token), float(effect), float(part), *place)
        for token, effect, part, place in rows
    ]
    return tokens, len(read) - len(shown)


def _effects(model: Negativity, read: Sequence[str]) -> Floats:
    """(at most LONGEST,) what leaving out each of the first tokens takes from p(negative)."""
    without = [" ".join([*read[:at], *read[at + 1 :]]) for at in range(min(len(read), LONGEST))]
    whole, *others = model.probabilities([" ".join(read), *without])[:, 0]
    effects: Floats = whole - np.array(others, np.float64)
    return effects


def spelled(tokens: Tokens) -> list[str]:
    """Each token of the only text in words; joined by blanks they are read as the same tokens again."""
    letters = tokens.letters.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    ends = np.cumsum(tokens.lengths + 1)
    return [letters[ends[which] - tokens.lengths[which] : ends[which]] for which in tokens.which]
