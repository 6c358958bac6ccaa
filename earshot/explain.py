"""Why a story has its risk, in sentences and points that add up as they are shown."""

from collections import Counter
from math import exp, floor, log, prod
from typing import Literal, NamedTuple

from earshot.config import RiskSettings
from earshot.model import OutletClass, Story

Language = Literal["en", "it"]

_PRIOR_VOTERS, _CERTAIN, _GATE, _ALL = 3, 0.9, 0.4, 1_000_000  # as in processors/risk.py; a test compares
_PICK_UP: dict[OutletClass, float] = {
    "national": 0.8,
    "regional": 0.6,
    "local": 0.6,
    "news": 0.3,
    "blog": 0.1,
}
_WORKED: dict[Language, dict[str, str]] = {
    "en": {
        "neg": "Negativity: the mean of {voters} votes and of {prior} as usual for the brand ({base}) is {mean};"
        " {weight} × ({mean} − {base}) ÷ ({certain} − {base}) = {points}, never below 0 nor above {weight}",
        "gate": "Gate: what is not negative does not count for its reach; negativity {x} ÷ {gate}, at most 1, is {open}",
        "reach": "Reach: {weight} × {open} × ln(1 + {people}) ÷ ln(1 + {all}) = {points}, never above {weight}",
        "media": "Press: {weight} × {open} × {x} = {points}; {x} is 1 less the product of what each outlet leaves"
        " (national 0.2, regional and local 0.4, others 0.7, blogs 0.9)",
        "curve": "{bias} is where a story begins that nobody minds; the sum becomes a number between 0 and 100 on"
        " the logistic curve: 100 ÷ (1 + e^{minus}) = {risk}",
    },
    "it": {
        "neg": "Negatività: la media di {voters} voti e di altri {prior} al valore abituale del marchio ({base}) è"
        " {mean}; {weight} × ({mean} − {base}) ÷ ({certain} − {base}) = {points}, mai sotto 0 né sopra {weight}",
        "gate": "Soglia: ciò che non è negativo non conta per la sua copertura; negatività {x} ÷ {gate}, al massimo"
        " 1, fa {open}",
        "reach": "Copertura: {weight} × {open} × ln(1 + {people}) ÷ ln(1 + {all}) = {points}, mai sopra {weight}",
        "media": "Stampa: {weight} × {open} × {x} = {points}; {x} è 1 meno il prodotto di quanto lascia ogni testata"
        " (nazionale 0,2, regionale e locale 0,4, altre 0,7, blog 0,9)",
        "curve": "{bias} è il punto di partenza di una vicenda che non disturba nessuno; la somma diventa un numero"
        " tra 0 e 100 sulla curva logistica: 100 ÷ (1 + e^{minus}) = {risk}",
    },
}

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


class Worked(NamedTuple):
    """The steps from a story's numbers to its terms."""

    mean: float
    negative: float
    """X of negativity, in [0, 1]."""
    open: float
    """How far the gate is open, in [0, 1]."""
    reached: float
    carried: float
    """X of the press, in [0, 1]."""
    neg: float
    reach: float
    media: float
    risk: float


def work(story: Story, settings: RiskSettings) -> Worked:
    """The arithmetic of processors/risk.py, step by step, on the numbers that the story keeps."""
    mean = (story.votes / 10_000 + _PRIOR_VOTERS * story.base) / (story.voters + _PRIOR_VOTERS)
    negative = min(1.0, max(0.0, (mean - story.base) / (_CERTAIN - story.base)))
    opened = min(1.0, negative / _GATE)
    reached = min(1.0, log(1 + story.reach) / log(1 + _ALL))
    carried = 1 - prod(1 - _PICK_UP[kind] for kind in story.outlets.values())
    return Worked(
        mean,
        negative,
        opened,
        reached,
        carried,
        settings.neg * negative,
        settings.reach * opened * reached,
        settings.media * opened * carried,
        100 / (1 + exp(-story.terms.total)),
    )


def worked(story: Story, settings: RiskSettings, language: Language) -> tuple[str, ...]:
    """Each formula with the numbers of this story."""
    steps, terms = work(story, settings), story.terms

    def say(name: str, **values: float) -> str:
        shown = {key: _decimal(round(value * 100), language) for key, value in values.items()}
        counts = {"voters": story.voters, "prior": _PRIOR_VOTERS, "people": story.reach, "all": _ALL}
        whole = {key: number(value, language) for key, value in counts.items()}
        return _WORKED[language][name].format(**whole, **shown)

    return (
        say(
            "neg",
            mean=steps.mean,
            base=story.base,
            certain=_CERTAIN,
            weight=settings.neg,
            points=steps.neg,
        ),
        say("gate", x=steps.negative, gate=_GATE, open=steps.open),
        say("reach", weight=settings.reach, open=steps.open, points=steps.reach),
        say("media", weight=settings.media, open=steps.open, x=steps.carried, points=steps.media),
        say("curve", bias=terms.bias, minus=-terms.total, risk=steps.risk),
    )


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
