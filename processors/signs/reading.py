"""All that is read of a text beside its mood towards the brand, as it is kept in its score."""

import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from earshot.gravity import gravest_first
from earshot.handling import Danger
from earshot.model import Address, Emphasis, Grave, Intent, Mood, Sign, Tried
from processors.negativity.features import extract
from processors.negativity.opinion import Opinion
from processors.signs.emphasis import emphasis
from processors.signs.model import ADDRESSES, GRAVE, INTENTS, LEARNT_SIGNS, MOODS, PLANES, Model, clues
from processors.signs.strongest import strongest
from processors.signs.ways import WAYS, tried
from processors.terms import Found, evidence, heard
from processors.terms import shipped as lists

_KEPT = 0.05  # the least probability of an intent that is kept
MOST_WORDS = 8
_REPORTED = 2  # terms of a report of a match: a sponsor's name is in it, and nothing that it did
_HALF = 0.5
_NONE = Opinion(1 / 3, 1 / 3, 1 / 3)

_ADDRESSES = slice(len(INTENTS) + len(LEARNT_SIGNS), len(INTENTS) + len(LEARNT_SIGNS) + len(ADDRESSES))
_SHUT_OUT = PLANES.index("discrimination")
_GRAVE = [PLANES.index(each) for each in GRAVE]
_MOODS = slice(_ADDRESSES.stop, _ADDRESSES.stop + len(MOODS))

_THREAT = 0.9
"""The least probability of danger, with a word for a hazard (gas, smoke), that calls where the brand is the setting."""
_BORNE_OUT, _OF_SOMEBODY = 0.1, 0.01
"""The least probability of discrimination that calls where a word of the lists names it; and where it is a sensitive matter
that nobody praises: who is left outside in a wheelchair says no more than that."""
_HARM = ("injury", "hazard", "violence", "selfharm")
_DANGER = (*_HARM, "stranded", "health")
"""Who is left outside, or is ill, may be in danger. Where it is told as discrimination those words tell of that."""
_VAGUE = re.compile(
    r"(?:(?:mette a|a|at|poner en|ponen en|en|em|coloca em|colocando em|poe em) )?"
    r"(?:rischi|risc|risk|risq|risik|arris|arries|riesg)\w*(?: (?:to|para|fur|de))?"
)
"""A risk and nothing that it is one of, as the text is folded: jobs, deliveries and discounts are at risk too."""
_OF = {
    "legal": ("legal",),
    "safety": _DANGER,
    "sensitive": ("health", "belonging", "discrimination", "hardship"),
    "self_harm": ("selfharm",),
    "discrimination": ("discrimination", "health", "belonging"),
    "press_interest": ("press",),
}
"""Whose words are the evidence of what."""
_LISTED: dict[Danger, str] = {"self_harm": "selfharm", "discrimination": "discrimination"}
"""Whose words alone name a danger. Both are mostly told in a hint: the model sees many that no list has."""


class Reading(NamedTuple):
    """See `earshot.model.Score`."""

    intents: dict[Intent, float]
    signs: tuple[Sign, ...]
    grave: tuple[Grave, ...]
    """Where the text is negative towards the brand; of self-harm always."""
    perhaps: dict[Grave, float]
    """What it may tell of, whether or not it calls, and how near that is: see `earshot.model.Score`."""
    address: Address
    mood: Mood
    emphasis: tuple[Emphasis, ...]
    tried: tuple[Tried, ...]
    evidence: tuple[str, ...]


NOTHING = Reading({}, (), (), {}, "none", "neutral", (), (), ())


