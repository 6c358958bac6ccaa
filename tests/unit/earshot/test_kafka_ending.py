"""A broker that refuses a login answers and hangs up in one breath: the answer is read, whoever is slow."""

import socket
from types import SimpleNamespace
from typing import Any, cast

import pytest
from kafka.errors import KafkaConnectionError
from kafka.net.transport import KafkaSSLTransport, KafkaTCPTransport

from earshot.bus.kafka.ending import read_to_the_end


@pytest.mark.parametrize("transport", [KafkaTCPTransport, KafkaSSLTransport])
def test_what_comes_together_with_the_end_of_a_connection_is_read_before_the_end(transport: type) -> None:
    read_to_the_end()
    read_to_the_end()  # a second bus in the same process
    here, there = socket.socketpair()
    with here, there:
        here.setblocking(False)
        there.sendall(b"the password is wrong")
        there.close()
        connection = SimpleNamespace(_sock=here)
        assert cast(Any, transport)._sock_recv(connection) == (b"the password is wrong", None)
        nothing, end = cast(Any, transport)._sock_recv(connection)
        assert nothing == b""
        assert isinstance(end, KafkaConnectionError)
