"""A score for each brand, not for each text."""

import pytest
from pipeline_world import mention

from earshot.config import from_dict
from earshot.model import Score
from processors.turn import Desk

CONFIG = from_dict(
    {"brands": [{"name": "Acme"}, {"name": "Bolt", "competitors": ["Acme"]}, {"name": "Third"}]}
)
DESK = Desk(CONFIG)


def towards(brand: str, text: str, **values: object) -> Score:
    (found,) = DESK.scorer.score([mention("1", text=text, brand=brand, **values)])
    return found


@pytest.mark.parametrize(
    "text",
    [
        "Bolt lost my parcel twice and nobody answers. Acme brought it the next morning, brilliant service!",
        "Pessima esperienza con Bolt, pacco perso e nessuna risposta. Con Acme invece arrivato in un giorno, bravissimi",
    ],
)
def test_praise_for_one_is_a_complaint_about_the_other(text: str) -> None:
    acme, bolt = towards("Acme", text), towards("Bolt", text)
    assert acme.basis == bolt.basis == "target"
    assert acme.negative is not None
    assert bolt.negative is not None
    assert bolt.negative > acme.negative + 0.2


@pytest.mark.parametrize(
    ("saved", "lost", "text"),
    [
        ("Acme", "Bolt", "Acme saved my day after Bolt lost my parcel"),
        ("Bolt", "Acme", "Bolt saved my day after Acme lost my parcel"),
        ("Acme", "Bolt", "Acme mi ha salvato la giornata dopo che Bolt ha perso il mio pacco"),
        ("Bolt", "Acme", "Bolt mi ha salvato la giornata dopo che Acme ha perso il mio pacco"),
    ],
)
def test_who_saved_the_day_is_praised_and_who_lost_the_parcel_is_not(
    saved: str, lost: str, text: str
) -> None:
    praised, blamed = towards(saved, text), towards(lost, text)
    assert praised.positive is not None
    assert blamed.negative is not None
    assert praised.positive > 0.5 > (praised.negative or 0.0)
    assert blamed.negative > 0.5 > (blamed.positive or 0.0)


def test_a_text_that_names_one_company_is_read_as_a_whole() -> None:
    assert towards("Acme", "Acme lost my parcel").basis == "text"
    assert towards("Third", "Third lost my parcel").basis == "text"


def test_bad_news_of_which_the_brand_is_the_victim_is_hardly_against_it() -> None:
    found = towards(
        "Acme", "Rapina all’alba in una filiale Acme: banditi in fuga con il bottino, indagano i carabinieri"
    )
    assert "victim" in found.signs
    assert found.negative is not None
    assert found.negative <= 0.2


def test_stars_decide_whatever_companies_are_named() -> None:
    found = towards("Acme", "Acme lost it, Bolt found it", stars=1)
    assert found.basis == "rating, target"
    assert found.negative is not None
    assert found.negative >= 0.8
