from datetime import UTC, datetime, timedelta, timezone

import pytest
from console_world import ENGLISH, ITALIAN, PATIENT
from hypothesis import given
from hypothesis import strategies as st

from console import words
from console.tongue import Tongue
from earshot.model import Level, Rating, Score

NOW = datetime(2026, 11, 25, 12, 51, tzinfo=UTC)


@pytest.mark.parametrize(
    ("levels", "english", "italian"),
    [
        ([], "Nothing calls for you right now", "In questo momento non c’è nulla da gestire"),
        ([Level.calm], "Nothing calls for you right now", "In questo momento non c’è nulla da gestire"),
        ([Level.watch], "One story is being watched", "Una vicenda è da seguire"),
        (
            [Level.watch, Level.critical, Level.watch],
            "One story is critical; two are being watched",
            "Una vicenda è critica; due sono da seguire",
        ),
        (
            [Level.warning] * 2 + [Level.critical] * 3,
            "Three stories are critical; two need attention",
            "Tre vicende sono critiche; due richiedono attenzione",
        ),
        ([Level.warning] * 13, "13 stories need attention", "13 vicende richiedono attenzione"),
    ],
)
def test_the_heading_tells_the_state(levels: list[Level], english: str, italian: str) -> None:
    assert words.state(ENGLISH, levels) == english
    assert words.state(ITALIAN, levels) == italian


def test_a_moment_is_told_by_the_console_clock_with_its_zone() -> None:
    new_york = timezone(timedelta(hours=-5))
    assert ENGLISH.moment(NOW) == ENGLISH.moment(NOW.astimezone(new_york)) == "25 Nov 2026, 12:51 UTC"
    assert ITALIAN.moment(NOW) == "25 nov 2026, 13:51 CET"
    assert ITALIAN.clock(NOW) == "mer 25 nov, 13:51"


@pytest.mark.parametrize(
    ("at", "english", "italian"),
    [
        (NOW, "12:51", "13:51"),
        (datetime(2026, 11, 24, 23, 30, tzinfo=UTC), "24 Nov, 23:30", "00:30"),  # already today in Rome
        (datetime(2025, 12, 31, 23, 30, tzinfo=UTC), "31 Dec 2025, 23:30", "1 gen, 00:30"),
    ],
)
def test_a_near_moment_says_only_what_is_not_clear(at: datetime, english: str, italian: str) -> None:
    assert (ENGLISH.near(at, NOW), ITALIAN.near(at, NOW)) == (english, italian)


@pytest.mark.parametrize(
    ("seconds", "english", "italian"),
    [
        (0, "just now", "adesso"),
        (4, "4 secs ago", "4 s fa"),
        (59, "59 secs ago", "59 s fa"),
        (60, "1 min ago", "1 min fa"),
        (7 * 3600 + 1, "7 hrs ago", "7 h fa"),
        (2 * 3600 - 1, "1 hr ago", "1 h fa"),
        (90_000, "1 day ago", "1 giorno fa"),
        (40 * 86_400, "40 days ago", "40 giorni fa"),
        (-90, "in 1 min", "tra 1 min"),
    ],
)
def test_how_long_ago(seconds: int, english: str, italian: str) -> None:
    at = NOW - timedelta(seconds=seconds)
    assert (ENGLISH.ago(at, NOW), ITALIAN.ago(at, NOW)) == (english, italian)


def test_a_number_is_written_as_it_is_there_and_a_reach_has_its_unit() -> None:
    assert words.reach(ENGLISH, 210_000) == "estimated reach about 210,000 people"
    assert words.reach(ITALIAN, 210_000) == "copertura stimata di circa 210.000 persone"
    assert words.reach(ITALIAN, 1) == "copertura stimata di 1 persona"
    assert words.mentions(ITALIAN, 1_000_000) == "1.000.000 menzioni"


@pytest.mark.parametrize("say", [ENGLISH, ITALIAN])
@PATIENT
@given(st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_a_score_reads_as_its_strongest_mood(
    say: Tongue, negative: float, share: float, uncertain: bool
) -> None:
    rest = 1 - negative
    score = Score(
        language="it",
        negative=negative,
        neutral=rest * share,
        positive=rest * (1 - share),
        uncertain=uncertain,
        basis="vader",
    )
    chance = max(negative, rest * share, rest * (1 - share))
    strongest = say.decimal(chance if round(chance * 10_000) >= 5_000 else min(chance, 0.49))
    told = words.score(say, score)
    assert told.startswith(f"{say.gettext(words.mood(score))} {strongest} ({say.gettext('automatic')})")
    assert told.endswith(say.gettext(", uncertain")) == uncertain


def test_what_could_not_be_read_says_so() -> None:
    assert words.score(ENGLISH, Score(language="unknown")) == "mood not assessed"
    assert words.mood(Score(language="unknown")) == "unknown"


@PATIENT
@given(st.floats(0, 1000), st.floats(0.1, 1000))
def test_there_are_always_five_stars(value: float, best: float) -> None:
    assert len(words.stars(Rating(value, best))) == 5


def test_a_rating_keeps_its_own_scale() -> None:
    assert words.stars(Rating(4, 10)) == "★★☆☆☆"
    assert words.rating(ENGLISH, Rating(4, 10)) == "rated 4 of 10"
    assert words.rating(ITALIAN, Rating(3.5)) == "voto 3,5 su 5"


def test_unknown_words_of_the_data_pass_through() -> None:
    assert (words.reason(ITALIAN, "new_rule"), words.link(ITALIAN, "odd_tie")) == ("new rule", "odd tie")
    assert words.source(ITALIAN, "fediverse") == "fediverse"
