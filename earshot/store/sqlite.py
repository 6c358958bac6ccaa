"""The store in a SQLite file: one connection that writes, read-only ones that read. WAL keeps them apart."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError
from sqlalchemy.pool import QueuePool, StaticPool

from earshot.errors import Unavailable
from earshot.folders import make_private

_CACHE_KIB = 16 * 1024
_PATIENCE = 30  # s that a statement waits for another process's
_CHECKPOINT_PAGES = 4_000  # 16 MB of log between checkpoints: a page changed often is written back once


class Sqlite:
    """`earshot.store.engine.Database`. Nothing in its folder is written before the first transaction that writes."""

    def __init__(self, path: Path, *, made: bool) -> None:
        """`made`: with its file, where there is none. Raises `Unavailable`."""
        if made:
            make_private(path)
        self.name, self.path = str(path), path
        self.writer = _engine(path, read_only=False)
        self.reader = _engine(path, read_only=True)

    @contextmanager
    def faults(self) -> Iterator[None]:
        """What is wrong with the file is not the fault of the data: those errors are subclasses, and pass."""
        try:
            yield
        except DatabaseError as error:
            if type(error) not in {DatabaseError, OperationalError}:
                raise
            raise Unavailable(f"{self.name}: {error.orig or error}") from error
        except InterfaceError as error:
            raise Unavailable(f"{self.name}: {error.orig or error}") from error


def _engine(path: Path, *, read_only: bool) -> Engine:
    query = {"mode": "ro" if read_only else "rw", "uri": "true"}
    if read_only and _is_still(path):
        query["immutable"] = "1"
    engine = create_engine(
        URL.create("sqlite", database=f"file:{quote(str(path))}", query=query),
        poolclass=QueuePool if read_only else StaticPool,
        connect_args={"check_same_thread": False, "timeout": _PATIENCE, "cached_statements": 256},
        **({"pool_size": 8} if read_only else {}),
    )
    event.listen(engine, "connect", _tune_reader if read_only else _tune_writer)
    event.listen(engine, "begin", _begin_deferred if read_only else _begin_immediate)
    return engine


def _is_still(path: Path) -> bool:
    """Where we may not write, SQLite cannot make what readers and writers meet in: it is there, or nobody writes."""
    if os.access(path.parent, os.W_OK):
        return False
    return not any(path.with_name(path.name + beside).exists() for beside in ("-wal", "-shm"))


def _tune_writer(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    _turn_to_wal(connection)
    for pragma in (
        "synchronous=full",
        f"cache_size=-{_CACHE_KIB}",
        f"wal_autocheckpoint={_CHECKPOINT_PAGES}",
        "foreign_keys=on",
    ):
        connection.execute(f"pragma {pragma}")


def _turn_to_wal(connection: sqlite3.Connection) -> None:
    """Of several that open a new file at once one turns it; the others are refused instead of made to wait."""
    give_up = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("pragma journal_mode=wal")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.01)
        else:
            return


def _tune_reader(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("pragma query_only=on")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
