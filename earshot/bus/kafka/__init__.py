"""The bus where one machine is not enough: Apache Kafka. The only place that imports its client."""

from earshot.bus.kafka.log import KafkaBus

__all__ = ["KafkaBus"]
