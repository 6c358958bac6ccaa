"""What the cards of the tour say: as much as has happened by then, one or two sentences each."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from console import words
from console.tongue import N_, Tongue

Facts = Mapping[str, int | str]


class Called(NamedTuple):
    """When a story called first, and how many of its mentions were known then."""

    at: datetime
    known: int


class Telling(NamedTuple):
    """To whom, when and how the hours are said. Times are offsets in seconds, as in the sample."""

    say: Tongue
    now: int
    hour: Callable[[int], str]
    called: Called | None = None

    def at(self, facts: Facts, *names: str) -> dict[str, str]:
        """The hours of these facts, named as they are without their `_at`."""
        return {name: self.hour(int(facts[f"{name}_at"])) for name in names}

    def is_past(self, facts: Facts, name: str) -> bool:
        return self.now >= int(facts[name])


TITLES: Final = {
    "exploding": N_("The story that is about to explode"),
    "why": N_("Why"),
    "waiting": N_("Who waits"),
    "answer": N_("How to answer"),
    "won back": N_("Whom we won back"),
}
BEATS: Final = {  # what comes next, by the subject of a card and the name of its fact
    "exploding began_at": N_("a customer writes from the airport"),
    "exploding warned_at": N_("a blogger quotes her, and Earshot calls"),
    "answer answered_at": N_("the company answers her in public"),
    "waiting first_at": N_("in the middle of it somebody writes who cannot wait"),
    "exploding count_rule_at": N_("only now a simple count of mentions would call"),
    "exploding local_press_at": N_("the first newspaper writes about it"),
    "exploding regional_press_at": N_("the regional press takes it up"),
    "exploding national_press_at": N_("the national press takes it up"),
    "waiting second_at": N_("it is Friday, and somebody still waits"),
    "answer kept_at": N_("a promise is kept"),
    "won back second_at": N_("the customer of the airport writes again"),
}


def later(telling: Telling, at: int, left: timedelta | None) -> str:
    """When a card's moment comes."""
    say, hour = telling.say, telling.hour(at)
    if left is None:
        return say.gettext("At %(hour)s.", hour=hour)
    return say.gettext("At %(hour)s, in about %(span)s.", hour=hour, span=say.span(left))


def coming(telling: Telling, at: int, left: timedelta | None, what: str) -> str:
    say, hour = telling.say, telling.hour(at)
    if left is None:
        return say.gettext("Next, at %(hour)s: %(what)s.", hour=hour, what=what)
    return say.gettext(
        "Next, at %(hour)s, in about %(span)s: %(what)s.", hour=hour, span=say.span(left), what=what
    )


def _exploding(telling: Telling, facts: Facts) -> str:
    say, called = telling.say, telling.called
    said = [
        say.gettext(
            "%(author)s wrote from the airport at %(began)s.",
            author=facts["author"],
            **telling.at(facts, "began"),
        )
    ]
    if called:
        known = words.mentions(say, called.known)
        said.append(
            say.gettext(
                "Earshot called at %(hour)s, with %(mentions)s.", hour=say.hour(called.at), mentions=known
            )
        )
    said.append(_what_others_do(telling, facts))
    return " ".join(said)


def _what_others_do(telling: Telling, facts: Facts) -> str:
    say, rule = telling.say, facts["count_rule"]
    hours = telling.at(facts, "count_rule", "local_press")
    if telling.is_past(facts, "local_press_at"):
        return say.gettext(
            "A count of %(rule)s mentions of the brand an hour would have called at %(count_rule)s; the first newspaper wrote at"
            " %(local_press)s.",
            rule=rule,
            **hours,
        )
    return say.gettext(
        "A count of %(rule)s mentions of the brand an hour calls at %(count_rule)s; the first newspaper writes at %(local_press)s.",
        rule=rule,
        **hours,
    )


def _why(telling: Telling, facts: Facts) -> str:
    say = telling.say
    return say.gettext(
        "A blogger with %(followers)s followers quoted her at %(raised)s. The page adds up the risk term by term,"
        " and marks on the curve the moments that called.",
        followers=say.number(int(facts["followers"])),
        **telling.at(facts, "raised"),
    )


def _waiting(telling: Telling, facts: Facts) -> str:
    say = telling.say
    if not telling.is_past(facts, "second_at"):
        return say.gettext(
            "At %(first)s, in the middle of it all, a daughter wrote that her mother’s insulin is stuck in a parcel:"
            " one message among many, and it cannot wait.",
            **telling.at(facts, "first"),
        )
    waiting = (
        say.gettext(
            "On Friday two people still wait: one was charged twice, the other looks for a top-up of 120 euros."
        )
        if telling.is_past(facts, "third_at")
        else say.gettext("On Friday somebody still waits: charged twice, read, and never answered.")
    )
    daughter = say.gettext(
        "The daughter with the insulin was not heard of again: the sample does not say how it ended."
    )
    return f"{waiting} {daughter}"


def _answer(telling: Telling, facts: Facts) -> str:
    say = telling.say
    said = [
        say.gettext(
            "%(by)s took it over at %(claimed)s and answered in public at %(answered)s: an apology, a name, no data.",
            by=facts["by"],
            **telling.at(facts, "claimed", "answered"),
        )
    ]
    if telling.is_past(facts, "fixed_at"):
        said.append(
            say.gettext(
                "The desk that shows what was said in private comes later: from %(private)s; the card worked again at"
                " %(fixed)s.",
                **telling.at(facts, "private", "fixed"),
            )
        )
    if telling.is_past(facts, "kept_at"):
        said.append(
            say.gettext(
                "The refund was promised by Friday, %(due)s, and came at %(kept)s.",
                **telling.at(facts, "due", "kept"),
            )
        )
    return " ".join(said)


def _won_back(telling: Telling, facts: Facts) -> str:
    say = telling.say
    if telling.is_past(facts, "second_at"):
        return say.gettext(
            "On Friday %(second)s wrote again: “%(quotation)s” (what counts is how you mend it).",
            second=facts["second"],
            quotation=facts["quotation"],
        )
    return say.gettext(
        "%(first)s, 71, gives five stars now, after one: a promise that was kept, and one phone call more than was due. Its page"
        " shows the review as it is today.",
        first=facts["first"],
    )


CARDS: Final[Mapping[str, Callable[[Telling, Facts], str]]] = {
    "exploding": _exploding,
    "why": _why,
    "waiting": _waiting,
    "answer": _answer,
    "won back": _won_back,
}
