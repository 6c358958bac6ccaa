"""Which mentions are worth a person's word the most. Pure.

Uncertainty sampling (Lewis and Gale 1994): what the model is least sure of teaches it most. What two opinions
contradict each other on counts more, and so does what many people see; one mention a story, so that the words differ.
Some are drawn by lot: what is learnt of hard texts alone does not hold for the easy ones, where most mistakes hide.
"""

from collections.abc import Iterable
from heapq import nlargest, nsmallest
from math import log10
from typing import NamedTuple

from earshot.hashing import hash64
from earshot.model import Score

_DRAWN = 4
"""One in so many is drawn by lot."""


class Candidate(NamedTuple):
    n: int
    story: int
    score: Score
    reach: int
    """People, of its story."""


def choose(candidates: Iterable[Candidate], limit: int) -> list[Candidate]:
    """At most one a story: the most useful first, then one in four that is drawn whatever its worth."""
    best: dict[int, Candidate] = {}
    for each in candidates:
        known = best.get(each.story)
        if known is None or _order(each) > _order(known):
            best[each.story] = each
    useful = nlargest(limit - limit // _DRAWN, best.values(), key=_order)
    rest = best.keys() - {each.story for each in useful}
    return useful + nsmallest(limit - len(useful), (best[story] for story in rest), key=_lot)


def worth(candidate: Candidate) -> float:
    """From 0: how undecided p(negative) is (at most 1), half again for a contradiction, times up to 2 for its reach."""
    score = candidate.score
    if score.negative is None:
        return 0.0
    undecided = 1 - abs(2 * score.negative - 1)
    return (undecided + 0.5 * score.uncertain) * (1 + min(1.0, log10(1 + max(0, candidate.reach)) / 7))


def _order(candidate: Candidate) -> tuple[float, int]:
    """Of equals the newest."""
    return worth(candidate), candidate.n


def _lot(candidate: Candidate) -> int:
    """The same each time."""
    return hash64(str(candidate.n))
