import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event

import earshot.store
from earshot.errors import Refused
from earshot.store import Store, alerts, authors, dead, ledger, mentions, notices, stories
from earshot.store.migrate import HEAD, migrate, revision
from earshot.store.schema import METADATA


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = create_engine(f"sqlite:///{tmp_path}/earshot.db")
    yield made
    made.dispose()


def test_all_migrations_together_are_the_schema(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_conditions_of_partial_indexes_are_the_schemas_too(engine: Engine, tmp_path: Path) -> None:
    """Alembic does not compare them."""
    migrate(engine)
    other = create_engine(f"sqlite:///{tmp_path}/made.db")
    METADATA.create_all(other)
    assert indexes(engine) == indexes(other)
    other.dispose()


def indexes(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        found = connection.exec_driver_sql(
            "select name, sql from sqlite_master where type = 'index' and sql > ''"
        )
        return {name: " ".join(sql.lower().split()) for name, sql in found}


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


def test_the_first_start_of_several_processes(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(Store, [tmp_path / "earshot.db"] * 4))
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
SCAN = re.compile(r"^SCAN (?!json_each|CONSTANT ROW)(?!.* USING (COVERING )?INDEX)")
SORTS = {"notices.due"}  # by id within the same time: a few rows


@pytest.mark.parametrize("name", HOT)
def test_hot_queries_look_up_what_they_want(tmp_path: Path, name: str) -> None:
    """In the number of rows that they return, not of those that there are."""
    store = Store(tmp_path / "earshot.db")
    with store.begin() as connection:
        plan = planned(connection, HOT[name])
    store.close()
    assert plan
    assert [step for step in plan if SCAN.match(step)] == []
    assert name in SORTS or [step for step in plan if "TEMP B-TREE" in step] == []


def planned(connection: Connection, query: Callable[[Connection], Any]) -> list[str]:
    """The steps of the plans of all statements that a query consists of."""
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        asked.append((statement, parameters[0] if many else parameters))

    event.listen(connection, "before_cursor_execute", note)
    query(connection)
    event.remove(connection, "before_cursor_execute", note)
    return [
        row[3]
        for statement, parameters in asked
        for row in connection.exec_driver_sql(f"explain query plan {statement}", parameters)
    ]
