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
        parts.bias + parts.neg + parts.reach + parts.media + parts.credibility
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
        ("hundreds of furious authors, while spread is not measured", story(400, 0.9), 5 * 10**6, Level.calm),
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
