"""A real Apache Kafka of one broker or more, straight from its jars, or the one EARSHOT_TEST_KAFKA names."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from servers.daemon import Daemon, Missing, answers, free_port
from servers.kafka_locks import Locks, make_locks

_ROOT = Path(__file__).parents[2]
_JARS = _ROOT / ".servers" / "kafka-4.1.2"
_LOGGING = Path(__file__).with_name("kafka") / "log4j2.xml"
_CLUSTER = "RWFyc2hvdC10ZXN0LTEyMw"  # any sixteen bytes
_LEAN = ("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
_UP = "Kafka Server started"  # said once the controller lets it serve


class KafkaServer:
    """`stop`, `kill` and `start` a broker by its place; data and ports stay."""

    def __init__(self, servers: Sequence[str], brokers: Sequence[Daemon], locks: Locks | None = None) -> None:
        self.servers, self._brokers, self._locks = tuple(servers), brokers, locks

    def start(self, n: int = 0) -> None:
        broker = self._ours(n)
        broker.start(partial(_is_up, broker, self.servers[n]))

    def stop(self, n: int = 0) -> None:
        """It hands over what it leads, and ends."""
        self._ours(n).stop()

    def kill(self, n: int = 0) -> None:
        self._ours(n).kill()

    def freeze(self, n: int = 0) -> None:
        self._ours(n).freeze()

    def thaw(self, n: int = 0) -> None:
        self._ours(n).thaw()

    @property
    def locks(self) -> Locks:
        """How to get in, where it is `sasl_ssl`."""
        assert self._locks, "only kafka(sasl_ssl=True) has locks"
        return self._locks

    @property
    def ca_file(self) -> Path:
        return self.locks.ca_file

    @property
    def username(self) -> str:
        return self.locks.username

    @property
    def password(self) -> str:
        return self.locks.password

    def _ours(self, n: int) -> Daemon:
        if not self._brokers:
            pytest.skip("EARSHOT_TEST_KAFKA names brokers that no test may stop")
        return self._brokers[n]


@contextmanager
def kafka(brokers: int = 1, *, sasl_ssl: bool = False) -> Iterator[KafkaServer]:
    """Named brokers serve where one without locks is asked for. Raises `Missing`."""
    named = os.environ.get("EARSHOT_TEST_KAFKA")
    if named and brokers == 1 and not sasl_ssl:
        yield KafkaServer(named.split(","), ())
        return
    _must_be_there()
    with tempfile.TemporaryDirectory(prefix="earshot-kafka-", ignore_cleanup_errors=True) as folder:
        server, running = _prepared(Path(folder), brokers, sasl_ssl=sasl_ssl)
        try:
            _start_together(server, running)
            yield server
        finally:
            for broker in running:
                broker.kill()  # nothing of it is needed any more


def _start_together(server: KafkaServer, brokers: Sequence[Daemon]) -> None:
    """None comes up before most are there to vote, so all are begun before any is waited for."""
    for broker in brokers:
        broker.begin()
    for broker, address in zip(brokers, server.servers, strict=True):
        broker.wait_until(partial(_is_up, broker, address))


def _is_up(broker: Daemon, address: str) -> bool:
    return _UP in broker.said() and answers(int(address.rpartition(":")[2]))


def _prepared(folder: Path, brokers: int, *, sasl_ssl: bool) -> tuple[KafkaServer, list[Daemon]]:
    locks = make_locks(folder) if sasl_ssl else None
    ports = [(free_port(), free_port(), free_port()) for _ in range(brokers)]
    voters = ",".join(f"{n}@127.0.0.1:{controller}" for n, (_, _, controller) in enumerate(ports, 1))
    running = []
    for n, (clients, inner, controller) in enumerate(ports, 1):
        settings = {
            "node.id": n, "process.roles": "broker,controller", "controller.quorum.voters": voters,
            "listeners": f"CLIENTS://127.0.0.1:{clients},INNER://127.0.0.1:{inner},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"CLIENTS://127.0.0.1:{clients},INNER://127.0.0.1:{inner}",
            "listener.security.protocol.map": f"CLIENTS:{'SASL_SSL' if locks else 'PLAINTEXT'},INNER:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": folder / f"broker-{n}",
        } | _common(brokers) | (locks.settings() if locks else {})  # fmt: skip
        running.append(_formatted(folder, n, settings, locks))
    return KafkaServer([f"127.0.0.1:{clients}" for clients, _, _ in ports], running, locks), running


def _common(brokers: int) -> dict[str, object]:
    copies = min(3, brokers)
    return {
        "inter.broker.listener.name": "INNER", "controller.listener.names": "CONTROLLER",
        "auto.create.topics.enable": "false", "group.initial.rebalance.delay.ms": 0,
        "group.min.session.timeout.ms": 1_000, "offsets.topic.num.partitions": 4,
        "offsets.topic.replication.factor": copies, "transaction.state.log.num.partitions": 4,
        "transaction.state.log.replication.factor": copies, "transaction.state.log.min.isr": 1,
        "controlled.shutdown.enable": "true", "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
        # By a test's clock what it publishes is months old: retention, which first looks 30 s after the start, would
        # take it away from whoever reads just then.
        "log.retention.check.interval.ms": 24 * 3_600_000, "log.initial.task.delay.ms": 24 * 3_600_000,
        "broker.session.timeout.ms": 3_000, "broker.heartbeat.interval.ms": 500,  # the killed is missed soon
    }  # fmt: skip


def _formatted(folder: Path, n: int, settings: dict[str, object], locks: Locks | None) -> Daemon:
    properties = folder / f"broker-{n}.properties"
    properties.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
    users = locks.scram_users() if locks else []
    done = subprocess.run(
        [*_java(), "kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", properties, *users],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"Kafka's storage could not be formatted:\n{done.stdout}{done.stderr}")
    return Daemon(
        f"Kafka's broker {n}", [*_java(), "kafka.Kafka", str(properties)], folder / f"broker-{n}.log"
    )


def _java() -> list[str]:
    return ["java", *_LEAN, f"-Dlog4j2.configurationFile={_LOGGING}", "-cp", f"{_JARS}/*"]


def _must_be_there() -> None:
    instead = "or set EARSHOT_TEST_KAFKA to the brokers of one"
    if not _JARS.is_dir():
        raise Missing(f"no Apache Kafka in {_JARS.relative_to(_ROOT)}: run `make servers`, {instead}")
    if not shutil.which("java") or _java_version() < 17:
        raise Missing(
            f"no Java 17 or newer: run `make servers` (Debian: apt-get install default-jre-headless), {instead}"
        )


def _java_version() -> int:
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr
    found = re.search(r'version "(\d+)', told)
    return int(found[1]) if found else 0
