"""With which words an author says that a way to the company was tried, and how often: "quattro chiamate", "allo sportello".

That it was, a model says (`processors.signs.model`): who is asked to call, or praises who answered, uses the same words.
"""

import re
from collections.abc import Iterator, Sequence
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
_NAMED: dict[str, re.Pattern[str]] = {
    way: re.compile(rf"\b(?:{words})\b")
    for way, words in {
        "phone": r"telef\w*|(?:ri)?chiam\w*|call\w*|phon\w*|rang|ring|rung|on hold|linea|line|centralin\w*|numero verde|"
        r"hotline|helpline|operator\w*|musi\w+|llam\w*|appel\w*|anruf\w*|angeruf\w*|lig(?:uei|ar|o|amos|ac\w+)|tasto \d",
        "counter": r"sportell\w*|filial\w*|branch\w*|counter|negozi\w*|store|shop|desk|banco|cassa|uffici\w*|office|"
        r"agenzi\w*|segreteria|reception|tienda|oficina|guichet|agence|magasin|schalter|laden|loja|balcao|agencia",
        "chat": r"chat\w*|\w*bot|assistente virtuale|virtual assistant|asistente virtual|whatsapp|messenger",
        "email": r"e?-?mail\w*|pec|scritt\w*|scriv\w*|wrote|writ\w+|letter\w*|raccomandata|correos?|courriels?|carta|"
        r"(?:ge)?schr\w+|escr\w+|ecri\w*|inviat\w*|mandat\w*|sent",
        "app": r"apps?|in-app",
        "social": r"dms?|tweet\w*|facebook|instagram|twitter|privat\w*|social|post\w*|comment\w*|messa\w+",
        "form": r"form\w*|modu\w+|tickets?|portal\w*|sito|site|web\w*|online|reclam\w*|complaint|segnalazion\w*|"
        r"claim\w*|richiest\w*|request\w*|pratica",
        "visit": r"te(?:cni|chni)\w+|engineer\w*|visit\w*|appunt\w*|appoint\w*|intervent\w*|rendez-vous|termin",
    }.items()
}
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)?")
_AROUND = 3  # words before and after
_MOST = 99


def tried(text: str, found: Found, ways: Sequence[Way]) -> tuple[Tried, ...]:
    """Those of `ways` that words in `text` stand for; `found`: what the lists `way_…` have seen in it."""
    folded = fold(text) if ways else ""
    said = [(way, found.get(f"way_{way}") or _named(folded, way)) for way in ways]
    return tuple(
        Tried(way=way, times=max(_times(folded, each) for each in words), words=words[0])
        for way, words in said
        if words
    )


def _named(folded: str, way: Way) -> tuple[str, ...]:
    """Where no list has how it is said."""
    named = _NAMED[way].search(folded)
    return (named[0],) if named else ()


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
