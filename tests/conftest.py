"""Real servers, one a test process: started for the first test that asks, ended with the last."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from servers.kafka_server import KafkaServer, kafka
from servers.needed import or_fail
from servers.postgres_server import PostgresServer, postgres

settings.register_profile(
    "earshot", deadline=None
)  # a shared machine is slow at times; speed belongs in bench/
settings.load_profile("earshot")


# kafka-python 3.0 reads its schemas in a way that Python 3.11 and 3.12 call old, and leaves the sockets of
# connections that failed or were closed to the garbage collector. Neither is a fault of ours, and both come at any time.
_NOT_OURS = (
    r"ignore:\w+ is deprecated. Use files:DeprecationWarning",
    r"ignore:Exception ignored in. <ssl.SSLSocket [^>]*>:pytest.PytestUnraisableExceptionWarning",
    r"ignore:Exception ignored in. <socket.socket [^>]*>:pytest.PytestUnraisableExceptionWarning",
)


def pytest_configure(config: pytest.Config) -> None:
    for warning in _NOT_OURS:
        config.addinivalue_line("filterwarnings", warning)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with or_fail(postgres()) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """An empty database."""
    url = postgres_server.new_database()
    yield url
    postgres_server.drop(url)


@pytest.fixture(scope="session")
def kafka_server() -> Iterator[KafkaServer]:
    """One broker, open to all."""
    with or_fail(kafka()) as server:
        yield server


@pytest.fixture(scope="session")
def locked_kafka() -> Iterator[KafkaServer]:
    """One broker with TLS, logins and rights."""
    with or_fail(kafka(sasl_ssl=True)) as server:
        yield server


@pytest.fixture
def kafka_servers(kafka_server: KafkaServer) -> tuple[str, ...]:
    return kafka_server.servers
