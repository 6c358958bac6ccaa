"""Numbers as each language writes them."""

from typing import Literal, NamedTuple

Language = Literal["en", "it"]
_LARGE: dict[Language, tuple[tuple[int, str, str], ...]] = {  # the name of one, of several
    "en": ((10**9, "billion", "billion"), (10**6, "million", "million")),
    "it": ((10**9, "miliardo", "miliardi"), (10**6, "milione", "milioni")),
}
_PEOPLE: dict[Language, tuple[str, str, str]] = {  # one, several, so many millions
    "en": ("person", "people", "people"),
    "it": ("persona", "persone", "di persone"),
}
_ASSUMED = 100
"""So many an account is taken to reach that does not say: fewer are of accounts that do, and no guess."""


class People(NamedTuple):
    """So many people, as far as an estimate knows."""

    figure: str
    unit: str


def number(value: int, language: Language) -> str:
    """A count with its thousands apart: 210,000 or 210.000."""
    return f"{value:,}".replace(",", ".") if language == "it" else f"{value:,}"


def counted(value: int, one: str, many: str, language: Language) -> str:
    return f"{number(value, language)} {one if value == 1 else many}"


def people(estimate: float, language: Language) -> People:
    """An estimate to two digits, as more would not be true: 65,000 people, 1.3 million people."""
    rounded = int(float(f"{estimate:.2g}"))
    one, several, of_many = _PEOPLE[language]
    for scale, name, names in _LARGE[language]:
        if rounded >= scale:
            figure = f"{rounded / scale:g}"
            figure = figure.replace(".", ",") if language == "it" else figure
            return People(f"{figure} {name if rounded == scale else names}", of_many)
    return People(number(rounded, language), one if rounded == 1 else several)


def about(estimate: float, language: Language) -> str:
    """The same within a sentence: about 1.3 million people, circa 1,3 milioni di persone."""
    said = " ".join(people(estimate, language))
    if estimate < _ASSUMED:
        return said
    return f"{'circa' if language == 'it' else 'about'} {said}"


def rate(an_hour: float) -> float:
    """As closely as it is told, so that what is worked out from it is what a reader makes of it: 12, 2.2, 0.45."""
    if an_hour >= 10:
        return round(an_hour)
    return round(an_hour, 1 if an_hour >= 1 else 2)


def points(value: float, language: Language) -> str:
    """A term's points with their sign, as they are added: +1.88."""
    hundredths = round(value * 100)
    return f"{'' if hundredths < 0 else '+'}{decimal(hundredths, language)}"


def out_of_100(risk: float, language: Language) -> str:
    return f"{risk:.0f} {'su' if language == 'it' else 'out of'} 100"


def decimal(hundredths: int, language: Language) -> str:
    text = f"{'−' if hundredths < 0 else ''}{abs(hundredths) / 100:.2f}"
    return text.replace(".", ",") if language == "it" else text


def short(hundredths: int, language: Language) -> str:
    return decimal(hundredths, language) if hundredths % 100 else str(hundredths // 100)
