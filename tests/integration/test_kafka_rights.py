"""The rights that docs/guide/deploy.md asks for are enough."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    KafkaAdminClient,
    ResourcePattern,
    ResourceType,
)
from servers.kafka_server import KafkaServer

from earshot.bus.kafka import KafkaBus
from earshot.clock import SystemClock
from earshot.config import from_dict
from earshot.seams import Message
from earshot.topics import ALERTS, MENTIONS, PROCESSORS, STORIES

_GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "deploy.md"
_PREFIX = "rights."

pytestmark = pytest.mark.kafka


@pytest.fixture
def granted(locked_kafka: KafkaServer) -> None:
    locks = locked_kafka.locks
    admin = KafkaAdminClient(
        bootstrap_servers=locked_kafka.servers, security_protocol="SASL_SSL", ssl_cafile=str(locks.ca_file),
        sasl_mechanism="PLAIN", sasl_plain_username=locks.username, sasl_plain_password=locks.password,
    )  # fmt: skip
    try:
        admin.create_acls([
            ACL(f"User:{locks.guest}", "*", operation, ACLPermissionType.ALLOW, pattern)
            for pattern, operation in _asked_for()
        ])  # fmt: skip
    finally:
        admin.close()


def _asked_for() -> Iterator[tuple[ResourcePattern, ACLOperation]]:
    commands = re.findall(r"kafka-acls\.sh(?:.*\\\n)*.*", _GUIDE.read_text(encoding="utf-8"))
    assert len(commands) == 2
    for command in commands:
        for kind, name in re.findall(r"--(topic|group) (\S+)", command):
            pattern = ResourcePattern(
                ResourceType[kind.upper()], _PREFIX + name, ACLResourcePatternType.LITERAL
            )
            for word in re.findall(r"--operation (\w+)", command):
                yield pattern, ACLOperation[re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word).upper()]


@pytest.mark.usefixtures("granted")
def test_the_rights_that_the_guide_asks_for_are_enough(locked_kafka: KafkaServer) -> None:
    locks = locked_kafka.locks
    settings = {
        "servers": list(locked_kafka.servers), "prefix": _PREFIX, "partitions": 1, "instance": "one",
        "tls": True, "ca_file": str(locks.ca_file), "sasl": "SCRAM-SHA-512",
        "username": locks.guest, "password": locks.guest_password,
    }  # fmt: skip
    for retain_days in (1, 2):  # the second finds the topics made, and changes them
        bus = KafkaBus(from_dict({"bus": settings | {"retain_days": retain_days}}).bus, SystemClock())
        for topic, group in ((MENTIONS.name, PROCESSORS), (STORIES.name, ALERTS)):
            bus.publish(topic, [Message("Ronvia", b"said")])
            subscription = bus.subscribe(topic, group)
            batch = subscription.poll(30)
            assert batch
            assert [record.value for record in batch.records] == [b"said"]
            subscription.commit(batch)
            assert bus.lag(topic, group) == 0
            subscription.close()
        bus.close()
