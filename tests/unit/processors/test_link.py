import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline_world import mention

from processors.link import canonical_url, normalised_text, ties


@pytest.mark.parametrize(
    ("url", "page"),
    [
        (
            "https://www.Gazzetta.example/amp/ronvia-ko/?utm_source=x&fbclid=y#top",
            "gazzetta.example/ronvia-ko",
        ),
        ("http://m.gazzetta.example/ronvia-ko.amp.html", "gazzetta.example/ronvia-ko.html"),
        ("https://gazzetta.example/a?b=2&a=1", "gazzetta.example/a?a=1&b=2"),
        ("https://gazzetta.example/", None),
        ("https://gazzetta.example", None),
        ("https://gazzetta.example/it/", None),
        ("https://gazzetta.example/en-GB?utm_source=x", None),
        ("https://gazzetta.example/index.php?amp=1", None),
        ("https://gazzetta.example/pt_BR/home", None),
        ("https://gazzetta.example/de/default.aspx#top", None),
        ("https://gazzetta.example/index.php?id=5", "gazzetta.example/index.php?id=5"),
        ("https://gazzetta.example/it/resi", "gazzetta.example/it/resi"),
        ("https://ronvia.example/contatti", None),
        ("https://ronvia.example/en-GB/Contact-Us.aspx", None),
        ("https://www.ronvia.example/it/assistenza/", None),
        ("https://ronvia.example/assistenza/guasti-roma-sud", "ronvia.example/assistenza/guasti-roma-sud"),
        ("https://ronvia.example/contatti?id=77", "ronvia.example/contatti?id=77"),
        ("https://blog.example/2026/privacy", "blog.example/2026/privacy"),
        ("https://r0nvia.example/it/login", "r0nvia.example/it/login"),
        ("https://press.example/privacy.breach.pdf", "press.example/privacy.breach.pdf"),
        ("https://gazzetta.example/news/index.html", "gazzetta.example/news/index.html"),
        ("https://gazzetta.example/a?b=&c=1", "gazzetta.example/a?c=1"),
        ("javascript:alert(1)", None),
        ("http://[broken", None),
        ("", None),
    ],
)
def test_a_link_is_reduced_to_its_page_and_a_home_page_links_nothing(url: str, page: str | None) -> None:
    assert canonical_url(url) == page


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("showthread.php?12345-lost-parcel", "showthread.php?67890-card-blocked"),
        ("article.aspx?1001", "article.aspx?1002"),
        ("article.aspx?1001", "article.aspx"),
        ("search?page=2&lost-parcel", "search?page=2&card-blocked"),
        ("search?q=caff%E8", "search?q=caff%E0"),
    ],
)
def test_pages_that_only_the_bare_query_tells_apart_are_two(one: str, other: str) -> None:
    """As forums and old shops name theirs."""
    urls = [f"https://forum.example/{page}" for page in (one, other)]
    assert len(set(map(canonical_url, urls))) == 2
    assert canonical_url(urls[0]) == canonical_url(f"{urls[0]}&utm_source=x#post7")


def test_copies_have_the_same_words_whatever_stands_around_them() -> None:
    copies = (
        "RT @a: Il treno NON arriva mai, vergogna! https://t.co/1",
        "il treno non arriva mai vergogna #pendolari @b",
    )
    assert len({normalised_text(text) for text in copies}) == 1


@pytest.mark.parametrize("text", ["grazie mille", "same here", "@x @y https://a.example", "ok ok ok ok", ""])
def test_what_everybody_says_about_everything_links_nothing(text: str) -> None:
    assert normalised_text(text) is None


def test_references_are_tried_before_addresses_and_addresses_before_words() -> None:
    found = ties(
        mention("1", reposted="x:2", quoted="x:3", parent="x:4", root="x:5", links=("https://a.example/b",))
    )
    assert [reason for reason, _ in found] == [
        "reference",
        "repost",
        "quote",
        "reply",
        "thread",
        "url",
        "copy",
    ]


@given(st.text(max_size=300))
def test_any_text_and_any_address_can_be_looked_at(text: str) -> None:
    canonical_url(text)
    canonical_url(f"https://{text}")
    words = normalised_text(text)
    assert words is None or normalised_text(words) == words


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://acme.example/it", None),
        ("https://acme.example/en-GB/index.html", None),
        ("https://t.example/ab", "t.example/ab"),
    ],
)
def test_two_letters_are_a_home_page_where_they_are_a_language(url: str, page: str | None) -> None:
    assert canonical_url(url) == page
