"""A TOML text as what stands in it, beside the faults that will name its lines."""

import re
import tomllib
from pathlib import Path
from typing import Any

from earshot.config.faults import Faults
from earshot.config.toml_lines import locate
from earshot.errors import ConfigError


def parse(text: str, file: Path) -> tuple[dict[str, Any], Faults]:
    """What is written, and the faults of this file, none yet. Raises `ConfigError` where it is no TOML."""
    try:
        return tomllib.loads(text), Faults(str(file), locate(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_syntax_fault(file, text, str(error))]) from None


def _syntax_fault(file: Path, text: str, message: str) -> str:
    place = re.search(r" \(at line (\d+), column \d+\)$", message)
    line = int(place[1]) if place else max(1, len(text.splitlines()))
    said = message[: place.start()] if place else message
    key, sign, _ = "".join(text.splitlines()[line - 1 : line]).partition("=")  # what follows may be a secret
    return (
        f"{file}:{line}: {said}: {key.strip()}" if sign and "overwrite" in said else f"{file}:{line}: {said}"
    )
