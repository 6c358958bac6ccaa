"""A real PostgreSQL: a cluster of its own in a temporary folder, or the one that EARSHOT_TEST_POSTGRES names."""

import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from servers.daemon import Daemon, Missing, free_port
from sqlalchemy import make_url

_OLDEST = 15
_USER = "earshot"
_INSTALL = (
    "no PostgreSQL 15 or newer: run `make servers` (Debian: apt-get install postgresql),"
    " or set EARSHOT_TEST_POSTGRES to the URL of one"
)


class PostgresServer:
    """Makes databases; `stop` and `start` keep them and the port."""

    def __init__(self, url: str, daemon: Daemon | None) -> None:
        self.url, self._daemon = url, daemon

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"earshot_test_{secrets.token_hex(6)}"
        with self._connection() as connection:
            connection.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Also where somebody is still connected."""
        name = make_url(url).database or ""
        with self._connection() as connection:
            connection.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )

    def start(self) -> None:
        self._ours().start(self._is_up)

    def stop(self, *, immediate: bool = False) -> None:
        """Fast: connections are cut, work is saved; immediate: as if it were killed."""
        self._ours().stop(signal.SIGQUIT if immediate else signal.SIGINT)

    def restart(self, *, immediate: bool = False) -> None:
        self.stop(immediate=immediate)
        self.start()

    def _ours(self) -> Daemon:
        if self._daemon is None:
            pytest.skip("EARSHOT_TEST_POSTGRES names a server that no test may stop")
        return self._daemon

    def _connection(self) -> psycopg.Connection:
        return psycopg.connect(self.url, autocommit=True, connect_timeout=10)

    def _is_up(self) -> bool:
        try:
            self._connection().close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    """Raises `Missing`."""
    if url := os.environ.get("EARSHOT_TEST_POSTGRES"):
        yield PostgresServer(url, None)
        return
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="earshot-postgres-", ignore_cleanup_errors=True) as folder:
        server = _prepared(programs, Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _prepared(programs: Path, folder: Path) -> PostgresServer:
    user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
    password, port, data = secrets.token_urlsafe(24), free_port(), folder / "data"
    password_file = folder / "password"
    password_file.write_text(password)
    if user:
        shutil.chown(folder, user)
        shutil.chown(password_file, user)
    subprocess.run(
        [programs / "initdb", "--pgdata", data, "--username", _USER, "--pwfile", password_file,
         "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"],
        check=True, capture_output=True, user=user, group=user, cwd=folder, timeout=60,
    )  # fmt: skip
    settings = {
        "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "",
        "fsync": "off",  # a test kills the server, never the machine
        "shared_buffers": "64MB",
    }  # fmt: skip
    flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", str(data), *flags]
    daemon = Daemon("PostgreSQL", command, folder / "log", user=user)
    return PostgresServer(f"postgresql://{_USER}:{password}@127.0.0.1:{port}/postgres", daemon)


def _programs() -> Path:
    """The folder of the newest `initdb` and `postgres`."""
    folders = [found.parent for found in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    versions = {_version(folder): folder for folder in folders}
    if max(versions, default=0) < _OLDEST:
        raise Missing(_INSTALL)
    return versions[max(versions)]


def _version(programs: Path) -> int:
    told = subprocess.run(
        [programs / "initdb", "--version"], check=True, capture_output=True, text=True
    ).stdout
    found = re.search(r"(\d+)", told)
    return int(found[1]) if found else 0
