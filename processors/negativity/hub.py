"""A model from a hub: fetched once, at one commit, and read from `data_dir` from then on."""

import os
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from earshot import logs
from earshot.config import TransformerSettings
from earshot.errors import ConfigError, Unavailable

_LOG = logs.get(__name__)
_LARGEST = 4 << 30  # bytes a file
_PATIENCE = 60.0  # s without a byte
_REFUSED = {
    401: "keeps it to itself: fetch the files by hand and name their folder",
    403: "keeps it to itself: fetch the files by hand and name their folder",
    404: "has no such file: look at transformer.source, revision and file",
}


def fetched(settings: TransformerSettings, data_dir: Path, largest: int = _LARGEST) -> Path:
    """The folder of the model's files; what is not there yet is fetched, and its SHA-256 logged.

    Raises:
        ConfigError: the hub does not give it, or it has more than `largest` bytes; with the mend.
        Unavailable: the hub, or the folder, cannot be had now.
    """
    _, owner, name = settings.source.rsplit("/", 2)
    folder = data_dir / "models" / owner / settings.revision / name
    for file in (settings.file, "tokenizer.json", "config.json"):
        if not (folder / file).exists():
            address = f"{settings.source}/resolve/{settings.revision}/{file}"
            try:
                _fetch(address, folder / file, largest)
            except httpx.HTTPError as error:
                raise Unavailable(
                    f"{address}: cannot be fetched: {str(error) or type(error).__name__}"
                ) from error
            except OSError as error:
                raise Unavailable(f"{folder / file}: cannot be written: {error.strerror}") from error
    return folder


def _fetch(address: str, target: Path, largest: int) -> None:
    """It is there whole, or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".part-", dir=target.parent) as aside:
        part = Path(aside) / target.name
        with httpx.stream("GET", address, follow_redirects=True, timeout=_PATIENCE) as response:
            _check(response, address)
            digest, size = _written(response, part, address, largest)
        part.replace(target)
    _LOG.info("model file fetched", address=address, file=str(target), bytes=size, sha256=digest)


def _check(response: httpx.Response, address: str) -> None:
    if why := _REFUSED.get(response.status_code):
        raise ConfigError([f"transformer.source: {address}: the hub {why}"])
    if address.startswith("https:") and response.url.scheme != "https":
        raise ConfigError(
            [f"transformer.source: {address}: the hub leads to {response.url.host} without TLS"]
        )
    response.raise_for_status()


def _written(response: httpx.Response, part: Path, address: str, largest: int) -> tuple[str, int]:
    """The digest and the size of what has come."""
    digest, size = sha256(), 0
    with part.open("wb") as file:
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > largest:
                raise ConfigError([f"transformer.file: {address}: has more than {largest >> 20:,} MB"])
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size
