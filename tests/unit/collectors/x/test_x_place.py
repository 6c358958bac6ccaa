"""How far X was heard, and what is missing."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collectors.x.budget import Count
from collectors.x.place import Kept, Place, id_at, time_of

NOW = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)


def test_ids_hold_the_time() -> None:
    assert time_of(1346889436626259968) == datetime(2021, 1, 6, 18, 40, 40, 344000, UTC)  # X's own example
    assert time_of(id_at(NOW)) == NOW
    assert id_at(datetime(1971, 1, 1, tzinfo=UTC)) == 0
    assert time_of(10**30).year == 2086


@given(st.datetimes(datetime(2012, 1, 1), datetime(2080, 1, 1)))  # noqa: DTZ001
def test_there_and_back(at: datetime) -> None:
    moment = at.replace(tzinfo=UTC)
    assert timedelta() <= moment - time_of(id_at(moment)) < timedelta(milliseconds=1)


def test_a_gap_stays_until_a_search_has_filled_it() -> None:
    place = Place(100, None)
    assert place.begin() is None
    place.end(filled=False)
    place.heard(120)
    place.lost()
    place.heard(150)
    assert place.begin() == 120
    place.end(filled=False)
    assert place.begin() == 120
    place.end(filled=True)
    assert (place.since, place.newest) == (None, 150)


def test_what_is_lost_while_it_is_searched_remains() -> None:
    place = Place(100, 90)
    place.begin()
    place.heard(110)
    place.lost()
    place.heard(130)
    place.lost()
    place.end(filled=True)
    assert place.since == 110


def test_a_failed_search_keeps_all_of_it() -> None:
    place = Place(100, 90)
    place.begin()
    place.lost()
    place.end(filled=False)
    assert place.since == 90


def test_what_was_not_afforded_is_given_up() -> None:
    place = Place(100, 90)
    place.skip(500)
    assert (place.newest, place.begin()) == (500, None)


def test_it_outlives_the_process() -> None:
    kept = Place(100, 90).keep(Count(date(2026, 11, 19), 5, 2))
    assert Kept.decode(kept.encode()) == kept
    assert kept.count(NOW) == Count(date(2026, 11, 19), 5, 2)
    assert Kept.decode(None) == Kept.decode("what is this") == Kept()
    assert Kept().count(NOW) == Count(date(2026, 11, 19))
