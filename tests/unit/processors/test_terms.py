"""The term lists: what is found, in which language, and that the lists are in order."""

import tomllib
from collections.abc import Iterator

from earshot.matching import fold
from processors.terms import FILE, Terms, evidence, heard

TERMS = Terms()


def lists() -> Iterator[tuple[str, str, list[str]]]:
    for concept, languages in tomllib.loads(FILE.read_text(encoding="utf-8")).items():
        for language, terms in languages.items():
            yield concept, language, terms


def test_a_term_is_whole_and_a_star_is_any_ending() -> None:
    assert "ustioni" in TERMS.find("Mia figlia ha le ustioni alla mano", "it")["injury"]
    assert "ambulance" in TERMS.find("They had to call an AMBULANCE!", "en")["injury"]
    assert "injury" not in TERMS.find("il ferro da stiro funziona", "it")


def test_a_term_counts_in_its_own_language_alone() -> None:
    assert "legal" in TERMS.find("mi rivolgo al mio avvocato", "it")
    assert "legal" not in TERMS.find("mi rivolgo al mio avvocato", "en")
    assert "legal" in TERMS.find("mi rivolgo al mio avvocato", "unknown")


def test_what_was_heard_once_is_found_for_any_language() -> None:
    texts = ["mi rivolgo al mio avvocato", "Thank you, I will sue you", "@sue https://a.example/avvocato"]
    for text, each in zip(texts, heard(texts), strict=True):
        assert all(
            TERMS.found(each, language) == TERMS.find(text, language) for language in ("it", "en", "unknown")
        )
    assert heard(texts)[2] == []


def test_evidence_is_the_words_of_the_text_each_once() -> None:
    found = TERMS.find("Fumo, fumo dal caricatore e una scossa: pronto soccorso", "it")
    words = evidence(found, ("injury", "hazard"), 8)
    assert "pronto soccorso" in words
    assert len(words) == len(set(words))
    assert evidence(found, ("injury", "hazard"), 1) == words[:1]


def test_lists_are_lower_case_without_repeats_and_stars_end_a_term() -> None:
    for concept, language, terms in lists():
        assert len(terms) == len(set(terms)), (concept, language)
        assert all(term == term.lower() and "*" not in term[:-1] and fold(term).strip("* ") for term in terms)


def test_every_concept_is_in_italian_and_english_or_of_forms_of_address() -> None:
    known: dict[str, set[str]] = {}
    for concept, language, _ in lists():
        known.setdefault(concept, set()).add(language)
    assert all(
        {"it", "en"} <= languages for concept, languages in known.items() if not concept.startswith("address")
    )
