"""What a text that names several companies says of one of them, from the whole text and from the part about that one."""

from collections.abc import Collection
from typing import get_args

from earshot.gravity import GRAVEST_FIRST
from earshot.model import Grave
from processors.signs.reading import MOST_WORDS, Reading

_AGAINST = (
    0.5  # so negative towards the company that a danger told elsewhere in the text is taken to be its own
)


def parted(whole: Reading, own: Reading, negative: float) -> Reading:
    """`negative`: how likely the text is negative towards the company.

    What is wanted and felt is told in the company's own part; who speaks, and how, in the whole text. A danger or a
    lawyer in the part of another company calls for this one only where the text is against it too: clauses are parted
    by rules, and a danger that is not told costs more than one that is told twice.
    """
    here = {*own.grave, *(whole.grave if negative >= _AGAINST else ())}
    grave = tuple(
        each for each in get_args(Grave) if each in here or (each == "self_harm" and each in whole.grave)
    )
    return whole._replace(
        intents=own.intents,
        perhaps=_perhaps(whole, own, negative),
        signs=tuple(each for each in whole.signs if each != "victim" or each in own.signs),
        grave=grave,
        mood=own.mood,
        evidence=_evidence(whole, own, grave),
    )


def _perhaps(whole: Reading, own: Reading, negative: float) -> dict[Grave, float]:
    """What the company's own part may tell of, and elsewhere what would call for it if it surely were told there."""
    elsewhere = {
        each: near for each, near in whole.perhaps.items() if negative >= _AGAINST or each == "self_harm"
    }
    return elsewhere | own.perhaps


def _evidence(whole: Reading, own: Reading, grave: Collection[Grave]) -> tuple[str, ...]:
    """The words of whichever told a danger that is kept: either may see one that the other misses, the graver one first."""
    if set(whole.grave) == set(grave):
        return whole.evidence
    beyond = [each for each in grave if each not in own.grave]
    if not beyond:
        return own.evidence
    told = [(beyond, whole), *([(own.grave, own)] if own.grave else [])]
    told.sort(key=lambda each: min(map(GRAVEST_FIRST.index, each[0])))
    words = dict.fromkeys(word for _, side in told for word in side.evidence)
    return tuple(words)[:MOST_WORDS]
