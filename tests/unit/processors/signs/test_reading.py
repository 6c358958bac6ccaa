"""What is read of a text beside its mood: as its author would see it."""

from collections.abc import Sequence
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.score import Finding, Reader
from processors.signs.reading import NOTHING, Reading

LANGUAGES = ("it", "en", "es", "fr", "de", "pt", "ar", "hi")


@lru_cache
def reader() -> Reader:
    return Reader(LANGUAGES)


def read(*texts: str) -> list[Reading]:
    return [each.reading for each in findings(texts)]


def findings(texts: Sequence[str]) -> list[Finding]:
    return reader().read([(text, None) for text in texts])


@pytest.mark.parametrize(
    ("text", "grave", "words"),
    [
        ("Il caricatore ha preso fuoco stanotte, ho le mani ustionate", "safety", "fuoco"),
        ("Your heater gave my son an electric shock, he is in hospital", "safety", "hospital"),
        ("Nessuna risposta: mi rivolgo al mio avvocato e al Codacons", "legal", "codacons"),
        ("My solicitor will be in touch, see you in small claims court", "legal", "solicitor"),
        ("Non ce la faccio più, voglio farla finita, mi avete rovinato", "self_harm", "farla finita"),
        ("ahah che ridere, tanto domani mi ammazzo e non vi disturbo più", "self_harm", "mi ammazzo"),
    ],
)
def test_what_is_grave_is_seen_with_its_words(text: str, grave: str, words: str) -> None:
    (found,) = read(text)
    assert grave in found.grave
    assert any(words in each for each in found.evidence), found.evidence


def test_the_words_of_the_gravest_come_first() -> None:
    """They are what a notice quotes."""
    (found,) = read("Le mani ustionate dalla vostra stufa, non ce la faccio più, voglio farla finita")
    assert {"self_harm", "safety"} <= set(found.grave)
    assert "farla finita" in found.evidence[0]


def test_who_asks_for_the_press_is_seen_with_the_words_too() -> None:
    (found,) = read("Hi Kath, I'm a reporter with the Ashcombe Gazette. Could we talk? My DMs are open.")
    assert "press_interest" in found.signs
    assert any("reporter" in each for each in found.evidence), found.evidence


@pytest.mark.parametrize(
    "text",
    [
        "Killer deal on winter tyres today, grabbed two sets",
        "Quest’app è una bomba, la consiglio a tutti",
        "Il pacco è arrivato con due giorni di ritardo",
        "The queue was long but the staff were lovely",
        "Trimestrale: ricavi in crescita del 3 per cento",
        # Sounds like danger to the model, and has no word for it: it would hide the call that comes after it.
        "Stessa cosa a mia figlia, è in gita con la scuola e ha solo quella. Sesta chiamata, sesta volta che cade.",
    ],
)
def test_figures_of_speech_and_plain_complaints_are_not_grave(text: str) -> None:
    assert read(text)[0].grave == ()


@pytest.mark.parametrize(
    "text",
    [
        "Basket, Valmastra ferma la capolista: 83-66. Primo ko stagionale per la Ronvia, travolta nel secondo tempo",
        "Acme United crushed at half-time: the league leaders go points clear after a hat-trick in the second half",
    ],
)
def test_a_sponsors_match_is_neither_danger_nor_the_sponsors_doing(text: str) -> None:
    (found,) = read(text)
    assert found.grave == ()
    assert "victim" in found.signs


@pytest.mark.parametrize(
    "text",
    [
        "Sciopero della logistica, a rischio i rifornimenti dei supermercati Coralba",
        "A rischio chiusura il punto vendita Coralba di Lanciano, 40 famiglie con il fiato sospeso",
        "Coralba mette a rischio il made in Italy, prezzi da fame agli agricoltori",
        "Coralba: fornitura a rischio, scaffali vuoti già da ieri",
        "Our data is at risk after the Coralba hack, nobody tells us anything",
    ],
)
def test_a_risk_of_something_else_is_no_danger(text: str) -> None:
    (found,) = read(text)
    assert "safety" not in found.grave


