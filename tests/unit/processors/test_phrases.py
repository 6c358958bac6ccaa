"""Which answers confirm, and which ask for a word."""

from typing import Any

import pytest
from pipeline_world import mention

from earshot.config import Brand, Rules
from earshot.model import Kind, Level, Score
from processors.own import OwnAccounts
from processors.phrases import CONFIRMATION, CONFIRMATIONS, PRESS, PRESS_INTEREST, found
from processors.rules import MentionRules


def says(text: str, kind: Kind = "reply") -> tuple[str, ...]:
    return found(mention("1", text=text, kind=kind))


@pytest.mark.parametrize(
    "text",
    [
        "Anche a me, stessa storia!",
        "ANCHE A ME",
        "confermo: due carte su due",
        "anch’io, da stamattina",
        "Same here, we are stranded",
        "me too!!",
        "You're not the only one.",
        "not just you",
    ],
)
def test_that_it_is_so_with_them_too(text: str) -> None:
    assert says(text) == (CONFIRMATION,)


@pytest.mark.parametrize(
    "text",
    [
        "Salve, sono una giornalista: posso contattarla?",
        "Buongiorno, della redazione di Mattina24. Possiamo scriverle?",
        "Hi, I'm a reporter with the Daily. May I DM you?",
        "Hello, I’m a journalist, could we speak to you?",
    ],
)
def test_that_the_press_would_like_a_word(text: str) -> None:
    assert says(text) == (PRESS_INTEREST,)


@pytest.mark.parametrize(
    "text",
    [
        "non confermo, da me funziona",
        "I can't confirm that",
        "anche ammesso che sia vero",
        "the sameheresy again",
        "i giornalisti dovrebbero parlarne",
        "ok grazie",
        "",
    ],
)
def test_what_only_looks_like_it(text: str) -> None:
    assert says(text) == ()


@pytest.mark.parametrize("kind", ["post", "repost", "article", "review"])
def test_only_answers_answer(kind: Kind) -> None:
    assert says("anche a me, sono un giornalista", kind) == ()


def test_every_phrase_is_found() -> None:
    assert all(CONFIRMATION in says(phrase) for phrase in CONFIRMATIONS)
    assert all(PRESS_INTEREST in says(phrase) for phrase in PRESS)


def test_nobody_is_both_by_one_phrase() -> None:
    assert not set(CONFIRMATIONS) & set(PRESS)


class TestRule:
    BRANDS = (Brand(name="Acme", accounts=("@acme_help",)),)
    RULES = MentionRules(Rules(), BRANDS, OwnAccounts(BRANDS))

    def fired(self, text: str, negative: float | None = 0.1, **values: Any) -> list[tuple[str, Level]]:
        one = mention("1", text=text, kind="reply", **values)
        return list(self.RULES.fire(one, Score(language="it", negative=negative)))

    def test_calls_whatever_the_mood(self) -> None:
        wanted = [("press_interest", Level.warning)]
        assert self.fired("sono un giornalista, posso contattarla?") == wanted
        assert self.fired("sono un giornalista, posso contattarla?", None) == wanted

    def test_comes_beside_what_is_loud(self) -> None:
        fired = self.fired("vergogna, sono un giornalista", 0.9, followers=500_000)
        assert [reason for reason, _ in fired] == ["loud_author", "press_interest"]

    def test_is_not_for_what_the_brand_itself_answers(self) -> None:
        assert self.fired("possiamo contattarla?", by="acme_help") == []
