"""What every channel promises, against real servers: delivered with its identity, or a fault of the right kind."""

import json
import smtplib
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook as Standard
from structlog.testing import capture_logs

from alerts.channels.log import Log
from alerts.channels.mail import Mail
from alerts.channels.webhook import Webhook
from earshot.clock import SetClock, SystemClock
from earshot.errors import Permanent, Temporary, Undelivered
from earshot.model import Level
from earshot.seams import Channel, Notice, ReceiverSettings
from earshot.signing import new_secret

AT = datetime(2026, 11, 26, 9, 41, 3, tzinfo=UTC)
CONTEXT = SimpleNamespace(clock=SetClock(AT))
SECRET = new_secret()
NOTICE = Notice(
    identity="msg_0123456789abcdef0123456789abcdef",
    receiver="press",
    brand="Ronvia",
    story=7,
    episode=1,
    level=Level.warning,
    reason="risk",
    decided_at=AT,
    subject='[Earshot] Attenzione: Ronvia, "perché cade la linea…"',
    text="Attenzione: Ronvia\n“perché cade la linea…”\n\n.una riga che comincia con un punto",
    link="https://earshot.example/stories/7",
)


class Http(ThreadingHTTPServer):
    """Answers what it is told to, and keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.requests = [], []
        self.url = f"http://127.0.0.1:{self.server_port}/hooks/T0KEN?key=T0KEN"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.requests.append((self.path, dict(self.headers), body))
        status, headers = self.server.answers.pop(0) if self.server.answers else (204, {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *args: object) -> None: ...


@pytest.fixture
def http() -> Iterator[Http]:
    server = Http()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class Post:
    """An SMTP server's memory; `replies` by the command that they answer, `refused` by recipient."""

    def __init__(self) -> None:
        self.mails, self.replies, self.refused, self.logins = [], {}, {}, []

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.mail_from = address
        return self.replies.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if "DATA" not in self.replies:
            self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return self.replies.get("DATA", "250 OK")

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        return self.replies.get("QUIT", "221 Bye")

    def login(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"hunter2", handled=False)


