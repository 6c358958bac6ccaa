import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.config import Audience, RiskSettings
from earshot.explain import (
    TERMS,
    Language,
    about,
    although,
    arithmetic,
    explain,
    number,
    people,
    points,
    work,
    worked,
)
from earshot.model import Forecast, Level, OutletClass, Story, Terms
from processors.risk import assess

_AT = datetime(2026, 11, 26, 7, 52, tzinfo=UTC)


def a_story(**numbers: Any) -> Story:
    return Story(id=1, brand="Ronvia", first="x:1", opened_at=_AT, last_at=_AT, **numbers)


def sentences(story: Story, language: str) -> dict[str, str]:
    return {line.term: line.sentence for line in explain(story, language)}


def test_the_terms_come_in_their_order_with_their_points() -> None:
    lines = explain(a_story(terms=Terms(bias=-5, neg=1.88, reach=0.88, media=1.2, credibility=0.5)), "en")
    assert [line.term for line in lines] == list(TERMS)
    assert {line.term: line.points for line in lines if line.points} == {
        "neg": 1.88,
        "reach": 0.88,
        "media": 1.2,
        "credibility": 0.5,
    }


@pytest.mark.parametrize(
    ("voters", "negative", "unread", "english", "italian"),
    [
        (44, 41, 0, "Negativity: 41 of 44 authors negative", "Negatività: 41 autori su 44 negativi"),
        (1_400, 1, 0, "Negativity: 1 of 1,400 authors negative", "Negatività: 1 autore su 1.400 negativo"),
        (9, 0, 0, "Negativity: none of 9 authors negative", "Negatività: nessun autore negativo su 9"),
        (1, 1, 0, "Negativity: 1 author, negative", "Negatività: 1 autore, negativo"),
        (1, 0, 0, "Negativity: 1 author, not negative", "Negatività: 1 autore, non negativo"),
        (
            0,
            0,
            1,
            "Negativity: no author could be read yet; 1 mention could not be read",
            "Negatività: nessun autore ancora leggibile; non si è riusciti a leggere 1 menzione",
        ),
        (
            3,
            2,
            5,
            "Negativity: 2 of 3 authors negative; 5 mentions could not be read",
            "Negatività: 2 autori su 3 negativi; non si è riusciti a leggere 5 menzioni",
        ),
    ],
)
def test_negativity_names_the_authors_that_could_be_read(
    voters: int, negative: int, unread: int, english: str, italian: str
) -> None:
    story = a_story(voters=voters, negative_authors=negative, unread=unread)
    assert sentences(story, "en")["neg"] == english
    assert sentences(story, "it")["neg"] == italian


def test_reach_is_in_people() -> None:
    assert sentences(a_story(reach=210_000), "en")["reach"] == "Reach: about 210,000 people"
    assert sentences(a_story(reach=210_000), "it")["reach"] == "Copertura stimata: circa 210.000 persone"
    assert sentences(a_story(reach=1), "it")["reach"] == "Copertura stimata: 1 persona"


@pytest.mark.parametrize(
    ("estimate", "english", "italian"),
    [
        (0, "0 people", "0 persone"),
        (41, "41 people", "41 persone"),
        (64_713, "about 65,000 people", "circa 65.000 persone"),
        (999_600, "about 1 million people", "circa 1 milione di persone"),
        (1_284_393, "about 1.3 million people", "circa 1,3 milioni di persone"),
        (123_456_789, "about 120 million people", "circa 120 milioni di persone"),
        (2_000_000_000, "about 2 billion people", "circa 2 miliardi di persone"),
    ],
)
def test_an_estimate_says_no_more_than_it_knows(estimate: int, english: str, italian: str) -> None:
    assert (about(estimate, "en"), about(estimate, "it")) == (english, italian)


@given(st.integers(0, 10**12))
def test_an_estimate_is_never_far_from_what_it_is_of(estimate: int) -> None:
    figure, *scale = people(estimate, "en").figure.split()
    shown = float(figure.replace(",", "")) * {"million": 1e6, "billion": 1e9}.get("".join(scale), 1)
    assert abs(shown - estimate) <= 0.05 * estimate


