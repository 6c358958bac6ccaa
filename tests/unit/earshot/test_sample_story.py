"""The bundled sample: 400 mentions that keep to their outline, and files that agree with each other."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot import sample
from earshot.model import Mention
from earshot.sample import Progress
from earshot.store import Store
from earshot.topics import Event, Said, Withdrawn

DAY, HOUR, MINUTE = 86_400, 3_600, 60
FIRST = date(2026, 11, 7)
EVENTS = sample.events(FIRST)
TRUTH = sample.truth()
CHANNELS = {
    "x": 112, "facebook": 66, "google": 46, "play": 34, "appstore": 22, "trustpilot": 34, "bluesky": 18,
    "instagram": 18, "mastodon": 8, "youtube": 12, "reddit": 8, "news": 22,
}  # fmt: skip


def at(day: int, clock: str) -> int:
    hours, minutes, *seconds = map(int, clock.split(":"))
    return (day - 1) * DAY + hours * HOUR + minutes * MINUTE + sum(seconds)


def offset(event: Event) -> int:
    return sample.offset(FIRST, sample.heard(event))


def said(events: Sequence[Event] = EVENTS) -> Iterator[Mention]:
    """What was said first, without what it was changed to."""
    for event in events:
        if isinstance(event, Said) and event.mention.edited_at is None:
            yield event.mention


MENTIONS = {mention.id: mention for mention in said()}
STORM = sorted(
    sample.offset(FIRST, m.created_at) for m in MENTIONS.values() if TRUTH.mentions[m.id].tag == "crisis"
)


# --- what was said --------------------------------------------------------------------------------------------


def test_there_are_400_mentions_by_channel_as_the_outline_says() -> None:
    assert Counter(mention.source for mention in said()) == CHANNELS
    assert len(MENTIONS) == 400
    assert len(EVENTS) == sample.EVENTS


def test_one_in_eight_is_english() -> None:
    english = re.compile(r"\b(the|my|you|your|is|was|to|and)\b", re.IGNORECASE)
    found = [m for m in said() if m.language == "en" or len(english.findall(m.text)) >= 2]
    assert len(found) / 400 == pytest.approx(0.12)


def test_tags_are_as_the_outline_counts_them() -> None:
    tags = Counter(label.tag for label in TRUTH.mentions.values())
    after = (
        tags["thanks"] + tags["waiting"] + tags["relapse"] + tags["analysis"] + tags["joke"] + tags["after"]
    )
    history = {
        "complaint": 52,
        "question": 46,
        "praise": 44,
        "noise": 36,
        "results": 12,
        "smishing": 10,
        "locker": 18,
    }
    assert {tag: tags[tag] for tag in history} == history  # type: ignore[index]
    assert (tags["crisis"], after) == (146, 36)
    assert TRUTH.mentions.keys() == MENTIONS.keys()


def test_traps_are_as_the_outline_counts_them() -> None:
    assert Counter(trap for label in TRUTH.mentions.values() for trap in label.traps) == {
        "irony": 8, "dialect": 6, "two_brands": 6, "withdrawn": 3, "unsupported_language": 2, "card_number": 1,
        "minor": 1, "employee": 1, "clerk_named": 1, "union": 1, "pasted_threat": 1, "xss": 1, "edited": 2,
    }  # fmt: skip
    assert len([e for e in EVENTS if isinstance(e, Said) and e.mention.edited_at]) == 3
    taken_back = {event.id for event in EVENTS if isinstance(event, Withdrawn)}
    assert taken_back == {i for i, label in TRUTH.mentions.items() if "withdrawn" in label.traps}


@pytest.mark.parametrize(
    ("clock", "so_far"),
    [
        ("07:53", 1), ("09:31", 11), ("09:42", 12), ("09:51", 13), ("09:59", 16), ("10:11", 22), ("10:26", 27),
        ("11:51", 48), ("13:21", 78), ("15:06", 112), ("22:00", 146),
    ],
)  # fmt: skip
def test_the_storm_grows_as_the_outline_counts_it(clock: str, so_far: int) -> None:
    assert sum(1 for each in STORM if each < at(13, clock)) == so_far


def test_a_rule_of_twenty_an_hour_would_call_at_20_past_eleven() -> None:
    full = next(i for i in range(19, len(STORM)) if STORM[i] - STORM[i - 19] < HOUR)
    assert at(13, "11:20") <= STORM[full] < at(13, "11:21")


def test_the_storm_peaks_between_one_and_two() -> None:
    hours = Counter(each // HOUR for each in STORM)
    assert hours.most_common(1) == [(at(13, "13:00") // HOUR, 31)]


def test_five_of_the_first_fourteen_can_be_read_today() -> None:
    first = [m for m in said() if TRUTH.mentions[m.id].tag == "crisis"][:14]
    assert sum(1 for m in first if m.language == "en" or (m.rating and m.rating.value == 1)) >= 5


def test_events_come_in_the_order_heard_and_never_two_at_once() -> None:
    times = [offset(event) for event in EVENTS]
    assert times == sorted(set(times))
    assert times[0] >= 0
    assert times[-1] < 14 * DAY


def test_what_is_answered_was_said_before() -> None:
    known: set[str] = set()
    for mention in said():
        assert {mention.root, mention.parent, mention.quoted, mention.reposted} - {None} <= known
        known.add(mention.id)


def test_a_repost_has_the_words_of_the_original() -> None:
    reposts = [m for m in said() if m.reposted]
    assert reposts
    assert all(m.text == MENTIONS[m.reposted or ""].text for m in reposts)


def test_no_two_begin_alike() -> None:
    """Real people do not; three words are enough to notice."""
    begun = Counter(" ".join(m.text.lower().split()[:3]) for m in said() if not m.reposted)
    assert [words for words, times in begun.items() if times > 1 and len(words.split()) == 3] == []


def test_every_address_is_reserved_for_examples() -> None:
    text = (Path(sample.__file__).parent / "mentions.jsonl").read_text(encoding="utf-8")
    hosts = set(re.findall(r"https?://([^/\"\s?]+)", text))
    assert hosts
    assert all(host.endswith(".example") for host in hosts)


def test_no_real_carrier_shop_or_card_is_named() -> None:
    real = (
        r"\b(poste|postepay|amazon|dhl|gls|sda|bartolini|fedex|inpost|nexi|paypal|visa|mastercard|revolut)\b"
    )
    assert [m.id for m in said() if re.search(real, f"{m.title} {m.text}", re.IGNORECASE)] == []


def test_history_is_backfill_and_the_rest_is_not() -> None:
    for event in EVENTS:
        if isinstance(event, Said):
            assert event.mention.backfill is (offset(event) < sample.OPENS)


# --- when -----------------------------------------------------------------------------------------------------


@given(st.dates(date(2020, 1, 1), date(2050, 1, 1)), st.times(timezones=st.just(UTC)))
def test_day_14_is_the_last_friday_that_is_wholly_over(day: date, clock: time) -> None:
    now = datetime.combine(day, clock)
    first = sample.first_day(now)
    friday = first + timedelta(days=13)
    assert friday.strftime("%A") == "Friday"
    over = sample.moment(first, 14 * DAY)
    assert over <= now < over + timedelta(days=7, hours=2)  # where clocks change meanwhile, a week is longer


@given(st.dates(date(2020, 1, 1), date(2050, 1, 1)), st.integers(0, 14 * DAY - 1))
def test_a_change_of_the_clocks_shifts_no_hour(first: date, seconds: int) -> None:
    wall = sample.moment(first, seconds).astimezone(sample.HOME)
    if 2 <= seconds % DAY // HOUR < 3:
        return  # the hour that is skipped or comes twice: nothing is said in it
    assert (wall.hour, wall.minute, wall.second) == (seconds % DAY // HOUR, seconds // 60 % 60, seconds % 60)
    assert sample.offset(first, wall) == seconds


def test_nothing_is_said_in_the_hour_that_clocks_skip() -> None:
    assert not [event for event in EVENTS if 2 <= offset(event) % DAY // HOUR < 3]


def test_the_dates_and_the_place_are_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "earshot.db")
    with store.read() as connection:
        assert sample.progress(connection) is None
    with store.begin() as connection:
        sample.save_progress(connection, Progress(FIRST, 405))
    with store.read() as connection:
        kept = sample.progress(connection)
    store.close()
    assert kept == Progress(FIRST, 405)
    assert not kept.is_over
    assert Progress(FIRST, sample.EVENTS).is_over


# --- what was done about it -----------------------------------------------------------------------------------

PEOPLE = {f"{m.source}:{m.author.id}" for m in said()}


def test_actions_are_in_order_and_about_people_and_mentions_that_there_are() -> None:
    done = sample.actions()
    assert [each.offset for each in done] == sorted(each.offset for each in done)
    assert {each.person for each in done} - {None} <= PEOPLE
    assert {each.mention for each in done} - {None} <= MENTIONS.keys()


def test_nothing_is_done_before_there_is_a_reason() -> None:
    for each in sample.actions():
        if each.mention and MENTIONS[each.mention].author.id not in ("ronvia", "ronvia_aiuta"):
            assert sample.offset(FIRST, MENTIONS[each.mention].created_at) <= each.offset


def test_promises_are_kept_in_time_or_still_open_at_the_end() -> None:
    done = sample.actions()
    for promise in (each for each in done if each.deed == "promised"):
        kept = [
            e for e in done if e.deed == "kept" and e.person == promise.person and e.offset > promise.offset
        ]
        assert promise.due
        assert kept == [] or kept[0].offset <= promise.due
        assert kept or promise.due > at(14, "12:00")


def test_adele_is_claimed_in_forty_minutes_and_her_card_comes_before_friday() -> None:
    hers = [each for each in sample.actions() if each.person == "google:adele.p"]
    assert hers[0].deed == "claimed"
    assert hers[0].offset - sample.offset(FIRST, MENTIONS["google:1003"].created_at) <= 40 * MINUTE
    assert {each.by for each in hers} == {"Davide"}
    stars = [e.mention.rating.value for e in EVENTS if isinstance(e, Said) and e.mention.id == "google:1003"]  # type: ignore[union-attr]
    assert stars == [1, 3, 5]


def test_what_the_company_said_in_public_is_among_the_mentions() -> None:
    lines = [each for each in sample.actions() if each.deed == "line published"]
    assert [each.offset // MINUTE for each in lines] == [at(13, "12:15") // MINUTE, at(13, "14:40") // MINUTE]
    assert all(MENTIONS[line.mention or ""].text == line.text for line in lines)


def test_a_public_answer_asks_for_no_data_and_says_lei() -> None:
    answers = [each.text for each in sample.actions() if each.deed == "answered in public"]
    assert len(answers) == 10
    assert not [text for text in answers if re.search(r"\b(tu|ti|tuo|tua)\b", text, re.IGNORECASE)]


def test_five_people_of_the_customer_file_are_among_the_authors() -> None:
    found = sample.people()
    assert len(found) == 5
    assert {account for person in found for account in person.accounts} <= PEOPLE
    assert [person.given_by_person for person in found].count(False) == 1


def test_outcomes_and_expectations_are_about_what_there_is() -> None:
    assert {each.person for each in TRUTH.outcomes} <= PEOPLE
    named = {i for each in (*TRUTH.expected, *TRUTH.outcomes) for i in (each.mention,)}
    named |= {i for card in TRUTH.tour for i in card.mentions} | {
        i for s in TRUTH.must_not for i in s.mentions
    }
    assert named <= MENTIONS.keys()
    assert Counter(each.outcome for each in TRUTH.outcomes) == {
        "silent": 7, "neutral": 2, "recovered": 2, "relapsed": 2, "lost": 1, "waiting": 2,
    }  # fmt: skip


def test_the_tour_has_five_cards_that_open_while_it_is_played() -> None:
    assert [card.number for card in TRUTH.tour] == [1, 2, 3, 4, 5]
    assert all(sample.OPENS <= card.opens < 14 * DAY for card in TRUTH.tour)
    moments = [value for card in TRUTH.tour for key, value in card.facts.items() if key.endswith("_at")]
    assert moments
    assert all(isinstance(value, int) and 0 <= value < 14 * DAY for value in moments)
