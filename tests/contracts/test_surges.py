"""Series, surges and outages as they are kept: the same in a file and on a server."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import make_url

from earshot.clock import to_us
from earshot.model import Author, Mention
from earshot.store import Store, alerts, brands, ledger, mentions, outages, series, surges
from earshot.store.alerts import Alert
from earshot.store.moving import move
from earshot.store.outages import Outage
from earshot.store.retention import purge
from earshot.store.series import Key, State
from earshot.store.surges import Kept
from earshot.surge import Fresh, Growth, Surge, is_surge

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FIRST = brands.number(1, 1)


def a_surge(number: int, **changes: Any) -> Surge:
    step = Growth(at=NOW, hour=14, usual=2.25, deviation=1.7, rarity=2.4, enough=9.5)
    surge = Surge(
        id=number, brand="Acme", since=NOW, opened_at=NOW, bucket=7, steps=(step,), last=step, height=step
    )
    return structs.replace(surge, **changes)


def test_series_are_added_and_replaced(store: Store) -> None:
    one, two = Key("", "streamed", "all"), Key("Carte", "streamed", "all")
    with store.begin() as connection:
        series.save(connection, 1, {one: State(5, "[1]"), two: State(5, "[2]")}, {})
        series.save(connection, 2, {one: State(9, "[9]")}, {})
        series.save(connection, 1, {}, {one: State(6, "[3]")})
    with store.read() as connection:
        assert series.of_brand(connection, 1) == {one: State(6, "[3]"), two: State(5, "[2]")}
        assert series.of_brand(connection, 3) == {}


def test_what_a_brand_has_counted_is_in_its_row(store: Store) -> None:
    with store.begin() as connection:
        brand = brands.create(connection, "Acme")
        brands.save(connection, brand._replace(counted='[{"streamed":5}]'))
    with store.read() as connection:
        found = brands.load(connection, "Acme")
    assert found is not None
    assert found.counted == '[{"streamed":5}]'


def test_surges_are_numbered_beside_the_stories_of_their_brand(store: Store) -> None:
    with store.begin() as connection:
        first = surges.next_number(connection, 1)
        surges.save(connection, [Kept(a_surge(first), (Fresh("app", 3, 0),))])
        assert surges.next_number(connection, 1) == first + 1
        assert surges.next_number(connection, 2) != first + 1
    assert is_surge(first)
    assert not is_surge(FIRST)
    assert brands.brand_no(first) == 1


def test_a_surge_reads_back_the_same_and_a_later_state_replaces_it(store: Store) -> None:
    number = surges.numbers(1)[0] + 1
    kept = Kept(a_surge(number), (Fresh("app", 3, 0),))
    over = Kept(a_surge(number, version=2, over_at=NOW + timedelta(hours=12)), ())
    with store.begin() as connection:
        surges.save(connection, [kept])
        assert surges.get(connection, [number]) == {number: kept}
        surges.save(connection, [over])
    with store.read() as connection:
        assert surges.get(connection, [number, 5]) == {number: over}
        assert surges.newest(connection, ["Acme"], 5) == [over]
        assert surges.newest(connection, ["Bolt"], 5) == []
        assert surges.newest(connection, ["Acme"], 5, to_us(NOW)) == []
        assert surges.of_brand(connection, 1, to_us(NOW) + 1) == []
        assert surges.of_brand(connection, 1, to_us(NOW)) == [over]


def test_which_went_on_at_a_time(store: Store) -> None:
    number = surges.numbers(1)[0] + 1
    with store.begin() as connection:
        surges.save(connection, [Kept(a_surge(number, over_at=NOW + timedelta(hours=12)), ())])
        at, hour = to_us(NOW), 3_600_000_000
        assert len(surges.during(connection, "Acme", at, at)) == 1
        assert surges.during(connection, "Acme", at - hour, at - 1) == []
        assert surges.during(connection, "Acme", at + 12 * hour, at + 13 * hour) == []


def test_mentions_are_counted_by_when_they_were_said(store: Store) -> None:
    with store.begin() as connection:
        mentions.add(connection, [_row(n) for n in range(6)])
    numbers, all_times = brands.numbers(1), (0, 2**62)
    with store.read() as connection:
        said = surges.said(connection, numbers, (10, 40))
        newest = surges.latest(connection, numbers, 2)
        by_bucket = surges.authors_by_bucket(connection, numbers, all_times, 20)
    assert [each.n - FIRST for each in said] == [1, 2, 3]
    assert [each.n - FIRST for each in newest] == [5, 3]  # the one between was withdrawn
    assert by_bucket == {0: 1, 1: 1}  # of three authors one is backfill, and one is not negative


def test_who_passes_on_what_another_says_does_not_complain(store: Store) -> None:
    passed_on = [_row(2, kind="repost"), _row(3, reposted="x:1")]
    own = [_row(6, text='"kind":"repost","reposted":"x:1"'), _row(7, kind="quote", quoted="x:1")]
    with store.begin() as connection:
        mentions.add(connection, [*passed_on, *own])
    numbers, all_times = brands.numbers(1), (0, 2**62)
    with store.read() as connection:
        assert len(surges.said(connection, numbers, all_times)) == 4
        assert [each.n - FIRST for each in surges.complaining(connection, numbers, all_times)] == [6, 7]
        assert surges.authors_by_bucket(connection, numbers, all_times, 1_000) == {0: 2}


def _row(n: int, **changes: Any) -> mentions.Row:
    given = {"text": '"backfill":true', "backfill": n == 5} | changes
    said = Mention(
        id=f"x:{n}", brand="Acme", author=Author(id="a"), created_at=NOW, collected_at=NOW, **given
    )
    vote = 9_000 if n != 1 else 100
    return mentions.Row(
        FIRST + n, FIRST, n * 10, n * 10, 1 if n < 4 else n, 0, None, None, vote, n == 4, "new",
        mentions.encode(said), "{}",
    )  # fmt: skip


def test_the_first_number_since_a_time(store: Store) -> None:
    with store.begin() as connection:
        brand = brands.create(connection, "Acme")._replace(seq=9)
        ledger.add(
            connection,
            [ledger.Entry(FIRST + n, n, 1, n * 10, False, False, 0, 0, b"") for n in range(9)],
        )
    with store.read() as connection:
        found = [ledger.first_since(connection, brand, at) for at in (0, 1, 40, 81)]
    assert found == [FIRST, FIRST + 1, FIRST + 4, FIRST + 9]


def test_outages_begin_once_and_end(store: Store) -> None:
    with store.begin() as connection:
        outages.begin(connection, Outage(0, "x", "quiet", 10, 12, None, 540.0))
        outages.begin(connection, Outage(0, "x", "failing", 10, 15, None, None))
        (known,) = outages.during(connection, 11, 20)
        assert known[1:] == ("x", "quiet", 10, 12, None, 540.0)
        assert outages.open_ones(connection) == {"x": known}
        outages.end(connection, "x", 30)
        outages.end(connection, "x", 40)
    with store.read() as connection:
        (ended,) = outages.newest(connection, 5)
        assert ended.ended_at == 30
        assert outages.get(connection, [ended.id, 99]) == {ended.id: ended}
        assert outages.open_ones(connection) == {}
        assert outages.during(connection, 0, 10) == []
        assert outages.during(connection, 30, 50) == []


def test_what_is_old_and_over_goes_with_its_alert(store: Store) -> None:
    number = surges.numbers(1)[0] + 1
    old = a_surge(number, over_at=NOW)
    with store.begin() as connection:
        brands.create(connection, "Acme")
        surges.save(connection, [Kept(old, ()), Kept(a_surge(number + 1), ())])
        outages.begin(connection, Outage(0, "x", "quiet", 10, 12, 30, None))
        (outage,) = outages.newest(connection, 1)
        for subject in (number, number + 1, outage.id):
            alerts.add(connection, Alert(0, "Acme", subject, 1, 2, "surge", 1, 1, None, 0.0))
    purge(store, to_us(NOW) + 1)
    with store.read() as connection:
        assert set(surges.get(connection, [number, number + 1])) == {number + 1}
        assert [alert.story for alert in alerts.page(connection)] == [number + 1]
        assert outages.newest(connection, 5) == []


@pytest.mark.postgres
def test_all_of_it_moves_to_a_server(tmp_path: Path, postgres_url: str) -> None:
    with closing(Store(tmp_path / "earshot.db")) as source, closing(Store(make_url(postgres_url))) as target:
        with source.begin() as connection:
            series.save(connection, 1, {Key("", "streamed", "all"): State(5, "[1]")}, {})
            surges.save(connection, [Kept(a_surge(surges.numbers(1)[0] + 1), ())])
            outages.begin(connection, Outage(0, "x", "quiet", 10, 12, None, None))
        move(source, target, lambda *_: None)
        with target.begin() as connection:
            assert len(series.of_brand(connection, 1)) == 1
            outages.begin(connection, Outage(0, "y", "quiet", 10, 12, None, None))
            assert len(outages.newest(connection, 5)) == 2
