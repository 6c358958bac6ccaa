"""What a text of several companies says of one of them: a danger that is kept comes with the words that told it."""

from earshot.model import Grave
from processors.signs.parted import parted
from processors.signs.reading import NOTHING, Reading

AGAINST, FOR = 0.9, 0.1


def told(*grave: Grave, by: str = "") -> Reading:
    return NOTHING._replace(grave=grave, evidence=(by,) if by else ())


def test_what_only_the_own_part_tells_comes_with_its_words() -> None:
    found = parted(told(by="perso il lavoro"), told("self_harm", by="non ci saro piu"), AGAINST)
    assert (found.grave, found.evidence) == (("self_harm",), ("non ci saro piu",))


def test_what_either_tells_comes_with_the_words_of_both_the_graver_first() -> None:
    found = parted(told("self_harm", by="farla finita"), told("legal", by="avvocato"), AGAINST)
    assert set(found.grave) == {"self_harm", "legal"}
    assert found.evidence == ("farla finita", "avvocato")


def test_what_another_company_did_brings_no_words_along() -> None:
    found = parted(told("legal", by="avvocato"), NOTHING, FOR)
    assert (found.grave, found.evidence) == ((), ())


def test_what_the_whole_text_tells_as_well_keeps_all_its_words() -> None:
    found = parted(told("safety", by="smell of gas"), told("safety", by="gas"), AGAINST)
    assert found.evidence == ("smell of gas",)
