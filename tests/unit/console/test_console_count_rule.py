"""Earshot beside a rule that only counts: which called first, told as it is, also where the rule did."""

from datetime import timedelta

import pytest
from console_world import ENGLISH, ITALIAN, NOW
from msgspec import structs

from console import story_words
from console.calls import calls
from console.count_rule import Call, CountRule, count_rule
from earshot.clock import to_us
from earshot.model import Episode, Level, Step, Story
from earshot.store.mentions import Heard

AT = to_us(NOW)
MINUTE = 60_000_000
WATCHED = Call(AT, Level.watch)


def a_story(*levels: Level) -> Story:
    """Each called a minute after the one before it."""
    steps = tuple(
        Step(level=level, reason="risk", at=NOW + n * timedelta(minutes=1), mention="x:1", risk=40.0)
        for n, level in enumerate(levels)
    )
    episodes = (Episode(number=1, steps=steps),) if steps else ()
    return Story(id=1, brand="R", first="x:1", opened_at=NOW, last_at=NOW, large=20, episodes=episodes)


def beside(story: Story, heard: list[Heard]) -> CountRule | None:
    return count_rule(story, heard, [call.step for call in calls(story)])


def heard(count: int, late: int = 0) -> list[Heard]:
    return [Heard(n, AT + n * MINUTE, AT + n * MINUTE - late) for n in range(count)]


def test_it_calls_with_the_mention_that_makes_the_story_large() -> None:
    assert beside(a_story(Level.watch), heard(25)) == CountRule(20, AT + 19 * MINUTE, (WATCHED,))
    assert beside(a_story(Level.watch), heard(19)) == CountRule(20, None, (WATCHED,))
    assert beside(a_story(), heard(20)) == CountRule(20, AT + 19 * MINUTE, ())


def test_what_was_imported_is_compared_with_nothing() -> None:
    assert beside(a_story(), heard(25, late=to_us(NOW) - to_us(NOW - timedelta(days=2)))) is None


def test_the_first_call_counts_and_the_first_warning_or_louder() -> None:
    story = a_story(Level.watch, Level.watch, Level.critical, Level.warning)
    found = beside(story, heard(25))
    assert found
    assert found.called == (WATCHED, Call(AT + 2 * MINUTE, Level.critical))
    loud = beside(a_story(Level.warning, Level.critical), heard(25))
    assert loud
    assert loud.called == (Call(AT, Level.warning),)


def test_a_story_that_was_joined_may_have_called_before() -> None:
    """Its call comes after the one that opened the alert, and was the first."""
    own = a_story(Level.warning).episodes[0].steps[0]
    before = structs.replace(own, at=NOW - timedelta(minutes=30), story=7, episode=1)
    story = structs.replace(a_story(), episodes=(Episode(number=1, steps=(own, before)),))
    found = beside(story, heard(25))
    assert found
    assert found.called == (Call(AT - 30 * MINUTE, Level.warning),)


WATCH, WARNING = Level.watch, Level.warning


@pytest.mark.parametrize(
    ("at", "called", "english", "italian"),
    [
        (
            192,
            [(0, WATCH), (196, WARNING)],
            (
                "A rule that counts to 20 heard mentions would have called (+192). Earshot called 3 hrs 12 mins earlier"
                " with “Watch” (+0), 4 mins later with “Warning” (+196)."
            ),
            (
                "Una regola che conta fino a 20 menzioni rilevate avrebbe avvisato (+192). Earshot ha avvisato"
                " 3 h 12 min prima con «Da seguire» (+0), 4 min dopo con «Attenzione» (+196)."
            ),
        ),
        (
            0,
            [(60, WARNING)],
            (
                "A rule that counts to 20 heard mentions would have called (+0). Earshot called 1 hr later with"
                " “Warning” (+60)."
            ),
            (
                "Una regola che conta fino a 20 menzioni rilevate avrebbe avvisato (+0). Earshot ha avvisato 1 h dopo"
                " con «Attenzione» (+60)."
            ),
        ),
        (
            0,
            [(0, WATCH)],
            (
                "A rule that counts to 20 heard mentions would have called (+0). Earshot called at the same moment with"
                " “Watch”. It has raised no warning."
            ),
            (
                "Una regola che conta fino a 20 menzioni rilevate avrebbe avvisato (+0). Earshot ha avvisato nello"
                " stesso momento con «Da seguire». Non è mai passato ad Attenzione."
            ),
        ),
        (
            None,
            [(0, WATCH), (7, WARNING)],
            "Earshot has called (Watch +0, Warning +7); a rule that counts to 20 heard mentions has not called yet.",
            (
                "Earshot ha avvisato (Da seguire +0, Attenzione +7); una regola che conta fino a 20 menzioni rilevate non"
                " l’avrebbe ancora fatto."
            ),
        ),
        (
            0,
            [],
            (
                "A rule that counts to 20 heard mentions would have called (+0); Earshot has not, as the risk stayed"
                " low."
            ),
            (
                "Una regola che conta fino a 20 menzioni rilevate avrebbe avvisato (+0); Earshot no, perché il rischio"
                " è rimasto basso."
            ),
        ),
        (
            None,
            [],
            "Earshot has not called; nor has a rule that counts to 20 heard mentions.",
            "Earshot non ha avvisato; non l’avrebbe fatto nemmeno una regola che conta fino a 20 menzioni rilevate.",
        ),
    ],
)
def test_both_are_told_whoever_was_first_and_how_loudly(
    at: int | None, called: list[tuple[int, Level]], english: str, italian: str
) -> None:
    calls = tuple(Call(AT + minutes * MINUTE, level) for minutes, level in called)
    rule = CountRule(20, None if at is None else AT + at * MINUTE, calls)
    assert story_words.count_rule(ENGLISH, rule, _told) == english
    assert story_words.count_rule(ITALIAN, rule, _told) == italian


def _told(moment: int) -> str:
    return f"+{(moment - AT) // MINUTE}"
