"""Stories and the level that each of them must have, in tests/golden/risk.jsonl: what goes in, and one sentence why.

A case is a story on X of so many mentions, each by an author of their own, `every` so many seconds, weighed after
`silence` more of them (both s). `negative` is what each author's mention scores, `followers` what each account has.
`last` is what its newest mention says, for the rules that call whatever the risk.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
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
    """The story as it stands in the end, and how loudly it calls: by its risk or by a rule."""
    story = _story(case)
    clock = to_us(story.last_at + timedelta(seconds=case.get("silence", 0)))
    mention, score = _last(case, story)
    JUDGE.assess(story, case.get("base", 0.2), clock, mention, score)
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
    story.large = case.get("large", 20)
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
