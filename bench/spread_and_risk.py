"""What spread and risk cost a mention that is linked: remembered, its chance forecast, weighed, its level decided."""

from time import process_time

from earshot.clock import from_us
from earshot.config import from_dict
from earshot.model import Author, Mention, Score, Story
from processors import outlook
from processors.judge import Judge

_START, _GAP = 1_772_442_000_000_000, 20_000_000  # µs; a mention every 20 s
_SAID = Mention(
    id="x:1",
    brand="Acme",
    author=Author(id="u"),
    created_at=from_us(_START),
    collected_at=from_us(_START),
    text="Not again",
)
_NEGATIVE = Score(language="en", negative=0.9, neutral=0.05, positive=0.05)
_CALM = Score(language="en", negative=0.1, neutral=0.3, positive=0.6)
_STORIES = {  # from which mention to which: tables are asked above 55
    "negative and growing": (_NEGATIVE, 1, 50),
    "negative and large": (_NEGATIVE, 110, 200),
    "calm": (_CALM, 1, 200),
}
_BASE, _LARGE, _ROUNDS = 0.2, 300, 50


def spread_and_risk() -> dict[str, float]:
    """CPU-µs a mention, of the best round: others use this machine too. They ask for no other story than its own."""
    judge = Judge(from_dict({"brands": [{"name": "Acme", "any": ["acme"]}]}))
    return {
        kind: 1e6 * min(_round(judge, *story) for _ in range(_ROUNDS)) / (story[2] - story[1])
        for kind, story in _STORIES.items()
    }


def _round(judge: Judge, score: Score, first: int, last: int) -> float:
    """s."""
    at = from_us(_START)
    story = Story(id=1, brand="Acme", first=_SAID.id, opened_at=at, last_at=at, large=_LARGE)
    _grow(judge, story, score, 0, first)
    started = process_time()
    _grow(judge, story, score, first, last)
    return process_time() - started


def _grow(judge: Judge, story: Story, score: Score, first: int, last: int) -> None:
    for now in range(_START + first * _GAP, _START + last * _GAP, _GAP):
        outlook.hear(story, now, "reply")
        story.mentions += 1
        story.voters += 1
        story.votes += score.vote or 0
        judge.assess(story, _BASE, now, _SAID, score)
