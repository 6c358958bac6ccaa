"""Stories and the level that each of them must have, in tests/golden/risk.jsonl: what goes in, and one sentence why.

A case is a story on X of so many mentions, each by an author of their own, `every` so many seconds, weighed with
its last and, as a tick does, once more after `silence` more of them (both s). `negative` is what each author's
mention scores, `followers` what each account has. `last` is what its newest mention says, for the rules that call
whatever the risk. `audience` is how many of the authors are of the brand's audience.
"""

import json
from datetime import UTC, datetime, timedelta
from math import exp
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs
from pipeline_world import desk

from earshot.clock import to_us
from earshot.config import from_dict
from earshot.model import Author, Level, Mention, OutletClass, Score, Story
from processors import outlook
from processors.judge import Judge

FILE = Path(__file__).parents[2] / "golden" / "risk.jsonl"
CASES: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
START = datetime(2026, 3, 1, 20, 40, tzinfo=UTC)
JUDGE = Judge(
    from_dict({"brands": [{"name": "Acme", "accounts": ["@acme_help"]}], "rules": {"voices": ["@watchdog"]}})
)


def weighed(case: dict[str, Any]) -> tuple[Story, Level]:
    """The story as it stands in the end, and how loudly it calls: by its risk or by a rule; after a silence as a tick does."""
    story = _story(case)
    mention, score = _last(case, story)
    JUDGE.assess(story, case.get("base", 0.2), to_us(story.last_at), mention, score)
    if silence := case.get("silence"):
        story = JUDGE.faded(story, to_us(story.last_at + timedelta(seconds=silence))) or story
        return story, story.level
    called = [step.level for episode in story.episodes for step in episode.steps]
    return story, max([story.level, *called])


def _story(case: dict[str, Any]) -> Story:
    authors, negative, every = case["mentions"], case["negative"], case.get("every", 0)
    outlets: dict[str, OutletClass] = {
        f"{number}.{kind}.example": kind
        for kind, count in case.get("outlets", {}).items()
        for number in range(count)
    }
    story = Story(
        id=1,
        brand="Acme",
        first=f"{case.get('source', 'x')}:1",
        opened_at=START,
        last_at=START + timedelta(seconds=every * (authors - 1)),
    )
    for number in range(authors):
        outlook.hear(story, to_us(START + timedelta(seconds=every * number)), "reply")
        story.mentions += 1
    read = 0 if negative is None else authors
    story.authors, story.voters, story.unread = authors, read, authors - read
    story.votes = round(10_000 * (negative or 0)) * read
    story.negative_authors = read * ((negative or 0) >= 0.5)
    story.followers = (authors - len(outlets)) * case.get("followers", 0)
    story.outlets, story.confirmations = outlets, case.get("confirmations", 0)
    story.large, story.audience = case.get("large", 20), case.get("audience", 0)
    return story


def _last(case: dict[str, Any], story: Story) -> tuple[Mention, Score | None]:
    last = case.get("last", {})
    author = Author(id="someone", handle=last.get("handle", "@someone"), followers=last.get("followers"))
    mention = Mention(
        id="x:9",
        brand="Acme",
        author=author,
        kind=last.get("kind", "post"),
        text=last.get("text", ""),
        created_at=story.last_at,
        collected_at=story.last_at,
    )
    return mention, _read(mention, last["negative"]) if last else None


def _read(mention: Mention, negative: float) -> Score:
    """What its words say beside how negative they are."""
    (score,) = desk().scorer.score([mention])
    return structs.replace(score, negative=negative)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_level(case: dict[str, Any]) -> None:
    story, level = weighed(case)
    assert level.name == case["level"], f"{case['why']} risk {story.risk:.1f}, {story.terms}"


def test_there_are_enough_of_each_level_and_all_say_why() -> None:
    assert len(CASES) >= 30
    assert {case["level"] for case in CASES} == {level.name for level in Level}
    assert len({case["case"] for case in CASES}) == len(CASES)
    assert all(case["why"].endswith(".") for case in CASES)


steady = st.fixed_dictionaries(
    {
        "every": st.floats(0, 14).map(exp),  # 1 s to a fortnight
        "large": st.integers(20, 300),
        "negative": st.floats(0.3, 1),
        "followers": st.integers(0, 5_000),
    }
)


@settings(deadline=None)
@given(steady, st.floats(0, 1))
@example({"every": 86_400, "large": 20, "negative": 0.9, "followers": 100}, 0.9)
@example({"every": 21_600, "large": 20, "negative": 0.9, "followers": 4_000}, 0.8)
@example({"every": 86_400, "large": 300, "negative": 0.9, "followers": 100}, 1.0)
def test_one_more_mention_of_a_steady_story_moves_its_risk_by_a_few_points(
    story: dict[str, Any], part: float
) -> None:
    """From the eighth on; the first few of a burst may each tell more."""
    mentions = 8 + round(part * (story["large"] - 8))
    before, after = (weighed({**story, "mentions": count})[0].risk for count in (mentions, mentions + 1))
    assert -8 < after - before < 12


@settings(deadline=None)
@given(steady, st.floats(0, 1))
@example({"every": 86_400, "large": 20, "negative": 0.9, "followers": 100}, 1.0)
def test_a_steady_story_is_at_no_more_risk_before_it_is_large_than_once_it_is(
    story: dict[str, Any], part: float
) -> None:
    mentions = 1 + round(part * (story["large"] - 2))
    smaller, large = (weighed({**story, "mentions": count})[0] for count in (mentions, story["large"]))
    assert smaller.chance <= large.chance
    assert smaller.risk <= large.risk + 1e-9
