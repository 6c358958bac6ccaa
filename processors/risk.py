"""The risk of a story, 0..100, as a sum whose terms are kept (section 4 of the spread study).

L = bias + neg + gate * (reach + spread + media + audience + surge) + credibility; risk = 100 / (1 + e^-L).
The weights are priors, not fitted yet. Spread, surge and audience have no scorer yet: their terms are 0.
"""

from math import exp, log

from earshot.config import RiskSettings
from earshot.model import Level, OutletClass, Story, Terms

_PRIOR_VOTERS = 3
_BASE_PRIOR = (0.2, 50)  # what a new brand's base rate is taken to be, and how many votes that is worth
_CERTAIN = 0.9
_GATE = 0.4
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
    """X in [0, 1]: how much more negative its authors are than the brand's usual ones, one vote each."""
    mean = (story.votes / 10_000 + _PRIOR_VOTERS * base) / (story.voters + _PRIOR_VOTERS)
    return _clip((mean - base) / (_CERTAIN - base))


def reached(people: int) -> float:
    """X in [0, 1]: a million people is all of it."""
    return min(1.0, log(1 + people) / log(1 + 1_000_000))


def media(outlets: dict[str, OutletClass]) -> float:
    """X in [0, 1]: that at least one pick-up matters."""
    missed = 1.0
    for kind in outlets.values():
        missed *= 1 - _PICK_UP[kind]
    return 1 - missed


def assess(
    story: Story, base: float, reach: int, settings: RiskSettings, slack: float = 0.0
) -> tuple[Level, Level]:
    """Set the story's risk, terms and reach.

    Returns the level that they mean by themselves, without memory, and the one that they would hold up, with
    the thresholds lowered by `slack`.
    """
    x_neg, x_reach, x_media = negativity(story, base), reached(reach), media(story.outlets)
    gate = _clip(x_neg / _GATE)
    story.terms = Terms(
        bias=settings.bias,
        neg=settings.neg * x_neg,
        reach=settings.reach * gate * x_reach,
        media=settings.media * gate * x_media,
        credibility=settings.credibility,
    )
    story.base, story.reach = base, reach
    story.risk = 100 / (1 + exp(-story.terms.total))
    return level(story.risk, x_neg, x_media, settings), level(story.risk, x_neg, x_media, settings, slack)


def level(risk: float, x_neg: float, x_media: float, settings: RiskSettings, slack: float = 0.0) -> Level:
    """What a risk means; `slack` lowers the thresholds, for a level that is held already."""
    if risk >= settings.critical - slack or (x_neg >= 0.8 and x_media >= 0.6):
        return Level.critical
    if risk >= settings.warning - slack:
        return Level.warning
    return Level.watch if risk >= settings.watch - slack else Level.calm


def _clip(x: float) -> float:
    return min(1.0, max(0.0, x))
