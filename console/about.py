"""What a mention is about beside its mood, and how it wants to be answered: rows of the mention's page."""

from collections.abc import Iterable

from console.answering import answer
from console.tongue import N_, Tongue
from earshot.config.forms import Polite
from earshot.model import Address, Emphasis, Grave, Intent, Mood, Score, Sign, Tried, Way
from earshot.staff import STAFF

INTENTS: dict[Intent, str] = {
    "complaint": N_("complaint"),
    "question": N_("question"),
    "praise": N_("praise"),
    "request": N_("request"),
    "churn": N_("leaving"),
    "legal": N_("legal steps"),
    "safety": N_("danger"),
    "news": N_("news"),
    "other": N_("something else"),
}
_GRAVE: dict[Grave, str] = {
    "safety": N_("danger"),
    "legal": N_("legal steps"),
    "discrimination": N_("discrimination"),
    "self_harm": N_("self-harm"),
}
_SIGNS: dict[Sign, str] = {
    "confirmation": N_("it happened to its author too"),
    "press_interest": N_("the press asks for a word"),
    "sensitive": N_("sensitive: answer in private"),
    "minor": N_("a minor is concerned"),
    "victim": N_("the brand is victim or setting"),
    "employee": N_("a member of staff is meant"),
    "spam": N_("spam"),
}
_ADDRESSES: dict[Address, str] = {
    "tu": N_("says “tu”"),
    "lei": N_("says “Lei”"),
    "voi": N_("says “voi”, as one does to a company"),
    "informal": N_("informal"),
    "formal": N_("formal"),
    "none": N_("does not show"),
}
_MOODS: dict[Mood, str] = {
    "anger": N_("angry"),
    "irony": N_("ironic"),
    "worry": N_("worried"),
    "disappointment": N_("disappointed"),
    "gratitude": N_("grateful"),
    "joy": N_("glad"),
    "neutral": N_("calm, or just facts"),
}
_EMPHASIS: dict[Emphasis, str] = {
    "capitals": N_("capital letters"),
    "repeats": N_("letters or marks over and over"),
    "emoji": N_("many emoji"),
}
_WAYS: dict[Way, str] = {
    "phone": N_("phone"),
    "counter": N_("counter"),
    "chat": N_("chat"),
    "email": N_("email"),
    "app": N_("app"),
    "social": N_("social media"),
    "form": N_("form"),
    "visit": N_("visit"),
}
_LIKELY = 0.3
"""From which an intent is worth a word."""


def about(say: Tongue, score: Score, chosen: Polite | None = None) -> list[tuple[str, str]]:
    """Name and value of each row; what says nothing has none.

    `chosen`: how the brand answers there who leaves it open; None: it is nothing that one answers.
    """
    if score.negative is None or not (score.intents or score.basis == STAFF):
        return []
    intents = sorted(
        (each for each in score.intents.items() if each[1] >= _LIKELY), key=lambda each: -each[1]
    )
    rows = [
        (
            say.gettext("Intents"),
            _listed(f"{intent(say, name)} {round(100 * p)} %" for name, p in intents),
        ),
        (
            say.gettext("Cannot wait") if score.basis == STAFF else say.gettext("Told at once for"),
            _listed(grave(say, each) for each in score.calls),
        ),
        (say.gettext("May tell of"), _listed(grave(say, each) for each in score.perhaps)),
        (say.gettext("To be known"), _listed(sign(say, each) for each in score.signs)),
        (say.gettext("Seen by the words"), _listed(f"“{each}”" for each in score.evidence)),
        (say.gettext("Sounds"), mood(say, score.mood)),
        (say.gettext("Emphasis"), _listed(say.gettext(_EMPHASIS[each]) for each in score.emphasis)),
        (
            say.gettext("Way of speaking"),
            address(say, score.address) if score.address != "none" else "",
        ),
        (say.gettext("To be answered"), answer(say, score, chosen) if chosen else ""),
        (say.gettext("Has tried already"), _listed(_tried(say, each) for each in score.tried)),
    ]
    return [(name, value) for name, value in rows if value]


def intent(say: Tongue, name: Intent) -> str:
    return say.gettext(INTENTS[name])


def sign(say: Tongue, name: Sign) -> str:
    return say.gettext(_SIGNS[name])


def grave(say: Tongue, name: Grave) -> str:
    return say.gettext(_GRAVE[name])


def mood(say: Tongue, name: Mood) -> str:
    return say.gettext(_MOODS[name])


def address(say: Tongue, name: Address) -> str:
    return say.gettext(_ADDRESSES[name])


def _tried(say: Tongue, tried: Tried) -> str:
    way = say.gettext(_WAYS[tried.way])
    return f"{way} × {tried.times}" if tried.times > 1 else way


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
