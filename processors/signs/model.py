"""Which intents, signs, form of address, mood, ways tried and dangers a text has: one linear model reads them all at once.

Hashed words and pieces of words (`processors.negativity.features`), the clues of the term lists, and what the
negativity model makes of the text. Each plane is a support vector machine whose distance was made a probability on
hands that it had not learnt from (Platt, 1999). Whole numbers, so a text reads the same in any batch.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from earshot.handling import DANGERS
from earshot.model import Address, Grave, Intent, Mood, Sign
from processors.negativity.features import Features
from processors.negativity.model import exact
from processors.negativity.sums import TokenSums
from processors.signs.ways import WAYS
from processors.terms import Found

MODEL_FILE = Path(__file__).parents[1] / "models" / "signs-1.npz"
INTENTS: tuple[Intent, ...] = get_args(Intent)
LEARNT_SIGNS: tuple[Sign, ...] = (
    "confirmation",
    "press_interest",
    "sensitive",
    "minor",
    "victim",
    "employee",
    "spam",
)
ADDRESSES: tuple[Address, ...] = ("tu", "lei", "voi", "informal", "formal")
MOODS: tuple[Mood, ...] = get_args(Mood)
WAY_PLANES = tuple(f"way_{way}" for way in WAYS)
PLANES = (*INTENTS, *LEARNT_SIGNS, *ADDRESSES, *MOODS, *WAY_PLANES, *DANGERS)
"""Columns of what the model says, in this order."""
GRAVE: tuple[Grave, ...] = get_args(Grave)
"""What calls; in this order are the thresholds of what may."""

_OFTEN = 3  # times that a concept is spoken of, from which on more tell nothing
_LEAST = 1e-4  # of a share, before its logarithm

Floats = NDArray[np.float64]


class Model(NamedTuple):
    version: str
    concepts: tuple[str, ...]
    sums: TokenSums
    """Of a table (2^n, planes)."""
    scale: Floats
    """(planes,) what a step of the table is worth."""
    clues: Floats
    """(clues, planes), see `clues`."""
    bias: Floats
    """(planes,)"""
    least: Floats
    """(planes,) the probability from which each is said to hold: that of the best F1, of "legal" of the best F2. Of a way
    tried and of danger that of the best F1 with which it is right often enough; 1 where there is none. Of what no intent
    says (`DANGERS`) that which one public post in a thousand has."""
    perhaps: Floats
    """(GRAVE,) the probability from which a text may tell of each: nineteen of twenty that do have it."""

    @classmethod
    def load(cls, file: Path = MODEL_FILE) -> "Model":
        with np.load(file) as stored:
            named = {name: stored[name] for name in ("scale", "clues", "bias", "least", "perhaps")}
            sums, concepts = TokenSums(stored["table"]), tuple(str(stored["concepts"]).split())
            return cls(str(stored["version"]), concepts, sums, **named)

    def probabilities(self, features: Features, seen: Floats) -> Floats:
        """(texts, planes); `seen` (texts, clues)."""
        sums, length = self._sums(features)
        words = sums * self.scale / np.sqrt(np.maximum(length, 1))[:, None]
        shares: Floats = 1 / (1 + np.exp(-(words + exact(seen, self.clues) + self.bias)))
        return shares

    def carried(self, features: Features, plane: str) -> Floats:
        """(tokens,) what each token of the only text gives a plane, in their order; in no unit."""
        worth: Floats = self.sums.of(features)[:, PLANES.index(plane)] * self.scale[PLANES.index(plane)]
        return worth

    def _sums(self, features: Features) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Of the rows of each text's features, and how many those are."""
        tokens = features.tokens
        sums, length = np.zeros((tokens.texts, len(self.scale)), np.int64), np.zeros(tokens.texts, np.int64)
        if len(tokens.which):
            first = np.flatnonzero(np.diff(tokens.text, prepend=-1))
            sums[tokens.text[first]] = np.add.reduceat(self.sums.of(features), first, axis=0, dtype=np.int64)
            length[tokens.text[first]] = np.add.reduceat(features.counts, first)
        return sums, length


@cache
def least() -> Mapping[Intent, float]:
    """The probability from which each intent is said to hold, as shipped; the rest of the model is not loaded."""
    with np.load(MODEL_FILE) as stored:
        return dict(zip(INTENTS, stored["least"].tolist(), strict=False))


def clues(found: Sequence[Found], concepts: Sequence[str], opinions: Floats) -> Floats:
    """(texts, 2 concepts + 3): whether each is spoken of, how often up to three times, and the logs of `opinions`."""
    often = np.zeros((len(found), len(concepts)))
    place = {concept: at for at, concept in enumerate(concepts)}
    for row, each in enumerate(found):
        for concept, words in each.items():
            often[row, place[concept]] = min(len(words), _OFTEN)
    return np.hstack([np.minimum(often, 1), often / _OFTEN, np.log(np.maximum(opinions, _LEAST))])
