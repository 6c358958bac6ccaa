"""Which mentions are worth a person's word the most. Pure.

Uncertainty sampling (Lewis and Gale 1994): what the model is least sure of teaches it most. What two opinions
contradict each other on counts more, and so does what many people see; one mention a story, and the same words once.
Some are drawn by lot: what is learnt of hard texts alone does not hold for the easy ones, where most mistakes hide.

A label teaches what the words mean. So where stars made a mention's numbers, those say nothing of its worth: its words
have to be read first.
"""

from collections.abc import Iterable, Iterator
from heapq import nsmallest
from itertools import islice
from math import log10
from typing import NamedTuple

from msgspec import structs

from earshot.hashing import hash64
from earshot.model import Mention, Score
from earshot.staff import STAFF

_DRAWN = 4
"""One in so many is drawn by lot."""
_STARS, _OWN = "rating", "own"
_SAME = (
    "@",
    "http://",
    "https://",
    "www.",
)  # to the model, every handle and every address is like the others


class Candidate(NamedTuple):
    n: int
    story: int
    words: int
    """The same where they say the same of the same brand."""
    score: Score
    reach: int
    """People, of its story."""


def teaches(score: Score) -> bool:
    """Whether there is something to learn: words that the model reads, not the brand's own, not put right already."""
    return score.negative is not None and score.basis not in (STAFF, _STARS) and _OWN not in _parts(score)


def is_by_stars(score: Score) -> bool:
    return _STARS in _parts(score)


def words_of(mention: Mention) -> int:
    told = f"{mention.title} {mention.text}".casefold().split()
    return hash64(mention.brand, " ".join(word for word in told if not word.startswith(_SAME)))


def choose(candidates: Iterable[Candidate], limit: int) -> list[Candidate]:
    """The most useful first, then one in four that is drawn whatever its worth."""
    best = list(_apart(sorted(candidates, key=_order, reverse=True)))
    useful = best[: limit - limit // _DRAWN]
    return useful + nsmallest(limit - len(useful), best[len(useful) :], key=_lot)


def to_read(candidates: Iterable[Candidate], limit: int) -> list[Candidate]:
    """Those that have only stars yet: which of them to have read, the most promising first."""
    starred = [each for each in candidates if is_by_stars(each.score)]
    return list(islice(_apart(sorted(starred, key=_promise, reverse=True)), limit))


def by_words(candidate: Candidate, negative: float | None, *, uncertain: bool) -> Candidate:
    """As its words are read, whatever its stars. That these contradict them still counts."""
    score = candidate.score
    read = structs.replace(score, negative=negative, uncertain=score.uncertain or uncertain, basis="text")
    return candidate._replace(score=read)


def worth(candidate: Candidate) -> float:
    """From 0: how undecided p(negative) is (at most 1), half again for a contradiction, times up to 2 for its reach.

    0 where the words were not read.
    """
    score = candidate.score
    if score.negative is None or is_by_stars(score):
        return 0.0
    return _weighed(candidate, 1 - abs(2 * score.negative - 1))


def _weighed(candidate: Candidate, undecided: float) -> float:
    seen = 1 + min(1.0, log10(1 + max(0, candidate.reach)) / 7)
    return (undecided + 0.5 * candidate.score.uncertain) * seen


def _apart(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """The first of each story whose words were not there yet."""
    stories: set[int] = set()
    words: set[int] = set()
    for each in candidates:
        if each.story not in stories and each.words not in words:
            stories.add(each.story)
            words.add(each.words)
            yield each


def _order(candidate: Candidate) -> tuple[float, int]:
    """Of equals the newest."""
    return worth(candidate), candidate.n


def _promise(candidate: Candidate) -> tuple[float, int]:
    """What it is worth if its words are as undecided as can be; of equals the newest."""
    return _weighed(candidate, 1.0), candidate.n


def _lot(candidate: Candidate) -> int:
    """The same each time."""
    return hash64(str(candidate.n))


def _parts(score: Score) -> list[str]:
    """What a score stands on."""
    return score.basis.split(", ")
