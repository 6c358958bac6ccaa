"""The arithmetic of the risk, and the cases that must come out right as far as the scores exist."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from earshot.config import RiskSettings
from earshot.model import Level, OutletClass, Story
from processors import risk

SETTINGS = RiskSettings()
NOW = datetime(2026, 3, 2, tzinfo=UTC)
CLASSES: list[OutletClass] = ["national", "regional", "local", "news", "blog"]


def story(
    voters: int = 0, mean: float = 0.0, outlets: dict[str, OutletClass] | None = None, **values: Any
) -> Story:
    votes = round(voters * mean * 10_000)
    return Story(
        id=1,
        brand="A",
        first="x:1",
        opened_at=NOW,
        last_at=NOW,
        voters=voters,
        votes=votes,
        outlets=outlets or {},
        **values,
    )


def assessed(one: Story, reach: int = 0, base: float = 0.2) -> tuple[Level, Story]:
    level, _ = risk.assess(one, base, reach, SETTINGS)
    return level, one


@given(
    voters=st.integers(0, 10_000),
    mean=st.floats(0, 1),
    reach=st.integers(0, 10**10),
    outlets=st.lists(st.sampled_from(CLASSES), max_size=9),
    base=st.floats(0, 0.3),
)
def test_the_terms_add_up_and_the_risk_stays_in_bounds(
    voters: int, mean: float, reach: int, outlets: list[OutletClass], base: float
) -> None:
    carried = {f"{i}.example": kind for i, kind in enumerate(outlets)}
    _, one = assessed(story(voters, mean, carried), reach, base)
    assert 0 < one.risk < 100
    parts = one.terms
    assert parts.total == pytest.approx(
        parts.bias + parts.neg + parts.reach + parts.spread + parts.media + parts.audience + parts.credibility
    )
    assert one.risk == pytest.approx(100 / (1 + 2.718281828459045**-parts.total))


@given(
    voters=st.integers(0, 1_000),
    mean=st.floats(0, 1),
    more=st.floats(0, 1),
    reach=st.integers(0, 10**7),
    further=st.integers(0, 10**7),
)
def test_more_negative_and_further_heard_is_never_less_risk(
    voters: int, mean: float, more: float, reach: int, further: int
) -> None:
    assume(more >= mean)
    assume(further >= reach)
    calmer, worse = assessed(story(voters, mean), reach)[1], assessed(story(voters, more), further)[1]
    assert worse.risk >= calmer.risk - 1e-9


TERM = st.floats(0, 1)


TERMS = ("neg", "reach", "spread", "media", "audience", "surge", "credibility")
terms = st.fixed_dictionaries(dict.fromkeys(TERMS, TERM))


def weighed(terms: dict[str, float]) -> float:
    """The risk of a story of a thousand voters, so that its negativity is nearly what is asked for.

    Its press is blogs: as many as come nearest to what is asked for, from none to a hundred.
    """
    outlets: dict[str, OutletClass] = {f"{n}.example": "blog" for n in range(round(100 * terms["media"]))}
    one = story(
        1_000,
        terms["neg"],
        outlets,
        mentions=1_000,
        confirmations=round(1_000 * terms["audience"]),
        chance=terms["spread"],
        surge=terms["surge"],
        copies=round(1_000 * (1 - terms["credibility"])),
    )
    return assessed(one, round(1_000_001 ** terms["reach"]) - 1)[1].risk


@given(start=terms, which=st.sampled_from(TERMS), more=TERM)
def test_it_rises_with_each_of_its_terms(start: dict[str, float], which: str, more: float) -> None:
    higher = start | {which: start[which] + more * (1 - start[which])}
    assert weighed(higher) >= weighed(start) - 1e-9


@given(start=terms, which=st.sampled_from(TERMS))
def test_it_does_not_jump(start: dict[str, float], which: str) -> None:
    """A hundredth more of a term is less than five points more: the steepest is negativity, which opens the gate.

    Of the press it is one blog more: its term is a sum of whole outlets.
    """
    higher = start | {which: min(1.0, start[which] + 0.01)}
    assert abs(weighed(higher) - weighed(start)) < 5.0


@given(start=terms, kind=st.sampled_from(CLASSES), others=st.lists(st.sampled_from(CLASSES), max_size=4))
def test_one_more_outlet_is_more_risk_by_no_more_than_its_weight(
    start: dict[str, float], kind: OutletClass, others: list[OutletClass]
) -> None:
    carried = {f"{n}.example": each for n, each in enumerate(others)}
    before, after = (
        assessed(story(1_000, start["neg"], outlets, mentions=1_000, chance=start["spread"]))[1]
        for outlets in (carried, {**carried, "daily.example": kind})
    )
    most = SETTINGS.media * (risk.media({"daily.example": kind}) + 1e-9)
    assert 0 <= after.terms.media - before.terms.media + 1e-9 <= most + 1e-8
    assert after.risk >= before.risk - 1e-9


def test_the_spread_of_something_harmless_is_no_risk() -> None:
    calm, spreading = story(40, 0.2), story(40, 0.2, chance=1.0)
    assert assessed(calm, 10**6)[1].risk == assessed(spreading, 10**6)[1].risk


@pytest.mark.parametrize(
    ("chance", "people", "expected"),
    [(0.8, 260_000, Level.critical), (0.79, 260_000, Level.watch), (0.8, 200_000, Level.watch)],
)
def test_what_nearly_all_mind_and_spreads_to_very_many_is_critical_whatever_the_sum(
    chance: float, people: int, expected: Level
) -> None:
    assert assessed(story(200, 0.9, chance=chance), people)[0] is expected


def test_such_a_level_is_held_until_it_has_fallen_by_a_twentieth() -> None:
    settings, found = SETTINGS, risk.Shares(neg=0.9, reach=0.95, spread=0.76)
    assert risk.level(50, found, settings) is Level.watch
    assert risk.level(50, found, settings, slack=5) is Level.critical


def test_a_pick_up_adds_to_the_risk_and_a_better_outlet_adds_more() -> None:
    risks = [
        assessed(story(20, 0.8, {"a.example": kind}))[1].risk
        for kind in ("blog", "news", "local", "national")
    ]
    assert risks == sorted(risks)


@pytest.mark.parametrize(
    ("case", "one", "reach", "expected"),
    [
        (
            "25 neutral pieces on the quarterly results",
            story(25, 0.1, {f"{i}.example": "national" for i in range(25)}),
            25 * 10**6,
            Level.calm,
        ),
        ("a match night with 400 cheerful authors", story(400, 0.15), 10**6, Level.calm),
        ("one angry person with 340 followers", story(1, 0.95), 340, Level.calm),
        ("hundreds of furious authors of a story that is over", story(400, 0.9), 5 * 10**6, Level.calm),
        (
            "the same, and a national paper carries it",
            story(400, 0.9, {"daily.example": "national"}),
            5 * 10**6,
            Level.critical,
        ),
        ("nothing that could be read", story(0, 0.0), 10**6, Level.calm),
    ],
)
def test_cases(case: str, one: Story, reach: int, expected: Level) -> None:
    assert assessed(one, reach)[0] is expected, case


def test_a_single_voice_does_not_make_a_crowd_of_negativity() -> None:
    assert risk.negativity(story(1, 1.0), 0.2) < 0.4 < risk.negativity(story(20, 1.0), 0.2)


def test_a_new_brand_is_taken_to_be_usual_and_a_negative_one_is_capped() -> None:
    assert risk.base_rate(0, 0, 0.3) == pytest.approx(0.2)
    assert risk.base_rate(9_000 * 10_000, 10_000, 0.3) == pytest.approx(0.3)