def test_press_names_the_outlets_by_class_the_widest_first() -> None:
    outlets = {"a.example": "local", "b.example": "national", "c.example": "local", "d.example": "news"}
    found = a_story(outlets=outlets)
    assert sentences(found, "en")["media"] == (
        "Press: taken up by 1 national outlet, 2 local outlets, 1 other outlet"
    )
    assert sentences(found, "it")["media"] == (
        "Stampa: ripresa da 1 testata nazionale, 2 testate locali, 1 altra testata"
    )
    assert sentences(a_story(), "en")["media"] == "Press: no outlet has taken it up"
    assert sentences(a_story(), "it")["media"] == "Stampa: nessuna testata l’ha ripresa"


def test_a_story_of_no_surge_says_so_and_one_of_a_surge_how_large_it_is() -> None:
    english, italian = sentences(a_story(), "en"), sentences(a_story(), "it")
    assert english["surge"] == "Surge: it did not begin in one of the brand"
    assert italian["surge"] == "Impennata: non è nata in una del marchio"
    assert "counts 43 in 100" in sentences(a_story(surge=0.43), "en")["surge"]
    assert "conta 43 su 100" in sentences(a_story(surge=0.43), "it")["surge"]


def test_spread_says_the_chance_and_of_what() -> None:
    story = a_story(mentions=12, chance=0.786, large=24, forecast=Forecast(90, 33, 408))
    assert sentences(story, "en")["spread"] == (
        "Spread: 79 in 100 that it is awake and comes to 24 mentions, as one story in twenty does;"
        " about 90 in the end (33 to 408), which below 55 mentions rests on an assumption"
    )
    assert sentences(story, "it")["spread"] == (
        "Diffusione: 79 su 100 che sia viva e arrivi a 24 menzioni, come una vicenda su venti;"
        " circa 90 alla fine (da 33 a 408), un’ipotesi finché le menzioni sono meno di 55"
    )
    story = a_story(mentions=55, chance=0.786, large=240, forecast=Forecast(90, 66, 408))
    assert sentences(story, "en")["spread"].endswith("; about 90 in the end (66 to 408)")
    story = a_story(mentions=1_200, chance=0.5, large=24)
    assert sentences(story, "en")["spread"] == (
        "Spread: with 1,200 mentions it is as large as one story in twenty (24); awake to 50 in 100"
    )
    story = a_story(mentions=5, counted=104, chance=0.5, large=24)
    assert sentences(story, "en")["spread"] == (
        "Spread: with at least 105 mentions, heard or counted by the platforms, it is as large as one story in twenty (24);"
        " awake to 50 in 100"
    )
    assert sentences(story, "it")["spread"] == (
        "Diffusione: con almeno 105 menzioni, rilevate o contate dalle piattaforme, è grande come una vicenda su venti"
        " (24); viva per 50 su 100"
    )
    assert sentences(a_story(), "it")["spread"] == "Diffusione: nulla di negativo si sta diffondendo"


def test_a_chance_is_never_told_as_certain() -> None:
    assert "99 in 100" in sentences(a_story(mentions=19, chance=1.0), "en")["spread"]
    assert "1 in 100" in sentences(a_story(mentions=2, chance=0.001), "en")["spread"]


def test_the_audience_is_who_says_that_it_is_so_with_them() -> None:
    assert sentences(a_story(mentions=12, confirmations=4), "en")["audience"] == (
        "Audience: 4 of 12 mentions say that it is so with them too"
    )
    assert sentences(a_story(mentions=12, confirmations=4), "it")["audience"] == (
        "Pubblico: 4 menzioni su 12 raccontano che è successo anche a chi scrive"
    )
    assert sentences(a_story(mentions=12, confirmations=1), "it")["audience"] == (
        "Pubblico: 1 menzione su 12 racconta che è successo anche a chi scrive"
    )
    assert sentences(a_story(mentions=12, confirmations=1), "en")["audience"] == (
        "Audience: 1 of 12 mentions says that it is so with its author too"
    )
    assert sentences(a_story(mentions=9), "it")["audience"] == "Pubblico: nessuno conferma"


OURS = Audience(places=("Bologna",), languages=("it",))


