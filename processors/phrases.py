"""What an answer says to who was there first: that it happened to them too, or that the press would like a word.

Lists of plain words, in Italian and English, so that anybody can read why; they are found as a brand's terms are
(`earshot.matching`): whole, in any case, with any accents. What is not in them is not found.
"""

from functools import lru_cache
from typing import NamedTuple

from earshot.matching import Matcher
from earshot.model import Mention

CONFIRMATIONS = (
    # Italian
    "anche a me", "anche a noi", "anche io", "anch'io", "anche noi", "pure io", "pure a me", "a me pure",
    "idem", "stessa cosa", "stesso problema", "stessa situazione", "stessa esperienza", "successo uguale",
    "capita anche", "capitato anche", "successo anche", "confermo", "confermiamo", "non sei la sola",
    "non sei il solo", "non sei l'unica", "non sei l'unico", "non è la sola", "non è il solo",
    # English
    "me too", "same here", "same for me", "same problem", "same issue", "same thing", "same experience",
    "happened to me", "happened to us", "happens to me", "happening to me", "not the only one", "not just you",
    "not alone", "can confirm", "i confirm", "so did i", "mine too", "mine as well", "us too", "likewise",
)  # fmt: skip
"""Each says "it is so with me"."""

PRESS = (
    # Italian
    "sono un giornalista", "sono una giornalista", "sono giornalista", "siamo giornalisti", "sono un cronista",
    "sono una cronista", "scrivo per il giornale", "della redazione di", "dalla redazione di",
    "posso contattarla", "possiamo contattarla", "posso contattarti", "possiamo contattarti",
    "potrei contattarla", "potremmo contattarla", "posso scriverle", "possiamo scriverle", "possiamo scriverti",
    "raccontarci la sua storia", "raccontarmi la sua storia", "raccontarci la tua storia",
    "raccontarmi la tua storia", "per un'intervista", "per un articolo", "per un servizio in onda",
    # English
    "i'm a reporter", "i am a reporter", "i'm a journalist", "i am a journalist", "i'm a producer with",
    "i'm a producer for", "reporter with", "reporter for", "journalist with", "journalist for",
    "may i dm you", "can i dm you", "could i dm you", "may we dm you", "can we dm you", "may i message you",
    "may i contact you", "could i speak to you", "could we speak to you", "for a story i'm", "for a story we're",
    "for an interview",
)  # fmt: skip
"""Each is somebody who looks for a story, or says so."""

DENIALS = (
    "non confermo",
    "non confermiamo",
    "can't confirm",
    "cannot confirm",
    "not the same",
    "non è la stessa",
)

_ANSWERS = frozenset({"reply", "quote", "comment"})


class _List(NamedTuple):
    """`earshot.matching.Watched`."""

    name: str
    any: tuple[str, ...]
    none: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()


CONFIRMATION, PRESS_INTEREST = "confirmation", "press interest"

_MATCHER = Matcher([_List(CONFIRMATION, CONFIRMATIONS, DENIALS), _List(PRESS_INTEREST, PRESS)])


def found(mention: Mention) -> tuple[str, ...]:
    """Which of `CONFIRMATION` and `PRESS_INTEREST` it says; neither where it answers nobody."""
    return _found(mention.text) if mention.kind in _ANSWERS else ()


@lru_cache(1_000)  # asked twice of most, and of copies
def _found(text: str) -> tuple[str, ...]:
    return _MATCHER.match(text)
