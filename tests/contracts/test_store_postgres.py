"""What only a server can do to a store: go away, refuse, lock, and let two processes write at once."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from servers.postgres_server import PostgresServer
from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import DataError, IntegrityError

import earshot.store.postgres
from earshot.errors import Stale, Unavailable
from earshot.model import Story
from earshot.store import Store, brands, dead, exists, ledger, mentions, named, positions, stories
from earshot.store.retention import _LOCK, purge

pytestmark = pytest.mark.postgres
FIRST = brands.number(1, 1)
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ROW = mentions.Row(FIRST, FIRST, 5, 3, 1, 10, None, None, 9_000, False, "new", "{}", "{}")
ENTRY = ledger.Entry(FIRST, 7, FIRST, 5, False, False, 5, 9, b"")


@pytest.fixture
def url(postgres_url: str) -> URL:
    return make_url(postgres_url)


@pytest.fixture
def store(url: URL) -> Iterator[Store]:
    with closing(Store(url)) as opened:
        yield opened


@pytest.fixture
def other(store: Store, url: URL) -> Iterator[Store]:
    """As another process has it."""
    with closing(Store(url)) as opened:
        yield opened


@pytest.fixture
def admin(postgres_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        yield connection


def names(store: Store) -> list[str]:
    with store.read() as connection:
        return [brand.name for brand in brands.every(connection)]


def story(number: int, **values: Any) -> Story:
    return Story(id=number, brand="Acme", first="x:1", opened_at=START, last_at=START, **values)


def begin_acme(store: Store) -> brands.Brand:
    with store.begin() as connection:
        return brands.create(connection, "Acme")


# --- two processes -----------------------------------------------------------------------------------------


@pytest.fixture
def aside() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


Blocked = Callable[[Callable[[Connection], Any]], Future[None]]


@pytest.fixture
def blocked(other: Store, aside: ThreadPoolExecutor, admin: psycopg.Connection) -> Blocked:
    """Begins `work` as another process would; returns as soon as that waits for a lock."""

    def write(work: Callable[[Connection], Any]) -> None:
        with other.begin() as connection:
            work(connection)

    def begin(work: Callable[[Connection], Any]) -> Future[None]:
        writing = aside.submit(write, work)
        while not waiting(admin) and not writing.done():
            pass
        assert not writing.done()
        return writing

    return begin


def waiting(admin: psycopg.Connection) -> int:
    found = admin.execute(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    ).fetchone()
    return found[0] if found else 0


def test_a_writer_that_lost_its_brand_leaves_nothing(store: Store, blocked: Blocked) -> None:
    """It was paused, its brand went to another process, and now it saves what it had worked out."""
    brand = begin_acme(store)

    def save(connection: Connection, content: int) -> None:
        brands.save(connection, brand._replace(seq=1))
        ledger.add(connection, [ENTRY._replace(content=content)])
        mentions.add(connection, [ROW])
        stories.save(connection, [story(FIRST, version=1)])
        positions.save(connection, "mentions", "processors", {0: content})

    with store.begin() as owner:
        save(owner, 1)
        zombie = blocked(lambda connection: save(connection, 2))
    with pytest.raises(Stale, match="brand Acme: another process writes it"):
        zombie.result(30)
    with store.read() as connection:
        assert ledger.get(connection, [FIRST])[FIRST].content == 1
        assert positions.load(connection, "mentions", "processors") == {0: 1}
        assert mentions.count(connection) == stories.count(connection) == 1


def test_a_writer_that_hangs_in_the_midst_of_a_copy_keeps_nobody_waiting(
    url: URL, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No timeout of the server's ends a session that waits for the rest of its rows."""
    monkeypatch.setattr(earshot.store.postgres, "_HUNG", 100)
    monkeypatch.setattr(earshot.store.postgres, "_PATIENCE", 400)
    with store.begin() as connection:
        brand = brands.create(connection, "Acme")
    with closing(Store(url)) as hung, closing(Store(url)) as other:

        def copy_for_ever() -> None:
            with hung.begin() as connection:
                brands.save(connection, brand._replace(seq=2))
                cursor = connection.connection.cursor()
                with cursor.copy("copy positions from stdin") as stream:  # type: ignore[attr-defined]
                    stream.write(b"half a row")
                    with pytest.raises(Unavailable, match="lock timeout"):
                        save(other, brand)
                    assert save(other, brand) == 1

        with pytest.raises(Unavailable):
            copy_for_ever()
    assert names(store) == ["Acme"]


