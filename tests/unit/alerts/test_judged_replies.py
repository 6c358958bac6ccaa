"""Which replies of a mail server are for good, against a server that gives them."""

import socketserver
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from alerts.channels.mail import Mail
from earshot.clock import SystemClock
from earshot.errors import Permanent, Temporary, Undelivered
from earshot.model import Level
from earshot.seams import Notice

NOTICE = Notice(
    identity="msg_1",
    receiver="press",
    brand="Ronvia",
    story=7,
    episode=1,
    level=Level.warning,
    reason="risk",
    decided_at=SystemClock().now(),
    subject="[Earshot] Warning: Ronvia",
    text="Warning: Ronvia",
)


class Smtp(socketserver.ThreadingTCPServer):
    """Gives the reply of `replies` to a command, and 250 to all others; DATA is not asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies = {"": "220 here"}


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("")
        for line in self.rfile:
            self._say(line.decode().upper().split()[0])

    def _say(self, command: str) -> None:
        reply = self.server.replies.get(command, "250-me\r\n250 AUTH PLAIN")
        self.wfile.write(reply.encode() + b"\r\n")


@pytest.fixture
def smtp() -> Iterator[Smtp]:
    with Smtp() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def fault(smtp: Smtp, **more: str) -> Undelivered:
    settings = Mail(
        name="press",
        host="127.0.0.1",
        port=smtp.server_address[1],
        sender="earshot@ronvia.example",
        to=("a@ronvia.example", "b@ronvia.example"),
        **{"security": "none", **more},
    )
    with pytest.raises(Undelivered) as caught:
        settings.build(SimpleNamespace(clock=SystemClock())).send(NOTICE)
    return caught.value


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("", "554 No service here now"),
        ("MAIL", "530 5.7.0 Log in first"),
        ("MAIL", "550 Sender refused"),
        ("RCPT", "554 5.7.1 Client host refused"),
        ("RCPT", "550 5.7.1 Unable to relay"),
        ("RCPT", "552 Mailbox full"),
        ("RCPT", "450 Later"),
        ("DATA", "554 Not this"),
    ],
)
def test_a_server_that_refuses_us_may_be_one_that_is_being_mended(
    smtp: Smtp, command: str, reply: str
) -> None:
    smtp.replies[command] = reply
    refused = fault(smtp)
    assert type(refused) is Temporary
    assert reply[:3] in str(refused)


def test_a_login_that_fails_or_is_not_offered_may_pass_later(smtp: Smtp) -> None:
    smtp.replies["AUTH"] = "535 5.7.8 Not with this password"
    refused = fault(smtp, username="earshot", password="hunter2")
    assert type(refused) is Temporary
    assert "535" in str(refused)
    assert "hunter2" not in str(refused)
    smtp.replies["EHLO"] = "250 me"
    assert type(fault(smtp, username="earshot", password="hunter2")) is Temporary
    assert type(fault(smtp, security="starttls")) is Temporary


@pytest.mark.parametrize("reply", ["550 Who", "550 5.1.1 Unknown user", "551 Moved", "553 No such address"])
def test_addresses_at_which_nobody_is_are_given_up(smtp: Smtp, reply: str) -> None:
    smtp.replies["RCPT"] = reply
    assert type(fault(smtp)) is Permanent
