"""The topics as Earshot wants them: made where they are missing, checked at every start."""

from collections.abc import Iterable, Mapping
from typing import Any

from kafka.admin import ConfigResource, KafkaAdminClient
from kafka.errors import AuthorizationError, TopicAlreadyExistsError, TopicAuthorizationFailedError

from earshot import logs
from earshot.bus.kafka.connection import LARGEST
from earshot.config import BusSettings
from earshot.errors import ConfigError
from earshot.topics import MENTIONS, STORIES

_LOG = logs.get(__name__)
_MS_A_DAY = 86_400_000
TOPICS = (MENTIONS.name, STORIES.name)


def wanted(topic: str, settings: BusSettings) -> dict[str, str]:
    """A topic's settings at the broker. Of `stories` the newest snapshot of each is kept, for as long."""
    compacted = topic == STORIES.name
    return {
        "cleanup.policy": "compact,delete" if compacted else "delete",
        "retention.ms": str(settings.retain_days * _MS_A_DAY),
        "retention.bytes": str(max(1_000_000, settings.retain_mb * 1_000_000 // settings.partitions)),
        "max.message.bytes": str(LARGEST),
        "min.insync.replicas": "2" if settings.replication > 2 else "1",
    }


def ensure(admin: KafkaAdminClient, settings: BusSettings) -> None:
    """Make what is missing, mend what differs.

    Raises:
        ConfigError: a topic is missing and may not be made, or is not fit for us.
    """
    names = {settings.prefix + topic: topic for topic in TOPICS}
    there = set(admin.list_topics())
    _make(admin, {name: topic for name, topic in names.items() if name not in there}, settings)
    known = {name: topic for name, topic in names.items() if name in there}
    if known:
        _mend(admin, known, settings)
        _tell_partitions(admin, known, settings)


def _make(admin: KafkaAdminClient, missing: Mapping[str, str], settings: BusSettings) -> None:
    for name, topic in missing.items():
        form = {
            "num_partitions": settings.partitions,
            "replication_factor": settings.replication,
            "configs": wanted(topic, settings),
        }
        try:
            admin.create_topics({name: form})
            admin.wait_for_topics([name])
        except TopicAlreadyExistsError:
            continue  # another role of ours was faster
        except AuthorizationError as error:
            raise ConfigError([_cannot_make(name, topic, settings)]) from error
        _LOG.info("topic made", topic=name, partitions=settings.partitions, replication=settings.replication)


def _cannot_make(name: str, topic: str, settings: BusSettings) -> str:
    config = " ".join(f"--config {key}={value}" for key, value in wanted(topic, settings).items())
    return (
        f"bus: there is no topic {name!r}, and {settings.username or 'Earshot'} has no right to make it; give it"
        f" CREATE, or make it: kafka-topics.sh --create --topic {name} --partitions {settings.partitions}"
        f" --replication-factor {settings.replication} {config}"
    )


def _mend(admin: KafkaAdminClient, known: Mapping[str, str], settings: BusSettings) -> None:
    """Settings follow the configuration; where they may not be changed they are left, and it is said."""
    for name, topic in known.items():
        try:
            found = _settings_of(admin, name)
            other = {key: value for key, value in wanted(topic, settings).items() if found.get(key) != value}
            if other and not found:
                raise TopicAuthorizationFailedError(name)  # that is how a broker hides what we may not see
            if other:
                admin.alter_configs([ConfigResource("topic", name, other)], raise_on_unknown=False)
                _LOG.info(
                    "topic changed", topic=name, **{key.replace(".", "_"): v for key, v in other.items()}
                )
        except AuthorizationError as error:
            _LOG.warning("topic left as it is", topic=name, reason=type(error).__name__)


def _settings_of(admin: KafkaAdminClient, name: str) -> dict[str, Any]:
    found = admin.describe_configs([ConfigResource("topic", name)], config_filter="all")
    entries: Mapping[str, Any] = next(iter(next(iter(found.values())).values()))
    return {key: entry["value"] if isinstance(entry, Mapping) else entry for key, entry in entries.items()}


def _tell_partitions(admin: KafkaAdminClient, known: Iterable[str], settings: BusSettings) -> None:
    for topic in admin.describe_topics(list(known)):
        count = len(topic["partitions"])
        if count != settings.partitions:
            _LOG.warning(
                "topic has its own number of partitions",
                topic=topic.get("name") or topic.get("topic"),
                partitions=count,
                configured=settings.partitions,
            )
