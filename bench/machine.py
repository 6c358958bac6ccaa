"""What a bench needs of this machine: real servers, and the CPU time of any process (from /proc: Linux)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
_TICKS = os.sysconf("SC_CLK_TCK")
_PEERS = ROOT / ".servers" / "peers"  # git-ignored, and kept for the next run


class Servers(NamedTuple):
    """A broker and a database; a pid is None where a variable named a server that is not ours to look at."""

    kafka: tuple[str, ...]
    postgres: str
    """URL of an empty database."""
    broker: int | None
    database: int | None


class NotInstallable(Exception):  # noqa: N818
    """The message says what pip said."""


@contextmanager
def servers() -> Iterator[Servers]:
    """As the tests start them: one broker of 384 MB; PostgreSQL without fsync, 64 MB of shared buffers."""
    if str(ROOT / "tests") not in sys.path:
        sys.path.append(str(ROOT / "tests"))
    from servers.daemon import Missing
    from servers.kafka_server import kafka
    from servers.postgres_server import postgres

    try:
        with kafka() as broker, postgres() as database:
            url = database.new_database()
            yield Servers(broker.servers, url, _child("java"), _child("postgres"))
            database.drop(url)
    except Missing as missing:
        raise SystemExit(str(missing)) from None


@contextmanager
def another_database(found: Servers) -> Iterator[str]:
    """The URL of an empty database beside the first."""
    from servers.postgres_server import PostgresServer

    server = PostgresServer(found.postgres, None)
    url = server.new_database()
    yield url
    server.drop(url)


def python_with(name: str, *requirements: str) -> Path:
    """The interpreter of an environment with these alone, made where it is missing. Raises `NotInstallable`."""
    folder = _PEERS / name
    python, complete = folder / "bin" / "python", folder / "complete"
    if complete.exists() and complete.read_text() == "\n".join(requirements):
        return python
    commands: list[list[str | Path]] = [
        [sys.executable, "-m", "venv", "--clear", folder],
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements],
    ]
    for command in commands:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            raise NotInstallable(f"{name}: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")
    complete.write_text("\n".join(requirements))
    return python


def cpu(pid: int) -> float:
    """Seconds of CPU that a process and all that it started have used, whether they still run or not."""
    found = _stats()
    family, used = [pid], 0.0
    for member in family:
        if member in found:
            used += found[member].used
            family += [other for other, stat in found.items() if stat.parent == member]
    return used


class _Stat(NamedTuple):
    parent: int
    name: str
    used: float
    """Its own and that of its children which have ended, s."""


def _stats() -> dict[int, _Stat]:
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, tail = path.read_text().rpartition(")")
        except (OSError, UnicodeDecodeError):
            continue  # it has just ended
        fields = tail.split()
        used = sum(map(int, fields[11:15])) / _TICKS
        found[int(path.parent.name)] = _Stat(int(fields[1]), head.partition("(")[2], used)
    return found


def _child(name: str) -> int | None:
    return next((pid for pid, s in _stats().items() if s.parent == os.getpid() and s.name == name), None)
