"""The store in a PostgreSQL database, through psycopg 3: opened, spoken to and its faults told apart."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from typing import Any

import psycopg
from psycopg import IsolationLevel
from sqlalchemy import (
    URL,
    BigInteger,
    Boolean,
    Connection,
    Engine,
    Float,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    create_engine,
    event,
)
from sqlalchemy.exc import DBAPIError, TimeoutError  # noqa: A004 - its pool's, which is an outage like others

from earshot.errors import Unavailable

_OLDEST = 15
_READERS = 4
_CALM = {  # what the address does not say otherwise
    "application_name": "earshot",
    "connect_timeout": "10",
    "keepalives_idle": "30",  # a server that vanished without a word is noticed within a minute
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
_HUNG, _PATIENCE = 10_000, 15_000  # ms: of a session that hangs, and of one that waits for its rows
_END_HUNG = """
    select pg_terminate_backend(a.pid) from pg_stat_activity a
    where a.datname = current_database() and a.usename = current_user and a.pid <> pg_backend_pid()
    and a.state = 'active' and a.wait_event = 'ClientRead'
    and a.state_change < clock_timestamp() - make_interval(secs => ?::float8 / 1000)
    and exists (select from pg_locks l where l.pid = a.pid and l.relation = 'brands'::regclass
    and l.mode = 'RowExclusiveLock')
"""
"""Of a process that hangs in the midst of a COPY: no timeout of the server's ends that, so who waits for its rows does."""
_LOCKED = "55P03"
_TO_BLAME = ("22", "23", "54")
"""Classes of errors that the same data would raise again: it is out of range, breaks a rule, is too large."""
_HINTS = (
    ("password authentication failed", "check the user in store.url, and store.password"),
    ("no password supplied", "give store.password, or set EARSHOT_STORE__PASSWORD_FILE"),
    ("no pg_hba.conf entry", "let this host and user in, in the server's pg_hba.conf"),
    ("does not exist", "create it on the server, or name another in store.url"),
    ("resolve host", "check the host in store.url"),
    ("too many", "raise the server's max_connections, or run fewer processes"),
)
_TYPES: dict[type, str] = {
    BigInteger: "int8",
    Boolean: "bool",
    Float: "float8",
    Integer: "int4",
    LargeBinary: "bytea",
    SmallInteger: "int2",
    Text: "text",
}
_ASK = "is the server running there, and does it let this host in?"


class Postgres:
    """`earshot.store.engine.Database`."""

    path = None

    def __init__(self, url: URL) -> None:
        """Raises `Unavailable` where there is no such database, or none that can be used."""
        self.name = named(url)
        self.writer = _engine(url, read_only=False)
        self.reader = _engine(url, read_only=True)
        self._knock()

    @contextmanager
    def faults(self) -> Iterator[None]:
        """What the data is not to blame for is worth trying again, and nothing of it is ever parked."""
        try:
            yield
        except DBAPIError as error:
            if _of_the_data(error.orig):
                raise
            if getattr(error.orig, "sqlstate", None) == _LOCKED:
                self._end_hung()
            raise Unavailable(f"{self.name}: {_first_line(error.orig)}") from error
        except psycopg.Error as error:
            raise Unavailable(f"{self.name}: {_first_line(error)}") from error
        except TimeoutError as error:
            raise Unavailable(f"{self.name}: all {2 * _READERS} connections that read are taken") from error

    def _end_hung(self) -> None:
        """Where that cannot be done now, the next try finds the rows locked still, and does it."""
        with suppress(DBAPIError, TimeoutError), self.reader.connect() as connection:
            connection.exec_driver_sql(_END_HUNG, (_HUNG,))

    def _knock(self) -> None:
        try:
            with self.reader.connect() as connection:
                fault = _unfit(connection)
        except DBAPIError as error:
            said = _first_line(error.orig)
            hint = next((hint for sign, hint in _HINTS if sign in said), _ASK)
            raise Unavailable(f"{self.name} cannot be opened: {said}; {hint}") from error
        if fault:
            self.reader.dispose()
            raise Unavailable(f"{self.name} {fault}")


def named(url: URL) -> str:
    """For messages: without the password, wherever it stands."""
    return URL.create(
        "postgresql", url.username, host=url.host, port=url.port or 5432, database=url.database
    ).render_as_string()


