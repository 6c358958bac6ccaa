"""In which form of address to answer a mention, and why. Pure."""

from console.tongue import N_, Tongue
from earshot.config.forms import Polite
from earshot.handling import FORMS
from earshot.model import Address, Score

_FORMS: dict[Address, str] = {
    "tu": N_("with “tu”"),
    "lei": N_("with “Lei”"),
    "informal": N_("informally"),
    "formal": N_("formally"),
}
_OF: dict[str, dict[Polite, Address]] = {
    language: {"tu": familiar, "lei": polite} for language, (familiar, polite, *_) in FORMS.items()
}
"""Languages that have two, by what a brand calls them."""


def answer(say: Tongue, score: Score, chosen: Polite) -> str:
    """The author's own form, else the one that the brand has chosen; empty where the language has but one.

    “Voi” is how one speaks to a company: it says nothing of how somebody wants to be spoken to.
    """
    forms = _OF.get(score.language)
    if forms is None:
        return ""
    if score.address in forms.values():
        return say.gettext("%(form)s, as its author does", form=say.gettext(_FORMS[score.address]))
    return say.gettext(
        "%(form)s, as the brand does: its author leaves it open", form=say.gettext(_FORMS[forms[chosen]])
    )
