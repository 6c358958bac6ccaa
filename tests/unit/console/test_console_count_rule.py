"""Earshot beside a rule that only counts: which called first, told as it is, also where the rule did."""

from datetime import timedelta

import pytest
from console_world import ENGLISH, ITALIAN, NOW

from console import story_words
from console.count_rule import CountRule, count_rule
from earshot.clock import to_us
from earshot.model import Episode, Level, Step, Story
from earshot.store.mentions import Heard

AT = to_us(NOW)
MINUTE = 60_000_000


def a_story(called: int | None = None) -> Story:
    steps = (
        [] if called is None else [Step(level=Level.watch, reason="risk", at=NOW, mention="x:1", risk=40.0)]
    )
    episodes = tuple(Episode(number=1, steps=(step,)) for step in steps)
    return Story(id=1, brand="R", first="x:1", opened_at=NOW, last_at=NOW, large=20, episodes=episodes)


def heard(count: int, late: int = 0) -> list[Heard]:
    return [Heard(n, AT + n * MINUTE, AT + n * MINUTE - late) for n in range(count)]


def test_it_calls_with_the_mention_that_makes_the_story_large() -> None:
    assert count_rule(a_story(called=0), heard(25)) == CountRule(20, AT + 19 * MINUTE, AT)
    assert count_rule(a_story(called=0), heard(19)) == CountRule(20, None, AT)
    assert count_rule(a_story(), heard(20)) == CountRule(20, AT + 19 * MINUTE, None)


def test_what_was_imported_is_compared_with_nothing() -> None:
    assert count_rule(a_story(), heard(25, late=to_us(NOW) - to_us(NOW - timedelta(days=2)))) is None


@pytest.mark.parametrize(
    ("at", "called", "english", "italian"),
    [
        (
            192,
            0,
            "A rule that counts to 20 heard mentions would have called 3 hrs 12 mins after Earshot (22:47).",
            "Una regola che conta fino a 20 menzioni rilevate avrebbe avvisato 3 h 12 min dopo Earshot (22:47).",
        ),
        (
            0,
            60,
            "A rule that counts to 20 heard mentions would have called 1 hr before Earshot (22:47).",
            "Una regola che conta fino a 20 menzioni rilevate avrebbe avvisato 1 h prima di Earshot (22:47).",
        ),
        (
            0,
            0,
            "A rule that counts to 20 heard mentions would have called at the same moment as Earshot (22:47).",
            "Una regola che conta fino a 20 menzioni rilevate avrebbe avvisato nello stesso momento di Earshot (22:47).",
        ),
        (
            None,
            0,
            "Earshot has called; a rule that counts to 20 heard mentions has not called yet.",
            "Earshot ha avvisato; una regola che conta fino a 20 menzioni rilevate non l’avrebbe ancora fatto.",
        ),
        (
            0,
            None,
            "A rule that counts to 20 heard mentions would have called (22:47); Earshot has not, as the risk stayed low.",
            "Una regola che conta fino a 20 menzioni rilevate avrebbe avvisato (22:47); Earshot no, perché il rischio è rimasto basso.",
        ),
        (
            None,
            None,
            "Earshot has not called; nor has a rule that counts to 20 heard mentions.",
            "Earshot non ha avvisato; non l’avrebbe fatto nemmeno una regola che conta fino a 20 menzioni rilevate.",
        ),
    ],
)
def test_both_are_told_whoever_was_first(
    at: int | None, called: int | None, english: str, italian: str
) -> None:
    rule = CountRule(
        20, None if at is None else AT + at * MINUTE, None if called is None else AT + called * MINUTE
    )
    assert story_words.count_rule(ENGLISH, rule, "22:47") == english
    assert story_words.count_rule(ITALIAN, rule, "22:47") == italian
