"""Made-up words, some said often and most hardly ever, so that texts are as unlike each other as people's are."""

import random

_SYLLABLES = ("ba", "co", "di", "fu", "ge", "ho", "ki", "lu", "mo", "ne", "po", "ra", "se", "ti", "vo", "zu")
_WORDS = 30_000


def rare(rng: random.Random) -> str:
    """One of 30,000, by Zipf's law: how often a word is said is inverse to its rank."""
    return _name(int(_WORDS ** rng.random()))


def unheard(rng: random.Random) -> str:
    """One of a million, each as likely as any other."""
    return _name(rng.randrange(100_000, 1_100_000))


def _name(number: int) -> str:
    name = ""
    while number:
        number, syllable = divmod(number, len(_SYLLABLES))
        name += _SYLLABLES[syllable]
    return name
