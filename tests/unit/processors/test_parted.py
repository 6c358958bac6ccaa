"""Dangers, intents and moods of a text that names several companies: each calls for the one that it is about."""

import pytest
from pipeline_world import mention

from earshot.config import from_dict
from earshot.model import Score
from processors.turn import Desk

DESK = Desk(
    from_dict(
        {"brands": [{"name": "Acme", "competitors": ["Bolt"]}, {"name": "Bolt", "competitors": ["Acme"]}]}
    )
)


def towards(brand: str, text: str) -> Score:
    (found,) = DESK.scorer.score([mention("1", text=text, brand=brand)])
    return found


@pytest.mark.parametrize(
    ("text", "grave"),
    [
        ("I'm taking Bolt to court over the fire. Does Acme ship to Spain?", "legal"),
        ("Antitrust opens an inquiry into Bolt. Acme, its rival, declined to comment", "legal"),
        ("Denuncio Bolt, mi ha bruciato la cucina. Acme invece impeccabile", "safety"),
    ],
)
def test_a_danger_calls_for_the_company_that_it_is_about_and_for_no_other(text: str, grave: str) -> None:
    acme, bolt = towards("Acme", text), towards("Bolt", text)
    assert acme.basis == bolt.basis == "target"
    assert acme.grave == ()
    assert grave in bolt.grave
    assert bolt.evidence


def test_who_is_against_the_company_and_tells_a_danger_elsewhere_in_the_text_is_heard() -> None:
    text = "The Acme kettle is a disgrace. Bolt never did that. My son burnt his hand, we were in hospital all night."
    assert "safety" in towards("Acme", text).grave


def test_what_is_wanted_and_felt_is_the_part_of_the_company() -> None:
    text = "Acme saved my day after Bolt lost my parcel"
    acme, bolt = towards("Acme", text), towards("Bolt", text)
    assert acme.intents["praise"] > 0.5
    assert bolt.intents.get("praise", 0.0) < acme.intents["praise"]
    assert (acme.mood, bolt.mood == "gratitude") == ("gratitude", False)


def test_self_harm_is_never_somebody_elses() -> None:
    text = "Bolt has ruined me, I want to end my life. I only asked Acme about a loan."
    assert "self_harm" in towards("Acme", text).grave
    assert "self_harm" in towards("Bolt", text).grave
