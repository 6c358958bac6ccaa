"""What is said of a surge, in the reader's language."""

from console.tongue import Tongue
from earshot.clock import from_us
from earshot.explain import rate
from earshot.surge import Surge

_FEW = 100
"""As `processors.surging` has it, which the console does not import; a test compares."""


def name(say: Tongue, surge: Surge) -> str:
    """Brand and topic."""
    if not surge.topic:
        return surge.brand
    return say.gettext("%(brand)s, on %(topic)s", brand=surge.brand, topic=surge.topic)


def against(say: Tongue, surge: Surge) -> str:
    """14 negative authors in an hour, 2.2 is usual: at its height, and as it was before it began."""
    return say.ngettext(
        "%(count)s negative author in an hour, %(usual)s",
        "%(count)s negative authors in an hour, %(usual)s",
        round(surge.height.hour),
        usual=usual(say, surge),
    )


def usual(say: Tongue, surge: Surge) -> str:
    """As it was before it began."""
    mean = surge.steps[0].usual
    if not round(mean, 1):
        return say.gettext("usually hardly any")
    return say.gettext("%(count)s is usual", count=few(say, mean))


def few(say: Tongue, count: float) -> str:
    """The fewer there are, the more closely: 12, 2.2, 0.45."""
    return say.number(rate(count))


def times(say: Tongue, surge: Surge) -> str:
    """How much the height is above the usual, by the numbers that are told; empty beside next to nothing."""
    mean = rate(surge.steps[0].usual)
    return few(say, round(surge.height.hour) / mean) if mean >= 0.1 else ""


def compared(say: Tongue, surge: Surge) -> str:
    """Which past its new words are new beside (`processors.surging`)."""
    few = say.number(_FEW)
    if surge.topic:
        return say.gettext(
            "Words that the complaints of this hour say more than the earlier ones on %(topic)s do, the surest first."
            " Where there are fewer than %(few)s earlier complaints, all that was said on %(topic)s before counts.",
            topic=surge.topic,
            few=few,
        )
    return say.gettext(
        "Words that the complaints of this hour say more than the earlier ones about this brand do, the surest first."
        " Where there are fewer than %(few)s earlier complaints, all that was said of the brand before counts.",
        few=few,
    )


def height(say: Tongue, surge: Surge, now: int) -> str:
    """How the height stands to what was told first, and to what is counted of it `now`."""
    peak, told = round(surge.height.hour), round(surge.steps[0].hour)
    parts = []
    if told != peak:
        parts.append(say.gettext("%(told)s when it was first told", told=say.number(told)))
    if now < peak:
        parts.append(
            say.ngettext(
                "%(count)s fewer by now: withdrawn, erased, corrected or counted otherwise since",
                "%(count)s fewer by now: withdrawn, erased, corrected or counted otherwise since",
                peak - now,
            )
        )
    return "; ".join(parts)


def state(say: Tongue, count: int) -> str:
    if not count:
        return say.gettext("No surge goes on")
    return say.ngettext("%(count)s surge goes on", "%(count)s surges go on", count)


def chart(say: Tongue, surge: Surge, first: int, last: int, most: int) -> str:
    """For who does not see the picture."""
    return say.gettext(
        "Negative authors in an hour, from %(begin)s to %(end)s: at most %(most)s; %(usual)s",
        begin=say.short(from_us(first)),
        end=say.short(from_us(last)),
        most=say.number(most),
        usual=usual(say, surge),
    )


def expected(say: Tongue, surge: Surge) -> str:
    if not surge.expected:
        return ""
    return say.gettext("Expected in these hours: %(name)s. So it took more than usual.", name=surge.expected)