@pytest.mark.parametrize(
    ("confirmations", "audience", "english", "italian"),
    [
        (
            3,
            12,
            "3 of 20 mentions say that it is so with them too; 12 of 20 authors are of the brand’s audience",
            "3 menzioni su 20 raccontano che è successo anche a chi scrive; 12 autori su 20 fanno parte del pubblico del marchio",
        ),
        (
            0,
            1,
            "nobody says that it is so with them; 1 of 20 authors is of the brand’s audience",
            "nessuno conferma; 1 autore su 20 fa parte del pubblico del marchio",
        ),
        (
            0,
            0,
            "nobody says that it is so with them; none of 20 authors is known to be of the brand’s audience",
            "nessuno conferma; nessun autore su 20 risulta del pubblico del marchio",
        ),
    ],
)
def test_the_audience_is_who_confirms_and_who_is_of_it_too(
    confirmations: int, audience: int, english: str, italian: str
) -> None:
    story = a_story(mentions=20, authors=20, confirmations=confirmations, audience=audience)
    said = {language: explain(story, language, OURS)[4].sentence for language in ("en", "it")}
    assert said == {
        "en": f"Audience: {english} (Bologna; Italian)",
        "it": f"Pubblico: {italian} (Bologna; italiano)",
    }


def test_who_was_counted_before_the_profile_went_is_told_still() -> None:
    assert sentences(a_story(mentions=20, authors=20, audience=12), "en")["audience"].endswith(
        "12 of 20 authors are of the brand’s audience"
    )


def test_of_a_long_profile_the_first_few_are_named() -> None:
    ours = Audience(places=("Bologna", "Modena", "Ravenna", "Imola", "Rimini", "Forlì"))
    assert explain(a_story(), "en", ours)[4].sentence.endswith("(Bologna, Modena, Ravenna, Imola, …)")


def test_the_arithmetic_of_the_audience_names_both_shares() -> None:
    settings = RiskSettings()
    story = a_story(mentions=20, authors=20, voters=20, votes=200_000, confirmations=3, audience=12)
    assess(story, 0.2, 1_000, settings)
    assert story.terms.audience == pytest.approx(0.8 * (3 / 23 + 20 / 23 * 12 / 23))
    english, italian = worked(story, settings, "en")[5], worked(story, settings, "it")[5]
    assert explain(story, "en")[4].points == 0.46  # rounded down, so that the terms add up
    assert english.startswith("Audience: 0.80 × 1.00 × 0.58 = 0.46; 0.58 is 0.13 + (1 − 0.13) × 0.52:")
    assert italian.startswith("Pubblico: 0,80 × 1,00 × 0,58 = 0,46; 0,58 è 0,13 + (1 − 0,13) × 0,52:")
    for formula in (english, italian):
        assert "3 ÷ (20 + 3)" in formula
        assert "12 ÷ (20 + 3)" in formula


def test_the_sum_is_written_as_each_language_writes_it() -> None:
    terms = Terms(
        bias=-5, neg=1.88, spread=1.82, media=1.20, reach=0.88, surge=0.93, audience=0.36, credibility=0.5
    )
    story = a_story(terms=terms, risk=92.89)
    assert arithmetic(story, "en") == "7.57 − 5 = 2.57 → 93 out of 100"
    assert arithmetic(story, "it") == "7,57 − 5 = 2,57 → 93 su 100"


def test_a_sum_below_nothing_and_a_bias_with_hundredths() -> None:
    story = a_story(terms=Terms(bias=-2.25, neg=1), risk=22.3)
    assert arithmetic(story, "en") == "1.00 − 2.25 = −1.25 → 22 out of 100"
    story = a_story(terms=Terms(bias=0.5, neg=1), risk=81.8)
    assert arithmetic(story, "it") == "1,00 + 0,50 = 1,50 → 82 su 100"


def test_numbers_and_points_in_each_language() -> None:
    assert (number(1_284_930, "en"), number(1_284_930, "it")) == ("1,284,930", "1.284.930")
    assert (points(1.88, "en"), points(1.88, "it"), points(-0.5, "it")) == ("+1.88", "+1,88", "−0,50")


