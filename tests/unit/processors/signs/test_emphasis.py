"""How loudly a text is written."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.model import Score
from processors.score import Reader
from processors.signs.emphasis import emphasis


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("VERGOGNA, tre ore di attesa", ("capitals",)),
        ("A PETROL card declined at a PETROL STATION", ("capitals",)),
        ("AVETE PERSO IL MIO PACCO!!! 😡😡😡", ("capitals", "repeats", "emoji")),
        ("ma quanto ci vuoleee", ("repeats",)),
        ("sooo late again", ("repeats",)),
        ("NOOOO", ("repeats",)),
        ("e perché?!?!", ("repeats",)),
        ("quando arriva???", ("repeats",)),
        ("bravi 👏🏽👏🏽👏🏽", ("emoji",)),
        ("grazie ❤️❤️❤️", ("emoji",)),
    ],
)
def test_what_is_loud(text: str, shown: tuple[str, ...]) -> None:
    assert emphasis(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "OK",
        "In the USA",
        "Serve lo SPID per l’ISEE INPS",
        "Non lo so...",
        "Davvero?! Che bello!!",
        "Grazie 😊",
        "👨‍👩‍👧‍👦 🇮🇹",
        "👍🏽",
        "★★★★★",
        "Schifffahrt und Schneeeule",
        "Batterie AAA, taglia XXXL, capitolo XIII",
        "AAA affittasi, conto ABxxxx1234",
        "Mit der Deutschen Bahn nach Berlin und München",
        "Il 3 marzo la Banca Popolare di Sondrio apre a Milano, Roma e Napoli",
        "100000 euro, http://www.acme.example ---- ____ ====",
    ],
)
def test_what_is_plain(text: str) -> None:
    assert emphasis(text) == ()


WORDS = st.from_regex(r"([a-z]{1,2}[0-9 ,.;:()-])*", fullmatch=True)


@given(WORDS, st.sampled_from(["", "!", "?", " 😊", " USA", "...", " OK"]))
def test_plain_text_has_none(words: str, end: str) -> None:
    assert emphasis(words + end) == ()


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_can_be_looked_at(text: str) -> None:
    assert list(emphasis(text)) == [
        each for each in ("capitals", "repeats", "emoji") if each in emphasis(text)
    ]


def test_neighbours_have_no_influence_and_it_is_kept_in_the_score() -> None:
    texts = ["SIETE DEI LADRI, DUE MESI DI RITARDO", "due mesi di ritardo", "due mesi di ritardooo!!!"]
    reader = Reader(("it",))
    together = [each.reading.emphasis for each in reader.read([(text, "it") for text in texts])]
    assert together == [("capitals",), (), ("repeats",)]
    assert [reader.read([(text, "it")])[0].reading.emphasis for text in texts] == together


def test_a_score_of_before_still_loads_and_none_takes_no_room() -> None:
    before = b'{"language":"it","negative":0.9,"basis":"text"}'
    score = msgspec.json.decode(before, type=Score)
    assert score.emphasis == ()
    assert msgspec.json.encode(score) == before
