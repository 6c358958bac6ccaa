"""Which ways to the company an author has tried already, and how often: "quattro chiamate", "allo sportello"."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import get_args

from earshot.matching import fold
from earshot.model import Tried, Way
from processors.terms import Found

WAYS: tuple[Way, ...] = get_args(Way)
_NUMBERS = {
    word: value
    for value, words in {
        1: "una un once one",
        2: "due twice two dos deux zwei duas dois doppia",
        3: "tre thrice three tres trois drei tercera terza third",
        4: "quattro four cuatro quatre vier quatro quarta fourth",
        5: "cinque five cinco cinq fünf quinta fifth",
        6: "sei six seis sechs sesta",
        7: "sette seven siete sept sieben sete",
        8: "otto eight ocho huit acht oito",
        9: "nove nine nueve neuf neun",
        10: "dieci ten diez dix zehn dez decima tenth",
        12: "dodici twelve doce douze zwölf doze dozen",
        20: "venti twenty veinte vingt zwanzig vinte",
    }.items()
    for word in map(fold, words.split())
}
_COUNTED = re.compile(  # what a number counts here: not euros, days or minutes
    r"^(?:volt[ae]|times|veces|vez|fois|mal|vezes|telefonat\w+|chiamat\w+|mail|e-?mails?|pec|messagg\w+|messages?|"
    r"calls?|phone|llamadas?|correos?|appels?|courriels?|anrufe?|ligac\w+|chamadas?|tickets?|segnalazion\w+|"
    r"reclam\w+|visit\w*|chats?|letters?|lettere|solleciti|operator\w+|sportell\w+)$"
)
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)?")
_AROUND = 3  # words before and after
_MOST = 99


def tried(text: str, found: Found) -> tuple[Tried, ...]:
    """`found`: what the lists `way_…` have seen in `text`."""
    ways = [(way, words) for way in WAYS if (words := found.get(f"way_{way}"))]
    if not ways:
        return ()
    folded = fold(text)
    return tuple(
        Tried(way=way, times=max(_times(folded, each) for each in words), words=words[0])
        for way, words in ways
    )


def _times(text: str, words: str) -> int:
    """The number in these words or next to them, where it counts contacts; else once."""
    at = text.find(words)
    before = _WORD.findall(text[:at])[-_AROUND:]
    inside = _WORD.findall(words)
    after = _WORD.findall(text[at + len(words) : at + len(words) + 60])[:_AROUND]
    return min(max(_counts([*before, *inside, *after]), default=1), _MOST)


def _counts(words: list[str]) -> Iterator[int]:
    for number, counted in pairwise(words):
        value = int(number) if number.isdecimal() and len(number) < 3 else _NUMBERS.get(number, 0)
        if value and _COUNTED.match(counted):
            yield value
