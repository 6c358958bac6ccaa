"""The servers of the tests are real, and keep what they are given over a restart."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import KafkaError, TopicAuthorizationFailedError
from servers import kafka_server as module
from servers.daemon import Missing
from servers.kafka_server import KafkaServer, kafka
from servers.postgres_server import PostgresServer

_TESTS = Path(__file__).parents[1]


@pytest.mark.postgres
@pytest.mark.parametrize("immediate", [False, True])
def test_postgres_keeps_what_was_committed(postgres_server: PostgresServer, immediate: bool) -> None:
    url = postgres_server.new_database()
    with psycopg.connect(url) as connection:
        connection.execute("create table said (text text)")
        connection.execute("insert into said values ('così')")
    postgres_server.restart(immediate=immediate)
    with psycopg.connect(url) as connection:
        assert connection.execute("select text from said").fetchall() == [("così",)]
    postgres_server.drop(url)


@pytest.mark.postgres
def test_each_test_has_a_database_of_its_own(postgres_server: PostgresServer, postgres_url: str) -> None:
    other = postgres_server.new_database()
    with psycopg.connect(postgres_url) as ours, psycopg.connect(other) as theirs:
        assert ours.info.dbname != theirs.info.dbname
    postgres_server.drop(other)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(other)


@pytest.mark.postgres
def test_a_server_ends_with_a_test_run_that_is_killed() -> None:
    run = f"""
import sys; sys.path.insert(0, {str(_TESTS)!r})
from servers.postgres_server import postgres
with postgres() as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # PostgreSQL may run as another user
        child = subprocess.Popen(
            [sys.executable, "-c", run], env=os.environ | {"TMPDIR": folder},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        with child:
            assert child.stdout
            url = child.stdout.readline().strip()
            psycopg.connect(url).close()
            child.kill()
        deadline = time.monotonic() + 10
        while _connects(url):
            assert time.monotonic() < deadline, "PostgreSQL outlives the tests"


def _connects(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.mark.kafka
@pytest.mark.parametrize("end", [KafkaServer.stop, KafkaServer.kill])
def test_kafka_keeps_what_it_acknowledged(
    kafka_server: KafkaServer, end: Callable[[KafkaServer], None]
) -> None:
    _publish(kafka_server.servers, topic := f"kept-{end.__name__}", b"said")
    end(kafka_server)
    kafka_server.start()
    assert _first(kafka_server.servers, topic) == b"said"


@pytest.mark.kafka
def test_three_brokers_outlive_one() -> None:
    with kafka(3) as server:
        _publish(server.servers, "kept", b"said", copies=3)
        server.kill(1)
        assert _first(server.servers, "kept") == b"said"
        server.start(1)


def test_where_a_server_is_missing_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EARSHOT_TEST_KAFKA", raising=False)
    monkeypatch.setattr(module, "_JARS", module._ROOT / ".servers" / "none")
    with pytest.raises(Missing, match=r"run `make servers`, or set EARSHOT_TEST_KAFKA"), kafka():
        pass


@pytest.mark.kafka
def test_a_server_that_does_not_come_up_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EARSHOT_TEST_KAFKA", raising=False)
    monkeypatch.setattr(module, "_common", lambda _: {"group.min.session.timeout.ms": "soon"})
    with pytest.raises(RuntimeError, match=r"group\.min\.session\.timeout\.ms"), kafka():
        pass


@pytest.fixture(params=["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
def login(locked_kafka: KafkaServer, request: pytest.FixtureRequest) -> dict[str, Any]:
    return {
        "security_protocol": "SASL_SSL", "ssl_cafile": str(locked_kafka.ca_file), "sasl_mechanism": request.param,
        "sasl_plain_username": locked_kafka.username, "sasl_plain_password": locked_kafka.password,
    }  # fmt: skip


@pytest.mark.kafka
def test_who_logs_in_may_publish(locked_kafka: KafkaServer, login: dict[str, Any]) -> None:
    topic = f"locked-{login['sasl_mechanism']}"
    _publish(locked_kafka.servers, topic, b"said", **login)
    assert _first(locked_kafka.servers, topic, **login) == b"said"


@pytest.mark.kafka
def test_who_cannot_log_in_is_refused(locked_kafka: KafkaServer, login: dict[str, Any]) -> None:
    with pytest.raises(KafkaError):
        KafkaAdminClient(
            bootstrap_servers=locked_kafka.servers,
            bootstrap_timeout_ms=2_000,
            **login | {"sasl_plain_password": "no"},
        )


@pytest.mark.kafka
def test_a_guest_may_make_no_topic(locked_kafka: KafkaServer, login: dict[str, Any]) -> None:
    locks = locked_kafka.locks
    guest = login | {"sasl_plain_username": locks.guest, "sasl_plain_password": locks.guest_password}
    with pytest.raises(TopicAuthorizationFailedError):
        _publish(locked_kafka.servers, "forbidden", b"said", **guest)


def _publish(servers: tuple[str, ...], topic: str, value: bytes, *, copies: int = 1, **login: Any) -> None:
    admin = KafkaAdminClient(bootstrap_servers=servers, **login)
    try:
        admin.create_topics([NewTopic(topic, 1, copies)])
    finally:
        admin.close()
    producer = KafkaProducer(bootstrap_servers=servers, acks="all", **login)
    try:
        producer.send(topic, value).get(timeout=30)
    finally:
        producer.close()


def _first(servers: tuple[str, ...], topic: str, **login: Any) -> bytes:
    consumer = KafkaConsumer(
        topic, bootstrap_servers=servers, auto_offset_reset="earliest", consumer_timeout_ms=30_000, **login
    )
    try:
        said: bytes = next(consumer).value
        return said
    finally:
        consumer.close()