class Signs:
    """Reads texts whose language and opinion are known; what is in no language of the model's says nothing."""

    def __init__(self) -> None:
        self._model, self._terms = Model.load(), lists()
        if self._model.concepts != self._terms.concepts:
            raise ValueError(
                "the term lists are not those that the model of signs was trained with: train it again"
            )
        least = self._model.least[_GRAVE].tolist()
        self._thresholds = list(zip(GRAVE, _GRAVE, self._model.perhaps.tolist(), least, strict=True))

    def read(
        self, texts: Sequence[str], languages: Sequence[str], opinions: Sequence[Opinion | None]
    ) -> list[Reading]:
        """One for each, in order; nothing where there is no opinion. Raises nothing, whatever the text."""
        found = list(map(self._terms.found, heard(texts), languages))
        seen = clues(found, self._terms.concepts, np.array([each or _NONE for each in opinions], np.float64))
        shares = self._model.probabilities(extract(texts), seen)
        held = (shares >= self._model.least).tolist()
        return [
            self._reading(*each) if opinion else NOTHING
            for opinion, *each in zip(opinions, texts, languages, found, shares.tolist(), held, strict=True)
        ]

    def words(self, text: str, language: str, grave: Grave) -> tuple[str, ...]:
        """With which a text tells of it, folded: those of the lists, else the run that speaks most for it."""
        listed = evidence(self._terms.find(text, language), _OF[grave], MOST_WORDS)
        return listed or strongest(self._model, text, grave)

    def _reading(
        self, text: str, language: str, found: Found, p: Sequence[float], held: Sequence[bool]
    ) -> Reading:
        holds: dict[str, bool] = dict(zip(PLANES, held, strict=True))
        intents = {
            intent: round(share, 3) for intent, share in zip(INTENTS, p, strict=False) if share >= _KEPT
        }
        holds["threat"] = _names(found, ("hazard",)) and p[INTENTS.index("safety")] >= _THREAT
        concerned = holds["sensitive"] and not holds["praise"]
        holds["shut_out"] = p[_SHUT_OUT] >= (_OF_SOMEBODY if concerned else _BORNE_OUT)
        holds["victim"] |= len(found.get("match", ())) >= _REPORTED
        holds["confirmation"] &= "denial" not in found
        holds["press_interest"] &= "press" in found  # it calls at any hour: a feeling is not enough
        signs = tuple([sign for sign in LEARNT_SIGNS if holds[sign]])
        moods = p[_MOODS]
        mood = MOODS[moods.index(max(moods))]
        grave = _grave(holds, found, mood)
        concepts = [concept for name in gravest_first((*grave, *signs)) for concept in _OF.get(name, ())]
        for name, concept in _LISTED.items():
            if name in grave and concept not in found:
                found = {**found, concept: strongest(self._model, text, name)}
        return Reading(
            intents,
            signs,
            grave,
            {} if holds["spam"] else self._perhaps(p),
            _address(p[_ADDRESSES], language),
            mood,
            emphasis(text),
            tried(text, found, [way for way in WAYS if holds[f"way_{way}"]]),
            evidence(found, concepts, MOST_WORDS) if concepts else (),
        )

    def _perhaps(self, p: Sequence[float]) -> dict[Grave, float]:
        return {
            each: round(p[at] / least, 3) for each, at, perhaps, least in self._thresholds if p[at] >= perhaps
        }


@cache  # never changed, so a process has one
def shipped() -> Signs:
    return Signs()


def _grave(holds: dict[str, bool], found: Found, mood: Mood) -> tuple[Grave, ...]:
    """Danger is also where somebody complains who is ill, or cares for one, and is afraid. Never without a word for it:
    it calls at any hour, and a first call that nothing bears out would hide the next one of its story.

    Where the brand is victim or setting, what threatens there now is a danger all the same, and no robbery of last night.
    """
    if holds["spam"]:
        return ()
    if holds["victim"]:
        return ("safety",) if holds["threat"] else ()
    grave: list[Grave] = []
    hurt = holds["sensitive"] and holds["complaint"]
    excluded = holds["discrimination"] or ("discrimination" in found and holds["shut_out"])
    danger = _names(found, _HARM if excluded else _DANGER)
    if (holds["safety"] and danger) or (hurt and "health" in found and mood == "worry"):
        grave.append("safety")
    if holds["legal"]:
        grave.append("legal")
    if excluded:
        grave.append("discrimination")
    if ("selfharm" in found and not holds["news"]) or holds["self_harm"]:
        grave.append("self_harm")
    return tuple(grave)


def _names(found: Found, concepts: Collection[str]) -> bool:
    """Whether the words of these concepts say what the danger is."""
    return any(not _VAGUE.fullmatch(words) for concept in concepts for words in found.get(concept, ()))


def _address(p: Sequence[float], language: str) -> Address:
    """The likeliest of its language's forms; English has none."""
    if language == "en":
        return "none"
    among = slice(0, 3) if language == "it" else slice(3, 5)
    share, address = max(zip(p[among], ADDRESSES[among], strict=True))
    return address if share >= _HALF else "none"
