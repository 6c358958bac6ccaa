"""Could `earshot run` start here? Its port and its folders, looked at without keeping or changing anything."""

import errno
import os
import socket
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Literal, NamedTuple

from earshot.cli.options import with_own_time
from earshot.config import Config

_PATIENCE = 2.0  # s for whoever has our port
_ALIVE = b"alive\n"  # what Earshot says at /healthz


class Place(NamedTuple):
    """What a start takes, and whether it could."""

    what: Literal["port", "folder"]
    name: str
    fault: str = ""
    """Why not, and what to do."""
    known: str = ""
    """What was found out, where there is no fault."""

    @property
    def how(self) -> tuple[str, str]:
        return ("FAILS", self.fault) if self.fault else ("ready", self.known)


def starting(config: Config) -> list[Place]:
    """The port, and the folders of what is kept in files beside us."""
    return [_port(config.server.host, config.server.port), *map(_folder, folders(config))]


def folders(config: Config) -> Sequence[Path]:
    """Each once; none where a server has the store and another the log, as nothing is then written here."""
    return tuple(dict.fromkeys(path.parent for path in databases(config)))


def databases(config: Config) -> list[Path]:
    """The files of the store and of the log, where they are files."""
    config = with_own_time(config)
    store = [] if config.store.is_postgres else [Path(config.store_url.database or "")]
    return store if config.bus.servers else [*store, config.earshot.data_dir / "bus.db"]


def _port(host: str, port: int) -> Place:
    name = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            return Place("port", name, f"cannot be listened on: {error.strerror}; mend server.host or .port")
        if _is_earshot(name):
            return Place(
                "port", name, known="Earshot runs there already; stop that one before another starts"
            )
        return Place("port", name, "is taken by another program; set server.port to a free one")
    return Place("port", name, known="is free")


def _is_earshot(address: str) -> bool:
    try:
        opened = urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            f"http://{address}/healthz", timeout=_PATIENCE
        )
        with closing(opened) as answer:
            return bool(answer.read(len(_ALIVE) + 1) == _ALIVE)
    except (OSError, ValueError):
        return False


def _folder(folder: Path) -> Place:
    """Written by us, or to be made where we may."""
    try:
        there = next(each for each in (folder, *folder.parents) if each.exists())
        fault = next(_faults(there), "") or next(_unwritable(folder), "")
    except OSError as error:
        return Place("folder", str(folder), f"cannot be looked at: {error.strerror}; mend its rights")
    known = "can be written" if there == folder else "the first start makes it"
    return Place("folder", str(folder), fault, known)


def _faults(there: Path) -> Iterator[str]:
    if not there.is_dir():
        yield f"{there} is a file: name a folder in earshot.data_dir"
    elif not os.access(there, os.W_OK | os.X_OK):
        yield f"{there} may not be written by this user: mend its rights, or name another in earshot.data_dir"


def _unwritable(folder: Path) -> Iterator[str]:
    for file in sorted(folder.glob("*.db")):
        if not os.access(file, os.R_OK | os.W_OK):
            yield f"{file} may not be written by this user: mend its rights"
