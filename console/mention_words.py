"""Words of the page of a mention: every number on it in a sentence."""

from collections.abc import Sequence

from console import words
from console.tongue import N_, Tongue
from earshot.model import Metrics, Score
from earshot.staff import STAFF, Polarity, newest_learnt
from earshot.store.corrections import LOOKED_AT

_BY_STARS = "rating"
_BY_BOTH = "rating, text"

_TOLD = {"negative": N_("negative"), "neutral": N_("neutral"), "positive": N_("positive")}
_BASES = {
    "text": N_("the words"),
    "vader": N_("the words"),
    _BY_STARS: N_("the stars alone"),
    _BY_BOTH: N_("the stars and the words"),
    "target": N_("what the words say of the brand itself, among others that are named"),
    "victim": N_("the words; the brand is victim or setting there"),
    "own": N_("the words; the brand itself speaks, which is no complaint about it"),
    "rating, target": N_("the stars, and what the words say of the brand itself"),
    "rating, victim": N_("the stars and the words; the brand is victim or setting there"),
    STAFF: N_("what staff said"),
}
_LINKS = {  # true for ever: the story that it was put in may have been joined or split since
    "new": N_("It began a story: nothing before it was on the same thing."),
    "reference": N_("Others had answered, quoted or reposted it before it was heard itself."),
    "repost": N_("It reposts a mention that was known already."),
    "quote": N_("It quotes a mention that was known already."),
    "reply": N_("It replies to a mention that was known already."),
    "thread": N_("It is in the same conversation as a mention that was known already."),
    "url": N_("It is the same page as a mention that was known already, or links to the same one."),
    "copy": N_("It has the same words as a mention that was known already."),
    "near": N_("It has nearly the same words as a mention that was known already."),
    "centroid": N_(
        "It is on the same thing as a story that was known already, by the words that they share."
    ),
}
_MOVED = {
    "split": N_("It was split off another story by hand."),
    "hand": N_("That story was joined to this one by hand."),
    "tie": N_("That story became part of this one, as a later mention belongs to both."),
    "words": N_("That story became part of this one, by the words that the two share."),
}
_HEARD = {
    "term": N_("Heard because it names the brand."),
    "own account": N_("Heard because one of the brand’s own accounts is part of it."),
    "followed conversation": N_("Heard because it is in a conversation that was heard before."),
    "configured source": N_("Heard because its source was set up for this brand."),
}
_POLARITIES: dict[Polarity, str] = {"neg": "negative", "neu": "neutral", "pos": "positive"}
_PLACES = {
    "console": N_("in the console"),
    "cli": N_("on the command line"),
    LOOKED_AT: N_("under “To look at”"),
}
_COUNTED = {
    "likes": N_("likes"),
    "reposts": N_("reposts"),
    "replies": N_("replies"),
    "quotes": N_("quotes"),
    "views": N_("views"),
}


def mood(say: Tongue, key: str) -> str:
    return say.gettext(_TOLD[key])


def basis(say: Tongue, key: str) -> str:
    return say.gettext(_BASES[key]) if key in _BASES else key


def is_by_stars(score: Score) -> bool:
    return score.basis.startswith(_BY_STARS)


def meaning(say: Tongue, score: Score, hundredths: Sequence[int]) -> str:
    """What the three numbers are: negative, neutral and positive, in hundredths."""
    if score.basis == STAFF:
        return say.gettext("Set by what staff said of it: no model changes it again.")
    if is_by_stars(score):
        return say.gettext(
            "Set by the stars, in any language: up to two of five count as negative, three as mixed, four and five as positive. The words can only cast doubt on them."
        )
    return say.gettext(
        "Of 100 texts that read like this one, about %(negative)s are negative, %(neutral)s neutral and %(positive)s positive.",
        **dict(zip(_TOLD, hundredths, strict=True)),
    )


def unread(say: Tongue) -> str:
    return say.gettext(
        "Could not be read: the language is not one that Earshot reads, or there are too few words to tell. "
        "That does not make it fine: read it yourself."
    )


def unknown(say: Tongue) -> str:
    return say.pgettext("language", "unknown")


def uncertain(say: Tongue, score: Score) -> str:
    """Why; empty where it is not."""
    if not score.uncertain:
        return ""
    if is_by_stars(score):
        return say.gettext(
            "The words say the opposite of the stars: irony, or one star taken for the best. Read it yourself."
        )
    return say.gettext("The second opinion, VADER, says the opposite. Read it yourself.")


def other_model(say: Tongue, now: str) -> str:
    return say.gettext(
        "The numbers above were stored by that version. The words are explained by the one at hand, %(model)s, which may weigh them differently.",
        model=now,
    )


def learnt(say: Tongue, score: Score) -> str:
    """Where the model has learnt from staff; empty where it has not, or did not decide."""
    if is_by_stars(score) or score.negative is None or not newest_learnt(score.model):
        return ""
    return say.gettext("Adjusted by what staff said of other mentions.")


def label(say: Tongue, polarity: Polarity) -> str:
    return mood(say, _POLARITIES[polarity])


def labelled_by(say: Tongue, made_by: str) -> str:
    """From where, or by whom."""
    return say.gettext(_PLACES[made_by]) if made_by in _PLACES else made_by


def waits(say: Tongue) -> str:
    return say.gettext("It counts in its story within a minute, once the processors have seen it.")


def effect(say: Tongue, points: str, *, worse: bool) -> str:
    """Beside a tinted word."""
    if worse:
        return say.gettext("more negative: %(points)s", points=points)
    return say.gettext("less negative: %(points)s", points=points)


def not_weighed(say: Tongue, count: int) -> str:
    return say.ngettext(
        "One more word was read too, but is not weighed one by one.",
        "%(count)s more words were read too, but are not weighed one by one.",
        count,
    )


def link(say: Tongue, key: str, evidence: str = "") -> str:
    if key not in _LINKS:
        return words.link(say, key)
    if not evidence:
        return say.gettext(_LINKS[key])
    shared = say.gettext("Shared words: %(words)s.", words=", ".join(evidence.split()))
    return f"{say.gettext(_LINKS[key])} {shared}"


def moved(say: Tongue, key: str) -> str:
    return say.gettext(_MOVED[key])


def heard(say: Tongue, key: str) -> str:
    return say.gettext(_HEARD[key])


def counted(say: Tongue, metrics: Metrics | None) -> list[tuple[str, str]]:
    """What the source counts, by name."""
    found = ((name, getattr(metrics, name, None)) for name in _COUNTED)
    return [(say.gettext(_COUNTED[name]), say.number(count)) for name, count in found if count is not None]