def save(store: Store, brand: brands.Brand) -> int:
    with store.begin() as connection:
        return brands.save(connection, brand._replace(seq=9)).version


def test_a_writer_whose_rival_gave_up_goes_on(store: Store, blocked: Blocked) -> None:
    brand = begin_acme(store)
    with pytest.raises(KeyError), store.begin() as first:
        brands.save(first, brand._replace(seq=1))
        second = blocked(lambda connection: brands.save(connection, brand._replace(seq=2)))
        raise KeyError
    second.result(30)
    with store.read() as connection:
        assert brands.load(connection, "Acme") == brand._replace(seq=2, version=1)


@pytest.mark.parametrize("name", ["Acme", "Bolt"])
def test_a_brand_that_two_processes_begin_is_nobodys_fault(store: Store, blocked: Blocked, name: str) -> None:
    """Of the same name, or of the same number."""
    with store.begin() as first:
        brands.create(first, "Acme")
        second = blocked(lambda connection: brands.create(connection, name))
    with pytest.raises(Stale, match=f"brand {name}"):
        second.result(30)
    assert names(store) == ["Acme"]


def test_a_deadlock_is_worth_another_try(store: Store, other: Store) -> None:
    with store.begin() as connection:
        acme, bolt = brands.create(connection, "Acme"), brands.create(connection, "Bolt")
    met = threading.Barrier(2)

    def save(at: Store, one: brands.Brand, another: brands.Brand) -> bool:
        try:
            with at.begin() as connection:
                brands.save(connection, one)
                met.wait(10)
                brands.save(connection, another)
        except Unavailable as error:
            assert "deadlock detected" in str(error)
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        saved = list(pool.map(save, (store, other), (acme, bolt), (bolt, acme)))
    assert sorted(saved) == [False, True]


def test_a_missed_story_among_many_is_noticed(store: Store) -> None:
    with store.begin() as connection:
        stories.save(connection, [story(FIRST + n, version=1) for n in range(100)])
    with store.begin() as connection:
        stories.save(connection, [story(FIRST + n, version=2) for n in range(100)])
    with pytest.raises(Stale), store.begin() as connection:
        stories.save(connection, [story(FIRST + n, version=3 if n != 50 else 2) for n in range(100)])
    with store.read() as connection:
        assert {each.version for each in stories.load(connection, range(FIRST, FIRST + 100)).values()} == {2}


def test_one_process_purges_at_a_time(store: Store, other: Store) -> None:
    begin_acme(store)
    with store.begin() as connection:
        brand = brands.load(connection, "Acme")
        assert brand
        brands.save(connection, brand._replace(seq=1))
        ledger.add(connection, [ENTRY])
        mentions.add(connection, [ROW])
        stories.save(connection, [story(FIRST, version=1)])
    with other.begin() as connection:
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({_LOCK})")
        assert purge(store, 2**60) == 0
    assert purge(store, 2**60) == 1


# --- whose fault it is -------------------------------------------------------------------------------------


def test_what_no_database_takes_is_the_datas_fault(store: Store) -> None:
    begin_acme(store)
    with pytest.raises(DataError, match="0x00"), store.begin() as connection:
        mentions.add(connection, [ROW._replace(mention="a\0b")])
    with pytest.raises(DataError, match="NUL"), store.begin() as connection:
        positions.save_cursor(connection, "feed", "a\0b")
    with pytest.raises(IntegrityError, match="pk_heard"), store.begin() as connection:
        ledger.add(connection, [ENTRY, ENTRY])
    with pytest.raises(DataError, match="out of range"), store.begin() as connection:
        positions.save(connection, "mentions", "processors", {2**40: 1})
    assert names(store) == ["Acme"]