class OnFreePort(Controller):
    """Listens before anybody asks where."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def smtp_server(post: Post, **options: Any) -> Iterator[int]:
    controller = OnFreePort(post, hostname="127.0.0.1", port=0, server_hostname="post.example", **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def smtp(post: Post) -> Iterator[int]:
    with smtp_server(post, authenticator=post.login, auth_require_tls=False) as port:
        yield port


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for localhost that nobody else trusts."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout",
            "key.pem",
            "-out",
            "cert.pem",
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return context


@contextmanager
def channel(settings: ReceiverSettings, context: Any = CONTEXT) -> Iterator[Channel]:
    built = settings.build(context)
    try:
        yield built
    finally:
        built.close()


def a_webhook(http: Http, **changes: Any) -> Webhook:
    return Webhook(name="press", url=http.url, secret=SECRET, **changes)


def a_mail(port: int, **changes: Any) -> Mail:
    facts = {"security": "none", "sender": "earshot@ronvia.example", "to": ("pr@ronvia.example",)} | changes
    return Mail(name="press", host="127.0.0.1", port=port, **facts)


def fault_of(settings: ReceiverSettings, kind: type[Undelivered], notice: Notice = NOTICE) -> Any:
    with channel(settings) as opened, pytest.raises(kind) as caught:
        opened.send(notice)
    return caught.value


# What all of them promise


def delivered_by_log(http: Http, smtp: int, post: Post) -> str:
    with capture_logs() as lines, channel(Log(name="press")) as opened:
        opened.send(NOTICE)
    return lines[0]["identity"]


def delivered_by_webhook(http: Http, smtp: int, post: Post) -> str:
    with channel(a_webhook(http)) as opened:
        opened.send(NOTICE)
    return http.requests[0][1]["webhook-id"]


def delivered_by_mail(http: Http, smtp: int, post: Post) -> str:
    with channel(a_mail(smtp)) as opened:
        opened.send(NOTICE)
    return post.mails[0][1]["Message-ID"].strip("<>").removesuffix("@earshot")


@pytest.mark.parametrize("deliver", [delivered_by_log, delivered_by_webhook, delivered_by_mail])
def test_a_notice_arrives_with_its_identity(
    deliver: Callable[[Http, int, Post], str], http: Http, smtp: int, post: Post
) -> None:
    assert deliver(http, smtp, post) == NOTICE.identity


@pytest.mark.parametrize("broken", [a_webhook, lambda http: a_mail(http.server_port)])
def test_nobody_there_is_worth_another_try(broken: Callable[[Http], ReceiverSettings]) -> None:
    closed = Http()
    closed.server_close()
    assert type(fault_of(broken(closed), Temporary)) is Temporary


@pytest.mark.parametrize("kind", [Log, Webhook, Mail])
def test_every_setting_says_what_it_means(kind: type[Undelivered]) -> None:
    own = set(kind.model_fields) - {"kind"}
    assert all(kind.model_fields[name].description for name in own)


# What a mail channel knows before it sends


def test_mail_can_be_checked_without_sending(smtp: int, post: Post, certificate: Path) -> None:
    for facts in ({}, {"username": "u", "password": "hunter2"}):
        with channel(a_mail(smtp, **facts)) as opened:
            opened.check()
    assert (post.mails, post.logins) == ([], [("u", "hunter2")])
    with (
        channel(a_mail(smtp, username="u", password="wrong")) as opened,
        pytest.raises(Temporary, match="535"),
    ):
        opened.check()
    with channel(a_mail(smtp, security="starttls")) as opened, pytest.raises(Temporary, match="STARTTLS"):
        opened.check()


def test_a_mail_server_that_is_not_there_fails_the_check() -> None:
    closed = Http()
    closed.server_close()
    with channel(a_mail(closed.server_port)) as opened, pytest.raises(Temporary, match="cannot be reached"):
        opened.check()


# The log


def test_the_log_has_the_facts_and_no_text_of_a_mention() -> None:
    with capture_logs() as lines, channel(Log(name="press")) as opened:
        opened.send(NOTICE)
    (line,) = lines
    assert line["event"] == "Warning: Ronvia, the risk of the story rose"
    assert (line["log_level"], line["alert"], line["story"]) == ("warning", "warning", 7)
    assert "cade la linea" not in str(line)


# The webhook


def test_a_webhook_is_signed_as_the_standard_says(http: Http) -> None:
    with channel(a_webhook(http), SimpleNamespace(clock=SystemClock())) as opened:
        opened.send(NOTICE)
    path, headers, body = http.requests[0]
    assert path == "/hooks/T0KEN?key=T0KEN"
    assert headers["content-type"] == "application/json"
    said = Standard(SECRET).verify(body, {name.lower(): value for name, value in headers.items()})
    assert said == {
        "type": "alert",
        "timestamp": "2026-11-26T09:41:03Z",
        "data": {
            "identity": NOTICE.identity,
            "receiver": "press",
            "brand": "Ronvia",
            "story": 7,
            "episode": 1,
            "level": "warning",
            "reason": "risk",
            "also": [],
            "decided_at": "2026-11-26T09:41:03Z",
            "subject": NOTICE.subject,
            "text": NOTICE.text,
            "link": NOTICE.link,
            "possible_repeat": False,
        },
    }


def test_a_repeat_is_signed_for_its_own_time_and_keeps_its_identity(http: Http) -> None:
    clock = SetClock(AT)
    with channel(a_webhook(http), SimpleNamespace(clock=clock)) as opened:
        opened.send(NOTICE)
        clock.advance(timedelta(minutes=10))
        opened.send(structs.replace(NOTICE, possible_repeat=True))
    (_, first, _), (_, second, body) = http.requests
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 600
    assert json.loads(body)["data"]["possible_repeat"] is True


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_accepted(http: Http, status: int) -> None:
    http.answers.append((status, {}))
    with channel(a_webhook(http)) as opened:
        opened.send(NOTICE)


def test_gone_is_for_good(http: Http) -> None:
    http.answers.append((410, {}))
    assert "410" in str(fault_of(a_webhook(http), Permanent))


@pytest.mark.parametrize("status", [301, 307, 400, 401, 403, 404, 405, 409, 413, 422])
def test_refusals_are_worth_another_try_and_say_what_to_check(http: Http, status: int) -> None:
    http.answers.append((status, {"location": http.url}))
    fault = fault_of(a_webhook(http), Temporary)
    assert f"answered {status}" in str(fault)
    assert "if it stays, c" in str(fault)
    assert "T0KEN" not in str(fault)
    assert len(http.requests) == 1


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_troubles_are_worth_another_try(http: Http, status: int) -> None:
    http.answers.append((status, {}))
    fault = fault_of(a_webhook(http), Temporary)
    assert fault.retry_after is None
    assert "T0KEN" not in str(fault)


@pytest.mark.parametrize(
    ("asked", "understood"),
    [
        ("30", 30),
        ("0", 0),
        ("Thu, 26 Nov 2026 09:43:03 GMT", 120),
        ("Thu, 26 Nov 2026 09:40:03 GMT", None),
        ("Thu, 26 Nov 2026 09:43:03 -0000", None),
        ("-5", None),
        ("inf", None),
        ("nan", None),
        ("soon", None),
    ],
)
def test_a_time_to_wait_is_passed_on(http: Http, asked: str, understood: float | None) -> None:
    http.answers += [(429, {"retry-after": asked}), (503, {"retry-after": asked})]
    for _ in range(2):
        assert fault_of(a_webhook(http), Temporary).retry_after == understood


def test_a_server_that_does_not_answer_is_worth_another_try(http: Http) -> None:
    silent = a_webhook(http, timeout="50ms")
    http.RequestHandlerClass = type("Silent", (_Handler,), {"do_POST": lambda self: self.rfile.read(10**6)})
    fault = fault_of(silent, Temporary)
    assert str(fault) == "127.0.0.1: ReadTimeout"


@pytest.mark.parametrize(
    "url", ["ftp://a.example/x", "file:///etc/passwd", "/x", "http://", "a.example", "http://[x"]
)
def test_only_web_addresses_are_taken(url: str) -> None:
    with pytest.raises(ValidationError, match="url"):
        Webhook(name="press", url=url, secret=SECRET)


def test_settings_do_not_show_their_secrets(http: Http, smtp: int) -> None:
    mail = a_mail(smtp, username="u", password="hunter2")
    shown = f"{a_webhook(http)!r} {mail!r}"
    assert not any(secret in shown for secret in ("T0KEN", SECRET, "hunter2"))


# Mail


def test_a_mail_is_plain_text_with_all_its_headers(smtp: int, post: Post) -> None:
    with channel(a_mail(smtp, to=("pr@ronvia.example", "desk@ronvia.example"))) as opened:
        opened.send(NOTICE)
    ((recipients, mail),) = post.mails
    assert recipients == ["pr@ronvia.example", "desk@ronvia.example"]
    assert mail["Subject"] == NOTICE.subject
    assert (mail["From"], mail["To"]) == ("earshot@ronvia.example", "pr@ronvia.example, desk@ronvia.example")
    assert mail["Date"].datetime == AT
    assert (mail["Auto-Submitted"], mail["X-Earshot-Level"]) == ("auto-generated", "warning")
    assert (mail.get_content_type(), mail.get_content_charset()) == ("text/plain", "utf-8")
    assert mail.get_content().replace("\r\n", "\n") == f"{NOTICE.text}\n"


INJECTED = 'ciao"\r\nBcc: tutti@example.org\n\n<b>corpo</b>\x00\u2028\x85X-Evil: 1'


def test_a_subject_cannot_add_a_header(smtp: int, post: Post) -> None:
    with channel(a_mail(smtp)) as opened:
        opened.send(structs.replace(NOTICE, subject=INJECTED))
    ((recipients, mail),) = post.mails
    assert recipients == ["pr@ronvia.example"]
    assert mail["Subject"] == 'ciao" Bcc: tutti@example.org <b>corpo</b> X-Evil: 1'
    assert not {"Bcc", "X-Evil"} & set(mail.keys())


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_no_subject_whatever_changes_the_headers(subject: str) -> None:
    message = a_mail(25).build(CONTEXT)._message(structs.replace(NOTICE, subject=subject))
    parsed = message_from_bytes(message.as_bytes(), policy=default)
    assert parsed.keys() == a_mail(25).build(CONTEXT)._message(NOTICE).keys()
    assert parsed.get_content().replace("\r\n", "\n") == f"{NOTICE.text}\n"


@pytest.mark.parametrize("command", ["MAIL", "DATA"])
@pytest.mark.parametrize("reply", ["451 Try later", "554 No"])
def test_a_sender_or_a_text_that_is_refused_is_worth_another_try(
    smtp: int, post: Post, command: str, reply: str
) -> None:
    post.replies[command] = reply
    assert reply.partition(" ")[2] in str(fault_of(a_mail(smtp), Temporary))
    assert post.mails == []


def test_a_bad_farewell_after_the_mail_was_taken_is_no_failure(smtp: int, post: Post) -> None:
    post.replies["QUIT"] = "421 Too busy to say goodbye"
    with channel(a_mail(smtp)) as opened:
        opened.send(NOTICE)
    assert len(post.mails) == 1


@pytest.mark.parametrize(
    ("replies", "kind"),
    [(("550 Who", "550 Who"), Permanent), (("450 Full", "550 Who"), Temporary)],
)
def test_when_every_recipient_is_refused_it_was_not_sent(
    smtp: int, post: Post, replies: tuple[str, str], kind: type[Undelivered]
) -> None:
    to = ("a@ronvia.example", "b@ronvia.example")
    post.refused = dict(zip(to, replies, strict=True))
    fault_of(a_mail(smtp, to=to), kind)


def test_when_one_recipient_is_refused_the_others_have_it_and_the_log_says_who(smtp: int, post: Post) -> None:
    post.refused = {"old@ronvia.example": "550 No such\x1buser"}
    with (
        capture_logs() as lines,
        channel(a_mail(smtp, to=("pr@ronvia.example", "old@ronvia.example"))) as opened,
    ):
        opened.send(NOTICE)
    assert post.mails[0][0] == ["pr@ronvia.example"]
    assert [(line["address"], line["code"]) for line in lines] == [("old@ronvia.example", 550)]


def test_a_login(smtp: int, post: Post) -> None:
    with channel(a_mail(smtp, username="earshot", password="hunter2")) as opened:
        opened.send(NOTICE)
    assert post.logins == [("earshot", "hunter2")]
    fault = fault_of(a_mail(smtp, username="earshot", password="s3cret"), Temporary)
    assert "s3cret" not in str(fault)


def test_a_login_that_the_server_does_not_offer(post: Post) -> None:
    with smtp_server(post) as port:
        fault_of(a_mail(port, username="earshot", password="hunter2"), Temporary)


def test_a_server_without_starttls_gets_nothing(smtp: int, post: Post) -> None:
    fault = fault_of(a_mail(smtp, security="starttls"), Temporary)
    assert "STARTTLS" in str(fault)
    assert post.mails == []


def test_starttls_and_tls(post: Post, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    servers = {
        "starttls": {"tls_context": tls(certificate), "require_starttls": True},
        "tls": {"ssl_context": tls(certificate)},
    }
    for security, options in servers.items():
        with smtp_server(post, **options) as port, channel(a_mail(port, security=security)) as opened:
            opened.send(NOTICE)
    assert len(post.mails) == 2


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_gets_nothing(
    post: Post, certificate: Path, security: str
) -> None:
    options = (
        {"tls_context": tls(certificate)} if security == "starttls" else {"ssl_context": tls(certificate)}
    )
    with smtp_server(post, **options) as port:
        fault = fault_of(a_mail(port, security=security), Temporary)
    assert "CERTIFICATE_VERIFY_FAILED" in str(fault)
    assert post.mails == []


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "mail.example", "username": "u", "password": "p"},
        {"host": "127.0.0.1.mail.example", "username": "u", "password": "p"},
        {"username": "u"},
        {"password": "p"},
        {"to": ()},
        {"to": ("pr@ronvia.example\r\nBcc: x@example.org",)},
        {"sender": "a@b.example, c@d.example"},
        {"to": ("<a@b.example>",)},
    ],
)
def test_faulty_mail_settings_are_refused(changes: dict[str, Any]) -> None:
    facts = {"host": "127.0.0.1", "security": "none", "sender": "a@b.example", "to": ("c@d.example",)}
    with pytest.raises(ValidationError):
        Mail(name="press", **(facts | changes))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_password_may_travel_in_the_clear_within_the_machine(host: str) -> None:
    assert Mail(
        name="m",
        host=host,
        security="none",
        username="u",
        password="p",
        sender="a@b.example",
        to=("c@d.example",),
    )


def test_the_servers_reply_cannot_break_the_line() -> None:
    error = smtplib.SMTPResponseException(550, b"no\r\nsuch\x1b[31m " + b"x" * 1_000)
    text = str(a_mail(25).build(CONTEXT)._judged(error))
    assert len(text.splitlines()) == 1
    assert "\x1b" not in text
