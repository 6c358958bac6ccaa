"""Each term of a risk in a sentence: what it adds, and the numbers that it came from."""

from collections import Counter
from typing import NamedTuple

from earshot.config import Audience
from earshot.explain.audience import audience
from earshot.explain.figures import Language, about, counted, number
from earshot.explain.sums import TERMS, hundredths
from earshot.model import OutletClass, Story

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
_MENTION: dict[Language, tuple[str, str]] = {
    "en": ("mention", "mentions"),
    "it": ("menzione", "menzioni"),
}
_SURGE: dict[Language, tuple[str, str]] = {  # of none, of one
    "en": (
        "Surge: it did not begin in one of the brand",
        "Surge: many complain at once, and it began among them; the last hour counts {share} in 100",
    ),
    "it": (
        "Impennata: non è nata in una del marchio",
        "Impennata: in molti si lamentano insieme, ed è nata tra loro; l’ultima ora conta {share} su 100",
    ),
}
_CREDIBILITY: dict[Language, tuple[str, str, str]] = {  # none, one, several
    "en": (
        "Credibility: reposts apart, no mention repeats the words of another; automated accounts are not detected",
        "Credibility: 1 of {mentions} repeats the words of another without saying so",
        "Credibility: {copies} of {mentions} repeat the words of another without saying so",
    ),
    "it": (
        "Credibilità: rilanci a parte, nessuna menzione ripete le parole di un’altra; gli account automatici non sono rilevati",
        "Credibilità: 1 su {mentions} ripete le parole di un’altra senza dirlo",
        "Credibilità: {copies} su {mentions} ripetono le parole di un’altra senza dirlo",
    ),
}
_SPREAD: dict[Language, dict[str, str]] = {
    "en": {
        "none": "Spread: nothing negative is spreading",
        "growing": "Spread: {chance} in 100 that it is awake and comes to {large} mentions, as one story in twenty does",
        "large": "Spread: with {least}{size} mentions{counted} it is as large as one story in twenty ({large}); awake to {chance} in 100",
        "least": "at least ",
        "counted": ", heard or counted by the platforms,",
        "forecast": "about {size} in the end ({low} to {high})",
        "assumed": ", which below {least} mentions rests on an assumption",
    },
    "it": {
        "none": "Diffusione: nulla di negativo si sta diffondendo",
        "growing": "Diffusione: {chance} su 100 che sia viva e arrivi a {large} menzioni, come una vicenda su venti",
        "large": "Diffusione: con {least}{size} menzioni{counted} è grande come una vicenda su venti ({large}); viva per {chance} su 100",
        "least": "almeno ",
        "counted": ", rilevate o contate dalle piattaforme,",
        "forecast": "circa {size} alla fine (da {low} a {high})",
        "assumed": ", un’ipotesi finché le menzioni sono meno di {least}",
    },
}
ASSUMED_BELOW = 55
"""Mentions below which no forecast rests on stories that went on, as in `processors.outlook`; a test compares."""


class Line(NamedTuple):
    """One term of the risk: what it adds, and the numbers it came from."""

    term: str
    points: float
    """In hundredths; the points of all lines add up to the first number of `arithmetic`."""
    sentence: str


def explain(story: Story, language: Language, profile: Audience | None = None) -> tuple[Line, ...]:
    """The terms in their fixed order; those that add nothing say why. `profile`: its brand's audience."""
    sentences = {
        "neg": _negativity(story, language),
        "reach": _reach(story.reach, language),
        "spread": _spread(story, language),
        "media": _press(story, language),
        "audience": _audience(story, profile, language),
        "surge": _SURGE[language][story.surge > 0].format(share=round(100 * story.surge)),
        "credibility": _credibility(story, language),
    }
    return tuple(
        Line(term, points / 100, sentences[term])
        for term, points in zip(TERMS, hundredths(story), strict=True)
    )


