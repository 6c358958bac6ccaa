"""The risk of a story, 0..100, as a sum whose terms are kept (section 4 of the spread study).

L = bias + neg + gate * (spread + echo * (reach + media + audience + surge)) + credibility; risk = 100 / (1 + e^-L).
The weights are priors, not fitted yet. The echo is not the study's: without it a story that a national paper took up
would call for ever, as silence lowers its spread alone.
"""

from math import exp, log
from typing import NamedTuple

from earshot.config import RiskSettings
from earshot.model import Level, OutletClass, Story, Terms

_PRIOR_VOTERS = 3
_BASE_PRIOR = (0.2, 50)  # what a new brand's base rate is taken to be, and how many votes that is worth
_PRIOR_MENTIONS = 3  # that confirm nothing
_PRIOR_AUTHORS = 3  # who are not of the audience
_GRAVE, _SHARE = 0.8, 0.2
"""What negativity is at least where so large a share of the mentions is grave, and in proportion below."""
_CERTAIN = 0.9
_GATE = 0.4
_ALL_PEOPLE = log(1 + 1_000_000)
_NOTHING = 1e-9  # what rounding may leave of no negativity at all
_PICK_UP: dict[OutletClass, float] = {
    "national": 0.8,
    "regional": 0.6,
    "local": 0.6,
    "news": 0.3,
    "blog": 0.1,
}


def base_rate(votes: int, voters: int, cap: float) -> float:
    """How negative a brand's mentions usually are, from all that was read so far (votes in ten-thousandths)."""
    mean, weight = _BASE_PRIOR
    return min(cap, (votes / 10_000 + mean * weight) / (voters + weight))


def negativity(story: Story, base: float) -> float:
    """X in [0, 1]: how much more negative its authors are than the brand's usual ones, one vote each.

    At least as much as what is grave in it makes it.
    """
    mean = (story.votes / 10_000 + _PRIOR_VOTERS * base) / (story.voters + _PRIOR_VOTERS)
    return max(_clip((mean - base) / (_CERTAIN - base)), grave(story))


def grave(story: Story) -> float:
    """X in [0, 1]: what danger, the law, discrimination and self-harm make of it: .8 from a fifth of its mentions on."""
    return _GRAVE * min(1.0, story.grave / (_SHARE * story.mentions)) if story.grave else 0.0


def gate(x_neg: float) -> float:
    """How far what spreads counts, in [0, 1]: the spread of something harmless is no risk."""
    return _clip(x_neg / _GATE) if x_neg > _NOTHING else 0.0


def audience(story: Story) -> float:
    """X in [0, 1]: that it happened to others too, or that its authors are of the brand's audience.

    Of the shares the one is added to what the other leaves, so that they are more than either and never above 1.
    """
    confirmed = story.confirmations / (story.mentions + _PRIOR_MENTIONS)
    return confirmed + (1 - confirmed) * story.audience / (story.authors + _PRIOR_AUTHORS)


def credibility(story: Story) -> float:
    """X in [0, 1]: the share of its mentions that are in words of their own, or reposts that show where from."""
    return 1 - story.copies / story.mentions if story.copies else 1.0


def reached(people: int) -> float:
    """X in [0, 1]: a million people is all of it."""
    return min(1.0, log(1 + people) / _ALL_PEOPLE)


def media(outlets: dict[str, OutletClass]) -> float:
    """X in [0, 1]: that at least one pick-up matters."""
    missed = 1.0
    for kind in outlets.values():
        missed *= 1 - _PICK_UP[kind]
    return 1 - missed


def assess(
    story: Story,
    base: float,
    reach: int,
    settings: RiskSettings,
    slack: float = 0.0,
    x_neg: float | None = None,
) -> tuple[Level, Level]:
    """Set the story's risk, terms and reach; its chance, of the spread, is what was set before.

    `x_neg`: its `negativity`, where that is known. Returns the level that they mean by themselves, without memory,
    and the one that they would hold up, with the thresholds lowered by `slack`.
    """
    if x_neg is None:
        x_neg = negativity(story, base)
    opened, echo = gate(x_neg), story.echo
    found = _shares(story, x_neg, reach) if opened else Shares(x_neg)
    neg, reached, spread, media, audience = found
    story.terms = terms = Terms(
        bias=settings.bias,
        neg=settings.neg * neg,
        reach=settings.reach * opened * reached,
        spread=settings.spread * opened * spread,
        media=settings.media * opened * media,
        audience=settings.audience * opened * audience,
        surge=settings.surge * opened * echo * story.surge,
        credibility=settings.credibility * credibility(story),
    )
    story.base, story.reach = base, reach
    story.risk = points = 100 / (1 + exp(-terms.total))
    held = level(points, found, settings, slack)  # never below the other
    return (level(points, found, settings) if held else held), held


class Shares(NamedTuple):
    """What a story is weighed by, each in [0, 1], as far as it still echoes."""

    neg: float
    reach: float = 0.0
    spread: float = 0.0
    media: float = 0.0
    audience: float = 0.0


def _shares(story: Story, x_neg: float, reach: int) -> Shares:
    """To be worked out where the gate is open; where it is shut the others count nothing."""
    passed_on = media(story.outlets) if story.outlets else 0.0
    shared = audience(story) if story.confirmations or story.audience else 0.0
    echo = story.echo
    return Shares(x_neg, reached(reach) * echo, story.chance, passed_on * echo, shared * echo)


def level(risk: float, found: Shares, settings: RiskSettings, slack: float = 0.0) -> Level:
    """What a risk means; `slack`, in points, lowers the thresholds, for a level that is held already."""
    if risk >= settings.critical - slack or _alarming(found, slack / 100):
        return Level.critical
    if risk >= settings.warning - slack:
        return Level.warning
    return Level.watch if risk >= settings.watch - slack else Level.calm


def _alarming(found: Shares, slack: float) -> bool:
    """Critical whatever the sum: nearly all are negative, and papers of weight or very many people have it."""
    if found.neg < 0.8 - slack:
        return False
    spreads = found.spread >= 0.8 - slack and found.reach >= 0.9 - slack
    return spreads or found.media >= 0.6 - slack


def _clip(x: float) -> float:
    return 0.0 if x < 0 else min(x, 1.0)
