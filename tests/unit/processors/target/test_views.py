"""What a text says of each of two companies."""

from hypothesis import given
from hypothesis import strategies as st

from earshot.config import from_dict
from processors.target.names import Names
from processors.target.views import BINS, Span, views


def spans(text: str, name: str) -> list[Span]:
    return [(text.index(name), text.index(name) + len(name))]


def test_clauses_go_to_the_company_that_they_name_and_on_to_the_one_named_last() -> None:
    text = "Acme lost my parcel. Nobody answered. Bolt brought it in a day, with a smile."
    found = views(text, spans(text, "Acme"), spans(text, "Bolt"))
    assert found.own.startswith("Acme lost my parcel.")
    assert "Nobody answered" in found.own
    assert "smile" in found.others
    assert found.first
    assert not found.shared


def test_a_clause_that_names_both_is_in_both_views() -> None:
    text = "Acme is better than Bolt"
    found = views(text, spans(text, "Bolt"), spans(text, "Acme"))
    assert found.own == found.others == text
    assert found.shared
    assert not found.first


def test_a_handle_is_told_from_a_name() -> None:
    text = "@acme your driver says Bolt did it"
    found = views(text, spans(text, "acme"), spans(text, "Bolt"))
    assert (found.own_handle, found.other_handle) == (True, False)


@given(st.text(max_size=300), st.text(max_size=100), st.text(max_size=100))
def test_any_text_has_views_in_which_nothing_is_lost(before: str, between: str, after: str) -> None:
    text = f"{before} Acme {between} Bolt {after}"
    own = [(len(before) + 1, len(before) + 5)]
    start = len(before) + 6 + len(between) + 1
    found = views(text, own, [(start, start + 4)])
    assert "Acme" in found.own
    assert "Bolt" in found.others
    assert all(0 <= each < BINS for each in found.context)


def names(**values: object) -> Names:
    config = from_dict(
        {
            "brands": [
                {"name": "Acme", "accounts": ["@acme_help"], "competitors": ["Voltex"], **values},
                {"name": "Bolt"},
            ]
        }
    )
    return Names(config.brands)


def test_other_companies_are_the_brands_that_are_watched_and_competitors() -> None:
    known = names()
    for text in ("Acme or Bolt?", "ACME oder Voltex", "@acme_help ask bolt"):
        assert known.several(text)
        assert known.places("Acme", text)
    assert known.places("Bolt", "Acme or Bolt?")
    assert known.places("Bolt", "Bolt oder Voltex") is None  # no competitor of its own


def test_one_company_is_not_several_however_often_it_is_named() -> None:
    known = names()
    assert known.places("Acme", "Acme, @acme_help, Acme again") is None
    assert not known.several("Acmeville and Boltons")


def test_an_account_is_named_without_its_platform() -> None:
    known = names(accounts=["x:@acme_help"])
    assert known.places("Acme", "@acme_help or Bolt?") == ([(1, 10)], [(14, 18)])


def test_a_single_brand_without_competitors_needs_no_look() -> None:
    known = Names(from_dict({"brands": [{"name": "Acme"}]}).brands)
    assert not known.several("Acme and Bolt")