def _negativity(story: Story, language: Language) -> str:
    """Of the authors that could be read; what could not be read is said beside it, never hidden in the share."""
    if language == "it":
        grave = f"{counted(story.grave, 'menzione grave', 'menzioni gravi', 'it')} (pericolo, vie legali, discriminazione)"
        unread = f"non si è riusciti a leggere {counted(story.unread, 'menzione', 'menzioni', 'it')}"
        read = f"Negatività: {_share_it(story.negative_authors, story.voters)}"
    else:
        grave = f"{counted(story.grave, 'grave mention', 'grave mentions', 'en')} (danger, the law, discrimination)"
        unread = f"{counted(story.unread, 'mention', 'mentions', 'en')} could not be read"
        read = f"Negativity: {_share_en(story.negative_authors, story.voters)}"
    said = [read, *([grave] if story.grave else ()), *([unread] if story.unread else ())]
    return "; ".join(said)


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
    return f"{'Copertura stimata' if language == 'it' else 'Reach'}: {about(people, language)}"


def _spread(story: Story, language: Language) -> str:
    """The chance in hundredths, beside the sizes that it speaks of."""
    words = _SPREAD[language]
    if not story.chance:
        return words["none"]
    said = {"size": number(story.size, language), "large": number(story.large, language)}
    chance = max(1, min(99, round(story.chance * 100)))
    kind = "large" if story.size >= story.large else "growing"
    beside = {key: words[key] if story.unheard else "" for key in ("least", "counted")}
    sentence = words[kind].format(**said, **beside, chance=chance)
    if (forecast := story.forecast) is None:
        return sentence
    sizes = {key: number(getattr(forecast, key), language) for key in ("size", "low", "high")}
    caveat = words["assumed"].format(least=ASSUMED_BELOW) if story.size < ASSUMED_BELOW else ""
    return f"{sentence}; {words['forecast'].format(**sizes)}{caveat}"


def _audience(story: Story, profile: Audience | None, language: Language) -> str:
    """Who confirms; and who is of the brand's audience, where it has one."""
    confirmed = _confirmed(story, language)
    if profile is None and not story.audience:
        return confirmed
    named = f" ({audience(profile, language)})" if profile else ""
    return f"{confirmed}; {_fitting(story, language)}{named}"


def _confirmed(story: Story, language: Language) -> str:
    if not story.confirmations:
        return (
            "Pubblico: nessuno conferma"
            if language == "it"
            else "Audience: nobody says that it is so with them"
        )
    said, one = number(story.confirmations, language), story.confirmations == 1
    if language == "it":
        told = (
            f"{counted(story.confirmations, 'menzione', 'menzioni', 'it')} su {number(story.mentions, 'it')}"
        )
        return f"Pubblico: {told} {'racconta' if one else 'raccontano'} che è successo anche a chi scrive"
    who = "says that it is so with its author too" if one else "say that it is so with them too"
    return f"Audience: {said} of {counted(story.mentions, 'mention', 'mentions', 'en')} {who}"


def _fitting(story: Story, language: Language) -> str:
    one, of = story.audience == 1, number(story.authors, language)
    if language == "it":
        if not story.audience:
            return f"nessun autore su {of} risulta del pubblico del marchio"
        who = counted(story.audience, "autore", "autori", "it")
        return f"{who} su {of} {'fa' if one else 'fanno'} parte del pubblico del marchio"
    of = counted(story.authors, "author", "authors", "en")
    if not story.audience:
        return f"none of {of} is known to be of the brand’s audience"
    return f"{number(story.audience, 'en')} of {of} {'is' if one else 'are'} of the brand’s audience"


def _credibility(story: Story, language: Language) -> str:
    sentence = _CREDIBILITY[language][min(story.copies, 2)]
    return sentence.format(
        copies=number(story.copies, language), mentions=counted(story.mentions, *_MENTION[language], language)
    )


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


def outlet(kind: OutletClass, language: Language) -> str:
    """What an outlet of this class is called."""
    return _OUTLETS[language][kind][0]
