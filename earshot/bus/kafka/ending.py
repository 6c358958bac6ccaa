"""What arrives together with the end of a connection is read, and then the end.

kafka-python (3.0) reads a socket until nothing is left, and where that ends in the connection's end it drops what it
has read. A broker that refuses a login answers and hangs up at once: who is quick enough to read the one before the
other is told that the password is wrong, and everybody else only that the socket is disconnected.
"""

from collections.abc import Callable
from typing import Any

from kafka.net.transport import KafkaSSLTransport, KafkaTCPTransport

_Received = tuple[bytes, Exception | None]


def read_to_the_end() -> None:
    """Let both transports of the library give what they read before they tell of the end. Once is enough."""
    for transport in (KafkaTCPTransport, KafkaSSLTransport):
        if "_reads_to_the_end" not in vars(transport):
            transport._sock_recv = _data_first(transport._sock_recv)  # noqa: SLF001 (it has no other door)
            transport._reads_to_the_end = True  # noqa: SLF001


def _data_first(receive: Callable[[Any], _Received]) -> Callable[[Any], _Received]:
    def received(transport: Any) -> _Received:
        data, error = receive(transport)
        return data, None if data else error  # the socket stays at its end: the next look finds that alone

    return received
