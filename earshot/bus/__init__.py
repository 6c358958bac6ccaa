"""The buses: one contract (`earshot.seams.Bus`), one test for all of them."""

from earshot.bus.sqlite import SqliteBus
from earshot.config import Config
from earshot.seams import Bus, Clock


def open_bus(config: Config, clock: Clock) -> Bus:
    """The one that the configuration names. Raises `ConfigError`, `Unavailable`."""
    if not config.bus.servers:
        return SqliteBus(config.earshot.data_dir / "bus.db", clock)
    from earshot.bus.kafka import KafkaBus  # noqa: PLC0415 - 0.3 s of imports that the embedded service spares

    return KafkaBus(config.bus, clock)
