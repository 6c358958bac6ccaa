"""The points of a risk's terms as they are shown: rounded so that they add up."""

from math import floor
from typing import Final

from earshot.explain.figures import Language, decimal, out_of_100, short
from earshot.model import Story

TERMS: Final = ("neg", "reach", "spread", "media", "audience", "surge", "credibility")
"""In their fixed order; their sum is in the log-odds of the risk."""


def arithmetic(story: Story, language: Language) -> str:
    """The sum behind the risk: 7.57 − 5 = 2.57 → 93 out of 100."""
    terms, bias = sum(hundredths(story)), round(story.terms.bias * 100)
    sign = "−" if bias < 0 else "+"
    total = decimal(terms + bias, language)
    left = f"{decimal(terms, language)} {sign} {short(abs(bias), language)} = {total}"
    return f"{left} → {out_of_100(story.risk, language)}"


def hundredths(story: Story) -> list[int]:
    """The terms in hundredths, rounded by largest remainder: they sum to the rounded sum, and 0 stays 0."""
    exact = [round(getattr(story.terms, term) * 100, 6) for term in TERMS]
    shown = [floor(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: shown[i] - exact[i])
    for i in by_remainder[: round(sum(exact)) - sum(shown)]:
        shown[i] += 1
    return shown
