"""What is new in a surge: words and pairs of words that it says more than the brand's own past does.

Log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn, "Fightin' Words", Political Analysis 2008,
eq. 16, 20 to 22): the prior is what both say together, at the weight of the surge itself, so a word said once is
never new, and one that is always said is neither.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import log, sqrt
from typing import NamedTuple

from processors.words import words

CLEAR = 1.96
"""z from which a term is new: one in forty would be so by chance."""
_MOST = 8
_LEAST = 2  # mentions that say it
_SAME = 0.8  # share of a term's mentions that a longer or stronger one explains


class Fresh(NamedTuple):
    """A word, or two that follow one another when the commonest words are left out."""

    term: str
    z: float
    said: int
    """Mentions of the surge that say it."""
    before: int
    """Mentions of the past that do."""


def terms(text: str) -> frozenset[str]:
    """Each word and pair once: a mention has one vote for each.

    >>> sorted(terms("The app is DOWN"))
    ['app', 'app down', 'down']
    """
    said = list(words(text).values())
    return frozenset((*said, *(f"{one} {other}" for one, other in pairwise(said))))


def counted(texts: Iterable[str]) -> Counter[str]:
    """How many of the texts say each term; counters of two pasts add."""
    return Counter(term for text in texts for term in terms(text))


def log_odds(surge: Mapping[str, int], past: Mapping[str, int]) -> dict[str, float]:
    """How surely each term of the surge is said more than in the past (z above 0), or less."""
    n, m = sum(surge.values()), sum(past.values())
    scale = n / (n + m) if n else 0.0  # the prior weighs as much as the surge: the sum of all a is n
    found = {}
    for term, y in surge.items():
        before = past.get(term, 0)
        a = scale * (y + before)
        delta = _logit(y + a, 2 * n) - _logit(before + a, m + n)
        found[term] = delta / sqrt(1 / (y + a) + 1 / (before + a))
    return found


def fresh(surge: Mapping[str, int], past: Mapping[str, int], most: int = _MOST) -> list[Fresh]:
    """The newest terms first; a word that is said within a term above it is not repeated."""
    z = log_odds(surge, past)
    new = [term for term, y in surge.items() if y >= _LEAST and z[term] >= CLEAR]
    new.sort(key=lambda term: (-z[term], -len(term), term))
    kept: list[str] = []
    for term in new:
        if len(kept) == most:
            break
        if not any(_told(term, other, surge) for other in kept):
            kept.append(term)
    return [Fresh(term, z[term], surge[term], past.get(term, 0)) for term in kept]


def telling(texts: Mapping[str, str], found: Iterable[Fresh]) -> list[str]:
    """Ids of the mentions that say what is new, the most telling first, then in their own order."""
    weights = {each.term: each.z for each in found}
    scores = {one: sum(weights.get(term, 0.0) for term in terms(text)) for one, text in texts.items()}
    return sorted((one for one, score in scores.items() if score), key=lambda one: -scores[one])


def _told(term: str, other: str, surge: Mapping[str, int]) -> bool:
    """Do they share a word, and mostly the same mentions?"""
    shared = not set(term.split()).isdisjoint(other.split())
    return shared and min(surge[term], surge[other]) >= _SAME * max(surge[term], surge[other])


def _logit(part: float, whole: float) -> float:
    """One more vote for whatever nobody said: then something is left, whatever `part` is."""
    return log(part / (whole - part + 1))
