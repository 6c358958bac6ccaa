"""The ways that an author has tried, and how often."""

import pytest

from earshot.model import Way
from processors.signs.ways import tried


@pytest.mark.parametrize(
    ("text", "words", "times"),
    [
        ("Quattro chiamate al numero verde e niente", "chiamate al numero verde", 4),
        ("Ho chiamato tre volte, sempre occupato", "ho chiamato", 3),
        ("I rang them 12 times", "rang them", 12),
        ("Ho chiamato ieri", "ho chiamato", 1),
        ("Ho chiamato per 35 euro", "ho chiamato", 1),
        ("Ho chiamato 4000 volte", "ho chiamato", 1),
        ("Dopo due telefonate al servizio clienti", "telefonate al servizio clienti", 2),
    ],
)
def test_how_often(text: str, words: str, times: int) -> None:
    (found,) = tried(text, {"way_phone": (words,)}, ["phone"])
    assert (found.way, found.times, found.words) == ("phone", times, words)


def test_each_way_once_in_a_fixed_order_and_none_where_none_was_tried() -> None:
    found = tried(
        "scritto una mail, chiamato, riscritto una mail",
        {
            "way_email": ("scritto una mail", "riscritto una mail"),
            "way_phone": ("chiamato",),
            "legal": ("x",),
        },
        ["phone", "email"],
    )
    assert [each.way for each in found] == ["phone", "email"]
    assert tried("bello", {}, []) == ()


@pytest.mark.parametrize(
    ("text", "way", "words"),
    [
        ("My wife rang on the 3rd, no answer", "phone", "rang"),
        ("Nessuna risposta in nove email", "email", "email"),
        ("Allo sportello non sanno niente", "counter", "sportello"),
        ("Il chatbot mi ha risposto due volte la stessa cosa", "chat", "chatbot"),
    ],
)
def test_where_no_list_has_how_it_is_said_its_word_is_named(text: str, way: Way, words: str) -> None:
    assert [each.words for each in tried(text, {}, [way])] == [words]


def test_what_no_word_stands_for_is_not_told() -> None:
    assert tried("Mai avuto risposta", {}, ["phone"]) == ()