@pytest.mark.parametrize(
    "text",
    [
        "Mio figlio è a rischio soffocamento per il vetro trovato nell'omogeneizzato Coralba",
        "Quel gradino all'ingresso Coralba mette a rischio chiunque, mia nonna per poco non cade",
        "Rischio esplosione: il barattolo Coralba era gonfio e ci è scoppiato in faccia",
        "Children at risk of choking: glass found in Coralba baby food",
        "The gas heater sold by Coralba leaks, my family is at risk of carbon monoxide poisoning",
        "Vivimos en riesgo por la fuga de gas de la caldera de Coralba",
    ],
)
def test_a_risk_that_is_named_is_one(text: str) -> None:
    (found,) = read(text)
    assert "safety" in found.grave


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Ma quando arriva il bonifico del 3?", "question"),
        ("Could you please add a dark mode?", "request"),
        ("Grazie di cuore alla signora dello sportello, gentilissima", "praise"),
        ("Disdico domani, ho già chiesto la portabilità con un altro operatore", "churn"),
        ("It never arrived and nobody answers the phone", "complaint"),
    ],
)
def test_intents(text: str, intent: str) -> None:
    (found,) = read(text)
    assert dict(found.intents).get(intent, 0.0) >= 0.5, found.intents


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Anche a me, stessa storia!", "confirmation"),
        ("Same here, since this morning", "confirmation"),
        ("Salve, sono una giornalista: posso contattarla?", "press_interest"),
        ("Hi, I'm a reporter with the Daily. May I DM you?", "press_interest"),
        ("Mia madre, in carrozzina, è rimasta fuori dallo sportello", "sensitive"),
        ("Rapina alla filiale: due banditi in fuga con il bottino", "victim"),
    ],
)
def test_signs(text: str, sign: str) -> None:
    assert sign in read(text)[0].signs


@pytest.mark.parametrize("text", ["non confermo, da me funziona", "ne parlano anche in ufficio", "ok grazie"])
def test_what_only_sounds_like_a_sign_is_none(text: str) -> None:
    assert not {"confirmation", "press_interest"} & {*read(text)[0].signs}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Le chiedo cortesemente un Suo riscontro sulla mia pratica", "lei"),
        ("ma rispondi? ti ho scritto tre volte", "tu"),
        ("avete perso il mio pacco e non rispondete", "voi"),
        ("il pacco non è arrivato", "none"),
        ("you lost my parcel", "none"),
    ],
)
def test_how_the_author_speaks_to_the_company(text: str, address: str) -> None:
    assert read(text)[0].address == address


def test_what_was_tried_is_named_with_its_words() -> None:
    (found,) = read("Ho chiamato quattro volte il numero verde e nessuno risponde")
    assert [(each.way, each.times) for each in found.tried] == [("phone", 4)]


@pytest.mark.parametrize(
    "text",
    [
        "La raccomandata non è mai arrivata",
        "Qualcuno sa se bisogna andare in filiale o basta la delega?",
    ],
)
def test_a_way_that_is_only_spoken_of_was_not_tried(text: str) -> None:
    assert read(text)[0].tried == ()


def test_a_language_that_is_not_read_says_nothing() -> None:
    assert read("Поезд опоздал, и никто нам ничего не сказал") == [NOTHING]


@given(st.lists(st.text(max_size=80), max_size=6))
def test_neighbours_have_no_influence_whatever_the_texts(texts: list[str]) -> None:
    assert read(*texts) == [read(text)[0] for text in texts]


def test_a_hazard_is_grave_also_where_the_brand_is_only_the_setting() -> None:
    smell, leak, robbery = read(
        "forte odore di gas davanti alla Coralba di via Orientale a Termoli, ho chiamato i vigili del fuoco",
        "Fuga di gas davanti alla filiale Coralba di Termoli, evacuata la via, sul posto i vigili del fuoco",
        "Rapina alla Coralba di Modena, ladri in fuga",
    )
    assert "victim" in leak.signs
    assert smell.grave == leak.grave == ("safety",)
    assert robbery.grave == ()


def test_who_is_left_outside_in_a_wheelchair_is_discriminated_against_and_not_in_danger_by_the_same_words() -> (
    None
):
    outside, fell = read(
        "Venerdì mia madre, in sedia a rotelle, è rimasta fuori dalla filiale: rampa chiusa, nessuno ad aprire",
        "Mia madre, in sedia a rotelle, lasciata fuori dalla filiale: è caduta dalla rampa e si è ferita alla testa",
    )
    assert outside.grave == ("discrimination",)
    assert "safety" in fell.grave
