import re
import unicodedata
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from earshot.errors import ConfigError
from earshot.matching import Matcher, fold


@dataclass(frozen=True)
class Brand:
    name: str = "Ronvia"
    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()


def hits(term: str, text: str) -> bool:
    return Matcher([Brand(any=(term,))]).match(text) == ("Ronvia",)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("ronvia", "RONVIA mi ha deluso"),
        ("ronvia", "dell'assistenza:Ronvia."),
        ("ronvia", "l’Ronvia"),
        ("caffe", "CAFFÈ"),
        ("Caffè", "caffe\u0300"),
        ("Straße", "STRASSE"),
        ("STRAẞE", "strasse"),
        ("Istanbul", "İSTANBUL"),
        ("ISPARTA", "ısparta"),
        ("ronvia", "Ｒｏｎｖｉａ"),
        ("ronvia", "𝐑𝐨𝐧𝐯𝐢𝐚"),
        ("Ørsted", "Orsted"),
        ("Maersk", "Mærsk"),
        ("Łódź", "lodz"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("McDonald's", "McDonald’s"),
        ("Coca-Cola", "coca\u2011cola"),
        ("ronvia", "Ronvia™"),
        ("Ronvia Plus", "RONVIA® Plus"),
        ("Ronvia®", "ronvia"),
        ("ronvia", "Ron\u00advia"),
        ("ronvia", "\u2068Ronvia\u2069"),
        ("ronvia", "❤\ufe0fronvia❤\ufe0f"),
        ("ronvia luce", "ronvia\n\t \u00a0luce"),
        ("ronvia\u3000luce", "Ronvia Luce"),
        ("ronvia", "#ronvia"),
        ("ronvia", "@ronvia"),
        ("ronvia", "scrivete a info@ronvia.it"),
        ("ronvia", "https://www.ronvia.it/offerte"),
        ("#ronvia", "basta ＃Ronvia!"),
        ("@ronvia", "(@Ronvia)"),
        ("C++", "c++, again"),
        ("東京電力", "昨日東京電力が発表"),
        ("ronvia", "昨日ronviaが発表"),
        ("삼성", "삼성은 좋다"),
        ("ronvia", "ronvia는"),
        ("กรุงไทย", "ธนาคารกรุงไทยจำกัด"),
        ("कोला", "यह कोला है"),
        ("עברית", "עִבְרִית"),
    ],
)
def test_hits(term: str, text: str) -> None:
    assert hits(term, text)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("ronvia", "aronvia"),
        ("ronvia", "ronvias"),
        ("ronvia", "ronvia2"),
        ("ronvia", "@ronvia_aiuta"),
        ("ronvia", "è_ronvia"),
        ("ronvia", "ronvi\u00e0e"),
        ("ronvia", "ronviaд"),
        ("#ronvia", "ronvia @ronvia"),
        ("#ronvia", "#ronvia_no"),
        ("#ronvia", "c#ronvia"),
        ("@ronvia", "ronvia #ronvia"),
        ("@ronvia", "info@ronvia.it"),
        ("@ronvia", "@anna@ronvia.social"),
        ("ronvia luce", "ronvialuce"),
        ("カス", "ガス"),
        ("가", "각"),
        ("राम", "रामा"),
        ("กร", "กรุงไทย"),
        ("東京電力", "東京 電力"),
    ],
)
def test_does_not_hit(term: str, text: str) -> None:
    assert not hits(term, text)


def test_any_all_and_none() -> None:
    match = Matcher([Brand(any=("ronvia", "ronvia luce"), all=("bolletta",), none=("calcio",))]).match
    assert match("La bolletta Ronvia Luce") == ("Ronvia",)
    assert match("Ronvia") == ()
    assert match("La bolletta") == ()
    assert match("La bolletta Ronvia del calcio") == ()


def test_all_alone_needs_every_term_and_nothing_else() -> None:
    match = Matcher([Brand(all=("ronvia", "luce"), accounts=("ronvia_aiuta",))]).match
    assert match("luce di Ronvia") == ("Ronvia",)
    assert match("@ronvia_aiuta luce") == ()


@pytest.mark.parametrize("account", ["ronvia_aiuta", "@ronvia_aiuta", "＠Ronvia_Aiuta"])
def test_accounts_are_handles(account: str) -> None:
    match = Matcher([Brand(any=("bolletta ronvia",), accounts=(account,))]).match
    assert match("ciao @RONVIA_aiuta!") == ("Ronvia",)
    assert match("bolletta ronvia") == ("Ronvia",)
    assert match("ronvia_aiuta") == ()


def test_a_brand_without_terms_is_matched_by_its_name() -> None:
    match = Matcher([Brand(none=("calcio",))]).match
    assert match("ronvia") == ("Ronvia",)
    assert match("ronvia calcio") == ()


