import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url

import earshot.store
from earshot.errors import Refused
from earshot.model import Story
from earshot.store import Store, alerts, authors, dead, ledger, mentions, notices, stories
from earshot.store.migrate import HEAD, migrate, revision
from earshot.store.schema import METADATA

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """Where there is no database yet, or an empty one."""
    if request.param == "sqlite":
        return URL.create("sqlite", database=str(tmp_path / "earshot.db"))
    return make_url(request.getfixturevalue("postgres_url")).set(drivername="postgresql+psycopg")


@pytest.fixture
def engine(place: URL) -> Iterator[Engine]:
    made = create_engine(place)
    yield made
    made.dispose()


@pytest.fixture
def other(request: pytest.FixtureRequest, place: URL, tmp_path: Path) -> Iterator[Engine]:
    """A second database of the same kind."""
    server = request.getfixturevalue("postgres_server") if place.drivername != "sqlite" else None
    url = server.new_database() if server else f"sqlite:///{tmp_path}/made.db"
    made = create_engine(make_url(url).set(drivername=place.drivername))
    yield made
    made.dispose()
    if server:
        server.drop(url)


def test_all_migrations_together_are_the_schema(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_conditions_of_partial_indexes_are_the_schemas_too(engine: Engine, other: Engine) -> None:
    """Alembic compares neither them nor how full a page may be."""
    migrate(engine)
    METADATA.create_all(other)
    found = details(engine)
    assert found == details(other)
    assert "where open" in found["ix_stories_open"].replace("(open)", "open")


DETAILS = {
    "sqlite": ["select name, sql from sqlite_master where type = 'index' and sql > ''"],
    "postgresql": [
        "select indexname, indexdef from pg_indexes where schemaname = 'public' and indexname not like 'alembic%%'",
        "select relname, reloptions::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
    ],
}


def details(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        return {
            name: " ".join(sql.lower().split())
            for question in DETAILS[engine.dialect.name]
            for name, sql in connection.exec_driver_sql(question)
            if sql
        }


@pytest.mark.postgres
def test_rows_that_change_with_every_batch_have_room(postgres_url: str) -> None:
    """So their new version stays on the page and no index learns of it (HOT)."""
    store = Store(make_url(postgres_url))
    told = [
        Story(id=n, brand="Acme", first="x:1", opened_at=NOW, last_at=NOW, version=1) for n in range(1, 200)
    ]
    with store.begin() as connection:
        stories.save(connection, told)
    for version in range(2, 6):
        with store.begin() as connection:
            for story in told:
                story.version, story.last_at = version, NOW + timedelta(hours=version)
            stories.save(connection, told[::10])
        told = told[::10]
    with store.begin() as connection:
        connection.exec_driver_sql("select pg_stat_force_next_flush()")
        connection.exec_driver_sql("select 1")
    with store.read() as connection:
        updated, hot = connection.exec_driver_sql(
            "select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = 'stories'"
        ).one()
    store.close()
    assert updated == hot > 20


def test_head_is_the_newest_revision() -> None:
    config = Config()
    folder = Path(earshot.store.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "earshot.db"
    Store(path).close()
    before = path.read_bytes()
    Store(path).close()
    assert path.read_bytes() == before


def test_the_first_start_of_several_processes(place: URL) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(Store, [place] * 4))
    for store in opened:
        with store.begin() as connection:
            assert stories.count(connection) == 0
        store.close()


def test_a_database_of_a_newer_version_is_left_alone(engine: Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    with pytest.raises(
        Refused, match=f"revision 9999 of a newer Earshot, this one knows up to {HEAD}: upgrade"
    ):
        migrate(engine)
    assert revision(engine) == "9999"


# --- plans --------------------------------------------------------------------------------------------------

HOT: dict[str, Callable[[Connection], Any]] = {
    "ledger.get": lambda c: ledger.get(c, [1, 2]),
    "ledger.scan": lambda c: list(ledger.scan(c, 1, 2)),
    "mentions.get": lambda c: mentions.get(c, [1, 2]),
    "mentions.of_story": lambda c: mentions.of_story(c, 1),
    "mentions.newest_of_story": lambda c: mentions.newest_of_story(c, 1, 5),
    "mentions.heard_of_story": lambda c: mentions.heard_of_story(c, 1),
    "authors.get": lambda c: authors.get(c, [1, 2]),
    "stories.load": lambda c: stories.load(c, [1, 2]),
    "stories.open_of_brand": lambda c: stories.open_of_brand(c, "Acme"),
    "stories.brands_with_open": stories.brands_with_open,
    "stories.newest": lambda c: stories.newest(c, (1, 2), 5),
    "alerts.of_stories": lambda c: alerts.of_stories(c, [1, 2]),
    "notices.due": lambda c: notices.due(c, "desk", 5, 10),
    "notices.next_due": lambda c: notices.next_due(c, "desk"),
    "notices.known": lambda c: notices.known(c, ["a"]),
    "notices.waiting": lambda c: notices.waiting(c, "desk"),
    "notices.recover": lambda c: notices.recover(c, "desk"),
    "dead.park": lambda c: dead.park(c, 1, [("webhook", "no id", b"")]),
}
SCAN = re.compile(r"^SCAN (?!json_each|CONSTANT ROW)(?!.* USING (COVERING )?INDEX)|^.*Seq Scan on")
SORT = re.compile(r"TEMP B-TREE|^ *(-> *)?Sort")
SORTS = {"notices.due"}  # by id within the same time: a few rows


@pytest.mark.parametrize("name", HOT)
def test_hot_queries_look_up_what_they_want(place: URL, name: str) -> None:
    """In the number of rows that they return, not of those that there are."""
    store = Store(place)
    with store.begin() as connection:
        if connection.dialect.name == "postgresql":  # tables are empty: it would read them through
            connection.exec_driver_sql("set local enable_seqscan = off")
            connection.exec_driver_sql("set local enable_sort = off")
        plan = planned(connection, HOT[name])
    store.close()
    assert plan
    assert [step for step in plan if SCAN.match(step)] == []
    assert name in SORTS or [step for step in plan if SORT.search(step)] == []


def planned(connection: Connection, query: Callable[[Connection], Any]) -> list[str]:
    """The steps of the plans of all statements that a query consists of."""
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        asked.append((statement, parameters[0] if many else parameters))

    event.listen(connection, "before_cursor_execute", note)
    query(connection)
    event.remove(connection, "before_cursor_execute", note)
    explain = "explain" if connection.dialect.name == "postgresql" else "explain query plan"
    return [
        row[-1]
        for statement, parameters in asked
        for row in connection.exec_driver_sql(f"{explain} {statement}", parameters)
    ]


# --- as it is -------------------------------------------------------------------------------------------------


def test_as_it_is_a_store_is_read_and_written_where_it_is_of_this_version(place: URL, engine: Engine) -> None:
    migrate(engine)
    store = Store(place, as_it_is=True)
    with store.begin() as connection:
        dead.park(connection, 0, [("topic:mentions:0:1", "no reason", b"{")])
    with store.read() as connection:
        assert dead.count(connection) == 1
    store.close()


@pytest.mark.parametrize(("found", "said"), [("0001", "of an older Earshot"), ("9999", "of a newer Earshot")])
def test_as_it_is_another_versions_store_is_refused_and_not_migrated(
    place: URL, engine: Engine, found: str, said: str
) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"update alembic_version set version_num = '{found}'")
    with pytest.raises(Refused, match=f"is at revision {found} {said}"):
        Store(place, as_it_is=True)
    assert revision(engine) == found


def test_as_it_is_nothing_is_made(tmp_path: Path) -> None:
    (tmp_path / "earshot.db").touch()
    with pytest.raises(Refused, match="there is no database of Earshot's"):
        Store(tmp_path / "earshot.db", as_it_is=True)
    assert (tmp_path / "earshot.db").stat().st_size == 0