@given(st.lists(st.floats(0, 20, allow_nan=False), min_size=7, max_size=7))
def test_what_is_shown_adds_up_and_nothing_is_made_of_nothing(values: list[float]) -> None:
    terms = Terms(bias=-5, **dict(zip(TERMS, values, strict=True)))
    story = a_story(terms=terms)
    lines = explain(story, "en")
    shown = round(sum(line.points for line in lines), 2)
    assert arithmetic(story, "en").startswith(f"{shown:.2f} − 5 = ")
    assert abs(shown - sum(values)) < 0.0051
    for line, value in zip(lines, values, strict=True):
        assert abs(line.points - value) < 0.0101
        assert line.points == 0 or value > 0


@given(
    voters=st.integers(0, 500),
    share=st.floats(0, 1),
    base=st.floats(0, 0.5),
    people=st.integers(0, 10**8),
    kinds=st.lists(st.sampled_from(["national", "regional", "local", "news", "blog"]), max_size=6),
)
def test_the_arithmetic_explained_is_the_risks_own(
    voters: int, share: float, base: float, people: int, kinds: list[OutletClass]
) -> None:
    settings = RiskSettings()
    outlets = {f"{n}.example": kind for n, kind in enumerate(kinds)}
    counts = {"voters": voters, "mentions": voters, "confirmations": int(voters * share), "chance": share}
    counts["copies"] = max(0, int(voters * share) - 1)
    counts |= {"authors": voters, "audience": int(voters * share / 2)}
    story = a_story(votes=int(voters * share * 10_000), outlets=outlets, **counts)
    assess(story, base, people, settings)
    steps = work(story, settings)
    terms = story.terms
    assert (steps.neg, steps.reach, steps.spread, steps.media, steps.audience) == pytest.approx(
        (terms.neg, terms.reach, terms.spread, terms.media, terms.audience)
    )
    assert steps.credibility == pytest.approx(terms.credibility)
    assert steps.risk == pytest.approx(story.risk)
    for language in ("en", "it"):
        assert len(worked(story, settings, language)) == 8


@given(
    voters=st.integers(1, 60),
    share=st.floats(0, 1),
    grave=st.integers(0, 2),
    people=st.integers(0, 10**7),
    language=st.sampled_from(["en", "it"]),
)
def test_the_formulas_end_in_the_points_that_stand_beside_the_sum(
    voters: int, share: float, grave: int, people: int, language: Language
) -> None:
    """To the cent: each is rounded so that all of them add up."""
    settings = RiskSettings()
    story = a_story(
        voters=voters, votes=int(voters * share * 10_000), mentions=voters, grave=grave, chance=share,
        authors=voters, audience=int(voters * share / 2), confirmations=grave,
    )  # fmt: skip
    assess(story, 0.1, people, settings)
    lines = {line.term: points(line.points, language).lstrip("+") for line in explain(story, language)}
    found = worked(story, settings, language)
    by_term = {
        "neg": found[1 if grave else 0],
        "reach": found[3 if grave else 2],
        "spread": found[4 if grave else 3],
        "media": found[5 if grave else 4],
        "audience": found[6 if grave else 5],
        "credibility": found[-2],
    }
    for term, said in by_term.items():
        assert re.search(rf"(= |: ){re.escape(lines[term])}(\D|$)", said), (term, said, lines[term])


@given(mentions=st.integers(1, 80), grave=st.integers(1, 80), share=st.floats(0, 1))
def test_what_grave_mentions_make_of_the_negativity_can_be_worked_out_by_hand(
    mentions: int, grave: int, share: float
) -> None:
    """From what is told alone, but for rounding; the same numbers in both languages."""
    settings = RiskSettings()
    story = a_story(
        voters=mentions, votes=int(mentions * share * 10_000), mentions=mentions, grave=min(grave, mentions)
    )
    assess(story, 0.1, 100, settings)
    said = [worked(story, settings, language)[1] for language in ("en", "it")]
    numbers = [
        [float(each.replace(",", ".")) for each in re.findall(r"\d+(?:[.,]\d+)?", one)] for one in said
    ]
    assert numbers[0] == numbers[1]
    told, of, part, whole, fifth, full, most, weight, least, again, alone, by_votes, made = numbers[0]
    assert (told, of, full, most) == (part, whole, again, 1)
    assert full == pytest.approx(min(most, told / of / fifth), abs=0.006)
    assert alone == pytest.approx(weight * least * full, abs=0.006 * weight)
    assert made == max(alone, by_votes)


