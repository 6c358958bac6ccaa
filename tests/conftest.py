"""Real servers, one a test process: started for the first test that asks, ended with the last."""

import gc
from collections.abc import Iterator

import pytest
from hypothesis import settings
from servers.kafka_server import KafkaServer, kafka
from servers.needed import or_fail
from servers.postgres_server import PostgresServer, postgres

from processors import compiled

settings.register_profile(
    "earshot", deadline=None
)  # a shared machine is slow at times; speed belongs in bench/
settings.load_profile("earshot")


# kafka-python 3.0 reads its schemas in a way that Python 3.11 and 3.12 call old, whenever it is first imported.
_OLD = r"ignore:\w+ is deprecated. Use files:DeprecationWarning"
# It leaves the sockets of connections that failed to the garbage collector: no fault of ours, where Kafka is spoken to.
_LEFT = r"ignore:Exception ignored in. <(ssl.SSLSocket|socket.socket) [^>]*>:pytest.PytestUnraisableExceptionWarning"
_KAFKA = {"kafka_server", "locked_kafka", "kafka_servers"}


def pytest_configure(config: pytest.Config) -> None:
    if edited := compiled.outdated():
        names = ", ".join(path.name for path in edited)
        raise pytest.UsageError(f"{names}: edited since they were compiled; run `make setup` first")
    config.addinivalue_line("filterwarnings", _OLD)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in filter(_speaks_kafka, items):
        item.add_marker(pytest.mark.filterwarnings(_LEFT))


def _speaks_kafka(item: pytest.Item) -> bool:
    return not _KAFKA.isdisjoint(getattr(item, "fixturenames", ())) or bool(item.get_closest_marker("kafka"))


@pytest.fixture(autouse=True)
def _collected(request: pytest.FixtureRequest) -> Iterator[None]:
    """Set up first and ended last: what the library left is collected while its test is still to blame for it."""
    yield
    if _speaks_kafka(request.node):
        gc.collect()


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
