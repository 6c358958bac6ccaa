"""A receiver that gets mail: plain text over SMTP, one message a notice."""

import re
import smtplib
import socket
import ssl
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, SecretStr, model_validator

from alerts.message import one_line
from earshot import logs
from earshot.config.forms import MailAddress, Positive
from earshot.errors import Permanent, Temporary, Undelivered
from earshot.seams import Clock, Notice, ReceiverSettings

if TYPE_CHECKING:
    from earshot.runtime import Context

_LOG = logs.get("alerts.channels.mail")
_LONGEST = 400  # characters of a header or of a server's reply
_NOBODY = {550, 551, 553}
_POLICY_REPLY = re.compile(r"5\.7\.\d")
_POLICY = SMTP.clone(cte_type="7bit")  # no server need promise 8BITMIME


class Mail(ReceiverSettings):
    """Sends each notice as a mail."""

    kind: Literal["mail"] = "mail"
    host: str = Field(min_length=1, description="The SMTP server.")
    port: int = Field(
        default=587, ge=1, le=65_535, description="Its port: usually 587 with starttls, 465 with tls."
    )
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="How the connection is protected; `none` only where nobody can listen.",
    )
    username: str = Field(default="", description="Empty: no login.")
    password: SecretStr | None = Field(default=None, description="Of `username`.")
    sender: MailAddress = Field(description="Address that the mails come from.")
    to: tuple[MailAddress, ...] = Field(min_length=1, description="Addresses that they go to.")
    timeout: Positive = Field(default=timedelta(seconds=10), description="The longest wait for the server.")

    @model_validator(mode="after")
    def _credentials_are_safe(self) -> Self:
        if bool(self.username) != bool(self.password):
            raise ValueError("username and password go together: set both or none")
        if self.username and self.security == "none" and not _is_loopback(self.host):
            raise ValueError("a password must not travel in the clear: set security to starttls or tls")
        return self

    def build(self, context: "Context") -> "MailChannel":
        return MailChannel(self, context.clock)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class MailChannel:
    """A connection a notice: notices are rare, and a kept one would have gone stale.

    Where a server takes some recipients and refuses others the notice counts as sent, and the log says who was
    refused: trying again would tell the ones who have it a second time.
    """

    def __init__(self, settings: Mail, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        # Asked once: smtplib would ask for every mail, and a slow name server would make every mail late.
        self._own_name = socket.getfqdn()

    def send(self, notice: Notice) -> None:
        message = self._message(notice)
        try:
            refused = self._submit(message)
        except (smtplib.SMTPException, OSError) as error:
            raise self._judged(error) from None
        for address, (code, reply) in refused.items():
            _LOG.warning(
                "recipient refused", receiver=notice.receiver, address=address, code=code, reply=_said(reply)
            )

    def check(self) -> None:
        """Connect, protect and log in, then leave: nothing is sent.

        Raises:
            Temporary: it cannot be done now, or not with this configuration.
        """
        try:
            server = self._connect()
            with suppress(smtplib.SMTPException):
                server.quit()
            server.close()
        except (smtplib.SMTPException, OSError) as error:
            raise self._judged(error) from None

    def close(self) -> None: ...

    def _message(self, notice: Notice) -> EmailMessage:
        message = EmailMessage(policy=_POLICY)
        message["Message-ID"] = f"<{notice.identity}@earshot>"
        message["Date"] = format_datetime(self._clock.now())
        message["From"] = self._settings.sender
        message["To"] = ", ".join(self._settings.to)
        message["Subject"] = one_line(notice.subject, _LONGEST)
        message["Auto-Submitted"] = "auto-generated"
        message["X-Earshot-Level"] = notice.level.name
        message.set_content(f"{notice.text}\n", charset="utf-8")
        return message

    def _submit(self, message: EmailMessage) -> dict[str, tuple[int, bytes]]:
        server = self._connect()
        try:
            refused = server.send_message(message)
            with suppress(smtplib.SMTPException):
                server.quit()  # whatever it answers: it has accepted the mail
        finally:
            server.close()
        return refused

    def _connect(self) -> smtplib.SMTP:
        """Open, protected and logged in; closed again where any of it fails."""
        own, timeout = self._own_name, self._settings.timeout.total_seconds()
        host, port, security = self._settings.host, self._settings.port, self._settings.security
        if security == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, own, timeout=timeout, context=context)
        else:
            server = smtplib.SMTP(host, port, own, timeout=timeout)
        try:
            self._greet(server)
        except BaseException:
            server.close()
            raise
        return server

    def _greet(self, server: smtplib.SMTP) -> None:
        if self._settings.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if self._settings.password:
            server.login(self._settings.username, self._settings.password.get_secret_value())

    def _judged(self, error: Exception) -> Undelivered:
        """For good is only that nobody is at any of the addresses.

        A server that refuses a connection, a login, a sender or a text may be one that is being mended.
        """
        where = f"{self._settings.host}:{self._settings.port}"
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            replies = error.recipients.values()
            kind = Permanent if all(_is_nobody(*reply) for reply in replies) else Temporary
            return kind(f"{where} refused every recipient: {', '.join(str(code) for code, _ in replies)}")
        if isinstance(error, smtplib.SMTPResponseException):
            return Temporary(f"{where} answered {error.smtp_code}: {_said(error.smtp_error)}")
        if isinstance(error, smtplib.SMTPException) and not isinstance(error, smtplib.SMTPServerDisconnected):
            return Temporary(f"{where} cannot do what is configured: {one_line(str(error), _LONGEST)}")
        reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        return Temporary(f"{where} cannot be reached: {one_line(reason, _LONGEST)}")


def _is_nobody(code: int, reply: bytes | str) -> bool:
    """Whether it is the address that is refused. 5.7 is policy: who we are, not who is written to (RFC 3463)."""
    return code in _NOBODY and not _POLICY_REPLY.match(_said(reply))


def _said(reply: bytes | str) -> str:
    return one_line(reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply, _LONGEST)
