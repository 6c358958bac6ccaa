"""Lists of alerts in pages: every alert once, whatever its time, on SQLite and PostgreSQL alike."""

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earshot.model import Author, Level, Mention, Score
from earshot.store import Store, alerts, listing, mentions, notices
from earshot.store.alerts import Alert

PATIENT = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=40)


def alert(story: int, raised_at: int, **values: object) -> Alert:
    row = Alert(0, "Acme", story, 1, 2, "risk", raised_at, raised_at, None, 66.0)
    return row._replace(**values)


def paged(store: Store, size: int, **asked: object) -> list[Alert]:
    """All pages, one after the other."""
    found: list[Alert] = []
    place = listing.FIRST
    with store.read() as connection:
        while page := listing.alerts_after(connection, place, size, **({"brands": ["Acme"]} | asked)):  # type: ignore[arg-type]
            found += page
            place = listing.Place(page[-1].raised_at, page[-1].id)
    return found


@PATIENT
@given(st.lists(st.integers(0, 5), max_size=12), st.integers(1, 4))
def test_pages_hold_every_alert_once_the_last_raised_first(store: Store, times: list[int], size: int) -> None:
    with store.begin() as connection:
        connection.exec_driver_sql("delete from alerts")
        kept = [alerts.add(connection, alert(no, at)) for no, at in enumerate(times)]
    found = paged(store, size)
    assert found == sorted(kept, key=lambda a: (a.raised_at, a.id), reverse=True)


def test_what_is_asked_for(store: Store) -> None:
    with store.begin() as connection:
        alerts.add(connection, alert(1, 1, level=1))
        alerts.add(connection, alert(2, 2, resolved_at=5, level=3))
        alerts.add(connection, alert(3, 3, brand="Baldo"))
        alerts.add(connection, alert(4, 4, resolved_at=5))
        alerts.add(connection, alert(4, 6, episode=2))
    assert [a.story for a in paged(store, 9)] == [4, 4, 2, 1]
    assert [a.story for a in paged(store, 9, is_open=True)] == [4, 1]
    assert [a.story for a in paged(store, 9, is_open=False)] == [4, 2]
    assert [a.story for a in paged(store, 9, level=Level.critical)] == [2]
    assert [a.episode for a in paged(store, 9, once_a_story=True)] == [2, 1, 1]
    assert [a.story for a in paged(store, 9, once_a_story=True, is_open=False)] == [2]
    assert [a.story for a in paged(store, 9, brands=["Acme", "Baldo"], level=Level.warning)] == [4, 4, 3, 2]
    with store.read() as connection:
        assert listing.open_levels(connection, ["Acme"]) == {Level.watch: 1, Level.warning: 1}


def test_what_is_over_since_a_moment(store: Store) -> None:
    with store.begin() as connection:
        for story, over in ((1, 5), (2, 9), (3, 4), (4, None)):
            alerts.add(connection, alert(story, 1, resolved_at=over))
        alerts.add(connection, alert(6, 1, resolved_at=8, brand="Other"))
        found = alerts.over_since(connection, ["Acme"], 5, 10)
        assert [each.story for each in found] == [2, 1]
        assert alerts.over_since(connection, ["Acme"], 5, 1) == found[:1]


def test_who_was_told(store: Store) -> None:
    with store.begin() as connection:
        first, second = (alerts.add(connection, alert(no, no)) for no in (1, 2))
        notices.add(
            connection,
            [
                notices.New(f"n{no}", row.id, to, 7, "{}")
                for no, (row, to) in enumerate([(first, "log"), (first, "pr")])
            ],
        )
        told = {row.receiver: row.id for row in notices.of_alert(connection, first.id)}
        notices.mark_sending(connection, told["pr"])
        notices.mark_sent(connection, told["pr"], 9)
        found = listing.told(connection, [first.id, second.id])
    assert [(t.receiver, t.state, t.sent_at, t.attempts) for t in found[first.id]] == [
        ("log", "due", None, 0),
        ("pr", "sent", 9, 1),
    ]
    assert second.id not in found


def test_a_mention_is_found_by_its_id_and_nothing_like_it(store: Store) -> None:
    said = [f"x:{n}" for n in ("1", "10", 'a"b\\c', "%", "è")]
    with store.begin() as connection:
        mentions.add(connection, [row(n, mention) for n, mention in enumerate(said, 5)])
        found = listing.places_of(connection, [*said, "x:", "x:2", "X:1"])
    assert found == {mention: (4, n) for n, mention in enumerate(said, 5)}


def row(n: int, mention: str) -> mentions.Row:
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    kept = Mention(id=mention, brand="Acme", author=Author(id="1"), created_at=at, collected_at=at)
    score = mentions.encode(Score(language="it"))
    return mentions.Row(n, 4, 0, 0, 0, 0, None, None, None, False, "new", mentions.encode(kept), score)
