"""`earshot migrate-store` against a real PostgreSQL: everything arrives, and the service goes on from there."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cli_world import Earshot
from sqlalchemy import make_url

from earshot.bus.memory import MemoryBus
from earshot.bus.sqlite import SqliteBus
from earshot.clock import SetClock, SystemClock
from earshot.config import from_dict
from earshot.model import Author, Mention
from earshot.runtime import Context
from earshot.seams import Message
from earshot.store import Store, access, alerts, brands, dead, ledger, mentions, notices, positions, stories
from earshot.topics import MENTIONS, PROCESSORS, Event, Said, Withdrawn
from processors.pipeline import Pipeline

pytestmark = pytest.mark.postgres
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def said(number: int, minutes: float = 0, text: str = "", **values: Any) -> Said:
    heard = START + timedelta(minutes=minutes)
    given: dict[str, Any] = {
        "id": f"x:{number}",
        "brand": ("Acme", "Bolt")[number % 2],
        "author": Author(id=f"u{number}", followers=200),
        "created_at": heard,
        "collected_at": heard,
        "text": text or f"This is the worst and most horrible service number {number}",
    }
    return Said(mention=Mention(**(given | values)))


def hear(store: Store, *events: Event) -> None:
    clock = SetClock(START)
    bus = MemoryBus(clock)
    pipeline = Pipeline(Context(from_dict({}), clock, bus, store, live=False))
    bus.publish(MENTIONS.name, [Message("", MENTIONS.encode(event)) for event in events])
    while pipeline.step():
        pass


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An embedded store with a little of everything."""
    with closing(Store(tmp_path / "data" / "earshot.db")) as store:
        hear(store, *(said(n, n / 100) for n in range(700)))
        hear(
            store,
            said(3, 9, "I take it back", edited_at=START),
            Withdrawn(id="x:4", brand="Acme", collected_at=START),
        )
        with store.begin() as connection:
            alert = alerts.add(connection, alerts.Alert(0, "Acme", 1, 1, 2, "risk", 5, 5, None, 61.5))
            notices.add(connection, [notices.New("a/1", alert.id, "desk", 5, "{}")])
            dead.park(connection, 5, [("feed", "no id", b"\x00\xff")])
            positions.save_cursor(connection, "feed", "perché")
    return tmp_path / "data"


def everything(store: Store) -> list[Any]:
    """All that the nouns read back."""
    with store.read() as connection:
        rows = brands.every(connection)
        told = [s for row in rows for s in stories.newest(connection, brands.numbers(row.no), 10_000)]
        said_in = [mentions.of_story(connection, story.id) for story in told]
        heard = [list(ledger.scan(connection, *brands.numbers(row.no))) for row in rows]
        called = alerts.page(connection)
        letters, cursor = dead.page(connection), positions.cursor(connection, "feed")
        sent = [notices.of_alert(connection, alert.id) for alert in called]
        return [rows, told, said_in, heard, called, sent, letters, cursor]


def test_everything_arrives_and_the_service_goes_on(
    earshot: Earshot, folder: Path, postgres_url: str, tmp_path: Path
) -> None:
    url = make_url(postgres_url)
    (tmp_path / "password").write_text(f"{url.password or 'none'}\n")
    bare = url.set(password="wrong").render_as_string(hide_password=False)
    ran = earshot("migrate-store", "--to", bare, "--password-file", "password", "--data-dir", folder)
    assert (ran.status, ran.errors.strip()) == (0, "")
    assert "│ mentions      │  700 │" in ran.out
    assert f'[store]\nurl = "postgresql://{url.username}@{url.host}:{url.port}/{url.database}"' in ran.out
    assert (url.password or "wrong") not in ran.out
    with closing(Store(folder / "earshot.db")) as old, closing(Store(url)) as new:
        assert everything(old) == everything(new)
        with new.read() as connection:
            assert positions.load(connection, MENTIONS.name, PROCESSORS) == {}
        later = said(4, 20), said(5, 20), said(900, 20, parent="x:6", kind="reply"), said(901, 20)
        for store in (old, new):
            hear(store, *later)
            with store.begin() as connection:
                alert = alerts.add(connection, alerts.Alert(0, "Bolt", 2, 1, 2, "risk", 6, 6, None, 50))
                notices.add(connection, [notices.New("b/1", alert.id, "desk", 5, "{}")])
                dead.park(connection, 6, [("feed", "no id", b"b")])
        assert everything(old) == everything(new)


