"""Suggested exclusions: what they find among mentions of somebody else, and what they never claim."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earshot.config import Brand
from earshot.exclusions import LEAST, Suggestion, Text, suggest
from earshot.matching import Matcher

RONVIA = Brand(name="Ronvia", any=("ronvia", "#ronvia"), none=("ronvia del corso",), accounts=("@ronvia",))
COMPETITORS = ("Bartoli",)

TOWNS = "Torino Milano Bari Lecce Roma Genova Padova Pisa Siena Lucca".split()
OURS = [
    f"{said} {town}"
    for town in TOWNS
    for said in (
        "@ronvia il mio pacco è fermo da giorni, il corriere non risponde: consegna mancata a",
        "meglio Bartoli: con Ronvia il pacco si perde sempre, consegna in ritardo a",
        "dove è finito il corriere Ronvia? nessuna consegna del pacco a",
    )
]


def texts(*words: str, voice: str = "") -> list[Text]:
    return [Text(each, voice or f"author {number}") for number, each in enumerate(words)]


def suggested(*strange: Text, ours: list[str] = OURS) -> dict[str, Suggestion]:
    return {each.term: each for each in suggest(RONVIA, COMPETITORS, [*texts(*ours), *strange])}


def test_nothing_is_suggested_where_everything_is_about_the_brand() -> None:
    assert suggested() == {}


def test_a_street() -> None:
    found = suggested(*texts("Lavori in via Ronvia fino a lunedì", "Chiuso per neve il tratto di via Ronvia"))
    assert list(found) == ["via ronvia"]
    assert found["via ronvia"].takes == 2
    assert "address" in found["via ronvia"].because
    assert found["via ronvia"].examples == (
        "Lavori in via Ronvia fino a lunedì",
        "Chiuso per neve il tratto di via Ronvia",
    )


def test_a_person() -> None:
    found = suggested(*texts("Intervista con Marco Ronvia, medico", "parla il sindaco Marco Ronvia"))
    assert list(found) == ["marco ronvia"]
    assert "first name" in found["marco ronvia"].because


def test_a_longer_name() -> None:
    found = suggested(
        *texts(
            "vince la Ronvia Basket in casa",
            "tutti a tifare Ronvia Basket stasera",
            "grande la ronvia Basket di coach Nardi",
        )
    )
    assert list(found) == ["ronvia basket"]
    assert "a longer name" in found["ronvia basket"].because


@pytest.mark.parametrize(
    "words",
    [
        ("ieri alla Banca Ronvia", "in una Banca Ronvia qualsiasi", "la banca è chiusa, ronvia pure"),
        ("Furto Nella Nuova Sede Del Gruppo Ronvia", "Crolla In Borsa Il Titolo Del Gruppo Ronvia"),
        ("Marco. Ronvia tace", "Ecco Marco. Ronvia tace ancora"),
        ("Marco Ronvia", "Marco Ronvia oggi"),
    ],
    ids=["a word that is also written small", "headlines", "another sentence", "a sentence's beginning"],
)
def test_a_capital_alone_makes_no_person(words: tuple[str, ...]) -> None:
    assert suggested(*texts(*words)) == {}


def test_a_word_that_never_stands_with_a_second_sign_of_the_brand() -> None:
    strange = [f"il basket a {town}: bella partita, {town} e Ronvia pari" for town in TOWNS]
    found = suggested(*texts(*strange))
    assert "basket" in next(iter(found.values())).examples[0]
    assert all(each.takes == len(TOWNS) for each in found.values())
    assert "by chance: one word in" in next(iter(found.values())).because


def test_what_also_stands_with_a_second_sign_is_never_suggested() -> None:
    strange = [f"il basket a {town}: bella partita, {town} e Ronvia pari" for town in TOWNS]
    also = ["basket bella partita pari @ronvia sponsor"]
    assert suggested(*texts(*strange), ours=OURS + also) == {}


def test_few_voices() -> None:
    spam = texts(*(f"gioca gratis con ronvia casino numero {n}" for n in range(4)), voice="spammer")
    found = suggested(*spam)
    assert found["ronvia casino"].because == "in 4 texts, all by 1 author"
    assert found["ronvia casino"].takes == 4


def test_copies_count_once() -> None:
    copied = texts(*["gioca gratis con ronvia casino"] * 9, voice="spammer")
    assert suggested(*copied) == {}


def test_too_few_texts_say_nothing() -> None:
    words = [f"Lavori in via Ronvia, parte {number}" for number in range(LEAST - 1)]
    assert suggest(RONVIA, COMPETITORS, texts(*words)) == []


def test_what_most_people_speak_of_is_not_taken_away() -> None:
    words = [f"Lavori in via Ronvia, parte {number}" for number in range(60)]
    assert suggested(*texts(*words)) == {}


WORDS = st.sampled_from("ronvia Ronvia #ronvia @ronvia via Marco basket pacco Bartoli e . , di corso".split())


@settings(max_examples=60)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=8).map(" ".join), min_size=LEAST, max_size=50))
def test_each_suggestion_does_what_it_says(said: list[str]) -> None:
    matcher = Matcher([RONVIA])
    matched = [Text(words, f"u{number % 5}") for number, words in enumerate(said) if matcher.match(words)]
    for each in suggest(RONVIA, COMPETITORS, matched):
        narrowed = Matcher([RONVIA.model_copy(update={"none": (*RONVIA.none, each.term)})])
        left = [text for text in matched if narrowed.match(text.words)]
        assert each.takes == len(matched) - len(left) > 0
        assert each.takes * 2 <= len(matched)
        assert each.examples
        assert not any(narrowed.match(example) for example in each.examples)
        assert len([text for text in left if "@ronvia" in text.words]) == len(
            [text for text in matched if "@ronvia" in text.words]
        ), "what names the account is kept"