def test_what_is_refused_is_not_quoted(store: Store) -> None:
    """It would stand in the logs and in the dead letter's reason."""
    with pytest.raises(DataError) as raised, store.begin() as connection:
        positions.save_cursor(connection, "feed", "a secret\0")
    assert "a secret" not in str(raised.value)


def test_a_letter_may_give_any_reason(store: Store) -> None:
    with store.begin() as connection:
        dead.park(connection, 5, [("feed\0", "reads \0 or \ud800", b"\0")])
    with store.read() as connection:
        (letter,) = dead.page(connection)
    assert (letter.origin, letter.reason, letter.raw) == ("feed\\0", "reads \\0 or \\ud800", b"\0")


def test_a_missing_table_is_the_databases_fault(store: Store, admin: psycopg.Connection) -> None:
    admin.execute("alter table mentions rename to elsewhere")
    for work in (lambda c: mentions.add(c, [ROW]), lambda c: mentions.replace(c, [ROW])):
        with (
            pytest.raises(Unavailable, match='relation "mentions" does not exist'),
            store.begin() as connection,
        ):
            work(connection)
    admin.execute("alter table elsewhere rename to mentions")
    with store.begin() as connection:
        mentions.add(connection, [ROW])


def test_a_database_that_lets_nobody_write_is_worth_waiting_for(
    store: Store, url: URL, admin: psycopg.Connection
) -> None:
    """As after a fail-over to a standby."""
    admin.execute(f'alter database "{url.database}" set default_transaction_read_only = on')
    cut(admin)
    with pytest.raises(Unavailable, match="read-only transaction"):
        begin_acme(store)
    admin.execute(f'alter database "{url.database}" reset default_transaction_read_only')
    cut(admin)
    begin_acme(store)
    assert names(store) == ["Acme"]


# --- a server that goes away -------------------------------------------------------------------------------


def cut(admin: psycopg.Connection) -> None:
    """All connections to the database but this one."""
    admin.execute(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )


def test_connections_that_were_cut_are_made_again(store: Store, admin: psycopg.Connection) -> None:
    begin_acme(store)
    assert names(store) == ["Acme"]
    cut(admin)
    assert names(store) == ["Acme"]
    cut(admin)
    with store.begin() as connection:
        brands.create(connection, "Bolt")
    assert names(store) == ["Acme", "Bolt"]


@pytest.mark.parametrize(
    "work",
    [
        lambda connection: brands.create(connection, "Bolt"),
        lambda connection: mentions.add(connection, [ROW]),
        lambda connection: stories.save(connection, [story(FIRST, version=2)]),
        lambda connection: None,
    ],
    ids=["statement", "copy", "many", "commit"],
)
def test_a_transaction_that_is_cut_leaves_nothing(
    store: Store, admin: psycopg.Connection, work: Callable[[Connection], Any]
) -> None:
    with pytest.raises(Unavailable, match=r"^postgresql://"), store.begin() as connection:
        brands.create(connection, "Acme")
        cut(admin)
        work(connection)
    assert names(store) == []
    begin_acme(store)
    assert names(store) == ["Acme"]


def test_a_reading_that_is_cut(store: Store, admin: psycopg.Connection) -> None:
    with pytest.raises(Unavailable, match=r"terminat|closed"), store.read() as connection:
        brands.every(connection)
        cut(admin)
        brands.every(connection)
    assert names(store) == []


