"""How the brokers are spoken to, and what their errors mean to us."""

import logging
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from socket import gethostname
from typing import Any, TypeVar

from kafka.admin import KafkaAdminClient
from kafka.errors import (
    AuthorizationError,
    BrokerResponseError,
    KafkaError,
    KafkaTimeoutError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
)

from earshot.bus.kafka.ending import read_to_the_end
from earshot.config import BusSettings
from earshot.errors import ConfigError, Unavailable

LARGEST = 4 * 1024 * 1024  # bytes of one message: a mention of a megabyte whose every sign is escaped fits
PATIENCE = 10_000  # ms for a first answer
_REQUEST = 20_000  # ms for an answer
_HOST = "{host}"

_Client = TypeVar("_Client")


def client(settings: BusSettings) -> dict[str, Any]:
    """What every client of the library is told. Raises `ConfigError` where a certificate cannot be used."""
    read_to_the_end()
    found: dict[str, Any] = {
        "bootstrap_servers": list(settings.servers),
        "client_id": "earshot",
        "request_timeout_ms": _REQUEST,
        "reconnect_backoff_max_ms": 1_000,
        "bootstrap_timeout_ms": PATIENCE,
        "security_protocol": ("SASL_" if settings.sasl else "") + ("SSL" if settings.tls else "PLAINTEXT"),
    }
    if settings.tls:
        found["ssl_context"] = _tls(settings)
    if settings.sasl and settings.password:
        found |= {
            "sasl_mechanism": settings.sasl,
            "sasl_plain_username": settings.username,
            "sasl_plain_password": settings.password.get_secret_value(),
        }
    return found


def connected(kind: Callable[..., _Client], told: Mapping[str, Any]) -> _Client:
    """A client of the library. One that finds no broker leaves its thread and its sockets behind: not here."""
    begun: list[Any] = []

    def begin(**configs: Any) -> Any:
        begun.append(KafkaAdminClient.DEFAULT_CONFIG["kafka_client"](**configs))
        return begun[-1]

    try:
        return kind(**told, kafka_client=begin)
    except BaseException:
        for each in begun:
            each.close()
        raise


def instance(settings: BusSettings) -> str | None:
    """The name under which a process comes back to its share after a crash; None: it comes as a new one."""
    return settings.instance.replace(_HOST, gethostname()) or None


def _tls(settings: BusSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
        if settings.certificate_file:
            context.load_cert_chain(settings.certificate_file, settings.key_file)
    except (OSError, ssl.SSLError) as error:
        files = [str(f) for f in (settings.ca_file, settings.certificate_file, settings.key_file) if f]
        raise ConfigError([f"bus: {', '.join(files)} cannot be used for TLS: {error}"]) from error
    return context


@contextmanager
def starting(settings: BusSettings) -> Iterator[None]:
    """The first words with the brokers: what is wrong then is wrong in the configuration, mostly."""
    servers = ", ".join(settings.servers)
    overheard = _Overheard()
    try:
        with overheard.listening():
            yield
    except (SaslAuthenticationFailedError, UnsupportedSaslMechanismError) as error:
        raise _refused(settings, error) from error
    except AuthorizationError as error:
        fault = f"bus: {servers} does not let {settings.username or 'us'} do this: {_said(error)}"
        raise ConfigError([f"{fault}; docs/guide/deploy.md lists the rights that Earshot needs"]) from error
    except KafkaTimeoutError as error:
        if isinstance(overheard.last, SaslAuthenticationFailedError):
            raise _refused(settings, overheard.last) from error
        way = ("TLS" if settings.tls else "plain text") + (f" and {settings.sasl}" if settings.sasl else "")
        raise Unavailable(
            f"bus: no Kafka broker answers at {servers} within {PATIENCE // 1000} s, spoken to in {way}"
            f" ({overheard.last or error}): set bus.servers to its listener, and bus.tls and bus.sasl to what that listener speaks"
        ) from error
    except (KafkaError, OSError) as error:
        raise Unavailable(f"bus: {servers}: {_said(error)}") from error


@contextmanager
def speaking(settings: BusSettings) -> Iterator[None]:
    """Whatever the library raises is the bus being unavailable: worth another try."""
    try:
        yield
    except (KafkaError, OSError) as error:
        raise Unavailable(f"bus: {', '.join(settings.servers)}: {_said(error)}") from error


def _refused(settings: BusSettings, error: KafkaError) -> ConfigError:
    fault = (
        f"bus: {', '.join(settings.servers)} refused {settings.username!r} by {settings.sasl}: {_said(error)}"
    )
    return ConfigError([f"{fault}; set bus.sasl, bus.username and bus.password to what the brokers know"])


class _Overheard(logging.Handler):
    """Why connecting failed: the library tries on until its time is up, and tells the reason to its log alone."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        told = record.args if isinstance(record.args, tuple) else ()
        for error in told:
            refused = isinstance(self.last, SaslAuthenticationFailedError)
            if isinstance(error, BaseException) and not isinstance(error, KafkaTimeoutError) and not refused:
                self.last = error

    @contextmanager
    def listening(self) -> Iterator[None]:
        logger = logging.getLogger("kafka.net.manager")
        before = logger.level, logger.propagate
        logger.setLevel(logging.WARNING)
        logger.propagate = False
        logger.addHandler(self)
        try:
            yield
        finally:
            logger.removeHandler(self)
            logger.setLevel(before[0])
            logger.propagate = before[1]


def _said(error: BaseException) -> str:
    """An error in its own words; the library's have a number in front and sometimes nothing else."""
    words = str(error) or type(error).__name__
    described = getattr(error, "description", "") if isinstance(error, BrokerResponseError) else ""
    return words if not described or described in words else f"{words} ({described})"
