"""Which model reads: the one that ships, unless the operator has chosen a transformer."""

from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path

from earshot.config import Config, TransformerSettings
from earshot.errors import ConfigError
from processors.negativity.model import shipped
from processors.negativity.opinion import Model

Load = Callable[[], Model]
"""Loads a model, also in another process."""


def chosen(config: Config) -> Load:
    """What loads the model. When it is called, it raises `ConfigError` or, where a hub is away, `Unavailable`."""
    if not config.transformer.source:
        return shipped
    return partial(_transformer, config.transformer, config.scoring.languages, config.earshot.data_dir)


@lru_cache(
    maxsize=1
)  # a process has it once, though the pipeline and the console both ask: it may take a gigabyte
def _transformer(settings: TransformerSettings, languages: tuple[str, ...], data_dir: Path) -> Model:
    try:
        from processors.negativity.hub import fetched  # noqa: PLC0415 - who has no transformer needs neither
        from processors.negativity.transformer import Transformer  # noqa: PLC0415
    except ImportError as error:
        mend = "install it with pip install 'earshot[transformer]', or take transformer.source out"
        raise ConfigError([f"transformer.source: needs the extra `transformer` ({error}): {mend}"]) from error
    folder = fetched(settings, data_dir) if settings.on_hub else Path(settings.source)
    try:
        return Transformer(folder, settings, languages)
    except OSError as error:
        raise ConfigError([f"transformer.source: {folder}: cannot be read: {error}"]) from error
