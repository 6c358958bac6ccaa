"""Which mentions are worth a person's word the most. Pure.

Uncertainty sampling (Lewis and Gale 1994): what the model is least sure of teaches it most, be it whether the text is
negative, or whether it tells of a danger or of legal steps: the largest of these doubts counts. What two opinions
contradict each other on counts more, and so does what many people see; one mention a story, and the same words once.
Some are drawn by lot: what is learnt of hard texts alone does not hold for the easy ones, where most mistakes hide.

A label teaches what the words mean. So where stars made a mention's numbers, those say nothing of its worth: its words
have to be read first.
"""

from collections.abc import Iterable, Iterator, Mapping
from heapq import nsmallest
from itertools import islice
from math import log10
from typing import Literal, NamedTuple

from msgspec import structs

from earshot.hashing import hash64
from earshot.model import OWN, Intent, Mention, Score
from earshot.staff import STAFF

_DRAWN = 4
"""One in so many is drawn by lot."""
_STARS = "rating"
_SAME = (
    "@",
    "http://",
    "https://",
    "www.",
)  # to the model, every handle and every address is like the others

Doubt = Literal["mood", "danger", "law"]
DANGERS: dict[Doubt, Intent] = {"danger": "safety", "law": "legal"}
_NEARLY = 0.8
_HALF = 0.5  # from here on a text is negative, and an intent holds whose own least is not known


class Candidate(NamedTuple):
    n: int
    story: int
    words: int
    """The same where they say the same of the same brand."""
    score: Score
    reach: int
    """People, of its story."""
    why: tuple[Doubt, ...] = ()
    """Why a person is asked; empty: it was drawn by lot."""


def teaches(score: Score) -> bool:
    """Whether there is something to learn: words that the model reads, not the brand's own, not put right already."""
    return score.negative is not None and score.basis not in (STAFF, _STARS) and OWN not in _parts(score)


def is_by_stars(score: Score) -> bool:
    return _STARS in _parts(score)


def words_of(mention: Mention) -> int:
    told = f"{mention.title} {mention.text}".casefold().split()
    return hash64(mention.brand, " ".join(word for word in told if not word.startswith(_SAME)))


def choose(candidates: Iterable[Candidate], limit: int, least: Mapping[Intent, float]) -> list[Candidate]:
    """The most useful first, of equals the newest, then one in four that is drawn whatever its worth.

    `least`: the probability from which an intent is said to hold.
    """
    ranked = sorted(candidates, key=lambda each: (worth(each, least), each.n), reverse=True)
    best = list(_apart(ranked))
    useful = [each for each in best[: limit - limit // _DRAWN] if worth(each, least) > 0]
    drawn = nsmallest(limit - len(useful), best[len(useful) :], key=_lot)
    return [each._replace(why=_main(doubts(each.score, least))) for each in useful] + drawn


def to_read(candidates: Iterable[Candidate], limit: int) -> list[Candidate]:
    """Those that have only stars yet: which of them to have read, the most promising first."""
    starred = [each for each in candidates if is_by_stars(each.score)]
    return list(islice(_apart(sorted(starred, key=_promise, reverse=True)), limit))


def by_words(candidate: Candidate, negative: float | None, *, uncertain: bool) -> Candidate:
    """As its words are read, whatever its stars. That these contradict them still counts."""
    score = candidate.score
    read = structs.replace(score, negative=negative, uncertain=score.uncertain or uncertain, basis="text")
    return candidate._replace(score=read)


def worth(candidate: Candidate, least: Mapping[Intent, float]) -> float:
    """From 0: the largest of its doubts (at most 1), half again for a contradiction, times up to 2 for its reach.

    0 where there is none to speak of: the words were not read.
    """
    undecided = max(doubts(candidate.score, least).values(), default=None)
    return 0.0 if undecided is None else _weighed(candidate, undecided)


def doubts(score: Score, least: Mapping[Intent, float]) -> dict[Doubt, float]:
    """How undecided each is: 1 at the probability from which it is said to hold, 0 where it surely does or does not.

    Nothing of the mood where stars made it. A danger is told by the words alone, so it is doubtful whatever the stars;
    at least by half where the text may tell of it and does not call.
    """
    found: dict[Doubt, float] = {}
    if score.negative is not None and not is_by_stars(score):
        found["mood"] = _undecided(score.negative, _HALF)
    for doubt, intent in DANGERS.items():
        may = _HALF if intent in score.perhaps else 0.0
        if may or intent in score.intents:
            found[doubt] = max(may, _undecided(score.intents.get(intent, 0.0), least.get(intent, _HALF)))
    return found


def _undecided(p: float, least: float) -> float:
    return p / least if p < least else (1 - p) / (1 - least)


def _main(found: Mapping[Doubt, float]) -> tuple[Doubt, ...]:
    """The largest, and what is nearly as large."""
    largest = max(found.values(), default=0.0)
    return tuple(doubt for doubt, undecided in found.items() if undecided >= _NEARLY * largest)


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


def _promise(candidate: Candidate) -> tuple[float, int]:
    """What it is worth if its words are as undecided as can be; of equals the newest."""
    return _weighed(candidate, 1.0), candidate.n


def _lot(candidate: Candidate) -> int:
    """The same each time."""
    return hash64(str(candidate.n))


def _parts(score: Score) -> list[str]:
    """What a score stands on."""
    return score.basis.split(", ")