def test_a_brand_with_accounts_alone_is_matched_by_them() -> None:
    match = Matcher([Brand(accounts=("ronvia",))]).match
    assert match("@ronvia") == ("Ronvia",)
    assert match("ronvia") == ()


def test_no_brands_and_no_text() -> None:
    assert Matcher([]).match("anything \0 at all") == ()
    assert Matcher([Brand()]).match("") == ()


def test_one_term_of_two_brands_concerns_both_in_configured_order() -> None:
    brands = [Brand("Zeta", any=("luce",)), Brand("Acme"), Brand("Beta", any=("gas", "luce"))]
    assert Matcher(brands).match("gas e luce di acme") == ("Zeta", "Acme", "Beta")


@pytest.mark.parametrize("term", ["", " ", "™", "@", "\u200b"])
@pytest.mark.parametrize("kind", ["any", "all", "none", "accounts"])
def test_a_term_of_nothing_is_refused(term: str, kind: str) -> None:
    with pytest.raises(ConfigError, match=r"brand Ronvia: the term .* has nothing to look for"):
        Matcher([Brand(**{kind: (term,)})])


def test_hostile_texts_take_linear_time_and_match_nothing() -> None:
    terms = ("ronvia", "a a", "東京", "é\u0301b", "@@ab")
    matcher = Matcher([Brand(any=terms)])
    for text in (
        "a",
        "\ufdfa",
        "e\u0301",
        "ronvi",
        "_ronvia_",
        "東",
        "\U000e0001",
        "\ud800",
        "@",
        "각",
        " \0",
    ):
        assert matcher.match(text * (100_000 // len(text))) == ()


_LETTERS = "abAé_# @.東は"
_terms = st.text(_LETTERS, min_size=1, max_size=4).filter(lambda term: term.strip("@# "))
_brands = st.lists(
    st.builds(
        Brand,
        name=st.sampled_from(["a", "b", "ab"]),
        any=st.lists(_terms, max_size=2).map(tuple),
        all=st.lists(_terms, max_size=2).map(tuple),
        none=st.lists(_terms, max_size=1).map(tuple),
        accounts=st.lists(st.text("ab_", min_size=1, max_size=2), max_size=1).map(tuple),
    ),
    max_size=4,
)


def plain(text: str) -> str:
    return " ".join(text.lower().replace("é", "e").split())


def found(term: str, text: str) -> bool:
    """The rule of whole words as a regular expression."""
    term = plain(term)
    before = "" if term[0] in "東は" else "(?<![a-z_])"
    after = "" if term[-1] in "東は" else "(?![a-z_])"
    return re.search(before + re.escape(term) + after, plain(text)) is not None


def concerns(brand: Brand, text: str) -> bool:
    """The sentence in the docstring, word for word."""
    handles = tuple("@" + account for account in brand.accounts)
    wanted = brand.any + handles if brand.any or brand.all or handles else (brand.name,)
    one = any(found(term, text) for term in wanted) or (not brand.any and bool(brand.all))
    every = all(found(term, text) for term in brand.all)
    return one and every and not any(found(term, text) for term in brand.none)


@given(_brands, st.text(_LETTERS, max_size=30))
@example([Brand("a", any=("a a", "a"), none=("a a a",))], "a A  á")
def test_agrees_with_the_naive_model(brands: list[Brand], text: str) -> None:
    text = text.replace("á", "é")
    assert list(Matcher(brands).match(text)) == [brand.name for brand in brands if concerns(brand, text)]


_anything = st.text(st.characters(), max_size=40)  # lone surrogates too


@given(_anything)
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(_anything)
@example("각 カ\u3099 \u0915\u093c\u0301 Å")
def test_folding_does_not_see_how_a_text_was_composed(text: str) -> None:
    for form in ("NFC", "NFD"):
        assert fold(unicodedata.normalize(form, text)) == fold(text)


@given(st.text("abcXYZ019 #@_.'", max_size=30), st.sampled_from("\u0300\u0301\u0308\u0327\u0338\u200d"))
def test_folding_does_not_see_case_and_accents(text: str, mark: str) -> None:
    accented = "".join(char + mark if char.isalpha() else char for char in text)
    for form in (
        text.upper(),
        text.lower(),
        text.swapcase(),
        accented,
        unicodedata.normalize("NFC", accented),
    ):
        assert fold(form) == fold(text)


@given(st.text(st.characters(max_codepoint=127), max_size=60))
def test_the_fast_path_for_ascii_is_only_faster(text: str) -> None:
    assert fold(text + " è") == f"{fold(text)} e".strip()


@given(st.lists(_anything.filter(lambda term: fold(term).strip("@#")), min_size=1, max_size=5), _anything)
def test_no_text_and_no_term_breaks_it(terms: list[str], text: str) -> None:
    matcher = Matcher([Brand(any=tuple(terms))])
    assert matcher.match(text) in [(), ("Ronvia",)]
    assert matcher.match(f"{text} | {terms[0]} | {text}") == ("Ronvia",)