def test_an_empty_one_too(earshot: Earshot, tmp_path: Path, postgres_url: str) -> None:
    Store(tmp_path / "data" / "earshot.db").close()
    assert earshot("migrate-store", "--to", postgres_url).status == 0
    with closing(Store(make_url(postgres_url))) as store, store.begin() as connection:
        assert alerts.add(connection, alerts.Alert(0, "Bolt", 2, 1, 2, "risk", 6, 6, None, 50)).id == 1


def test_a_console_that_has_begun_there_keeps_its_own_password(
    earshot: Earshot, folder: Path, postgres_url: str
) -> None:
    with closing(Store(make_url(postgres_url))) as store:
        with store.begin() as connection:
            access.keep_first(connection, "password", "its own")
        assert earshot("migrate-store", "--to", postgres_url, "--data-dir", folder).status == 0
        with store.read() as connection:
            assert (access.get(connection, "password"), mentions.count(connection)) == ("its own", 700)


def test_a_database_that_holds_something_is_left_alone(
    earshot: Earshot, folder: Path, postgres_url: str
) -> None:
    with closing(Store(make_url(postgres_url))) as store:
        with store.begin() as connection:
            positions.save(connection, "mentions", "processors", {0: 1})
        ran = earshot("migrate-store", "--to", postgres_url, "--data-dir", folder)
        assert ran.status == 1
        assert "holds rows already (positions); nothing was copied: name an empty database" in ran.errors
        with store.read() as connection:
            assert mentions.count(connection) == 0


def test_what_waits_must_be_done_first(earshot: Earshot, folder: Path, postgres_url: str) -> None:
    with closing(SqliteBus(folder / "bus.db", SystemClock())) as bus:
        bus.publish("mentions", [Message("Acme", b"1")])
        ran = earshot("migrate-store", "--to", postgres_url, "--data-dir", folder)
        assert ran.status == 1
        assert "1 message of mentions not read by processors yet; nothing was copied" in ran.errors
        assert f"\n  earshot run processors alerts --data-dir {folder}\n" in ran.errors
        subscription = bus.subscribe("mentions", "processors")
        batch = subscription.poll(5)
        assert batch
        subscription.commit(batch)
    assert earshot("migrate-store", "--to", postgres_url, "--data-dir", folder).status == 0


@pytest.mark.parametrize(
    ("to", "fault"),
    [
        ("sqlite:///x.db", "--to: must be postgresql://user@host:port/name"),
        ("postgresql://db", "--to: must be postgresql://user@host:port/name"),
        ("postgresql://db:port/x", "--to: cannot be read as an address"),
        ("postgresql://u:geheim@127.0.0.1:1/x", "postgresql://u@127.0.0.1:1/x cannot be opened"),
    ],
)
def test_where_to_is_told(earshot: Earshot, folder: Path, to: str, fault: str) -> None:
    ran = earshot("migrate-store", "--to", to, "--data-dir", folder)
    assert ran.status == 1
    assert ran.errors.startswith(f"earshot: {fault}")
    assert "geheim" not in ran.errors


def test_what_is_to_be_copied_must_be_there(earshot: Earshot, tmp_path: Path) -> None:
    ran = earshot("migrate-store", "--to", "postgresql://db/x")
    assert "data/earshot.db: there is no database to copy; --data-dir names its folder" in ran.errors
    (tmp_path / "earshot.toml").write_text("[store]\nurl = 'postgresql://db/x'\n")
    ran = earshot("migrate-store", "--to", "postgresql://db/x")
    assert (
        "store.url names PostgreSQL already: name the embedded database's folder with --data-dir"
        in ran.errors
    )
    ran = earshot("migrate-store", "--to", "postgresql://db/x", "--password-file", "no", "--data-dir", "d")
    assert "there is no database to copy" in ran.errors


def test_a_password_file_that_is_not_there(earshot: Earshot, folder: Path) -> None:
    ran = earshot("migrate-store", "--to", "postgresql://db/x", "--password-file", "no", "--data-dir", folder)
    assert ran.errors == "earshot: --password-file no: cannot be read: No such file or directory\n"


def test_nothing_arrives_where_something_is_wrong(earshot: Earshot, folder: Path, postgres_url: str) -> None:
    """A text with NUL, which SQLite took."""
    with closing(Store(folder / "earshot.db")) as store, store.begin() as connection:
        connection.exec_driver_sql("update notices set error = ?", ("a\0b",))
    ran = earshot("migrate-store", "--to", postgres_url, "--data-dir", folder)
    assert ran.status == 1
    assert "notices: " in ran.errors
    with closing(Store(make_url(postgres_url))) as store, store.read() as connection:
        assert mentions.count(connection) == 0
