"""Why a story has its risk, in sentences and points that add up as they are shown."""

from collections import Counter
from math import floor
from typing import Literal, NamedTuple

from earshot.model import OutletClass, Story

Language = Literal["en", "it"]

TERMS = ("neg", "reach", "spread", "media", "audience", "surge", "credibility")

_OUTLETS: dict[Language, dict[OutletClass, tuple[str, str]]] = {  # class -> one, several
    "en": {
        "national": ("national outlet", "national outlets"),
        "regional": ("regional outlet", "regional outlets"),
        "local": ("local outlet", "local outlets"),
        "news": ("other outlet", "other outlets"),
        "blog": ("blog", "blogs"),
    },
    "it": {
        "national": ("testata nazionale", "testate nazionali"),
        "regional": ("testata regionale", "testate regionali"),
        "local": ("testata locale", "testate locali"),
        "news": ("altra testata", "altre testate"),
        "blog": ("blog", "blog"),
    },
}
_FIXED: dict[Language, dict[str, str]] = {
    "en": {
        "spread": "Spread: not measured yet",
        "audience": "Audience: not measured yet",
        "surge": "Surge: not measured yet",
        "credibility": "Credibility: every mention taken as genuine; automated ones are not detected yet",
    },
    "it": {
        "spread": "Diffusione: non ancora misurata",
        "audience": "Pubblico: non ancora misurato",
        "surge": "Impennata: non ancora misurata",
        "credibility": "Credibilità: tutte le menzioni considerate autentiche; quelle automatiche non sono ancora rilevate",
    },
}


class Line(NamedTuple):
    """One term of the risk: what it adds, and the numbers it came from."""

    term: str
    points: float
    """In hundredths; the points of all lines add up to the first number of `arithmetic`."""
    sentence: str


def explain(story: Story, language: Language) -> tuple[Line, ...]:
    """The terms in their fixed order; those that are not measured yet say so and add nothing."""
    sentences = _FIXED[language] | {
        "neg": _negativity(story, language),
        "reach": _reach(story.reach, language),
        "media": _press(story, language),
    }
    return tuple(
        Line(term, points / 100, sentences[term])
        for term, points in zip(TERMS, _hundredths(story), strict=True)
    )


def arithmetic(story: Story, language: Language) -> str:
    """The sum behind the risk: 7.57 − 5 = 2.57 → 93 out of 100."""
    terms, bias = sum(_hundredths(story)), round(story.terms.bias * 100)
    sign = "−" if bias < 0 else "+"
    total = _decimal(terms + bias, language)
    left = f"{_decimal(terms, language)} {sign} {_short(abs(bias), language)} = {total}"
    return f"{left} → {out_of_100(story.risk, language)}"


def out_of_100(risk: float, language: Language) -> str:
    return f"{risk:.0f} {'su' if language == 'it' else 'out of'} 100"


def number(value: int, language: Language) -> str:
    """A count with its thousands apart: 210,000 or 210.000."""
    return f"{value:,}".replace(",", ".") if language == "it" else f"{value:,}"


def points(value: float, language: Language) -> str:
    """A term's points with their sign, as they are added: +1.88."""
    hundredths = round(value * 100)
    return f"{'' if hundredths < 0 else '+'}{_decimal(hundredths, language)}"


def _hundredths(story: Story) -> list[int]:
    """The terms in hundredths, rounded by largest remainder: they sum to the rounded sum, and 0 stays 0."""
    exact = [round(getattr(story.terms, term) * 100, 6) for term in TERMS]
    shown = [floor(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: shown[i] - exact[i])
    for i in by_remainder[: round(sum(exact)) - sum(shown)]:
        shown[i] += 1
    return shown


def _decimal(hundredths: int, language: Language) -> str:
    text = f"{'−' if hundredths < 0 else ''}{abs(hundredths) / 100:.2f}"
    return text.replace(".", ",") if language == "it" else text


def _short(hundredths: int, language: Language) -> str:
    return _decimal(hundredths, language) if hundredths % 100 else str(hundredths // 100)


def _negativity(story: Story, language: Language) -> str:
    """Of the authors that could be read; what could not be read is said beside it, never hidden in the share."""
    if language == "it":
        unread = f"non si è riusciti a leggere {counted(story.unread, 'menzione', 'menzioni', 'it')}"
        read = f"Negatività: {_share_it(story.negative_authors, story.voters)}"
    else:
        unread = f"{counted(story.unread, 'mention', 'mentions', 'en')} could not be read"
        read = f"Negativity: {_share_en(story.negative_authors, story.voters)}"
    return f"{read}; {unread}" if story.unread else read


def _share_en(negative: int, voters: int) -> str:
    if voters <= 1:
        return ("no author could be read yet", "1 author, " + ("negative" if negative else "not negative"))[
            voters
        ]
    return f"{number(negative, 'en') if negative else 'none'} of {number(voters, 'en')} authors negative"


def _share_it(negative: int, voters: int) -> str:
    if voters <= 1:
        return (
            "nessun autore ancora leggibile",
            "1 autore, " + ("negativo" if negative else "non negativo"),
        )[voters]
    if negative == 0:
        return f"nessun autore negativo su {number(voters, 'it')}"
    one = negative == 1
    return f"{counted(negative, 'autore', 'autori', 'it')} su {number(voters, 'it')} {'negativo' if one else 'negativi'}"


def _reach(people: int, language: Language) -> str:
    if language == "it":
        return f"Copertura stimata: {counted(people, 'persona', 'persone', 'it')}"
    return f"Reach: {counted(people, 'person', 'people', 'en')}"


def _press(story: Story, language: Language) -> str:
    outlets = Counter(story.outlets.values())
    named = [
        counted(outlets[kind], *words, language)
        for kind, words in _OUTLETS[language].items()
        if outlets[kind]
    ]
    if language == "it":
        return f"Stampa: ripresa da {', '.join(named)}" if named else "Stampa: nessuna testata l’ha ripresa"
    return f"Press: taken up by {', '.join(named)}" if named else "Press: no outlet has taken it up"


def counted(value: int, one: str, many: str, language: Language) -> str:
    return f"{number(value, language)} {one if value == 1 else many}"
