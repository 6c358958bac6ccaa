"""A store: one transaction at a time that writes, any number that read, each whole or not at all."""

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, Engine

from earshot.errors import Refused, Unavailable
from earshot.store.migrate import HEAD, migrate, revision
from earshot.store.sqlite import Sqlite

_WHO = "run this as the user that Earshot runs as"


class Database(Protocol):
    """What is particular to SQLite or to PostgreSQL: how it is opened, and what its faults mean."""

    writer: Engine
    reader: Engine

    @property
    def name(self) -> str:
        """For messages: where it is, without the password."""

    @property
    def path(self) -> Path | None:
        """Its file, where it is one."""

    def faults(self) -> AbstractContextManager[None]:
        """Turns what is wrong with the database into `Unavailable`; what the data is to blame for passes."""


class Store:
    """Mentions, stories, alerts and what keeps them exact, in a SQLite file or a PostgreSQL database.

    One thread of a process at a time writes (`begin`), any number read (`read`), over connections of their
    own; neither waits for the other. Writers in several processes meet at the rows that they both change.
    """

    def __init__(self, at: Path | URL, *, as_it_is: bool = False) -> None:
        """Open it, made (SQLite) and migrated if need be; `as_it_is`: neither, so that reading writes nothing.

        Raises:
            Refused: a newer Earshot has migrated it; as it is: it is not of this version, or there is none.
            Unavailable: that cannot be done.
        """
        self._database = _database(at, made=not as_it_is)
        self.name, self.path = self._database.name, self._database.path
        self._writing = threading.Lock()
        with _disposed_on_failure(self._database), self._database.faults():
            if as_it_is:
                _require_ours(self._database)
            else:
                migrate(self._database.writer)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises.

        Raises:
            Unavailable: it is locked, cannot be reached or cannot be written now; nothing was stored, or, where
                the connection broke in the very commit, all of it.
        """
        database = self._database
        with self._writing, database.faults(), database.writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only connection that sees everything committed before its first question, and nothing later."""
        with self._database.faults(), self._database.reader.connect() as connection:
            yield connection

    def close(self) -> None:
        with self._writing:
            _dispose(self._database)


def named(at: Path | URL) -> str:
    """Where a store is, for messages: a path, or a database and its server; never the password."""
    if isinstance(at, Path) or at.get_backend_name() == "sqlite":
        return str(_path(at))
    from earshot.store.postgres import named as named_there  # noqa: PLC0415 - see _database

    return named_there(at)


def exists(at: Path | URL) -> bool:
    """Whether there is a store already that `Store` would open. Raises `Unavailable` where nobody can tell."""
    if isinstance(at, Path) or at.get_backend_name() == "sqlite":
        return _is_there(_path(at))
    database = _database(at, made=False)
    try:
        with database.faults():
            return revision(database.reader) is not None
    finally:
        _dispose(database)


def _is_there(path: Path) -> bool:
    try:
        there = path.exists()
    except OSError as error:
        raise Unavailable(f"{path}: cannot be looked for: {error.strerror}; {_WHO}") from error
    if there and not os.access(path, os.R_OK):
        raise Unavailable(f"{path}: may not be read by this user; {_WHO}")
    return there


def _require_ours(database: Database) -> None:
    """Raises `Refused` where the schema is not that of this version, or there is none."""
    found = revision(database.reader)
    if found is None:
        raise Refused(f"{database.name}: there is no database of Earshot's; earshot run makes one")
    if found < HEAD:
        raise Refused(
            f"{database.name}: is at revision {found} of an older Earshot, this one reads {HEAD}. Use the"
            " earshot that runs on it, or stop that one and start this one: earshot run brings it forward"
        )
    if found > HEAD:
        raise Refused(
            f"{database.name}: is at revision {found} of a newer Earshot, this one reads {HEAD}:"
            " upgrade this one, or use the earshot that runs on it"
        )


def _database(at: Path | URL, *, made: bool) -> Database:
    if isinstance(at, Path) or at.get_backend_name() == "sqlite":
        return Sqlite(_path(at), made=made)
    from earshot.store.postgres import Postgres  # noqa: PLC0415 - psycopg's 50 ms are spared who has a file

    return Postgres(at)


@contextmanager
def _disposed_on_failure(database: Database) -> Iterator[None]:
    try:
        yield
    except BaseException:
        _dispose(database)
        raise


def _dispose(database: Database) -> None:
    database.reader.dispose()
    database.writer.dispose()


def _path(at: Path | URL) -> Path:
    return at if isinstance(at, Path) else Path(at.database or "")
