"""What a store has heard, told again as it was known then."""

from datetime import UTC, datetime, timedelta

from earshot.backtest.stored import as_heard
from earshot.clock import to_us
from earshot.model import Author, Mention, Metrics, Score
from earshot.store.mentions import Row, encode

HEARD = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def row(metrics: Metrics, edited_at: datetime) -> Row:
    mention = Mention(
        id="x:1", brand="Acme", author=Author(id="u1"), created_at=HEARD, collected_at=HEARD, text="late",
        metrics=metrics, edited_at=edited_at,
    )  # fmt: skip
    score = encode(Score(language="en"))
    at = to_us(HEARD)
    return Row(1, 1, at, at, 7, 100, None, None, None, False, "first", encode(mention), score)


def test_counts_and_edits_that_came_later_are_left_out() -> None:
    later = HEARD + timedelta(hours=1)
    told = as_heard(row(Metrics(at=later, reposts=900), later))
    assert (told.metrics, told.edited_at, told.text) == (None, None, "late")


def test_what_was_known_when_it_was_heard_stays() -> None:
    metrics = Metrics(at=HEARD, reposts=3)
    told = as_heard(row(metrics, HEARD))
    assert (told.metrics, told.edited_at, told.collected_at) == (metrics, HEARD, HEARD)
