"""Options that several commands share, and how a command comes to its configuration and its store."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import URL
from sqlalchemy.exc import DatabaseError

from earshot.bus import open_bus
from earshot.clock import SystemClock
from earshot.config import Config, from_dict, load
from earshot.errors import Refused
from earshot.runtime import Context
from earshot.seams import Clock
from earshot.store import Store, exists, named

ConfigPath = Annotated[
    Path | None,
    typer.Option(
        "--config", "-c", envvar="EARSHOT_CONFIG", help="The configuration; earshot.toml if not given."
    ),
]
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Where the databases are, instead of the configured one.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, for programs.")]

DEFAULT = Path("earshot.toml")


def read_config(path: Path | None, *, needed: bool = True) -> Config:
    """The named file, else earshot.toml; without either, where that is enough, the defaults."""
    if path is None and not needed and not DEFAULT.exists():
        return from_dict({}, os.environ)
    return load(path or DEFAULT, os.environ)


def is_configured(path: Path | None, config: Config) -> bool:
    """Whether anybody said where data goes: by a file, or by the environment alone."""
    return path is not None or DEFAULT.exists() or "data_dir" in config.earshot.model_fields_set


def changed(config: Config, section: str, **values: Any) -> Config:
    """The configuration with some settings of one section replaced."""
    part = getattr(config, section).model_copy(update=values)
    return config.model_copy(update={section: part})


def with_data_dir(config: Config, data_dir: Path | None) -> Config:
    if data_dir is None:
        return config
    return changed(changed(config, "earshot", data_dir=data_dir), "store", url=None)


def with_own_time(config: Config) -> Config:
    """What runs on a time of its own keeps away from live data: a folder of its own, and no Kafka."""
    if not config.own_time:
        return config
    config = changed(config, "earshot", data_dir=config.earshot.data_dir / "sample")
    return changed(changed(config, "store", url=None), "bus", servers=())


@contextmanager
def opened(
    config: Config, *, live: bool = True, clock: Clock | None = None, as_it_is: bool = False
) -> Iterator[Context]:
    """The context that roles are built from; store and bus are closed at the end.

    As it is: beside a service, which alone makes and migrates its store, as in `existing_store`. Raises `Unavailable`.
    """
    clock = clock or SystemClock()
    with _existing(config.store_url) if as_it_is else _store(config.store_url) as store:
        bus = open_bus(config, clock)
        try:
            yield Context(config, clock, bus, store, live)
        finally:
            bus.close()


@contextmanager
def existing_store(config: Path | None, data_dir: Path | None) -> Iterator[Store]:
    """The store as it is: it must be there, of this version, and only what is then written changes it.

    Raises:
        Refused: it is not there, or another version's.
        Unavailable: it cannot be opened.
    """
    with _existing(
        with_data_dir(with_own_time(read_config(config, needed=False)), data_dir).store_url
    ) as store:
        yield store


@contextmanager
def _existing(at: URL) -> Iterator[Store]:
    if not exists(at):
        raise Refused(
            f"{named(at)}: there is no database of Earshot's; earshot run or earshot replay makes one,"
            " --data-dir names another"
        )
    with _store(at, as_it_is=True) as store:
        yield store


@contextmanager
def _store(at: URL, *, as_it_is: bool = False) -> Iterator[Store]:
    try:
        store = Store(at, as_it_is=as_it_is)
    except DatabaseError as error:
        raise Refused(f"{named(at)}: is no database of Earshot's: {error.orig}") from error
    try:
        yield store
    finally:
        store.close()
