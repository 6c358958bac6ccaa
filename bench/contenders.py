"""The contenders of bench/scaled.py at work: each in a process of its own, looked at when it begins and when it ends."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import machine
import service
from pipeline import BRANDS, GAPS, mentions

STREAM = Path(__file__).with_name("peers_stream.py")
VADER = "vaderSentiment==3.3.2"
EVERYTHING = "ours"
DOES = {
    EVERYTHING: "everything: scored, linked, measured, stored in PostgreSQL, published",
    "ours-scorer": "our bus, codec and scorer: scored, published",
    "ours-vader": "our bus and codec, VADER on every text: scored, published",
    "plain": "kafka-python and VADER: scored, writes nothing",
    "quix": "Quix Streams 3.28.1 and VADER: scored, published",
    "faststream": "FastStream 0.7.8 and VADER, one at a time: scored, published",
    "faststream-batches": "FastStream 0.7.8 and VADER, batches: scored, published",
}
_FASTSTREAM = ("faststream-0.7.8", "faststream[confluent]==0.7.8", "confluent-kafka==2.16.1", VADER)
_NEEDS = {
    "quix": ("quixstreams-3.28.1", "quixstreams==3.28.1", "confluent-kafka==2.12.2", VADER),
    "faststream": _FASTSTREAM,
    "faststream-batches": _FASTSTREAM,
}
_LOOK = 0.25  # s between looks at a service that does not say when it is done


class Look(NamedTuple):
    """What had been used by a moment, s."""

    at: float
    handled: float
    process: float
    broker: float | None
    database: float | None
    stages: Mapping[str, float] = {}


class Log(NamedTuple):
    """The topic that all of them read."""

    servers: machine.Servers
    prefix: str
    size: int


def publish(log: Log, mix: str) -> float:
    """Fill the topic; µs of CPU a mention. Heard from now on, so that no clock has anything to catch up with."""
    import msgspec

    from earshot.bus.kafka import KafkaBus
    from earshot.clock import SystemClock
    from earshot.config import BusSettings
    from earshot.model import Mention
    from earshot.seams import Message
    from earshot.topics import MENTIONS, Said

    bus = KafkaBus(BusSettings(servers=log.servers.kafka, prefix=log.prefix), SystemClock())
    start, waiting, used = datetime.now(UTC), list[Message](), 0.0
    for number, raw in enumerate(mentions(log.size, mix), 1):
        heard = (start + GAPS["distinct"] * number).isoformat()
        mention = msgspec.convert(raw | {"created_at": heard, "collected_at": heard}, Mention)
        waiting.append(Message(mention.brand, MENTIONS.encode(Said(mention=mention))))
        if len(waiting) == 500 or number == log.size:
            began = time.process_time()
            bus.publish(MENTIONS.name, waiting)
            used += time.process_time() - began
            waiting.clear()
    bus.close()
    _make_topics(log)
    return used / log.size * 1e6


def _make_topics(log: Log) -> None:
    """Where the peers' results go."""
    from kafka.admin import KafkaAdminClient

    admin = KafkaAdminClient(bootstrap_servers=list(log.servers.kafka))
    names = [log.prefix + name for name in DOES if name != EVERYTHING]
    admin.create_topics({name: {"num_partitions": 12, "replication_factor": 1} for name in names})
    admin.wait_for_topics(names)
    admin.close()


def run(name: str, log: Log) -> dict[str, Any]:
    """One contender's figures. Raises `NotInstallable`."""
    python = machine.python_with(*_NEEDS[name]) if name in _NEEDS else Path(sys.executable)
    began = time.monotonic()
    first, last = _everything(log) if name == EVERYTHING else _stream(name, python, log)
    return {"contender": name, "start_seconds": round(first.at - began, 2)} | _figures(first, last)


def _figures(first: Look, last: Look) -> dict[str, Any]:
    handled = last.handled - first.handled

    def us(before: float | None, after: float | None) -> float | None:
        return None if before is None or after is None else round((after - before) / handled * 1e6, 1)

    return {
        "mentions": int(handled),
        "cpu_us": us(first.process, last.process),
        "broker_us": us(first.broker, last.broker),
        "postgres_us": us(first.database, last.database),
        "per_s": round(handled / (last.at - first.at)),
        "stages_us": {stage: us(first.stages.get(stage, 0), end) for stage, end in last.stages.items()},
    }


def _look(log: Log, handled: float, process: float, stages: Mapping[str, float] | None = None) -> Look:
    broker, database = (pid and machine.cpu(pid) for pid in log.servers[2:])
    return Look(time.monotonic(), handled, process, broker, database, stages or {})


def _stream(name: str, python: Path, log: Log) -> tuple[Look, Look]:
    """It says itself when the first is in hand and when the last is done with, and what it had used by then."""
    command = [str(python), "-W", "ignore", str(STREAM), name, ",".join(log.servers.kafka), log.prefix, str(log.size)]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        looks = []
        for line in process.stdout or ():
            said = json.loads(line)
            looks.append(_look(log, said["handled"], said["cpu"]))
    if process.returncode or len(looks) != 2:
        raise SystemExit(f"{name} failed with status {process.returncode}")
    return looks[0], looks[1]


def _everything(log: Log) -> tuple[Look, Look]:
    """`earshot run processors`, looked at from outside: what it had handled by the first look is not counted."""
    with (
        tempfile.TemporaryDirectory() as folder,
        machine.another_database(log.servers) as url,
        service.running(_configuration(Path(folder), log, url), "processors") as processors,
    ):
        first = _wait(log, processors, lambda handled: handled > 0, 0.02)
        return first, _wait(log, processors, lambda handled: handled >= log.size, _LOOK)


def _configuration(folder: Path, log: Log, url: str) -> Path:
    bus = service.table("bus", servers=log.servers.kafka, prefix=log.prefix)
    return service.configuration(folder, BRANDS, bus, service.table("store", url=url))


def _wait(log: Log, found: service.Service, enough: Callable[[float], bool], pause: float) -> Look:
    """Where nothing moves for a minute it has failed."""
    deadline, handled = time.monotonic() + service.PATIENCE, -1.0
    while time.monotonic() < deadline:
        metrics = found.metrics()
        now = service.total(metrics, "earshot_processed_total")
        if enough(now):
            stages = {s.labels["stage"]: s.value for s in metrics if s.name == "earshot_stage_seconds_total"}
            return _look(log, now, machine.cpu(found.pid), stages)
        if now > handled:
            deadline, handled = time.monotonic() + service.PATIENCE, now
        time.sleep(pause)
    raise SystemExit(f"earshot run processors stands still after {handled:,.0f} mentions")