def copy(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Append rows as one stream, in the order of the table's columns."""
    statement = f"copy {table.name} from stdin (format binary)"
    with _cursor(connection, statement) as cursor, cursor.copy(statement) as stream:
        stream.set_types(_types(table, table.columns.keys()))
        for row in rows:
            stream.write_row(row)


def change(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    by: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> int:
    """Set `columns` where the columns in `by` are as given; a row holds the values of both, in that order."""
    statement = _changing(table, tuple(columns), tuple(by))
    with _cursor(connection, statement) as cursor:
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
        return cursor.rowcount


@lru_cache
def _changing(table: Table, columns: tuple[str, ...], by: tuple[str, ...]) -> str:
    """One statement for all rows, its arrays in binary: half the time of a pipeline of statements."""
    arrays = ", ".join(f"%b::{kind}[]" for kind in _types(table, (*columns, *by)))
    names = [*(f"new_{column}" for column in columns), *(f"old_{column}" for column in by)]
    return (
        f"update {table.name} set {', '.join(f'{column} = new_{column}' for column in columns)}"
        f" from unnest({arrays}) as given ({', '.join(names)})"
        f" where {' and '.join(f'{table.name}.{column} = old_{column}' for column in by)}"
    )


def _types(table: Table, columns: Iterable[str]) -> list[str]:
    return [_TYPES[type(table.columns[column].type)] for column in columns]


@contextmanager
def _cursor(connection: Connection, statement: str) -> Iterator[psycopg.Cursor]:
    """One of psycopg's own, for what SQLAlchemy cannot say; its faults look as if SQLAlchemy had seen them."""
    cursor: psycopg.Cursor = connection.connection.cursor()  # type: ignore[assignment]  # psycopg's, see _engine
    try:
        yield cursor
    except psycopg.Error as error:
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, hide_parameters=True, dialect=connection.dialect
        ) from error
    finally:
        cursor.close()


@lru_cache(maxsize=512)
def translated(statement: str) -> str:
    """Ours (`?`, lists as JSON) into psycopg's; what is quoted is left alone, but for its percent signs."""
    listed = statement.replace("in (select value from json_each(?))", "= any(?)")
    return _SIGNS.sub(lambda sign: {"?": "%s"}.get(sign[0], sign[0].replace("%", "%%")), listed)


_SIGNS = re.compile(r"'[^']*'|\"[^\"]*\"|\?|%")


def _engine(url: URL, *, read_only: bool) -> Engine:
    given = {**_CALM, **url.query}
    engine = create_engine(
        url.set(drivername="postgresql+psycopg", query=given),
        client_encoding="utf8",
        pool_pre_ping=True,
        pool_size=_READERS if read_only else 1,
        max_overflow=_READERS if read_only else 0,
        hide_parameters=True,
    )
    event.listen(engine, "connect", partial(_tune, read_only=read_only))
    event.listen(engine, "before_cursor_execute", _translate, retval=True)
    return engine


def _tune(connection: psycopg.Connection, _record: Any, *, read_only: bool) -> None:
    """A reader sees one moment; a writer waits for the rows that it changes and then sees what became of them."""
    connection.isolation_level = (
        IsolationLevel.REPEATABLE_READ if read_only else IsolationLevel.READ_COMMITTED
    )
    connection.read_only = read_only or None  # a server may have reasons of its own to let nobody write
    if not read_only:
        # one that hangs between two statements would keep its rows from who took over
        connection.execute(f"set idle_in_transaction_session_timeout = {_HUNG}")
        connection.execute(f"set lock_timeout = {_PATIENCE}")
        connection.commit()


def _translate(
    _connection: Any, _cursor: Any, statement: str, parameters: Any, context: Any, _many: bool
) -> Any:
    """What SQLAlchemy has written itself (migrations) is psycopg's already."""
    return (statement if context and context.compiled else translated(statement)), parameters


def _unfit(connection: Connection) -> str | None:
    major = int((connection.dialect.server_version_info or (0,))[0])
    if major < _OLDEST:
        return f"is PostgreSQL {major}, Earshot needs {_OLDEST} or newer: upgrade the server"
    encoding = connection.exec_driver_sql("show server_encoding").scalar_one()
    if encoding != "UTF8":
        return f"is encoded in {encoding}, which cannot hold every text: create it with encoding 'UTF8'"
    return None


def _of_the_data(error: BaseException | None) -> bool:
    state = getattr(error, "sqlstate", None)
    if state:
        return str(state).startswith(_TO_BLAME)
    return isinstance(error, psycopg.DataError | psycopg.ProgrammingError | psycopg.NotSupportedError)


def _first_line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].removesuffix(".") if lines else type(error).__name__
