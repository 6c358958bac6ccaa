"""A server is away, or refuses one mention: all waits or goes on, and ends as if nothing had happened."""

from pathlib import Path

import pytest
import yaml
from faults_world import SCALED, Log, World, eventually, fresh_log, uninterrupted, world
from servers.kafka_server import KafkaServer
from servers.postgres_server import PostgresServer

from earshot.model import Author, Mention, Story
from earshot.seams import Message
from earshot.store import dead
from earshot.topics import MENTIONS, Said

BRANDS = ("Acme", "Bolt", "Celer", "Dorn")
EVENTS = 6_000
AWAY = 30.0  # s
_COMPOSE = Path(__file__).parents[2] / "docker-compose.yml"

pytestmark = [pytest.mark.crash, pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(290)]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    return fresh_log(tmp_path_factory.mktemp("log"), EVENTS, BRANDS)


@pytest.fixture(scope="module")
def whole(log: Log) -> list[Story]:
    return uninterrupted(log)


@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_the_broker_is_away_for_half_a_minute(
    tmp_path: Path, log: Log, whole: list[Story], kafka_server: KafkaServer, postgres_url: str, how: str
) -> None:
    away = kafka_server.kill if how == "killed" else kafka_server.freeze
    back = kafka_server.start if how == "killed" else kafka_server.thaw
    with world(tmp_path, log, kafka_server.servers, postgres_url, seconds=12) as it:
        it.start()
        it.reached(0.3)
        away()
        try:
            it.outlast(AWAY)
        finally:
            back()
        it.finish()
        it.check(whole)


@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_all_stop_in_time_while_the_broker_is_away(
    tmp_path: Path, log: Log, whole: list[Story], kafka_server: KafkaServer, postgres_url: str, how: str
) -> None:
    """Within what the orchestrator grants: else it kills them, and a batch in hand with them."""
    away = kafka_server.kill if how == "killed" else kafka_server.freeze
    back = kafka_server.start if how == "killed" else kafka_server.thaw
    with world(tmp_path, log, kafka_server.servers, postgres_url, seconds=12) as it:
        it.start(**SCALED, look="console")
        it.reached(0.3)
        away()
        try:
            it.outlast(2)
            it.stop_together(within=_granted())
        finally:
            back()
        for process in it.processes.values():
            process.start()
        it.finish()
        it.check(whole)


def _granted() -> float:
    """The least of what docker-compose.yml gives our roles to end."""
    services = yaml.safe_load(_COMPOSE.read_text(encoding="utf-8"))["services"]
    told = [services[role]["stop_grace_period"] for role in set(SCALED.values()) | {"console"}]
    return min(float(seconds.removesuffix("s")) for seconds in told)


def test_the_database_restarts_fast_and_at_once(
    tmp_path: Path,
    log: Log,
    whole: list[Story],
    kafka_servers: tuple[str, ...],
    postgres_server: PostgresServer,
    postgres_url: str,
) -> None:
    with world(tmp_path, log, kafka_servers, postgres_url, seconds=15) as it:
        it.start()
        for share, immediate in ((0.2, False), (0.4, True), (0.6, False), (0.8, True)):
            it.reached(share)
            postgres_server.restart(immediate=immediate)
        it.finish()
        it.check(whole)


def test_a_mention_that_the_database_refuses_is_put_aside(
    tmp_path: Path, log: Log, whole: list[Story], kafka_servers: tuple[str, ...], postgres_url: str
) -> None:
    with world(tmp_path, log, kafka_servers, postgres_url, seconds=8) as it:
        it.start()
        it.reached(0.4)
        it.bus.publish(MENTIONS.name, [_with_nul(it)])
        eventually(lambda: _letters(it), "in the dead letters")
        it.finish()
        it.check(whole, letters=1)
        (letter,) = _letters(it)
        assert "NUL" in letter.reason
        assert letter.origin.startswith("topic:mentions:")
        assert b"refused:1" in letter.raw


def _with_nul(it: World) -> Message:
    """No collector lets one through; a message of the same brand's partition as others', in the thick of them."""
    now = it.now()
    mention = Mention(
        id="refused:1", brand="Ac\0me", author=Author(id="u1"), created_at=now, collected_at=now, text="Hello"
    )
    return Message(BRANDS[0], MENTIONS.encode(Said(mention=mention)))


def _letters(it: World) -> list[dead.Letter]:
    with it.store.read() as connection:
        return dead.page(connection)
