from datetime import UTC, datetime, timedelta, timezone

import pytest
from console_world import PATIENT
from hypothesis import given
from hypothesis import strategies as st

from console import words
from earshot.model import Level, Rating, Score

NOW = datetime(2026, 11, 25, 12, 51, tzinfo=UTC)


@pytest.mark.parametrize(
    ("levels", "sentence"),
    [
        ([], "Nothing calls for you right now"),
        ([Level.calm], "Nothing calls for you right now"),
        ([Level.watch], "One story is being watched"),
        ([Level.watch, Level.critical, Level.watch], "One story is critical; two are being watched"),
        ([Level.warning] * 2 + [Level.critical] * 3, "Three stories are critical; two need attention"),
        ([Level.warning] * 13, "13 stories need attention"),
    ],
)
def test_the_heading_tells_the_state(levels: list[Level], sentence: str) -> None:
    assert words.state(levels) == sentence


def test_a_moment_is_the_same_for_every_viewer() -> None:
    rome = timezone(timedelta(hours=1))
    assert words.moment(NOW) == words.moment(NOW.astimezone(rome)) == "25 Nov 2026, 12:51 UTC"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "just now"),
        (4, "4 s ago"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (7 * 3600 + 1, "7 h ago"),
        (90_000, "1 d ago"),
        (-90, "in 1 min"),
    ],
)
def test_how_long_ago(seconds: int, said: str) -> None:
    assert words.ago(NOW - timedelta(seconds=seconds), NOW) == said


@PATIENT
@given(st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_a_score_reads_as_its_strongest_mood(negative: float, share: float, uncertain: bool) -> None:
    rest = 1 - negative
    score = Score(
        language="it",
        negative=negative,
        neutral=rest * share,
        positive=rest * (1 - share),
        uncertain=uncertain,
        basis="vader",
    )
    assert words.score(score).startswith(
        f"{words.mood(score)} {max(negative, rest * share, rest * (1 - share)):.2f} (vader)"
    )
    assert words.score(score).endswith("uncertain") == uncertain


def test_what_could_not_be_read_says_so() -> None:
    assert words.score(Score(language="unknown")) == "could not be read"
    assert words.mood(Score(language="unknown")) == "unknown"


@PATIENT
@given(st.floats(0, 1000), st.floats(0.1, 1000))
def test_there_are_always_five_stars(value: float, best: float) -> None:
    assert len(words.stars(Rating(value, best))) == 5


def test_a_rating_keeps_its_own_scale() -> None:
    assert (words.stars(Rating(4, 10)), words.rating(Rating(4, 10))) == ("★★☆☆☆", "rated 4 of 10")


def test_unknown_words_of_the_data_pass_through() -> None:
    assert (words.reason("new_rule"), words.link("odd_tie"), words.source("fediverse")) == (
        "new rule",
        "odd tie",
        "fediverse",
    )
