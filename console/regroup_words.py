"""Words of what a person joins and splits: what will happen, why it cannot, what was done."""

from console import words
from console.tongue import Tongue
from earshot.store.regrouped import Regrouped

# --- split --------------------------------------------------------------------------------------------------


def goes_with(say: Tongue, count: int) -> str:
    """Names the choice; `count` is how many hang on the mention."""
    if not count:
        return say.gettext("It goes alone")
    return say.ngettext(
        "It goes with the %(count)s mention that hangs on it",
        "It goes with the %(count)s mentions that hang on it",
        count,
    )


def stays_with(say: Tongue, count: int) -> str:
    """The same for a story's first mention."""
    if not count:
        return say.gettext("It stays alone, all others go")
    return say.ngettext(
        "It stays with the %(count)s mention that hangs on it, the others go",
        "It stays with the %(count)s mentions that hang on it, the others go",
        count,
    )


def hanging(say: Tongue, count: int) -> str:
    """What is meant by it; empty where nothing does."""
    if not count:
        return ""
    return say.ngettext(
        "What hangs on it answers, quotes or reposts it.",
        "What hangs on it answers, quotes or reposts it, or something that does.",
        count,
    )


def leaves(say: Tongue, going: int, staying: int, story: int, begun: int) -> list[str]:
    """The mention goes, and others with it: `going` in all."""
    goes = say.ngettext(
        "It leaves story %(story)s and becomes a story of its own, with the number %(begun)s.",
        "These %(count)s leave story %(story)s and become a story of their own, with the number %(begun)s.",
        going,
        story=story,
        begun=begun,
    )
    return [goes, _stay(say, staying, story)]


def stays(say: Tongue, going: int, staying: int, story: int, begun: int) -> list[str]:
    """The mention is the story's first: the others go."""
    keeps = say.ngettext(
        "It began story %(story)s, so it keeps that number and stays there, alone.",
        "It began story %(story)s, so it keeps that number and stays there with what hangs on it: %(count)s mentions.",
        staying,
        story=story,
    )
    others = say.ngettext(
        "The other %(count)s mention becomes a story of its own, with the number %(begun)s.",
        "The other %(count)s mentions become a story of their own, with the number %(begun)s.",
        going,
        begun=begun,
    )
    return [keeps, others]


def _stay(say: Tongue, staying: int, story: int) -> str:
    return say.ngettext(
        "Story %(story)s stays with %(count)s mention, and keeps its number and its page.",
        "Story %(story)s stays with %(count)s mentions, and keeps its number and its page.",
        staying,
        story=story,
    )


def revived(say: Tongue, begun: int) -> str:
    return say.gettext("Story %(begun)s had become part of this one: it is there again.", begun=begun)


def after_split(say: Tongue) -> list[str]:
    return [
        say.gettext("Mentions, authors, reach and risk of both are counted again."),
        say.gettext("An open alert goes where the mention is that called, and nobody is notified."),
        say.gettext("Earshot does not join the two again by itself. A person can."),
    ]


# --- join ---------------------------------------------------------------------------------------------------


def becomes(say: Tongue, kept: int, joined: int) -> list[str]:
    return [
        say.gettext("Story %(kept)s is the older one: it stays, with its number and its page.", kept=kept),
        say.gettext(
            "Story %(joined)s becomes part of it. Whoever opens its page or an old link to it is led to story %(kept)s.",
            joined=joined,
            kept=kept,
        ),
    ]


def counted(say: Tongue, one: int, other: int) -> str:
    return say.gettext(
        "Authors, reach and risk are counted again from the mentions of both: %(one)s and %(other)s make %(sum)s. Whoever spoke in both counts once.",
        one=say.number(one),
        other=say.number(other),
        sum=say.number(one + other),
    )


def goes_on(say: Tongue, kept: int, joined: int) -> str:
    return say.gettext(
        "The open alert of story %(joined)s goes on in story %(kept)s.", joined=joined, kept=kept
    )


def after_join(say: Tongue) -> list[str]:
    return [
        say.gettext("Nobody is notified."),
        say.gettext("Earshot does not part them again by itself. A person can split mentions off."),
    ]


# --- why not ------------------------------------------------------------------------------------------------


def the_only_one(say: Tongue, story: int) -> str:
    return say.gettext(
        "It is the only mention of story %(story)s: there is nothing to split it from.", story=story
    )


def elsewhere(say: Tongue, asked: int, story: int) -> str:
    return say.gettext(
        "This mention is not in story %(asked)s: it is in story %(story)s now.", asked=asked, story=story
    )


def no_number(say: Tongue) -> str:
    return say.gettext(
        "That is not the number of a story. It stands at the end of the address of its page; you can also paste the whole address."
    )


def unknown(say: Tongue, story: int) -> str:
    return say.gettext("There is no story %(story)s.", story=story)


def one_already(say: Tongue, asked: int, story: int) -> str:
    if asked == story:
        return say.gettext("That is the number of this story itself.")
    return say.gettext("Story %(asked)s is part of this story already.", asked=asked)


def other_brand(say: Tongue, story: int, brand: str, own: str) -> str:
    return say.gettext(
        "Story %(story)s is about %(brand)s, this one about %(own)s: a story has one brand.",
        story=story,
        brand=brand,
        own=own,
    )


def refused(say: Tongue) -> str:
    return say.gettext("It could not be done just now. Earshot gives this reason:")


# --- what was done ------------------------------------------------------------------------------------------


def done(say: Tongue, made: Regrouped, story: int) -> str:
    """As told on the page of `story`."""
    if made.kind == "join":
        if made.story == story:
            return say.gettext("Story %(other)s was made part of this one", other=made.other)
        return say.gettext("This story was made part of story %(other)s", other=made.story)
    if made.story == story:
        return say.gettext("Story %(other)s was split off this one", other=made.other)
    return say.gettext("This story was split off story %(other)s", other=made.story)


def size(say: Tongue, mentions: int, authors: int) -> str:
    return f"{words.mentions(say, mentions)}, {words.authors(say, authors)}"
