"""VADER's opinion of an English text as calibrated probabilities (Hutto & Gilbert, ICWSM 2014).

VADER knows English only and says 0.0 of everything else, so nothing else may reach it.
"""

from math import exp
from typing import NamedTuple

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

VERSION = "vader-3.3.2+1"

# training/vader.py: rows negative, neutral, positive; columns 1, compound, neg, pos
_WEIGHTS = (
    (-0.323, -0.671, 5.370, -0.012),
    (0.577, 0.015, -2.906, -2.698),
    (-0.255, 0.656, -2.464, 2.710),
)
_LONGEST = 5_000  # characters: VADER looks at every pair of words around a "but"


class Opinion(NamedTuple):
    negative: float
    neutral: float
    positive: float


class Vader:
    def __init__(self) -> None:
        self._analyzer = SentimentIntensityAnalyzer()

    def opinion(self, text: str) -> Opinion:
        """p(negative), p(neutral), p(positive) of an English text; they sum to one."""
        found = self._analyzer.polarity_scores(text[:_LONGEST])
        compound, neg, pos = found["compound"], found["neg"], found["pos"]
        a, b, c = (exp(w0 + w1 * compound + w2 * neg + w3 * pos) for w0, w1, w2, w3 in _WEIGHTS)
        total = a + b + c
        return Opinion(a / total, b / total, c / total)
