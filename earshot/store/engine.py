"""A store: one connection that writes, read-only ones that read, transactions that are whole or not at all."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError
from sqlalchemy.pool import QueuePool, StaticPool

from earshot.errors import Unavailable
from earshot.folders import make_folder_of
from earshot.store.migrate import migrate

_CACHE_KIB = 16 * 1024
_CHECKPOINT_PAGES = 4_000  # 16 MB of log between checkpoints: a page changed often is written back once


class Store:
    """Mentions, stories, alerts and what keeps them exact, in a SQLite file.

    One thread at a time writes (`begin`), any number read (`read`), each over its own connection; in WAL mode
    neither waits for the other.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, made and migrated if need be. Raises `Unavailable` where that cannot be done."""
        make_folder_of(path)
        self.path = path
        self._writing = threading.Lock()
        self._writer = _engine(path, read_only=False)
        self._reader = _engine(path, read_only=True)
        with _connection_faults(path):
            migrate(self._writer)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises.

        Raises:
            Unavailable: the file is locked or cannot be written now; nothing was stored.
        """
        with self._writing, _connection_faults(self.path), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only connection that sees everything committed so far."""
        with _connection_faults(self.path), self._reader.connect() as connection:
            yield connection

    def close(self) -> None:
        self._reader.dispose()
        with self._writing:
            self._writer.dispose()


@contextmanager
def _connection_faults(path: Path) -> Iterator[None]:
    """What is wrong with the file is not the fault of the data: those errors are subclasses, and pass."""
    try:
        yield
    except DatabaseError as error:
        if type(error) not in {DatabaseError, OperationalError}:
            raise
        raise Unavailable(f"{path}: {error.orig or error}") from error
    except InterfaceError as error:
        raise Unavailable(f"{path}: {error.orig or error}") from error


def _engine(path: Path, *, read_only: bool) -> Engine:
    mode = "ro" if read_only else "rwc"
    engine = create_engine(
        URL.create("sqlite", database=f"file:{quote(str(path))}", query={"mode": mode, "uri": "true"}),
        poolclass=QueuePool if read_only else StaticPool,
        connect_args={"check_same_thread": False, "timeout": 30, "cached_statements": 256},
        **({"pool_size": 8} if read_only else {}),
    )
    event.listen(engine, "connect", _tune_reader if read_only else _tune_writer)
    event.listen(engine, "begin", _begin_deferred if read_only else _begin_immediate)
    return engine


def _tune_writer(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=wal",
        "synchronous=full",
        f"cache_size=-{_CACHE_KIB}",
        f"wal_autocheckpoint={_CHECKPOINT_PAGES}",
        "foreign_keys=on",
    ):
        connection.execute(f"pragma {pragma}")


def _tune_reader(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("pragma query_only=on")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