@pytest.mark.parametrize("immediate", [False, True])
def test_a_server_that_is_started_again(
    store: Store, postgres_server: PostgresServer, immediate: bool
) -> None:
    begin_acme(store)
    assert names(store) == ["Acme"]
    postgres_server.stop(immediate=immediate)
    try:
        with pytest.raises(Unavailable, match=r"^postgresql://"):
            names(store)
        with pytest.raises(Unavailable, match=r"^postgresql://"), store.begin():
            pass
    finally:
        postgres_server.start()
    assert names(store) == ["Acme"]
    with store.begin() as connection:
        brands.create(connection, "Bolt")
    assert names(store) == ["Acme", "Bolt"]


# --- opening -----------------------------------------------------------------------------------------------


@pytest.fixture
def guest(url: URL, admin: psycopg.Connection) -> Iterator[URL]:
    """A login without any rights, and its right password."""
    name = f"guest_{url.database}"
    admin.execute(f"create role \"{name}\" login password 'geheim' connection limit 2")
    yield url.set(username=name, password="geheim")
    cut(admin)
    admin.execute(f'drop owned by "{name}"')
    admin.execute(f'drop role "{name}"')


def refused(at: URL) -> str:
    """What is said, in one line, without the password."""
    with pytest.raises(Unavailable) as raised:
        Store(at)
    said = str(raised.value)
    assert said.startswith(f"postgresql://{at.username}@{at.host}:{at.port or 5432}/{at.database}")
    assert "geheim" not in said
    assert len(said.splitlines()) == 1
    return said


def test_a_database_that_is_not_there(guest: URL) -> None:
    assert 'database "none" does not exist; create it on the server' in refused(guest.set(database="none"))


def test_a_wrong_password(guest: URL) -> None:
    if not make_url(guest).password:
        pytest.skip("this server asks for none")
    assert "password authentication failed" in (said := refused(guest.set(password="geheimer")))
    assert said.endswith("check the user in store.url, and store.password")


def test_a_server_that_is_not_there(url: URL) -> None:
    assert "is the server running there" in refused(url.set(port=1, password="geheim"))
    assert "check the host in store.url" in refused(url.set(host="nowhere.invalid", password="geheim"))


def test_a_user_without_rights(guest: URL) -> None:
    assert "permission denied" in refused(guest)


def test_a_user_without_connections(guest: URL) -> None:
    at = guest.render_as_string(hide_password=False)
    with psycopg.connect(at), psycopg.connect(at):
        assert "too many connections" in (said := refused(guest))
        assert said.endswith("raise the server's max_connections, or run fewer processes")


def test_a_server_that_is_too_old(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earshot.store.postgres, "_OLDEST", 99)
    assert "Earshot needs 99 or newer: upgrade the server" in refused(url)


def test_a_database_that_cannot_hold_every_text(url: URL, admin: psycopg.Connection) -> None:
    name = f"{url.database}_latin"
    admin.execute(f"create database \"{name}\" template template0 encoding 'LATIN1' locale 'C'")
    try:
        assert "is encoded in LATIN1" in refused(url.set(database=name))
    finally:
        admin.execute(f'drop database "{name}" with (force)')


def test_what_the_address_says_wins(url: URL, admin: psycopg.Connection) -> None:
    at = url.set(query={"application_name": "desk"})
    assert named(at) == f"postgresql://{url.username}@{url.host}:{url.port}/{url.database}"
    with closing(Store(at)) as store, store.read() as connection:
        assert connection.exec_driver_sql("show application_name").scalar() == "desk"
    with closing(Store(url)) as store, store.read() as connection:
        assert connection.exec_driver_sql("show application_name").scalar() == "earshot"


def test_whether_there_is_a_store(url: URL) -> None:
    assert not exists(url)
    assert not exists(url)
    Store(url).close()
    assert exists(url)
    with pytest.raises(Unavailable):
        exists(url.set(port=1))


def test_readers_are_many(store: Store) -> None:
    """More than there are connections: they wait for each other."""
    begin_acme(store)
    with ThreadPoolExecutor(24) as pool:
        assert list(pool.map(lambda _: names(store), range(200))) == [["Acme"]] * 200
