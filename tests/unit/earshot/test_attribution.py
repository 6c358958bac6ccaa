"""Whom a mention concerns: its source's word first, then its terms, then what it answers or carries on."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.attribution import Attribution, Names, finder, terms_of
from earshot.config import Brand
from earshot.model import Author, Mention

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BRANDS = [
    Brand(name="Acme", all=("acme",), accounts=("@Acme_Help", "acme_help", "group")),
    Brand(name="Bolt", none=("usain bolt",), any=("bolt",), accounts=("boltair", "@group")),
]
KNOWN = {"x:1": ("Bolt",), "x:2": ("Acme", "Bolt")}


def mention(text: str = "", **values: Any) -> Mention:
    given_ = {"id": "x:9", "brand": "", "author": Author(id="u"), "created_at": AT, "collected_at": AT}
    return Mention(**given_ | {"text": text} | values)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (mention("Acme and Bolt"), {"Acme": "term", "Bolt": "term"}),
        (mention(title="ACME"), {"Acme": "term"}),
        (mention("Acme", brand="Bolt"), {"Bolt": "configured source"}),
        (mention("me too", parent="x:1"), {"Bolt": "followed conversation"}),
        (
            mention("me too", reposted="x:2", parent="x:1"),
            dict.fromkeys(["Acme", "Bolt"], "followed conversation"),
        ),
        (mention("me too", parent="x:7", root="x:1"), {"Bolt": "followed conversation"}),
        (mention("Acme too", parent="x:1"), {"Acme": "term"}),
        (mention("Usain Bolt runs"), {}),
        (mention("see https://acme.example/recall"), {"Acme": "term"}),
        (
            mention("see here", url="https://news.example/acme", links=("https://acme.example/recall",)),
            {},
        ),
    ],
)
def test_a_mention_concerns(said: Mention, expected: dict[str, str]) -> None:
    assert Attribution(BRANDS).of(said, lambda mention: KNOWN.get(mention, ())) == expected


@pytest.mark.parametrize(
    ("text", "who", "more", "expected"),
    [
        ("Batch 4471 is recalled", Author(id="7", handle="ACME_help"), {}, {"Acme": "own account"}),
        ("Batch 4471 is recalled", Author(id="acme_help"), {}, {"Acme": "own account"}),
        ("Batch 4471 is recalled", Author(id="acme_help", handle="anna"), {}, {}),
        ("Acme recalls a batch", Author(id="acme_help"), {}, {"Acme": "own account"}),
        ("Bolt is late", Author(id="acme_help"), {}, {"Bolt": "term", "Acme": "own account"}),
        ("We are sorry", Author(id="boltair"), {"brand": "Acme"}, {"Acme": "configured source"}),
        ("Usain Bolt visits us", Author(id="boltair"), {}, {}),
        ("We are sorry", Author(id="boltair"), {"parent": "x:1"}, {"Bolt": "own account"}),
        ("Happy birthday", Author(id="group"), {}, {"Acme": "own account", "Bolt": "own account"}),
        ("Usain Bolt visits us", Author(id="group"), {}, {"Acme": "own account"}),
        ("We are sorry", Author(id="group"), {"parent": "x:1"}, {"Bolt": "own account"}),
    ],
)
def test_what_a_brands_own_account_says_concerns_it(
    text: str, who: Author, more: dict[str, str], expected: dict[str, str]
) -> None:
    """Of an account of several brands: those that its words or its conversation name, else all."""
    said = mention(text, author=who, **more)
    assert list(Attribution(BRANDS).of(said, lambda each: KNOWN.get(each, ())).items()) == list(
        expected.items()
    )


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Acme", "Acme"),
        (" aCME\n", "Acme"),
        ("ACME", "ACME"),
        ("STRASSE", "Straße"),
        ("Acme Ltd", None),
        ("Ac me", None),
        ("", ""),
        ("  ", ""),
    ],
)
def test_a_configured_name_however_it_is_written(written: str, found: str | None) -> None:
    assert Names(["Acme", "Straße", "ACME"]).find(written) == found


def test_names_are_told_and_of_very_many_the_first() -> None:
    assert str(Names(["Acme", "Bolt"])) == "Acme, Bolt"
    assert str(Names(map(str, range(25)))).endswith("18, 19 and 5 more")
    assert (bool(Names([])), bool(Names(["Acme"]))) == (False, True)


def test_terms_of_a_brand_and_which_of_them_hit() -> None:
    brand = Brand(name="Acme", any=("acme", "#acme"), all=("card",), accounts=("@acme_it", "acme"))
    assert terms_of(brand) == ("acme", "#acme", "card", "@acme_it", "@acme")
    assert terms_of(Brand(name="Acme", accounts=("x:@acme_it",))) == ("@acme_it",)
    assert finder(terms_of(brand)).match("My CARD, @acme_it!") == ("card", "@acme_it")


@given(st.lists(st.sampled_from(["acme", "#acme", "acme card", "bolt"])), st.text())
def test_only_terms_that_were_asked_for_are_found(terms: list[str], text: str) -> None:
    assert set(finder(terms).match(f"{text} acme card")) <= set(terms)