def test_what_older_settings_made_is_worked_out_as_todays_would() -> None:
    story = a_story(voters=8, votes=72_000)
    assess(story, 0.2, 67_182, RiskSettings())
    doubled = RiskSettings(neg=2 * RiskSettings().neg)
    assert f"= {2 * story.terms.neg:.2f}, never" in worked(story, doubled, "en")[0]


def test_who_repeats_words_without_saying_so_is_counted() -> None:
    assert explain(a_story(mentions=40, copies=12), "en")[-1].sentence == (
        "Credibility: 12 of 40 mentions repeat the words of another without saying so"
    )
    assert explain(a_story(mentions=40, copies=1), "it")[-1].sentence == (
        "Credibilità: 1 su 40 menzioni ripete le parole di un’altra senza dirlo"
    )


@pytest.mark.parametrize(
    ("numbers", "english", "italian"),
    [
        (
            {"votes": 190_000, "outlets": {"a.example": "national"}},
            "nearly all who speak are against the brand, and the press has taken it up",
            "quasi tutti quelli che ne parlano sono contro il marchio, e la stampa l’ha ripresa",
        ),
        (
            {"votes": 190_000, "chance": 0.9, "reach": 900_000},
            "nearly all who speak are against the brand, and it is spreading before very many people",
            "quasi tutti quelli che ne parlano sono contro il marchio, e si sta diffondendo davanti a moltissime persone",
        ),
        (
            {"votes": 90_000, "grave": 4, "outlets": {"a.example": "local"}},
            "one mention in five or more is grave (danger, the law, discrimination), and the press has taken it up",
            "una menzione su cinque o più è grave (pericolo, vie legali, discriminazione), e la stampa l’ha ripresa",
        ),
        (
            {"votes": 190_000, "outlets": {"a.example": "national"}, "echo": 0.5},
            "it was worse before, and a level falls more slowly than the risk",
            "prima era peggio, e il livello scende più lentamente del rischio",
        ),
    ],
)
def test_what_is_critical_below_the_risk_of_it_says_why(
    numbers: dict[str, Any], english: str, italian: str
) -> None:
    story = a_story(**{"mentions": 20, "voters": 20, "base": 0.2, "risk": 71.8} | numbers)
    assert although(Level.critical, story, RiskSettings(), "en") == (
        f"Critical although its risk is 72: {english}."
    )
    assert although(Level.critical, story, RiskSettings(), "it") == (
        f"Critico anche se il rischio è 72: {italian}."
    )


@given(
    negative=st.sampled_from([0.5, 0.77, 0.8, 0.9, 1.0]),
    grave=st.integers(0, 5),
    chance=st.sampled_from([0.0, 0.79, 0.8, 1.0]),
    echo=st.sampled_from([1.0, 0.8, 0.3]),
    people=st.sampled_from([0, 200_000, 300_000, 10**7]),
    kinds=st.lists(st.sampled_from(["national", "local", "news", "blog"]), max_size=3),
)
def test_it_is_said_where_and_only_where_the_risk_is_no_reason(
    negative: float, grave: int, chance: float, echo: float, people: int, kinds: list[OutletClass]
) -> None:
    settings = RiskSettings(neg=1.0)
    outlets = {f"{n}.example": kind for n, kind in enumerate(kinds)}
    counts = {"voters": 20, "mentions": 20, "grave": grave, "chance": chance, "echo": echo}
    story = a_story(votes=round(negative * 200_000), outlets=outlets, **counts)
    story.level, _ = assess(story, 0.2, people, settings)
    said = although(story.level, story, settings, "en")
    assert bool(said) == (story.level == Level.critical and round(story.risk) < settings.critical)
    assert "worse before" not in said
    if story.level < Level.critical and story.risk < settings.critical:
        assert "worse before" in although(Level.critical, story, settings, "en") or round(story.risk) == 85


def test_the_formulas_stand_with_their_numbers() -> None:
    story, settings = a_story(voters=8, votes=72_000), RiskSettings()
    assess(story, 0.2, 67_182, settings)
    found = worked(story, settings, "it")
    assert "la media dei voti (8, e altri 3" in found[0]
    assert "ln(1 + 67.182)" in found[2]
    assert found[-1].endswith(f"= {story.risk:.2f}".replace(".", ","))
