"""Does the other side answer, does it let us in? Of receivers, and of the servers that everything is kept on.

Nothing is sent and nothing is changed.

A channel that knows more than whether it can be connected to says so by a method `check()`: it raises
`Temporary` or `Permanent`, as `send` would, and sends nothing.
"""

import socket
import ssl
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Literal, NamedTuple, Protocol, runtime_checkable
from urllib.parse import urlsplit

from earshot.config import Config
from earshot.errors import EarshotError, Unavailable
from earshot.runtime import Context
from earshot.seams import ReceiverSettings
from earshot.store import exists

_PATIENCE = 10.0  # s for a connection


@runtime_checkable
class Checks(Protocol):
    """A channel that can tell whether it would deliver."""

    def check(self) -> None: ...


class Reached(NamedTuple):
    name: str
    fault: str = ""
    """Why it cannot be reached, and what to do."""
    known: str = ""
    """What was found out, where there is no fault."""
    what: Literal["receiver", "server"] = "receiver"

    @property
    def how(self) -> tuple[str, str]:
        return ("FAILS", self.fault) if self.fault else ("ready", self.known)


def reach(context: Context, receivers: Sequence[ReceiverSettings]) -> list[Reached]:
    """Each receiver, side by side."""
    if not receivers:
        return []
    with ThreadPoolExecutor(len(receivers)) as threads:
        return list(threads.map(lambda receiver: _reach(context, receiver), receivers))


def reach_kept(config: Config) -> list[Reached]:
    """The servers that everything is kept on, where it is not in files beside us."""
    database = [_reach_database(config)] if config.store.is_postgres else []
    return [each._replace(what="server") for each in (*database, *map(_reach_broker, config.bus.servers))]


def _reach_database(config: Config) -> Reached:
    try:
        there = exists(config.store_url)
    except Unavailable as error:
        return Reached("database", str(error))
    return Reached(
        "database", known="lets us in" if there else "lets us in; the first start makes its tables"
    )


def _reach_broker(server: str) -> Reached:
    host, _, port = server.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()
    except (OSError, ValueError) as error:
        return Reached(server, f"cannot be reached: {getattr(error, 'strerror', None) or error}")
    return Reached(server, known="can be connected to; a login is not tried")


def _reach(context: Context, receiver: ReceiverSettings) -> Reached:
    try:
        with closing(receiver.build(context)) as channel:
            if isinstance(channel, Checks):
                channel.check()
                return Reached(receiver.name, known="lets us in; nothing was sent")
            return Reached(receiver.name, known=_connected(receiver))
    except EarshotError as error:
        return Reached(receiver.name, str(error))
    except OSError as error:
        return Reached(receiver.name, f"{_where(receiver)} cannot be reached: {error.strerror or error}")
    except Exception as error:  # noqa: BLE001 - a channel that breaks must not hide how the others are doing
        return Reached(receiver.name, f"breaks: {type(error).__name__}; please report it")


def _connected(receiver: ReceiverSettings) -> str:
    """A connection to each place that the settings name, with TLS where they say so; closed at once."""
    places = list(_places(receiver))
    for host, port, protected in places:
        with socket.create_connection((host, port), _PATIENCE) as connection:
            if protected:
                ssl.create_default_context().wrap_socket(connection, server_hostname=host).close()
    return "can be connected to; nothing was sent" if places else "nothing to connect to"


def _where(receiver: ReceiverSettings) -> str:
    """Hosts and ports alone: the rest of an address may be secret."""
    return ", ".join(f"{host}:{port}" for host, port, _ in _places(receiver)) or receiver.name


def _places(receiver: ReceiverSettings) -> Iterator[tuple[str, int, bool]]:
    """Host, port and whether TLS begins at once, as `url`, or `host` and `port`, say."""
    if url := getattr(receiver, "url", None):
        parsed = urlsplit(url)
        protected = parsed.scheme == "https"
        yield parsed.hostname or "", parsed.port or (443 if protected else 80), protected
    elif (host := getattr(receiver, "host", None)) and (port := getattr(receiver, "port", None)):
        yield host, port, getattr(receiver, "security", "") == "tls"
