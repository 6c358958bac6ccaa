"""The tour: nothing before its moment, everything after it, and the words true to the sample's own facts."""

from datetime import date

import pytest
from console_world import ENGLISH, ITALIAN, World

from console import tour, tour_words
from console.tongue import Tongue
from console.tour import Tour, TourFound
from earshot import sample
from earshot.clock import to_us
from earshot.sample import Progress
from earshot.store import brands, mentions
from earshot.store.mentions import Row

FIRST = date(2026, 11, 7)  # a Saturday, as day 1 always is
CARDS = {card.subject: card for card in sample.truth().tour}
IDS = sorted({mention for card in CARDS.values() for mention in card.mentions})
PLACES = {mention: (100, 100 + n) for n, mention in enumerate(IDS)}


def at(offset: int, *, speed: float | None = 300.0, heard: int = 300, say: Tongue = ENGLISH) -> Tour:
    found = TourFound(Progress(FIRST, heard), PLACES)
    return tour.tour(say, found, sample.moment(FIRST, offset), speed)


@pytest.mark.parametrize("subject", CARDS)
def test_a_card_opens_at_its_moment(subject: str) -> None:
    card = CARDS[subject]  # type: ignore[index]
    before, after = (at(moment).stops[card.number - 1] for moment in (card.opens - 1, card.opens))
    assert before.link == ""
    assert before.said.startswith("At ")
    assert after.link.startswith("/stories/100")
    assert after.said != before.said


def test_five_cards_in_their_order() -> None:
    assert [stop.title for stop in at(sample.OPENS, say=ITALIAN).stops] == [
        "La vicenda che sta per esplodere",
        "Perché",
        "Chi aspetta",
        "Come rispondere",
        "Chi abbiamo riconquistato",
    ]


def test_before_its_moment_a_card_says_when_and_how_soon_for_who_looks() -> None:
    opens = CARDS["exploding"].opens
    assert (
        at(opens - 300 * 40, say=Tongue("en", "Europe/Rome")).stops[0].said == "At 09:41, in about 40 secs."
    )
    assert at(opens - 60, speed=1.0, say=Tongue("it", "Europe/Rome")).stops[0].said == "Alle 09:41."
    assert at(opens - 60, speed=0, say=Tongue("it", "Europe/Rome")).stops[0].said == "Alle 09:41."


def test_the_line_above_tells_what_comes_next() -> None:
    rome = Tongue("en", "Europe/Rome")
    assert (
        at(sample.OPENS, say=rome).next
        == "Next, at 07:52, in about 10 secs: a customer writes from the airport."
    )
    opens = CARDS["exploding"].opens
    assert "a blogger quotes her, and Earshot calls" in at(opens - 1).next
    assert "a blogger quotes her" not in at(opens).next
    assert at(14 * 86_400).next == ""


def test_the_cards_tell_only_what_has_happened() -> None:
    answer = CARDS["answer"]
    said = [at(int(answer.facts[name])).stops[3].said for name in ("answered_at", "fixed_at", "kept_at")]
    assert ["worked again" in each for each in said] == [False, True, True]
    assert ["came at" in each for each in said] == [False, False, True]
    waiting = CARDS["waiting"]
    assert [
        ("two people" in at(int(waiting.facts[n])).stops[2].said)
        for n in ("first_at", "second_at", "third_at")
    ] == [
        False,
        False,
        True,
    ]
    won = CARDS["won back"]
    assert "Adele" in at(int(won.facts["second_at"]) - 1).stops[4].said
    assert str(won.facts["quotation"]) in at(int(won.facts["second_at"])).stops[4].said


def test_the_links_lead_to_what_the_cards_are_about() -> None:
    stops = at(14 * 86_400).stops
    wanted = ["x:1041", "x:1041", "trustpilot:1033", "x:1057", "x:1104"]
    anchors = ["", "#why", *(f"#m{PLACES[mention][1]}" for mention in wanted[2:])]
    assert [stop.link for stop in stops] == [f"/stories/100{anchor}" for anchor in anchors]
    early = at(CARDS["waiting"].opens).stops
    assert early[2].link == f"/stories/100#m{PLACES['x:1058'][1]}"
    assert early[4].link == f"/stories/100#m{PLACES['google:1003'][1]}"


def test_a_card_whose_mention_is_not_processed_yet_leads_nowhere() -> None:
    found = TourFound(Progress(FIRST, 300), {})
    shown = tour.tour(ENGLISH, found, sample.moment(FIRST, 14 * 86_400), 1.0)
    assert {stop.link for stop in shown.stops} == {""}


def test_the_end_is_said() -> None:
    assert at(14 * 86_400, heard=sample.EVENTS).is_over
    assert at(sample.OPENS, heard=sample.EVENTS).next == ""


def test_every_beat_is_a_fact_of_the_sample() -> None:
    facts = {f"{card.subject} {name}" for card in CARDS.values() for name in card.facts}
    assert set(tour_words.BEATS) <= facts
    assert set(tour_words.CARDS) == set(tour_words.TITLES) == set(CARDS)


@pytest.mark.parametrize("say", [ENGLISH, ITALIAN], ids=["en", "it"])
def test_every_minute_of_the_two_days_can_be_told(say: Tongue) -> None:
    for offset in range(sample.OPENS, 14 * 86_400, 1_800):
        shown = at(offset, say=say)
        assert all(stop.said and "%(" not in stop.said for stop in shown.stops)


def test_it_begins_with_the_sample_and_finds_its_mentions(world: World) -> None:
    store = world.store
    with store.read() as connection:
        assert tour.find(connection, "sample") is None
    event = next(e for e in sample.events(FIRST) if getattr(e, "mention", None) and e.mention.id == "x:1041")
    with store.begin() as connection:
        brands.create(connection, "Ronvia")
        sample.save_progress(connection, Progress(FIRST))
        n, now = brands.number(1, 1), to_us(event.mention.collected_at)
        mentions.add(
            connection,
            [Row(n, n, now, now, 1, 0, None, None, None, False, "new", mentions.encode(event.mention), "{}")],
        )
        assert tour.find(connection, "sample") is None
        sample.save_progress(connection, Progress(FIRST, 222))
        found = tour.find(connection, "sample")
    assert found is not None
    assert found.places == {"x:1041": (n, n)}
