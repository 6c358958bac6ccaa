"""VADER's opinion of an English text as calibrated probabilities (Hutto & Gilbert, ICWSM 2014).

VADER knows English only and says 0.0 of everything else, so nothing else may reach it. It is the second opinion:
made of a list of words, independent of the model, and easy to explain.
"""

from math import exp
from typing import Any

from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE, SentimentIntensityAnalyzer, SentiText

from processors.negativity.opinion import Opinion

# training/vader.py: rows negative, neutral, positive; columns 1, compound, neg, pos
_WEIGHTS = (
    (-0.323, -0.671, 5.370, -0.012),
    (0.577, 0.015, -2.906, -2.698),
    (-0.255, 0.656, -2.464, 2.710),
)
_LONGEST = 5_000  # characters: around a "but" the library compares every word with every other
_SIGNS = ".,;:!?\"'()[]"
_TURNING = frozenset({*NEGATE, "never", "so", "this", "without"})
"""Words that turn the one after them, but for those in "n't"."""


class _Analyzer(SentimentIntensityAnalyzer):  # type: ignore[misc]  # the library has no types
    """The library's own rules on the words that they look at, three before and two after.

    The library lower-cases the whole text four times for each word that it knows: quadratic in a text of such
    words; and it looks for emoji in each letter, and for rules of each word that it does not know. The results are
    the same to the last bit (a test compares them).
    """

    def polarity_scores(self, text: str) -> Any:
        if not text.isascii():
            return super().polarity_scores(text)
        text = text.strip()
        said = SentiText(text)
        words, valences = said.words_and_emoticons, list[float]()
        for at, word in enumerate(words):
            if self._is_rated(words, at):
                self.sentiment_valence(0, said, word, at, valences)
            else:
                valences.append(0)
        return self.score_valence(self._but_check(words, valences), text)

    def _is_rated(self, words: list[str], at: int) -> bool:
        """Known, and neither what modifies the next one nor "kind of"."""
        word = words[at].lower()
        if word not in self.lexicon or word in BOOSTER_DICT:
            return False
        return not (word == "kind" and at + 1 < len(words) and words[at + 1].lower() == "of")

    @staticmethod
    def _negation_check(valence: float, words: list[str], distance: int, i: int) -> Any:
        first = max(0, i - 3)
        window = words[first : i + 1]
        if "n't" not in (said := " ".join(window).lower()) and _TURNING.isdisjoint(said.split(" ")):
            return valence
        return SentimentIntensityAnalyzer._negation_check(valence, window, distance, i - first)

    @staticmethod
    def _special_idioms_check(valence: float, words: list[str], i: int) -> Any:
        return SentimentIntensityAnalyzer._special_idioms_check(valence, words[i - 3 : i + 3], 3)


class Vader:
    def __init__(self) -> None:
        self._analyzer = _Analyzer()

    def opinion(self, text: str) -> Opinion:
        """p(negative), p(neutral), p(positive) of an English text; they sum to one."""
        found = self._analyzer.polarity_scores(text[:_LONGEST])
        compound, neg, pos = found["compound"], found["neg"], found["pos"]
        a, b, c = (exp(w0 + w1 * compound + w2 * neg + w3 * pos) for w0, w1, w2, w3 in _WEIGHTS)
        total = a + b + c
        return Opinion(a / total, b / total, c / total)

    def words(self, text: str) -> list[tuple[str, float]]:
        """The words that it knows, and how it values each on its own, from -4 to 4."""
        lexicon = self._analyzer.lexicon
        found = (word.strip(_SIGNS) or word for word in text[:_LONGEST].split())
        return [(word, float(lexicon[word.lower()])) for word in found if word.lower() in lexicon]
